"""A paper as a Word file that officers edit: every style says its Thai font, size and language.

Thai is complex script to Word: a style that names no ``cs`` font, ``szCs``, ``bCs`` and bidi
language falls back to another font and size (python-docx issues 1191 and 1315).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.styles.style import BaseStyle
from docx.table import _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from sammachip.thai.language import in_thai
from steps.knowledge.paper import (
    Block,
    Paper,
    Part,
    Picture,
    Table,
    in_thai_digits,
)

LONGEST_PROPERTY = 255  # characters Word allows of a title
FONT = "TH Sarabun New"  # the font of official letters (Cabinet, 7 September 2553)
BODY = 16  # points, as in official letters
SIZES = {  # bold styles and their sizes in points
    "Title": 22,
    "Heading 1": 20,
    "Heading 2": 18,
    "Heading 3": 16,
}
PLAIN = {"Normal": BODY, "List Bullet": BODY, "Caption": 14, "Header": 14, "Footer": 14}
MARGINS: dict[str, float] = {
    "top_margin": 2.5,
    "bottom_margin": 2,
    "left_margin": 3,
    "right_margin": 2,
}  # cm
WIDTH, HEIGHT = Cm(21), Cm(29.7)
PICTURE = (Cm(14), Cm(9.5))  # two on a sheet, captions included

File = Any  # docx.Document() makes a docx.document.Document, which its stub hides


@in_thai
def docx_of(paper: Paper, *, thai_digits: bool = False) -> bytes:
    """The paper as a .docx. A photo that is not on disk is named as missing, never a failure."""
    if thai_digits:
        paper = in_thai_digits(paper)
    file = new_file(paper.title, thai_digits=paper.thai_digits)
    if paper.note:
        _note_sheets(file.sections[0].header.paragraphs[0], paper.note)
    if paper.kicker:
        add(file, paper.kicker).alignment = WD_ALIGN_PARAGRAPH.CENTER
    add(file, paper.heading, "Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for label, value in paper.facts:
        fact = add(file, "")
        embolden(fact.add_run(f"{label}: "))
        fact.add_run(value or "–")
    for part in paper.parts:
        add_part(file, part)
    if paper.foot:
        add(file, paper.foot, "Caption").alignment = WD_ALIGN_PARAGRAPH.CENTER
    return saved(file)


def new_file(title: str, *, thai_digits: bool) -> File:
    """An empty A4 file with Thai styles and page numbers, ๑ or 1."""
    file = Document()
    defaults = file.styles.element.xpath("./w:docDefaults/w:rPrDefault/w:rPr")[0]
    _say_font(defaults, BODY, bold=False)  # what tables and lists fall back to
    for name, size in SIZES.items():
        speak_thai(file.styles[name], size, bold=True)
    for name, size in PLAIN.items():
        speak_thai(file.styles[name], size, bold=False)
    section = file.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = WIDTH, HEIGHT
    for side, width in MARGINS.items():
        setattr(section, side, Cm(width))
    _number_pages(section.footer.paragraphs[0], thai_digits=thai_digits)
    if thai_digits:
        section._sectPr.xpath("./w:cols")[0].addprevious(_element("w:pgNumType", fmt="thaiNumbers"))
    properties = file.core_properties
    properties.title, properties.author, properties.comments = title[:LONGEST_PROPERTY], "", ""
    properties.language = "th-TH"
    return file


def speak_thai(style: BaseStyle, size: float, *, bold: bool) -> None:
    """Give a style the Thai font, in points, for Latin and Thai alike."""
    _say_font(style.element.get_or_add_rPr(), size, bold=bold)
    for line in style.element.xpath("./w:pPr/w:pBdr"):
        line.getparent().remove(line)
    paragraph = getattr(style, "paragraph_format", None)
    if paragraph is not None:
        paragraph.space_before = Pt(6 if bold else 0)
        paragraph.space_after = Pt(0)
        paragraph.line_spacing = 1


def _say_font(known: Any, size: float, *, bold: bool) -> None:
    """Font, weight, size and language in place of what run properties said before."""
    for child in list(known):
        known.remove(child)
    half_points = str(round(size * 2))
    weight = "1" if bold else "0"
    for child in (
        _element("w:rFonts", **dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), FONT)),
        _element("w:b", val=weight),
        _element("w:bCs", val=weight),
        _element("w:i", val="0"),
        _element("w:iCs", val="0"),
        _element("w:color", val="000000"),
        _element("w:sz", val=half_points),
        _element("w:szCs", val=half_points),
        _element("w:lang", val="en-US", eastAsia="en-US", bidi="th-TH"),
    ):
        known.append(child)


def embolden(run: Run) -> None:
    """Bold for Latin and Thai alike: ``bold`` alone leaves Thai letters thin."""
    run.font.bold = run.font.cs_bold = True


def add_part(file: File, part: Part) -> None:
    """A part with its heading; an empty one says so with a dash."""
    add(file, part.title, f"Heading {part.level}")
    if part.is_empty:
        add(file, "–")
    for block in part.blocks:
        add_block(file, block)
    if part.table:
        add_table(file, part.table)
    for picture in part.pictures:
        add_picture(file, picture)


def add_block(file: File, block: Block) -> None:
    """A paragraph, first line indented as in letters; or the items of a list."""
    for line in block.lines:
        if block.is_list:
            add(file, line, "List Bullet")
        else:
            add(file, line).paragraph_format.first_line_indent = Cm(1.25)


def add_table(file: File, table: Table) -> None:
    """A table whose head is repeated on every sheet; a row is never torn in two."""
    made = file.add_table(rows=0, cols=len(table.head), style="Table Grid")
    for number, cells in enumerate((table.head, *table.rows)):
        row = made.add_row()
        _mark(row, "w:cantSplit")
        if number == 0:
            _mark(row, "w:tblHeader")
        for cell, text in zip(row.cells, cells, strict=True):
            run = cell.paragraphs[0].add_run(text)
            if number == 0:
                embolden(run)


def add_picture(file: File, picture: Picture, *, box: tuple[Length, Length] = PICTURE) -> None:
    """A photo made to fit a ``box`` of width and height, its caption below on the same sheet.

    ``file`` may be a cell of a table.
    """
    paragraph = add(file, "")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(6)
    try:
        paragraph.add_run().add_picture(str(picture.path), **_fitting(picture, box))
    except (OSError, UnrecognizedImageError):
        paragraph.add_run(_("(The photo is missing.)"))
    if picture.caption:
        add(file, picture.caption, "Caption").alignment = WD_ALIGN_PARAGRAPH.CENTER


def _fitting(picture: Picture, box: tuple[Length, Length]) -> dict[str, Length]:
    """The side by which a photo is scaled into its place."""
    width, height = box
    if not (picture.width and picture.height):
        return {"width": width}
    is_wide = picture.width * height >= picture.height * width
    return {"width": width} if is_wide else {"height": height}


def saved(file: File) -> bytes:
    """The bytes of a file."""
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()


def add(file: File, text: str, style: str = "Normal") -> Paragraph:
    """A paragraph at the end of the file."""
    added: Paragraph = file.add_paragraph(text, style=style)
    return added


def _note_sheets(paragraph: Paragraph, note: str) -> None:
    """A word at the head of every sheet: a draft says so on each."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(note)


def _number_pages(paragraph: Paragraph, *, thai_digits: bool) -> None:
    """หน้า 2/5, counted by Word.

    The switch in capitals, as ISO 29500 has it: LibreOffice, which writes no Thai digits here,
    takes "ThaiArabic" for letters (ก) and leaves this one at 1.
    """
    switch = r" \* THAIARABIC" if thai_digits else ""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(_("Page "))
    _field(paragraph, f"PAGE{switch}")
    paragraph.add_run("/")
    _field(paragraph, f"NUMPAGES{switch}")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()._r
        if kind:
            run.append(_element("w:fldChar", fldCharType=kind))
        else:
            instruction = _element("w:instrText")
            instruction.text = text
            run.append(instruction)


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(_element(name))


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
