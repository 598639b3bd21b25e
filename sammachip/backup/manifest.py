"""``manifest.json``: what a backup holds, so that anybody can tell whether it still does."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import django
from django.conf import settings

from sammachip.backup.engine import Engine
from sammachip.backup.parts import Impossible, Snapshot, Stored, Table

NAME = "manifest.json"
MEDIA = "media"
FORMAT = 1

# A manifest may come from anywhere; no name in it leads out of the backup or of MEDIA_ROOT.
_NAME_OF_A_FILE = re.compile(
    r"database\.(sqlite3|dump)|media/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}(\.thumb)?\.[a-z]{3,4}"
)


@dataclass(frozen=True)
class Manifest:
    """What stands in it, but for the number of its format."""

    made_at: str
    application: str
    django: str
    engine: str
    server: str
    migrations: list[str]
    tables: dict[str, Table]
    files: dict[str, Stored]  # relative to the folder of the backup
    faults: dict[str, str]  # files that rows name and the installation itself no longer had whole

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files.values())

    @property
    def media(self) -> dict[str, Stored]:
        """The stored files, relative to MEDIA_ROOT."""
        return {
            name.removeprefix(f"{MEDIA}/"): file
            for name, file in self.files.items()
            if name.startswith(f"{MEDIA}/")
        }

    def write(self, folder: Path) -> None:
        """Put it into the folder of the backup, on disk before this returns."""
        with (folder / NAME).open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(self)}, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a backup. Raises Impossible."""
        try:
            content = json.loads((folder / NAME).read_text(encoding="utf-8"))
            number = content.pop("format")
            if number == FORMAT:
                return cls._of(content)
        except FileNotFoundError as error:
            raise Impossible(f"{folder} is no backup: it has no {NAME}.") from error
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            raise Impossible(f"{folder / NAME} is damaged: {error!r}.") from error
        raise Impossible(
            f"{folder} has format {number!r}, and this program reads format {FORMAT}. Restore "
            f"it with the version it was made by ({content.get('application', 'not named')})."
        )

    @classmethod
    def _of(cls, content: dict[str, Any]) -> Self:
        tables = {name: Table(**table) for name, table in content.pop("tables").items()}
        files = {name: Stored(**file) for name, file in content.pop("files").items()}
        if strange := [name for name in files if not _NAME_OF_A_FILE.fullmatch(name)]:
            raise ValueError(f"no file of a backup is called {strange[0]}")
        return cls(tables=tables, files=files, **content)


def described(
    engine: Engine,
    snapshot: Snapshot,
    *,
    files: dict[str, Stored],
    faults: dict[str, str],
    at: datetime,
) -> Manifest:
    """The manifest of what was saved."""
    return Manifest(
        made_at=at.isoformat(timespec="seconds"),
        application=application_version(),
        django=django.get_version(),
        engine=engine.name,
        server=engine.server(),
        migrations=snapshot.migrations,
        tables=snapshot.tables,
        files=files,
        faults=faults,
    )


def application_version() -> str:
    """The version of this program."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def table_differences(found: Mapping[str, Table], wanted: Mapping[str, Table]) -> list[str]:
    """Where tables are not what a manifest says, a line each."""
    lines = []
    for name in sorted({*found, *wanted}):
        here, there = found.get(name), wanted.get(name)
        if here is None:
            lines.append(f"table {name}: missing")
        elif there is None:
            lines.append(f"table {name}: not in the backup")
        elif here.rows != there.rows:
            lines.append(f"table {name}: {here.rows} rows instead of {there.rows}")
        elif here != there:
            lines.append(f"table {name}: other content in its {here.rows} rows")
    return lines
