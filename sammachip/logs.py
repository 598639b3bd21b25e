"""Logs to stdout, one JSON line each; a request's line holds an id of the person, never a name."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class OneLine(logging.Formatter):
    """A record as one line of JSON, with the fields a request adds in ``extra={"request": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "http", {}))
        if record.exc_info:
            line["trace"] = without_values(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def without_values(trace: str) -> str:
    """A trace without PostgreSQL's DETAIL, which quotes the row: it may hold names."""
    return "\n".join(line for line in trace.splitlines() if not line.startswith("DETAIL:"))
