"""The short lists on which rules depend; lists without rules (groups, occupations) are tables."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.rights import REVIEWING, Right


class Status(models.TextChoices):
    """Where a village stands in one step (rule 1)."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    VERIFIED = "verified", _("Verified")


OPEN = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.RETURNED})
CLOSED = frozenset({Status.SUBMITTED, Status.VERIFIED})


@dataclass(frozen=True)
class Move:
    """A verb that changes a status: from which states, and by whom (one right of these)."""

    states: frozenset[Status]
    rights: frozenset[Right]


# Who may move what to what. Where a verb leads is never written: the status is derived from
# submissions and reviews (steps.progress), so it cannot disagree with them.
MOVES: dict[str, Move] = {
    "submit": Move(OPEN, frozenset({Right.RECORD})),
    "withdraw": Move(frozenset({Status.SUBMITTED}), frozenset({Right.RECORD})),
    "verify": Move(frozenset({Status.SUBMITTED}), REVIEWING),
    "send_back": Move(frozenset({Status.SUBMITTED}), REVIEWING),
    "reopen": Move(frozenset({Status.VERIFIED}), REVIEWING),
}


class ActivityForm(models.TextChoices):
    """The form an activity takes (write-up S11–S23; follow-up from S20)."""

    STUDY = "study", _("Study of documents")
    PREPARATION = "preparation", _("Preparation")
    MEETING = "meeting", _("Meeting")
    FORUM = "forum", _("Village forum")
    TALK = "talk", _("Informal talk")
    LEARNING_FORUM = "learning_forum", _("Learning forum")
    VISIT = "visit", _("Study visit")
    PRACTICE = "practice", _("Hands-on practice")
    FOLLOW_UP = "follow_up", _("Follow-up visit")


class LedBy(models.TextChoices):
    """Who led an activity; the community's own are counted apart (S20, caution 2)."""

    OFFICER = "officer", _("District officer")
    DISTRICT_TEAM = "district_team", _("District team")
    COMMITTEE = "committee", _("Committee")
    VILLAGERS = "villagers", _("Households and villagers")
    AGENCY = "agency", _("Another agency")


class AgencyLevel(models.TextChoices):
    """Where a supporting agency stands (S26)."""

    SUBDISTRICT = "subdistrict", _("Subdistrict")
    DISTRICT = "district", _("District")
    OTHER = "other", _("Other institution")


class EvidenceType(models.TextChoices):
    """What a photo or document shows."""

    PHOTO = "photo", _("Activity photo")
    SIGN_IN = "sign_in", _("Sign-in sheet")
    MINUTES = "minutes", _("Minutes")
    LETTER = "letter", _("Letter")
    HANDBOOK = "handbook", _("Handbook or document")
    OTHER = "other", _("Other")


# Papers that name people: seen only with the right to see names, and never published. Thai minutes
# begin with who came; a letter names whom it is about; of the others nobody knows.
HOLDS_NAMES = frozenset(
    {EvidenceType.SIGN_IN, EvidenceType.MINUTES, EvidenceType.LETTER, EvidenceType.OTHER}
)


class DocumentSource(models.TextChoices):
    """Where a document on the district's shelf comes from (S11, S13)."""

    MODEL = "model", _("Model village or community")
    DEPARTMENT = "department", _("Community Development Department")
    AGENCY = "agency", _("Another agency")


class Owner(models.TextChoices):
    """Whose work a plan item is (S14 d, S18)."""

    COMMUNITY = "community", _("Community")
    SUPPORT_TEAM = "support_team", _("Outside learning-support team")
    COMMITTEE = "committee", _("Committee")
    VILLAGE_TEAM = "village_team", _("Village implementing team")
    DISTRICT_TEAM = "district_team", _("District team")
