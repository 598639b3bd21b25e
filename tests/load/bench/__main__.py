"""``python3 dev.py bench``: generate what is missing, measure, print the report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.load.bench import server
from tests.load.bench.start import django_on

if TYPE_CHECKING:
    from tests.load.bench.pages import Site
    from tests.load.bench.report import Table, Targets

SIZES = ("province", "region", "nation")
MEASURES = ("figures", "pages", "growth", "recount", "exports", "imports", "writers", "library")


def main(words: Sequence[str]) -> None:
    """Measure what the arguments ask for."""
    asked = parsed(words)
    with server.server(asked.keep) as url:
        addresses = server.generated(url, asked.size or SIZES)
        django_on(addresses)
        text = measured(asked, addresses, url)
    sys.stdout.write(text)
    if asked.write:
        asked.write.write_text(text, encoding="utf-8")


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """The arguments; sizes and measures that are not named are all of them."""
    parser = argparse.ArgumentParser(prog="python3 dev.py bench", description=__doc__)
    parser.add_argument("--size", action="append", choices=SIZES, help="only this one; may repeat")
    parser.add_argument("--only", action="append", choices=MEASURES, help="may repeat")
    parser.add_argument("--rounds", type=int, default=40, help="of each pair (40)")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the server's data there for the next run"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the report there too")
    asked = parser.parse_args(words)
    asked.command = " ".join(["python3 dev.py bench", *words])
    return asked


def measured(asked: argparse.Namespace, addresses: dict[str, str], url: str) -> str:
    """The report. What imports models is imported now that Django is set up."""
    from tests.load.bench import measures, site
    from tests.load.bench.pages import site_of
    from tests.load.bench.report import Targets, written

    site.quiet()
    targets, tables = Targets(), []
    wanted = asked.only or MEASURES
    with site.clock():
        sites = {size: site_of(size) for size in addresses}
        largest = sites[list(sites)[-1]]
        made: dict[str, Callable[[], Table]] = {
            "figures": lambda: measures.figures(sites, asked.rounds, targets),
            "pages": lambda: measures.whole_pages(largest, asked.rounds, targets),
            "growth": lambda: measures.growth(sites, asked.rounds, targets),
            "recount": lambda: measures.recounting(sites, targets),
            "exports": lambda: measures.exporting(largest, 5, targets),
            "imports": lambda: importing(sites, url, targets),
            "writers": lambda: writing(sites, url, targets),
            "library": lambda: searching(sites, url, asked.rounds, targets),
        }
        for name in wanted:
            if name == "growth" and not {"province", "nation"} <= sites.keys():
                continue
            sys.stderr.write(f"measuring {name} ...\n")
            tables.append(made[name]())
    words = measures.server_words(largest.size)
    return written(asked.command, words, targets, tables)


def importing(sites: dict[str, Site], url: str, targets: Targets) -> Table:
    """Bringing in files, in copies of the smallest database and in SQLite's."""
    from django.db import connections

    from tests.load.bench import imports, measures, site
    from villages.models import Area

    size = next(iter(sites))
    site.use(size)
    subdistricts = Area.objects.current().of_level(Area.SUBDISTRICT).in_official_order()
    codes = list(subdistricts.values_list("code", flat=True))
    connections.close_all()  # a database in use is no template
    return measures.importing(imports.measured(url, size, codes), targets)


def writing(sites: dict[str, Site], url: str, targets: Targets) -> Table:
    """Eight writers, in a copy of the smallest database: they change it."""
    from tests.load.bench import measures, writers

    size = next(iter(sites))
    district = next(level.code for level in sites[size].levels if level.name == "district")
    address = copy_to_write_in(url, "writers", of=size)
    return measures.writing(writers.measured(address, district), targets)


def searching(sites: dict[str, Site], url: str, rounds: int, targets: Targets) -> Table:
    """The library, filled in a copy of the smallest database."""
    from tests.load.bench import library, measures

    copy_to_write_in(url, "library", of=next(iter(sites)))
    library.fill("library")
    return measures.searching(library.measured("library", rounds), targets)


def copy_to_write_in(url: str, name: str, *, of: str) -> str:
    """The address of a copy of a size's database, which Django knows by its name from now on."""
    from django.db import connections

    connections.close_all()  # a database in use is no template
    address = server.copied(url, name, of=of)
    connections.databases[name] = {
        **connections.databases[of],
        "NAME": address.rpartition("/")[2],
    }
    return address


if __name__ == "__main__":
    main(sys.argv[1:])
