"""``manage.py import_officers FILE``: bring in a file, as the pages of ``/import/`` do."""

from accounts.models import Import
from villages.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in accounts and postings from a workbook or a table as text."
    kind = Import.Kind.OFFICERS
