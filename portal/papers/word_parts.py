"""Pieces of a DOCX that python-docx has no words for."""

from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"  # of the same measures as Liberation Serif, which LibreOffice takes instead


def element(tag: str, **values: str) -> Any:
    """`<w:tag w:name="value">`."""
    made = OxmlElement(f"w:{tag}")
    for name, value in values.items():
        made.set(qn(f"w:{name}"), value)
    return made


def dress(style: Any, size: float, bold: bool = False) -> None:
    """A style in our font, black, in Russian."""
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = None
    properties = style.element.get_or_add_rPr()
    for wrong in properties.findall(qn("w:color")):
        properties.remove(wrong)
    fonts = properties.find(qn("w:rFonts"))
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), FONT)
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(element("lang", val="ru-RU", eastAsia="ru-RU", bidi="ar-SA"))


def field(paragraph: Any, code: str) -> None:
    """A field that Word works out: PAGE, NUMPAGES."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run("1" if kind == "shown" else "")
        if kind in ("begin", "separate", "end"):
            run._r.append(element("fldChar", fldCharType=kind))
        elif not kind:
            made = element("instrText")
            made.text = text
            run._r.append(made)


def borders(cell: Any, *sides: str) -> None:
    """Fine lines on these sides of a cell alone."""
    properties = cell._tc.get_or_add_tcPr()
    made = element("tcBorders")
    for side in ("top", "left", "bottom", "right"):
        made.append(
            element(side, val="single" if side in sides else "nil", sz="4", space="0", color="3C3C3C")
        )
    properties.append(made)


def shade(cell: Any) -> None:
    """The ground of a table's head."""
    cell._tc.get_or_add_tcPr().append(element("shd", val="clear", color="auto", fill="EEEEEE"))


def narrow(table: Any) -> None:
    """Cells that leave their text as much room as the printed sheet does."""
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="85", type="dxa"))  # 1.5 mm
    table._tbl.tblPr.append(margins)


def repeat(row: Any) -> None:
    """The row stands on top of every page that the table goes on to."""
    row._tr.get_or_add_trPr().append(element("tblHeader", val="true"))


def whole(row: Any, height: float | None = None) -> None:
    """The row is not torn between two pages; with a height in mm at least so high."""
    properties = row._tr.get_or_add_trPr()
    properties.append(element("cantSplit", val="true"))
    if height:
        row.height = Mm(height)


def stay(table: Any, with_next: bool) -> None:
    """No page turns inside the table, nor, when it stays with what follows, after it."""
    for row in table.rows if with_next else table.rows[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def write_on(paragraph: Any, width: Any) -> None:
    """From here to the right edge a line to write on."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
    paragraph.add_run("\t")


def under(paragraph: Any) -> None:
    """A fine rule under a paragraph."""
    made = element("pBdr")
    made.append(element("bottom", val="single", sz="4", space="4", color="3C3C3C"))
    paragraph._p.get_or_add_pPr().append(made)
