"""The parts of a workbook, looked at before anything is laid out."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from villages.imports.cells import MOST_COLUMNS, MOST_ROWS
from villages.imports.words import Refused

MOST_UNPACKED = 400 * 1024 * 1024  # bytes; 100,000 rows of ten columns unpack to some 60 MB
MOST_PARTS = 2_000
MOST_CELLS = 8_000_000  # of all sheets: a reader lays out every cell up to the last, empty ones too
MOST_TEXT = 100_000_000  # characters that cells take from the table of texts; one may be in many
LONG_TEXT = 50  # shorter ones cannot come to so much more
_CHUNK, _ENDLESS = 1024 * 1024, 1 << 62
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")
_PICTURES, _DRAWINGS = "xl/media/", ".vml"  # not parsed: the latter need not be well-formed
_TEXTS = "xl/sharedstrings.xml"  # in whatever letters
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_BROKEN = (  # what damaged files make the libraries raise
    BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    LookupError,
    OSError,
    ValueError,
    struct.error,
    zlib.error,
    zipfile.LargeZipFile,
    expat.ExpatError,
    ElementTree.ParseError,
)

Errors = dict[tuple[int, int], str]  # row and column, counted from 0 -> "#N/A"


def look_at(path: Path) -> dict[str, Errors]:
    """Refuse what would hurt: parts that unpack to too much, document types, cells far outside.

    Every part is really unpacked, for what a zip says of its sizes may be a lie; nothing is kept
    but, by sheet, the cells that show an error. Raises Refused.
    """
    try:
        with ZipFile(path) as packed:
            return _looked_at(packed)
    except _BROKEN as error:
        raise Refused("damaged") from error


def _looked_at(packed: ZipFile) -> dict[str, Errors]:
    parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused("unpacks_too_large")
    if not any(part.filename == _WORKBOOK for part in parts):
        raise Refused("not_a_table")
    left, text, errors = MOST_UNPACKED, _Text(), {}
    for part in sorted(parts, key=lambda part: part.filename.lower() != _TEXTS):
        look = _Look(text)
        left -= _unpacked(packed, part, look, left)
        if look.errors:
            errors[part.filename] = look.errors
    return _by_sheet(packed, errors) if errors else {}


def _unpacked(packed: ZipFile, part: ZipInfo, look: _Look, left: int) -> int:
    """Read one part to its real end; answers how many bytes it unpacks to."""
    declared, part.file_size = part.file_size, _ENDLESS  # or reading would end where it says so
    size, is_xml = 0, False
    with packed.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            is_xml = is_xml or (not size and _is_xml(part.filename, chunk))
            size += len(chunk)
            if size > left:
                raise Refused("unpacks_too_large")
            if is_xml:
                look.parser.Parse(chunk)
    if is_xml:
        look.parser.Parse(b"", True)
    if size != declared:
        raise Refused("damaged")
    return size


def _is_xml(name: str, start: bytes) -> bool:
    parsed = not name.startswith(_PICTURES) and not name.endswith(_DRAWINGS)
    return parsed and start.lstrip().startswith(_XML_STARTS)


def _by_sheet(packed: ZipFile, errors: dict[str, Errors]) -> dict[str, Errors]:
    """What was found in parts, by the names of the sheets they hold."""
    part_of = {
        node.get("Id"): posixpath.normpath(posixpath.join("xl", node.get("Target", "")))
        for node in _tree(packed, _RELATIONS)
    }
    names: dict[str, Errors] = {}
    for node in _tree(packed, _WORKBOOK).iter():
        if node.tag.endswith("}sheet"):
            key = next((value for name, value in node.items() if name.endswith("}id")), "")
            names[node.get("name", "")] = errors.get(part_of.get(key, "").lstrip("/"), {})
    return names


def _tree(packed: ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(packed.read(name))  # noqa: S314 - it has no document type


class _Text:
    """How long each text of the table of texts is, and how much of it cells take in all."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.is_long = False
        self.taken = 0

    def add(self, length: int) -> None:
        self.lengths[-1] += length
        self.is_long = self.is_long or self.lengths[-1] > LONG_TEXT

    def take(self, index: int) -> None:
        """One more cell shows this text: a reader holds it once more."""
        self.taken += self.lengths[index]
        if self.taken > MOST_TEXT:
            raise Refused("unpacks_too_large")


class _Look:
    """What a part says of its cells: how far out they stand, what text and errors they show."""

    def __init__(self, text: _Text) -> None:
        self.text, self._index = text, ""
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._root
        self.errors: Errors = {}
        self._cell: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._width = self._height = 0

    def _doctype(self, *_about: object) -> None:
        raise Refused("unsafe")

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        prefix, name = name[: name.find(":") + 1], name.rpartition(":")[2]
        self._cells, self._values = f"{prefix}c", {f"{prefix}v", f"{prefix}is"}
        self.parser.StartElementHandler = self._element if name == "worksheet" else None
        if name == "sst":
            self._item = f"{prefix}si"
            self.parser.StartElementHandler = self._in_texts

    def _in_texts(self, name: str, _attributes: dict[str, str]) -> None:
        if name == self._item:
            self.text.lengths.append(0)
            self.parser.CharacterDataHandler = lambda text: self.text.add(len(text))

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._cells:
            self._cell = attributes
        elif name in self._values:
            self._value(self._cell["r"])

    def _value(self, place: str) -> None:
        """A cell that holds something; a formatted one far outside does no harm."""
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters) or self._new_column(letters)
        row = int(place[len(letters) :])
        if row > self._height:
            self._height = row
            self._refuse_far()
        if self.text.is_long and self._cell.get("t") == "s":
            self._index = ""
            self.parser.CharacterDataHandler = self._index_text
            self.parser.EndElementHandler = self._index_said
        if self._cell.get("t") == "e":
            self._at = (row - 1, column - 1)
            self.parser.CharacterDataHandler = self._error
            self.parser.EndElementHandler = self._said

    def _new_column(self, letters: str) -> int:
        column = self._columns[letters] = _number_of(letters)
        self._width = max(self._width, column)
        self._refuse_far()
        return column

    def _refuse_far(self) -> None:
        """One cell at XFD1048576 makes a reader lay out seventeen thousand million cells."""
        if self._height > MOST_ROWS + 1_000:
            raise Refused("too_many_rows", limit=f"{MOST_ROWS:,}")
        if self._width > MOST_COLUMNS or self._width * self._height > MOST_CELLS:
            raise Refused("too_many_columns")

    def _index_text(self, text: str) -> None:
        self._index += text

    def _index_said(self, name: str) -> None:
        self._said(name)
        self.text.take(int(self._index))

    def _error(self, text: str) -> None:
        self.errors[self._at] = self.errors.get(self._at, "") + text

    def _said(self, _name: str) -> None:
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None


def _number_of(letters: str) -> int:
    """The number of a column by its letters: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
