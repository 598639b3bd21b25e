"""``manage.py import_villages FILE``: bring in a file, as the pages of ``/import/`` do."""

from accounts.models import Import
from villages.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in villages from a workbook or a table as text."
    kind = Import.Kind.VILLAGES
