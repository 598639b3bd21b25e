"""``manage.py load_areas``: provinces, districts and subdistricts from the geothai package."""

from typing import Any

from django.core.management.base import BaseCommand

from villages.areas import load_areas, standing_successor, villages_touched
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
    """Why it is listed; where only one subdistrict can be meant, the command that moves it there.

    A moo may have got another number on the way: NN stands for one somebody has to look up.
    """
    area = village.subdistrict
    if area.abolished_on is None:
        return f"{area.code} or an area above it changed"
    successor = standing_successor(area)
    if successor is None:
        return f"{area.code} abolished, no single successor is known"
    code = successor.code + village.code[6:]
    new = f"{successor.code}NN" if Village.objects.filter(code=code).exists() else code
    command = f"manage.py recode_village {village.code} {new}"
    return f"{area.code} abolished, now {successor.code}: {command}"
