"""What a person may do (rights), and which work gives which rights (roles). All of it, here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(models.TextChoices):
    """One thing a person may do in an area. Every access call names one of these."""

    VIEW = "view", _("See villages and their progress")
    NAMES = "names", _("See people's names and phones")
    RECORD = "record", _("Record, plan and hand in")
    ASSIGN = "assign", _("Name the responsible officer")
    REVIEW_AS_CHIEF = "review_as_chief", _("Review as district chief")
    REVIEW_AS_PROVINCE = "review_as_province", _("Review for the province")
    READ_HISTORY = "read_history", _("Read the history")
    ERASE = "erase", _("Answer requests about personal data")
    ADMINISTER = "administer", _("Administer areas, programmes and accounts")


class Role(models.TextChoices):
    """The work a posting gives a person."""

    OFFICER = "officer", _("District officer")
    CHIEF = "chief", _("District chief")
    PROVINCE = "province", _("Provincial staff")
    DEPARTMENT = "department", _("Department")
    ADMINISTRATOR = "administrator", _("Administrator")


RIGHTS_OF: dict[str, frozenset[Right]] = {
    Role.OFFICER: frozenset({Right.VIEW, Right.NAMES, Right.RECORD}),
    Role.CHIEF: frozenset(
        {
            Right.VIEW,
            Right.NAMES,
            Right.RECORD,
            Right.ASSIGN,
            Right.REVIEW_AS_CHIEF,
            Right.READ_HISTORY,
            Right.ERASE,
        }
    ),
    Role.PROVINCE: frozenset({Right.VIEW, Right.NAMES, Right.REVIEW_AS_PROVINCE}),
    Role.DEPARTMENT: frozenset({Right.VIEW}),
    Role.ADMINISTRATOR: frozenset({Right.VIEW, Right.ASSIGN, Right.READ_HISTORY, Right.ADMINISTER}),
}

# The right with which each reviewing level decides; the levels are steps.models.Review.Level.
RIGHT_OF_LEVEL: dict[str, Right] = {
    "chief": Right.REVIEW_AS_CHIEF,
    "province": Right.REVIEW_AS_PROVINCE,
}
REVIEWING = frozenset(RIGHT_OF_LEVEL.values())


def roles_with(right: Right) -> list[str]:
    """The roles that hold a right."""
    return [role for role, rights in RIGHTS_OF.items() if right in rights]
