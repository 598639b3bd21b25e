"""Everything an import says about a file, a cell or a row: by code, so that it can be stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from steps.recording.messages import MESSAGES

Words = dict[str, Any]  # code -> lazy text, which takes params


class Refused(Exception):
    """A file that cannot be taken in at all. ``code`` names why, in FILES."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    @property
    def message(self) -> str:
        """Why, and the way out, in the reader's language."""
        return said(FILES, self.code, self.params)


FILES: Words = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(limit)s MB. Split it into several files."),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it into several files."),
    "too_many_columns": _("The sheet has cells far outside its table. Delete them and save again."),
    "legacy_xls": _(
        "This is an old Excel file (.xls). Open it in Excel, choose Save As, "
        "“Excel Workbook (.xlsx)”, and send that file."
    ),
    "locked": _(
        "The file is locked with a password. Open it in Excel, choose File, Info, Protect "
        "Workbook, Encrypt with Password, clear the password, save, and send it again."
    ),
    "not_a_table": _(
        "This file is neither a workbook (.xlsx) nor a table as text (.csv). Send one of the two."
    ),
    "quotes": _(
        "The quotation marks of row %(row)s do not match. Open the file in Excel and save it as "
        "“Excel Workbook (.xlsx)”."
    ),
    "unpacks_too_large": _("The workbook unpacks to more than is allowed and was not opened."),
    "unsafe": _(
        "The workbook holds parts that no table needs (a document type), so it was not opened."
    ),
    "damaged": _("The workbook is damaged. Open it in Excel, save it anew and send it again."),
    "encoding": _(
        "The Thai letters of this file cannot be read with certainty. Open it in Excel and save "
        "it as “Excel Workbook (.xlsx)”, or as “CSV UTF-8”."
    ),
    "no_heading": _(
        "No row with the headings of this table was found. Needed at least: %(headings)s. "
        "Compare with the template."
    ),
    "no_rows": _("Below the headings there is no row."),
    "gone": _("The file is not kept here any more. Choose it again and bring it in anew."),
    "erased": MESSAGES["import_file_erased"],
    "confirmed_already": _("This file was confirmed already; nothing was written twice."),
}

PROBLEMS: Words = {
    # any cell
    "required": _("This is missing."),
    "max_length": _("At most %(limit_value)s characters; this has %(show_value)s."),
    "invalid_number": _("“%(text)s” is not a number."),
    "out_of_range": _("Must be from %(low)s to %(high)s."),
    "unknown_word": _("“%(text)s” is not one of: %(allowed)s."),
    "unreadable_date": _("“%(text)s” is not a date. Write 23/3/2560."),
    "two_digit_year": _("The year has two digits. Write it in full: %(buddhist)s or %(common)s?"),
    "future_date": _("The date is after today."),
    "formula_error": _("The cell shows an error (%(text)s)."),
    "phone": _("“%(text)s” is not a phone number."),
    "email": _("“%(text)s” is not an e-mail address."),
    "broken_text": _(
        "“%(text)s”: the Thai letters were broken before the file was sent. Enter the text again."
    ),
    # codes and places
    "shortened_code": _(
        "Excel shortened the code to %(text)s and its digits are lost. Format the column as text "
        "and enter the code again."
    ),
    "short_code": _(
        "The code %(text)s has %(digits)s digits and needs %(needed)s. No code starts with 0, so "
        "a digit was lost: look it up."
    ),
    "bad_code": _("“%(text)s” is not a code of %(needed)s digits."),
    "unknown_area": _("No area is called that here: %(text)s."),
    "ambiguous_area": _("%(text)s is the name of several areas: %(codes)s. Give the code."),
    "abolished_area": _("The area %(text)s was abolished. Its successor: %(successor)s."),
    "not_in_area": _("The code %(text)s does not lie in %(area)s."),
    "other_village": _("The village %(text)s is %(village)s: correct the code or the name."),
    "not_this_village": _(
        "The list is about the village %(only)s, the row about %(text)s. Other villages are "
        "brought in from the page “Bring in from a file”."
    ),
    "place_missing": _("Give the village code, or subdistrict and moo."),
    "not_in_your_area": _("There is no such village in your area."),
    "area_not_yours": _("There is no such area in your area."),
    "ambiguous_village": _("Several villages fit: %(codes)s. Give the code."),
    "former_code": _("The code %(text)s is a former one; the village is %(now)s now."),
    "half_a_position": _("Latitude and longitude belong together."),
    "moo_taken": _("Moo %(moo)s of this subdistrict is %(village)s already."),
    # people
    "ambiguous_household": _(
        "Several households have this number. Give the id, or the head as stored."
    ),
    "unknown_household": _("No household of the village has this number."),
    "unknown_id": _("No row of the village has this id."),
    "ended": _("It has ended, and is not changed any more."),
    "taken": _("The village has another one of that name already: %(text)s."),
    "house_date": _(
        "Excel made a date of this house number. Format the column as text and enter it again."
    ),
    "joined_after_leaving": _("The member had left before that day."),
    # years and accounts
    "unknown_year": _("There is no programme of this year."),
    "unknown_officer": _("Nobody who may sign in has this staff id."),
    "not_posted": _("This person is not posted to record in the village."),
    "staff_id": _("Use Latin letters, digits, dot, hyphen and underscore only."),
    "role_not_here": _("This role is not given by a file. Make the posting in the administration."),
    "last_day_first": _("The last day is before the first."),
    "posting_past": _(
        "The posting here began on %(day)s and has not ended before this day. End it first; what "
        "was is not rewritten."
    ),
    "differs_from_row": _("Row %(row)s says something else of the same account."),
    "own_posting": _("Nobody changes their own account with a file."),
    "national_area": _("The department is posted nationally: leave the area empty."),
    "email_taken": _("Another account has this e-mail address."),
    # rows
    "twice": _("The same as row %(row)s of the file."),
    "twice_apart": _("The same as row %(row)s of the sheet “%(sheet)s”."),
}

REPAIRS: Words = {
    "tidied": _("Spaces and invisible characters tidied"),
    "sara_am": _("ำ that copying from a PDF had split put together"),
    "double_marks": _("Doubled tone marks and vowels taken once"),
    "thai_digits": _("Thai digits written as Arabic digits"),
    "separators": _("Spaces, dots and hyphens taken out of a code"),
    "moo_words": _("The moo read as a number"),
    "moo_zero": _("The lost zero of the moo put back into the code"),
    "phone_zero": _("The lost zero put back at the front of a phone number"),
    "house_zero": _("The house number as stored, with its zero"),
    "house_words": _("The words before a house number left out"),
    "house_date": _("A date that Excel made read as a house number, day/month"),
    "buddhist_date": _("A date with a พ.ศ. year read as พ.ศ."),
    "number_words": _("Units and commas left out of a number"),
    "ban_prefix": _("The word “บ้าน” left out of the name: it is shown by itself"),
    "moo_in_name": _("The moo taken out of the name"),
    "second_name": _("The name in brackets taken as the second name"),
    "area_prefix": _("The word before the name of an area left out"),
    "title": _("Title and name written together, short titles in full"),
    "name_parts": _("Title, name and surname of several columns joined"),
    "filled_down": _("An empty or merged cell filled from above"),
    "from_sheet": _("The area taken from the name or the title of the sheet"),
    "moo_from_code": _("The moo taken from the last two digits of the code"),
    "code_made": _("The code made of subdistrict and moo"),
    "village_found": _("The village found by its subdistrict and moo or name"),
}

# What is stored is tidy in any case; these are shown, and nobody can decline them.
ALWAYS = frozenset({"tidied", "thai_digits", "buddhist_date", "number_words"})


def said(words: Words, code: str, params: Mapping[str, Any]) -> str:
    """A code in words; itself, where a later version wrote it."""
    return str(words[code]) % params if code in words else code.replace("_", " ")


def problem(code: str, **params: Any) -> ValidationError:
    """What a form raises about a row."""
    return ValidationError(PROBLEMS[code], code=code, params=params)
