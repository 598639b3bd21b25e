"""Bringing in villages, people and years from files that others typed.

A file goes one way, whichever door it comes through (the pages of ``/import/``, ``manage.py
import_…``): read as cells (``files``), its tables found and columns matched (``tables``), each row
repaired (``repairs``) and judged by one form (``kinds``), compared with what is stored
(``difference``); and only then, on a person's word, written (``confirming``) or taken back
(``undoing``).
"""
