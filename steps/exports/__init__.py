"""Spreadsheets: the list of villages, one row a village; and what is held about one person."""

from steps.exports.files import XLSX, csv_parts, disposition, xlsx_file
from steps.exports.rows import Export
from steps.exports.sections import Line, Section, sections_file

__all__ = [
    "XLSX",
    "Export",
    "Line",
    "Section",
    "csv_parts",
    "disposition",
    "sections_file",
    "xlsx_file",
]
