"""Pictures drawn by the server as SVG: no script, no style attribute, nothing from elsewhere."""

from steps.pictures.burnup import BurnUp, burn_up
from steps.pictures.dotmap import DotMap, Spot, dot_map, spots_of

__all__ = ["BurnUp", "DotMap", "Spot", "burn_up", "dot_map", "spots_of"]
