"""Papers as Word files, read back: Thai in every style, heads repeated, photos there or missing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from steps.knowledge.paper import Paper, Part, Picture, Table, blocks_of, held_together
from steps.knowledge.word import FONT, docx_of

LONG = "ก" * 99_990 + " ปลายบรรทัด"  # more than 100,000 characters


def read(paper: Paper, **options: Any) -> Any:
    return Document(BytesIO(docx_of(paper, **options)))


def texts(file: Any) -> list[str]:
    return [paragraph.text for paragraph in file.paragraphs]


def used_styles(file: Any) -> set[Any]:
    sheets = [file.sections[0].header, file.sections[0].footer]
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    return {
        paragraph.style.name: paragraph.style
        for place in (file, *sheets, *cells)
        for paragraph in place.paragraphs
    }.values()  # type: ignore[return-value]


def full(picture: Path) -> Paper:
    return Paper(
        title="บ้านตระกาจ หมู่ที่ 8",
        kicker="องค์ความรู้",
        facts=(("โดย", "นางสาวนิดา พวงแก้ว"), ("วันที่", "")),
        parts=(
            Part("a", "ความเป็นมา", text="ย่อหน้าแรก\n- ข้อหนึ่ง\n- ข้อสอง"),
            Part("b", "ขั้นตอน", level=3, table=Table(("ข้อ", "วันที่"), (("1.1", "23 มี.ค. 2560"),))),
            Part("c", "ภาพ", pictures=(Picture("/x", picture, "ภาพหมู่", 64, 48),)),
        ),
        foot="โทร. 0 4500 0000",
        note="ร่าง",
    )


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 48), "green").save(path)
    return path


def test_every_style_in_use_speaks_thai(photo: Path) -> None:
    for style in used_styles(read(full(photo))):
        said = style.element.rPr
        assert said.find(qn("w:rFonts")).get(qn("w:cs")) == FONT, style.name
        assert said.find(qn("w:szCs")).get(qn("w:val")) == said.find(qn("w:sz")).get(qn("w:val"))
        assert said.find(qn("w:lang")).get(qn("w:bidi")) == "th-TH", style.name


def test_what_no_style_says_falls_back_to_thai(photo: Path) -> None:
    defaults = read(full(photo)).styles.element.xpath("./w:docDefaults//w:rPr")[0]
    assert defaults.find(qn("w:rFonts")).get(qn("w:cs")) == FONT


def test_what_is_bold_is_bold_in_thai_letters_too(photo: Path) -> None:
    file = read(full(photo))
    bold = [run for paragraph in file.paragraphs for run in paragraph.runs if run.font.bold]
    bold += [run for cell in file.tables[0].rows[0].cells for run in cell.paragraphs[0].runs]
    assert len(bold) == 4
    assert all(run.font.cs_bold for run in bold)


def test_a_tables_head_is_repeated_and_no_row_is_torn(photo: Path) -> None:
    head, row = read(full(photo)).tables[0].rows
    assert head._tr.trPr.find(qn("w:tblHeader")) is not None
    assert row._tr.trPr.find(qn("w:tblHeader")) is None
    assert all(each._tr.trPr.find(qn("w:cantSplit")) is not None for each in (head, row))


def test_a_draft_says_so_at_the_head_of_every_sheet(photo: Path) -> None:
    file = read(full(photo))
    assert [paragraph.text for paragraph in file.sections[0].header.paragraphs] == ["ร่าง"]
    assert "ร่าง" not in texts(file)


def test_a_finished_paper_has_nothing_at_the_head(photo: Path) -> None:
    file = read(Paper(title="บ้านตระกาจ"))
    assert [paragraph.text for paragraph in file.sections[0].header.paragraphs] == [""]


def test_a_title_is_never_broken_from_its_number(photo: Path) -> None:
    assert texts(read(full(photo)))[1] == "บ้านตระกาจ หมู่ที่\N{NO-BREAK SPACE}8"


def test_a_photo_stands_over_its_caption(photo: Path) -> None:
    file = read(full(photo))
    assert len(file.inline_shapes) == 1
    holding = next(p for p in file.paragraphs if p._p.xpath(".//w:drawing"))
    assert holding.paragraph_format.keep_with_next
    assert "ภาพหมู่" in texts(file)


def test_a_photo_that_is_not_on_disk_is_named_as_missing(tmp_path: Path) -> None:
    file = read(full(tmp_path / "gone.jpg"))
    assert len(file.inline_shapes) == 0
    assert "ภาพหมู่" in texts(file)


def test_a_file_that_is_no_photo_is_named_as_missing(tmp_path: Path) -> None:
    (tmp_path / "torn.jpg").write_bytes(b"not a photo")
    assert len(read(full(tmp_path / "torn.jpg")).inline_shapes) == 0


def test_a_hundred_thousand_characters_are_kept() -> None:
    file = read(Paper(title="ยาว", parts=(Part("a", "เนื้อหา", text=LONG),)))
    assert LONG in texts(file)


def test_an_empty_paper_and_an_empty_part_are_papers() -> None:
    assert texts(read(Paper(title="ว่าง"))) == ["ว่าง"]
    assert texts(read(Paper(title="ว่าง", parts=(Part("a", "ส่วน"),)))) == ["ว่าง", "ส่วน", "–"]


def test_thai_digits_reach_every_place(photo: Path) -> None:
    file = read(full(photo), thai_digits=True)
    cells = [cell.text for row in file.tables[0].rows for cell in row.cells]
    section = file.sections[0]
    sheets = [p.text for part in (section.header, section.footer) for p in part.paragraphs]
    said = (*texts(file), *cells, *sheets)
    assert not any(char in "0123456789" for text in said for char in text)
    assert page_numbers(file) == ("thaiNumbers", ["PAGE \\* THAIARABIC", "NUMPAGES \\* THAIARABIC"])


def test_pages_are_numbered_in_arabic_digits_unless_thai_ones_are_asked_for(photo: Path) -> None:
    assert page_numbers(read(full(photo))) == (None, ["PAGE", "NUMPAGES"])


def page_numbers(file: Any) -> tuple[str | None, list[str]]:
    """The number format of the sheets, and the fields Word counts them with."""
    section = file.sections[0]
    formats = section._sectPr.xpath("./w:pgNumType/@w:fmt")
    fields = section.footer._element.xpath(".//w:instrText")
    return next(iter(formats), None), [field.text for field in fields]


def test_addresses_keep_their_digits_wherever_they_stand() -> None:
    at = "https://cdd33.go.th/2560"
    paper = Paper(
        title="ก", facts=(("ที่อยู่", at),), parts=(Part("a", "ข", text=f"ปี 2560 {at}"),), foot=at
    )
    said = texts(read(paper, thai_digits=True))
    assert said == ["ก", f"ที่อยู่: {at}", "ข", f"ปี ๒๕๖๐ {at}", at]


lines = st.text(alphabet="กข 1-", max_size=12)


@settings(max_examples=50, deadline=None)
@given(st.lists(lines, max_size=6))
def test_no_written_word_is_lost_in_blocks(written: list[str]) -> None:
    kept = [line for block in blocks_of("\n".join(written)) for line in block.lines]
    assert kept == [line.removeprefix("- ") for line in written if line.strip()]


@settings(max_examples=50, deadline=None)
@given(lines)
def test_holding_a_title_together_changes_spaces_only(title: str) -> None:
    assert held_together(title).replace("\N{NO-BREAK SPACE}", " ") == title
