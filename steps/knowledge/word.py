"""Stand-in."""


def docx_of(paper, *, thai_digits: bool) -> bytes:
    """Stand-in."""
    from io import BytesIO

    from docx import Document

    d = Document()
    d.add_heading(paper.title)
    for l, v in paper.facts:
        d.add_paragraph(f"{l} {v}")
    for p in paper.parts:
        d.add_heading(p.title, p.level)
        for b in p.blocks:
            for line in b.lines:
                d.add_paragraph(line)
    o = BytesIO()
    d.save(o)
    return o.getvalue()
