"""The forms of the pages of an import: the file, what was understood of it, and yes or no."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Import
from sammachip.converters import AreaCode
from sammachip.forms import WriteForm
from sammachip.thai.fields import ThaiIntegerField
from steps.recording.core import Refusal
from villages.imports.confirming import check_of
from villages.imports.files import MOST_BYTES
from villages.imports.kinds import KINDS
from villages.imports.showing import Offer, offers
from villages.imports.words import Refused


class FileForm(forms.Form):
    """The file to bring in."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A workbook (.xlsx) or a table as text (.csv), at most 50 MB"),
        error_messages={"required": gettext_lazy("Choose a file")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(Refused("too_large", limit=MOST_BYTES // 1024 // 1024).message)
        return file

    def refuse(self, refused: Refused) -> None:
        """Say why a file cannot be taken in, and the way out."""
        self.add_error("file", ValidationError(refused.message, code=refused.code))


class AreaForm(forms.Form):
    """Of which area: a code, or nothing for all one may."""

    area = forms.RegexField(
        f"^{AreaCode.regex}$",
        label=gettext_lazy("Area code"),
        required=False,
        help_text=gettext_lazy("2, 4 or 6 digits; empty for all of your area"),
        error_messages={"invalid": gettext_lazy("Enter a code of 2, 4 or 6 digits")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 8}),
    )


class ReadingForm(forms.Form):
    """Which column is which, as understood or as a person says; and the repairs not wanted."""

    def __init__(self, data: Any = None, *, brought: Import) -> None:
        super().__init__(data)
        self.tables = brought.reading["tables"]
        self.refused = Refused("erased" if brought.is_erased else "gone")
        found = offers(brought)
        self.offers = [offer for offer in found if offer.optional]
        self.always = [offer for offer in found if not offer.optional and offer.n]
        choices = [("", _("Not used")), *_columns(brought)]
        for at, table in enumerate(self.tables):
            for index, column in enumerate(table["columns"]):
                self.fields[f"column-{at}-{index}"] = forms.ChoiceField(
                    label=column["heading"] or _("Column %(n)s") % {"n": index + 1},
                    choices=choices,
                    required=False,
                    initial=column["column"],
                )
        for offer in self.offers:
            self.fields[f"repair-{offer.kind}"] = forms.BooleanField(
                label=offer.words, required=False, initial=not offer.declined
            )

    def clean(self) -> dict[str, Any]:
        """No column is meant twice in one sheet, and some sheet has at least two."""
        cleaned = super().clean() or self.cleaned_data
        if not self.tables:  # its file is kept no longer
            raise ValidationError(self.refused.message, code=self.refused.code)
        said = [self._of_table(at, table) for at, table in enumerate(self.tables)]
        used = [[name for name in columns.values() if name] for columns in said]
        if all(len(names) < 2 for names in used):
            raise ValidationError(_("Say at least of two columns what they hold."), code="columns")
        for at, columns in enumerate(said):
            for index, name in columns.items():
                if used[at].count(name) > 1:
                    text = _("Two columns of a sheet stand for the same.")
                    self.add_error(f"column-{at}-{index}", ValidationError(text, code="twice"))
        return cleaned

    def _of_table(self, at: int, table: dict[str, Any]) -> dict[str, str]:
        indexes = range(len(table["columns"]))
        return {str(n): self.cleaned_data.get(f"column-{at}-{n}", "") for n in indexes}

    def chosen(self) -> dict[str, dict[str, str]]:
        """What the person says of every column of every sheet."""
        return {table["sheet"]: self._of_table(at, table) for at, table in enumerate(self.tables)}

    def declined(self) -> list[str]:
        """The kinds of repairs nobody wants."""
        return sorted(
            offer.kind for offer in self.offers if not self.cleaned_data[f"repair-{offer.kind}"]
        )

    def sheets(self) -> Iterator[tuple[dict[str, Any], list[Any]]]:
        """Each table with the bound fields of its columns."""
        for at, table in enumerate(self.tables):
            yield table, [self[f"column-{at}-{n}"] for n in range(len(table["columns"]))]

    def repairs(self) -> Iterator[tuple[Offer, Any]]:
        """Each repair that can be declined with its tick."""
        for offer in self.offers:
            yield offer, self[f"repair-{offer.kind}"]


def _columns(brought: Import) -> Iterator[tuple[str, str]]:
    for column in KINDS[brought.kind].form.columns:
        yield column.name, str(column.label)


class ConfirmForm(WriteForm):
    """Yes, write it. Typing how many rows keeps a hand from pressing it unread.

    ``check`` is which difference the page shows: only that one is confirmed.
    """

    check = forms.CharField(widget=forms.HiddenInput, required=False)
    rows = ThaiIntegerField(label=gettext_lazy("Rows to write"))

    def __init__(self, data: Any = None, *, brought: Import) -> None:
        self.current = check_of(brought)
        super().__init__(data, initial={"check": self.current})
        self.expected = brought.counts.get("new", 0) + brought.counts.get("changed", 0)
        self.fields["rows"].help_text = _("Type %(n)s") % {"n": self.expected}

    def clean_rows(self) -> int:
        rows: int = self.cleaned_data["rows"]
        if rows != self.expected and self.data.get("check") == self.current:
            text = _("This is not the number of rows to write, %(n)s.")
            raise ValidationError(text, code="other_number", params={"n": self.expected})
        return rows

    def refuse(self, refusal: Refusal) -> None:
        """Where the file was checked again the page shows that difference now, and takes it."""
        super().refuse(refusal)
        if refusal.code == "import_checked_again":
            data: Any = copy(self.data)
            data["check"] = self.current
            self.data = data


class UndoForm(WriteForm):
    """Take it back."""
