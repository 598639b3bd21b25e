"""Text files in every encoding people save: read rightly, or refused, never as broken Thai."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from villages.imports import text
from villages.imports.words import Refused

NON = "โนน"  # in Windows-874 the bytes of U+2E79 in UTF-8

TABLE = [
    ["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน", "หมายเหตุ"],
    ["33140108", "ตระกาจ", 'เรียก "โนนกุง", ใหม่'],
    ["33140109", NON, "สองบรรทัด\nในช่องเดียว; จบ"],
    ["33140110", "น้ำเกลี้ยง", "ก\tข"],
]

ENCODINGS = {
    "utf-8": b"",
    "utf-8 with a mark": codecs.BOM_UTF8,
    "utf-16-le": b"",
    "utf-16-be": b"",
    "utf-16-le with a mark": codecs.BOM_UTF16_LE,
    "utf-16-be with a mark": codecs.BOM_UTF16_BE,
    "cp874": b"",
    "tis-620": b"",
}


def written(
    rows: list[list[str]], *, separator: str = ",", line: str = "\r\n", quoting: int = 0
) -> str:
    file = io.StringIO(newline="")
    # Python leaves line feeds unquoted where lines end otherwise.
    quoting = csv.QUOTE_ALL if line == "\r" else quoting
    csv.writer(file, delimiter=separator, lineterminator=line, quoting=quoting).writerows(rows)
    return file.getvalue()


def encoded(content: str, encoding: str) -> bytes:
    return ENCODINGS[encoding] + content.encode(encoding.removesuffix(" with a mark"))


def read(content: bytes) -> list[list[str]]:
    return text.rows(text.decoded(content).content)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_one_table_in_every_writing_reads_the_same(
    encoding: str, separator: str, line: str, quoting: int
) -> None:
    content = written(TABLE, separator=separator, line=line, quoting=quoting)
    assert read(encoded(content, encoding)) == TABLE


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8 with a mark", "UTF-8"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be with a mark", "UTF-16"),
        ("cp874", "Windows-874"),
        ("tis-620", "Windows-874"),
    ],
)
def test_a_person_is_told_the_encoding(encoding: str, name: str) -> None:
    assert text.decoded(encoded(written(TABLE), encoding)).encoding == name


# ---------------------------------------------------------------- decided on the whole file


@pytest.mark.parametrize("word", [NON, "โคก", "โพน", "แดง", "โนนโคก"])
def test_windows_874_that_is_valid_utf_8_by_chance_is_read_as_thai(word: str) -> None:
    content = f"code,name\n33140108,{word}\n".encode("cp874")
    assert content.decode("utf-8")  # another letter, quite validly
    assert text.decoded(content) == (f"code,name\n33140108,{word}\n", "Windows-874")


UNSURE = {
    "รถ in Windows-874, or ö in UTF-8": "code,name\n1,รถ\n".encode("cp874"),
    "Café in UTF-8, or Cafรฉ in Windows-874": "code,name\n1,Café\n".encode(),
    "Café in Latin-1, with a tone mark on f": "code,name\n1,Café\n".encode("latin-1"),
    "มะ in UTF-8, or เธกเธฐ in Windows-874": "code,name\n1,มะ\n".encode(),
    "half a letter at the end": "รหัสหมู่บ้าน,ชื่อ\n33140108,ตระกาจ".encode()[:-1],
    "a mark for UTF-8 before Windows-874": codecs.BOM_UTF8 + "หมู่".encode("cp874"),
    "two files in two encodings, joined": "หมู่\n".encode() + "หมู่\n".encode("cp874"),
    "half a letter of UTF-16": "ชื่อ,หมู่".encode("utf-16")[:-1],
    "no text at all": bytes(range(256)),
    "zeros": b"code,name\0\0\0,x\n",
}


@pytest.mark.parametrize("content", UNSURE.values(), ids=UNSURE)
def test_what_cannot_be_read_with_certainty_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        text.decoded(content)
    assert refused.value.code == "encoding"


def test_utf_8_may_hold_letters_that_windows_874_has_not() -> None:
    content = "ชื่อ,name\nกาแฟ,Café → ดี ✓ 村\n"
    assert text.decoded(content.encode()) == (content, "UTF-8")


def test_ascii_alone_is_the_same_in_both() -> None:
    assert text.decoded(b"code,moo\n33140108,8\n").encoding == "UTF-8"


@pytest.mark.parametrize("mark", ["–", "…", "•", "“x”"])
def test_punctuation_of_windows_874_is_read(mark: str) -> None:
    content = f"ชื่อ,ใด\nก {mark},ข\n"
    assert text.decoded(content.encode("cp874")).content == content
    assert text.decoded(content.encode()).content == content


THAI = st.text("กขคงจชดตถทธนบปผพฟภมยรลวศสหอฮะาำิีึืุูเแโใไั่้๊๋์็ๆฯ๐๙", max_size=12)
CELL = st.one_of(
    THAI,
    st.sampled_from(["", NON, "33140108", "ม.8", "a,b", 'c"d', "e;f", "น้ำ ใส", "x\ty", "g\nh"]),
)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=6)
)
WRITINGS = st.sampled_from([*product(ENCODINGS, text.SEPARATORS, ["\r\n", "\n", "\r"])])


@given(TABLES, WRITINGS)
@example([["ชื่อ", "a"], [NON, "b"]], ("cp874", ",", "\n"))
def test_any_table_of_thai_reads_back_equal_or_is_refused(
    rows: list[list[str]], writing: tuple[str, str, str]
) -> None:
    encoding, separator, line = writing
    rows = [["ชื่อหมู่บ้าน", "หมู่ที่", "ตำบล", "อำเภอ"][: len(rows[0])], *rows]
    content = encoded(written(rows, separator=separator, line=line), encoding)
    found = or_refused(lambda: read(content))
    # Unicode under Thai headings is always certain.
    assert found == rows or (found == "encoding" and not encoding.startswith("utf"))


@given(st.lists(THAI, min_size=1, max_size=4), st.sampled_from(["utf-8", "cp874"]))
def test_no_thai_becomes_other_letters_without_thai_headings(names: list[str], code: str) -> None:
    content = "code,name\n" + "".join(f"{at},{name}\n" for at, name in enumerate(names))
    found = or_refused(lambda: text.decoded(content.encode(code)).content)
    assert found in (content, "encoding")


def or_refused(reading: Callable[[], object]) -> object:
    """What was read, or the code of the refusal."""
    try:
        return reading()
    except Refused as refused:
        return refused.code


# ---------------------------------------------------------------- separators and quotes


def test_the_separator_is_the_one_most_lines_agree_on() -> None:
    assert text.separator_of("บัญชีหมู่บ้าน, อำเภอ, จังหวัด\nรหัส;ชื่อ\n1;ก\n2;ข\n") == ";"
    assert text.separator_of("ชื่อ;ละติจูด;ลองจิจูด\nก;14,85;104,90\nข;14,86;104,91\n") == ";"
    assert text.separator_of("ชื่อ\nก\n") == ","


@pytest.mark.parametrize(
    "content", ['ชื่อ,หมู่\n"ตระกาจ,8\nโนนกุง,9\n', 'ชื่อ,หมู่\n"ตระกาจ,8\n"โนนกุง",9\n']
)
def test_a_quotation_mark_left_open_swallows_no_rows(content: str) -> None:
    with pytest.raises(Refused) as refused:
        text.rows(content)
    assert (refused.value.code, refused.value.params) == ("quotes", {"row": 2})


def test_a_quotation_mark_inside_a_name_is_part_of_it() -> None:
    assert text.rows('ชื่อ,หมู่\nบ้าน "ใหม่" เหนือ,8\n')[1] == ['บ้าน "ใหม่" เหนือ', "8"]
