"""The project's settings with what most projects have: SQLite transactions that begin DEFERRED."""

from sammachip.settings import *  # noqa: F403
from sammachip.settings import DATABASES

DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"]["OPTIONS"],  # type: ignore[dict-item]
    "transaction_mode": "DEFERRED",
}
