"""A memo as a Word file in the layout offices know (บันทึกข้อความ, แบบที่ ๒๙).

The place of the state emblem stays empty: the office has its own.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph

from sammachip.thai.language import in_thai
from steps.knowledge.memo import Memo
from steps.knowledge.paper import Block, Picture, held_together
from steps.knowledge.word import (
    BODY,
    LONGEST_PROPERTY,
    File,
    add_picture,
    new_file,
    saved,
    speak_thai,
)

TITLE, LABEL, LETTER = "Memo Title", "Memo Label", "Memo Text"
TITLE_SIZE, LABEL_SIZE, TITLE_LINE = 29, 20, Pt(35)
LINE = Pt(21)  # single spacing of the font, said exactly: a memo keeps to its sheet in another one
HEAD_LINE = Pt(26)
LINE_END, MIDDLE = Cm(16), Cm(7.5)  # of 21 cm less the margins of 3 and 2
INDENT, SIGNATURE = Cm(2.5), Cm(7.5)
TO_SIGN = "." * 40
TWO_ON_A_SHEET = 2  # photos below one another; more stand in pairs
PAIRED = (Cm(7.6), Cm(8.5))  # four on a sheet, captions included


@in_thai
def memo_docx_of(memo: Memo, *, thai_digits: bool = False) -> bytes:
    """The memo as a .docx, its photos on sheets of their own; one not on disk is named missing."""
    memo = memo.printed(thai_digits=thai_digits)
    file = _file_of(memo)
    file.add_paragraph(_("Memorandum"), style=TITLE)
    _add_head(file, memo)
    _add_letter(file, memo)
    _add_signature(file, memo)
    if memo.pictures:
        _add_photos(file, memo.pictures)
    return saved(file)


def _file_of(memo: Memo) -> File:
    file = new_file(memo.subject, thai_digits=memo.thai_digits)
    file.core_properties.author = memo.office[:LONGEST_PROPERTY]
    title = file.styles.add_style(TITLE, WD_STYLE_TYPE.PARAGRAPH)
    speak_thai(title, TITLE_SIZE, bold=True)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    title.paragraph_format.line_spacing = TITLE_LINE
    speak_thai(file.styles.add_style(LABEL, WD_STYLE_TYPE.CHARACTER), LABEL_SIZE, bold=True)
    speak_thai(file.styles.add_style(LETTER, WD_STYLE_TYPE.PARAGRAPH), BODY, bold=False)
    for name in (LETTER, "List Bullet"):
        file.styles[name].paragraph_format.line_spacing = LINE
    return file


# ---------------------------------------------------------------- head


def _add_head(file: File, memo: Memo) -> None:
    phone = _("Phone %(phone)s") % {"phone": memo.phone} if memo.phone else ""
    office = held_together(f"{memo.office}  {phone}".strip())
    _add_dotted(file, (pgettext("letter", "Office"), office, LINE_END))
    _add_dotted(file, (_("Letter no."), "", MIDDLE), (_("Date"), memo.date, LINE_END))
    _add_dotted(file, (pgettext("letter", "Subject"), memo.subject, LINE_END))
    label = pgettext("letter", "To")
    to = file.add_paragraph(f"{label}  {memo.to}", style=LETTER)
    to.paragraph_format.space_before = to.paragraph_format.space_after = Pt(6)


def _add_dotted(file: File, *fields: tuple[str, str, Length]) -> None:
    """Labels with what follows each, and dots as far as its field goes."""
    line: Paragraph = file.add_paragraph(style=LETTER)
    line.paragraph_format.line_spacing = HEAD_LINE
    for label, value, end in fields:
        line.paragraph_format.tab_stops.add_tab_stop(
            end,
            WD_TAB_ALIGNMENT.LEFT if end < LINE_END else WD_TAB_ALIGNMENT.RIGHT,
            WD_TAB_LEADER.DOTS,
        )
        line.add_run(label, style=LABEL)
        line.add_run(f"  {value}\t")


# ---------------------------------------------------------------- letter


def _add_letter(file: File, memo: Memo) -> None:
    for _key, blocks in memo.parts:
        for block in blocks:
            _add_block(file, block)


def _add_block(file: File, block: Block) -> None:
    for line in block.lines:
        paragraph = file.add_paragraph(line, style="List Bullet" if block.is_list else LETTER)
        if not block.is_list:
            paragraph.paragraph_format.first_line_indent = INDENT
            paragraph.paragraph_format.space_before = Pt(6)


def _add_signature(file: File, memo: Memo) -> None:
    """Lines that stay together on one sheet, centred in the right half."""
    lines = [TO_SIGN, f"({memo.signer or TO_SIGN})", memo.position]
    for number, line in enumerate(lines):
        paragraph = file.add_paragraph(line, style=LETTER)
        look = paragraph.paragraph_format
        look.alignment, look.left_indent = WD_ALIGN_PARAGRAPH.CENTER, SIGNATURE
        look.space_before = Pt(30 if number == 0 else 0)
        look.keep_with_next = number < len(lines) - 1


# ---------------------------------------------------------------- photos


def _add_photos(file: File, pictures: tuple[Picture, ...]) -> None:
    heading = file.add_paragraph(_("Photos of the activity"), style="Heading 2")
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.paragraph_format.page_break_before = True
    if len(pictures) <= TWO_ON_A_SHEET:
        for picture in pictures:
            add_picture(file, picture)
        return
    table = file.add_table(rows=0, cols=2)
    for left in range(0, len(pictures), 2):
        row = table.add_row()
        for cell, picture in zip(row.cells, pictures[left : left + 2], strict=False):
            add_picture(cell, picture, box=PAIRED)
            cell._tc.remove(cell.paragraphs[0]._p)  # the empty one every new cell has
