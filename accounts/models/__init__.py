"""People who sign in and where they are posted; what they did, sent and brought in from files."""

from accounts.models.imports import Import, ImportQuerySet, ImportRow, ImportRowQuerySet
from accounts.models.people import Office, Posting, PostingQuerySet, User, UserManager
from accounts.models.trail import History, HistoryQuerySet, HistoryValue, Receipt

__all__ = [
    "History",
    "HistoryQuerySet",
    "HistoryValue",
    "Import",
    "ImportQuerySet",
    "ImportRow",
    "ImportRowQuerySet",
    "Office",
    "Posting",
    "PostingQuerySet",
    "Receipt",
    "User",
    "UserManager",
]
