"""The list of villages as a spreadsheet: one row a village, with every step of its year."""

from steps.exports.files import csv_parts, disposition, xlsx_file
from steps.exports.rows import Export

__all__ = ["Export", "csv_parts", "disposition", "xlsx_file"]
