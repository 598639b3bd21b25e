"""Write the compiled message catalogues (.mo), with no gettext on the machine."""

from argparse import ArgumentParser
from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

Key = tuple[str, str, str]  # context, message, plural message; empty where there is none


class Command(BaseCommand):
    """Compile what is stale, or with ``--check`` only say what is and exit with 1."""

    help = "Compile every .po file under locale/ whose .mo file says something else."
    requires_system_checks: list[str] = []  # it reads files, the site may be half built

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")

    def handle(self, *args: object, check: bool, **options: object) -> None:
        stale = stale_catalogues(settings.BASE_DIR / "locale")
        if check and stale:
            raise CommandError(f"Run compile_thai, these are stale: {', '.join(map(str, stale))}")
        for po in stale:
            compile_catalogue(po)
            self.stdout.write(f"compiled {po}")


def stale_catalogues(root: Path) -> list[Path]:
    """The .po files under ``root`` whose .mo beside them is missing or says something else."""
    return [po for po in sorted(root.rglob("*.po")) if not is_compiled(po)]


def is_compiled(po: Path) -> bool:
    """Whether the .mo beside ``po`` holds its finished words, whichever tool wrote them."""
    mo = po.with_suffix(".mo")
    return mo.exists() and words(polib.mofile(str(mo))) == words(polib.pofile(str(po)))


def compile_catalogue(po: Path) -> None:
    """Write the .mo beside ``po``; fuzzy and empty entries stay out, as with msgfmt."""
    polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo")))


def words(catalogue: polib.POFile | polib.MOFile) -> dict[Key, str | dict[int, str]]:
    """The finished entries of a catalogue by context and message, its plural rule among them."""
    found: dict[Key, str | dict[int, str]] = {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""): (
            entry.msgstr_plural or entry.msgstr
        )
        for entry in catalogue.translated_entries()
    }
    # The header is the entry of the empty message; only its plural rule changes what is shown.
    found["", "", ""] = catalogue.metadata.get("Plural-Forms", "")
    return found
