"""The kinds of tables that can be brought in."""

from accounts.models import Import
from villages.imports.kinds.base import Kind
from villages.imports.kinds.enrolments import Enrolments
from villages.imports.kinds.households import Households
from villages.imports.kinds.members import Members
from villages.imports.kinds.officers import Officers
from villages.imports.kinds.villages import Villages

KINDS: dict[str, Kind] = {
    Import.Kind.VILLAGES: Villages(),
    Import.Kind.HOUSEHOLDS: Households(),
    Import.Kind.MEMBERS: Members(),
    Import.Kind.ENROLMENTS: Enrolments(),
    Import.Kind.OFFICERS: Officers(),
}

__all__ = ["KINDS", "Kind"]
