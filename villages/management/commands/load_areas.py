"""``manage.py load_areas``: provinces, districts and subdistricts from the geothai package."""

from typing import Any

from django.core.management.base import BaseCommand

from villages.areas import load_areas, villages_touched
from villages.models import Village


class Command(BaseCommand):
    help = (
        "Load the official areas of Thailand. Loading again writes only what differs, and lists "
        "the villages in areas that changed or no longer exist."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_areas()
        self.stdout.write(
            f"Areas: {len(loaded.new)} new, {len(loaded.changed)} changed, {loaded.same} same"
        )
        villages = list(villages_touched(loaded.changed))
        if villages:
            self.stdout.write(f"Villages in areas that changed or were abolished: {len(villages)}")
        for village in villages:
            self.stdout.write(f"  {village.code} {village.name_th}: {_what_happened(village)}")


def _what_happened(village: Village) -> str:
    area = village.subdistrict
    if area.abolished_on is None:
        return f"{area.code} or an area above it changed"
    successor = f"now {area.successor_id}" if area.successor_id else "no single successor is known"
    return f"{area.code} abolished, {successor}"
