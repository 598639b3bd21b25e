"""``manage.py export_fixture``: an area's year, or a programme, as a file ``loaddata`` can load."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.history import note
from sammachip.thai.digits import to_arabic
from steps.exports.fixture import Fixture, programme_rows, write
from steps.files import path_of
from steps.management.asked import person_of
from steps.models import Blob, Programme
from villages.models import Area, Village

AREA_CODE = re.compile("[1-9][0-9]([0-9]{2}){0,3}")


class Command(BaseCommand):
    help = (
        "Write villages, people and what was recorded of an area in one year, so that loaddata can "
        "load it into another installation. People get neutral names unless --with-names is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--area", metavar="CODE", help="of a province, district, subdistrict or village"
        )
        parser.add_argument(
            "--programme", action="store_true", help="the programme itself instead of an area"
        )
        parser.add_argument("--year", metavar="YEAR", required=True, help="fiscal year: 2560")
        parser.add_argument("--output", metavar="FILE", help="write here, not to standard output")
        parser.add_argument(
            "--with-names", action="store_true", help="real names and phones; the history notes it"
        )
        parser.add_argument(
            "--media",
            metavar="FOLDER",
            help="copy photos and documents here (with names only)",
        )
        parser.add_argument("--by", metavar="STAFF_ID", help="whose name the history gets")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = programme_of(options["year"])
        if bool(options["area"]) == options["programme"]:
            raise CommandError("Say either which area, with --area CODE, or --programme.")
        if options["output"] and not options["output"].endswith(".json"):
            raise CommandError("--output: the name must end in .json, or loaddata cannot read it.")
        if options["media"] and not options["with_names"]:
            raise CommandError(
                "Photos show people and papers name them: --media goes with --with-names only."
            )
        if options["media"] and Path(options["media"]).resolve() == Path(settings.MEDIA_ROOT):
            raise CommandError("--media: name another folder than MEDIA_ROOT.")
        if options["programme"]:
            self._write(programme_rows(programme), options["output"])
        else:
            self._export(programme, options)

    def _export(self, programme: Programme, options: dict[str, Any]) -> None:
        area = area_of(options["area"])
        fixture = Fixture(
            area=area.code,
            programme=programme,
            names=options["with_names"],
            files=bool(options["media"]),
            today=timezone.localdate(),
        )
        if fixture.names:
            remark = f"export_fixture --area {area.code} --year {programme.year}"
            note(
                by=person_of(options["by"]),
                at=timezone.now(),
                verb="export_names",
                subject=area,
                village=area if isinstance(area, Village) else None,
                remark=remark,
            )
        self._write(fixture.rows(), options["output"])
        missing = copied(fixture.blobs, Path(options["media"])) if fixture.files else []
        self._say(fixture, missing)

    def _write(self, rows: Iterable[Any], output: str | None) -> None:
        self.stdout.ending = ""
        with opened(output) if output else given(self.stdout) as stream:
            write(rows, stream)

    def _say(self, fixture: Fixture, missing: list[Blob]) -> None:
        """On standard error, beside the file: how much it holds, and what it may give away."""
        said = [
            f"{fixture.villages} villages, {fixture.enrolled} of them in {fixture.programme.year}; "
            f"{fixture.accounts} accounts, closed; {len(fixture.blobs)} files."
        ]
        if fixture.files_left_out:
            said.append(
                f"Left out: {fixture.files_left_out} photos and documents. "
                "Steps that ask for them will say so."
            )
        said += [f"Not on disk, and not copied: {blob}" for blob in missing]
        said.append(WITH_NAMES if fixture.names else WITHOUT_NAMES)
        self.stderr.write("\n".join(said))


WITH_NAMES = (
    "This holds names and phones of people. Keep it as you keep the database, give it to nobody "
    "who may not see them, and delete it once it is loaded."
)
WITHOUT_NAMES = (
    "People have neutral names. What officers wrote may still tell of somebody: "
    "read it before you give it away."
)


# ---------------------------------------------------------------- what was asked


def programme_of(text: str) -> Programme:
    """The programme of a year in พ.ศ."""
    year = to_arabic(text)
    programme = Programme.objects.filter(year=year).first() if year.isdecimal() else None
    if programme is None:
        known = ", ".join(str(row.year) for row in Programme.objects.all())
        raise CommandError(f"There is no programme of {text}. There are: {known or 'none'}.")
    return programme


def area_of(text: str) -> Area | Village:
    """The area or village with this code."""
    code = to_arabic(text)
    if not AREA_CODE.fullmatch(code):
        raise CommandError(f"{text} is no code: 2, 4, 6 or 8 digits, not starting with 0.")
    model = Village if len(code) == 8 else Area
    row = model._default_manager.filter(code=code).first()
    if row is None:
        raise CommandError(f"There is no area or village {code}.")
    return row


# ---------------------------------------------------------------- files


@contextmanager
def given(stream: Any) -> Iterator[Any]:
    """A stream somebody else opened."""
    yield stream


@contextmanager
def opened(output: str) -> Iterator[IO[str]]:
    """A file that is whole or not there, and that nobody but its owner reads."""
    path = Path(output)
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            try:
                yield file
            except BaseException:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}") from error


def copied(blobs: Iterable[Blob], folder: Path) -> list[Blob]:
    """Copy files as MEDIA_ROOT holds them; answers those that are not on disk."""
    missing = []
    for blob in blobs:
        for thumb in (False, True):
            source = blob.path(thumb=thumb)
            target = path_of(folder, blob.sha256, blob.extension, thumb=thumb)
            if source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            elif not thumb:
                missing.append(blob)
    return missing
