"""Documents: PDF and Word files without macros, kept as they were sent."""

import os
import re
import zipfile
from typing import IO
from xml.etree import ElementTree

from steps.files.prepared import DOCUMENT, Prepared, Refused, sha256_of

MAX_MEMBERS = 2_000  # of a DOCX
MAX_DIRECTORY_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_CONTENT_TYPES_BYTES = 1024 * 1024

_WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACRO = re.compile(r"macroenabled|vbaproject", re.IGNORECASE)


def prepare_document(content: IO[bytes], *, extension: str) -> Prepared:
    """The document as it was sent, once it is what its first bytes promise. Raises Refused."""
    CHECKS[extension](content)
    received = sha256_of(content)
    return Prepared(
        kind=DOCUMENT,
        extension=extension,
        sha256_received=received,
        sha256_stored=received,
        size=content.seek(0, os.SEEK_END),
        main=content,
    )


def _check_pdf(content: IO[bytes]) -> None:
    if b"%%EOF" not in _tail(content, 1024):
        raise Refused("broken")


def _check_docx(content: IO[bytes]) -> None:
    """A whole Word document without macros. Unpacks nothing but its list of content types."""
    _check_directory(content)
    try:
        with zipfile.ZipFile(content) as archive:
            _check_members(archive)
            _check_content_types(archive)
    except Refused:
        raise
    except Exception as error:  # zipfile and expat raise many kinds; the cause is the file
        raise Refused("broken") from error


def _check_directory(content: IO[bytes]) -> None:
    """Before zipfile builds an object for each entry: no ZIP64, no tail, a directory of sane size.

    Layout: APPNOTE.TXT 4.3.16, 22 bytes with an empty comment; a ZIP64 locator is the 20 before.
    """
    tail = _tail(content, 42)
    locator, end = tail[:-22], tail[-22:]
    if not end.startswith(b"PK\x05\x06"):
        raise Refused("broken")
    directory_bytes = int.from_bytes(end[12:16], "little")
    if locator.startswith(b"PK\x06\x07") or directory_bytes > MAX_DIRECTORY_BYTES:
        raise Refused("broken")


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if not {"[content_types].xml", "word/document.xml"} <= names:
        raise Refused("not_supported")
    if any(_MACRO.search(name) for name in names):
        raise Refused("macros")
    if len(names) < len(members):  # of two with one name, Word may read the other
        raise Refused("broken")
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
        raise Refused("broken")


def _check_content_types(archive: zipfile.ZipFile) -> None:
    """Parsed, not searched: XML has many ways to spell the same name."""
    with archive.open("[Content_Types].xml") as member:
        listed = member.read(MAX_CONTENT_TYPES_BYTES)
    entries = ElementTree.fromstring(listed)  # noqa: S314  1 MB; expat itself stops entity bombs
    types = {entry.get("ContentType", "") for entry in entries}
    if any(_MACRO.search(content_type) for content_type in types):
        raise Refused("macros")
    if _WORD_MAIN not in types:
        raise Refused("not_supported")


CHECKS = {"pdf": _check_pdf, "docx": _check_docx}


def _tail(content: IO[bytes], length: int) -> bytes:
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - length))
    return content.read()
