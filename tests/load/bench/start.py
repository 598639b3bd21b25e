"""Django in this process, with a connection to the database of each size.

What imports models is imported after ``django_on``.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping

import django


def django_on(addresses: Mapping[str, str]) -> None:
    """Set Django up, without DEBUG's own costs, on the first of the databases."""
    os.environ["DATABASE_URL"] = next(iter(addresses.values()))
    os.environ["DEBUG"] = "1"  # so that settings ask for no certificates
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sammachip.settings")
    django.setup()
    from django.conf import settings
    from django.db import connections

    warnings.filterwarnings("ignore", message="No directory at")  # of collected static files
    settings.DEBUG = False
    settings.ROOT_URLCONF = "tests.load.bench.urls"
    for size, address in addresses.items():
        name = address.rpartition("/")[2]
        connections.databases[size] = {**connections.databases["default"], "NAME": name}
