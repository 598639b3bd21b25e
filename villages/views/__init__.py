"""The pages of villages and the people in them."""

from villages.views.exports import export
from villages.views.household import household_add, household_edit, household_end, households
from villages.views.listing import village_list
from villages.views.members import committee, member_add, member_edit, member_end
from villages.views.overview import detail
from villages.views.records import history

__all__ = [
    "committee",
    "detail",
    "export",
    "history",
    "household_add",
    "household_edit",
    "household_end",
    "households",
    "member_add",
    "member_edit",
    "member_end",
    "village_list",
]
