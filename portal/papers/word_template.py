"""Our own DOCX template of a layout: styles, tables and placeholders, as a center would have typed it."""

import io
from collections.abc import Callable
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt

from portal.papers import drawing, word_parts
from portal.papers.layouts import (
    Block,
    Each,
    Field,
    Items,
    Layout,
    PageBreak,
    Paragraph,
    Qr,
    Section,
    Signatures,
    Table,
)

ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def written(layout: Layout, blank: bool) -> bytes:
    """The template. One for blanks has lines to write on instead of fields, and no conditions."""
    writer = _Writer(layout, blank)
    writer.head()
    writer.blocks(layout.blocks)
    if blank and not any(isinstance(block, Qr) for block, _inside in layout.walk()):
        writer.qr()
    made = io.BytesIO()
    writer.document.save(made)
    return made.getvalue()


class _Writer:
    """Writes one template, block by block."""

    def __init__(self, layout: Layout, blank: bool) -> None:
        self.layout, self.blank = layout, blank
        self.document: Any = Document()
        self.to_sign = False  # what is written now goes to the next page together with the signatures below
        self.body = 10.5 if layout.landscape else 12
        self._styles()
        self.width = self._page()

    def _styles(self) -> None:
        styles = self.document.styles
        word_parts.dress(styles["Normal"], self.body)
        word_parts.dress(styles["Heading 1"], 14, bold=True)
        word_parts.dress(styles["Heading 2"], 11.5 if self.layout.landscape else 12, bold=True)
        styles["Normal"].paragraph_format.space_after = Pt(4)
        styles["Heading 1"].paragraph_format.space_before = Pt(12)
        styles["Heading 1"].paragraph_format.space_after = Pt(6)
        styles["Heading 2"].paragraph_format.space_before = Pt(10)
        styles["Heading 2"].paragraph_format.space_after = Pt(4)

    def _page(self) -> Any:
        section = self.document.sections[0]
        sides, margins = (Mm(210), Mm(297)), (20, 15, 20, 30)
        if self.layout.landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            sides, margins = (Mm(297), Mm(210)), (30, 20, 15, 20)
        section.page_width, section.page_height = sides
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(
            Mm, margins
        )
        section.footer_distance = Mm(8)
        footer = section.footer.paragraphs[0]
        footer.style = self.document.styles["Normal"]
        footer.alignment = ALIGN["center"]
        footer.add_run("стр. ")
        word_parts.field(footer, "PAGE")
        footer.add_run(" из ")
        word_parts.field(footer, "NUMPAGES")
        for run in footer.runs:
            run.font.size = Pt(9)
        return section.page_width - section.left_margin - section.right_margin

    def say(self, text: str, align: str = "left", size: float | None = None, style: str | None = None) -> Any:
        """A paragraph of one run."""
        paragraph = self.document.add_paragraph(style=style)
        paragraph.alignment = ALIGN[align]
        run = paragraph.add_run(text)
        if size:
            run.font.size = Pt(size)
        return paragraph

    def tag(self, text: str) -> None:
        """A paragraph that is a sign to the filler, and leaves nothing behind."""
        self.document.add_paragraph(f"{{%p {text} %}}")

    def head(self) -> None:
        """The center's heading, title, law and number."""
        if self.layout.heading:
            self.say("{{ center.name }}", "center").runs[0].bold = True
            word_parts.under(self.say("{{ center.details }}", "center", 10))
        self.say(self.layout.title, "center", style="Heading 1")
        if self.layout.law:
            acts = "; ".join(f"{{{{ law.{key} }}}}" for key in self.layout.law)
            self.say(f"{drawing.GROUND} {acts}", "center", 10).runs[0].italic = True
        if self.layout.number:
            self.say("{{ number_line }}", "center")

    def blocks(self, blocks: tuple[Block, ...]) -> None:
        """All blocks, each under its condition."""
        writers: dict[type[Block], Callable[[Any], None]] = {
            Paragraph: self._paragraph, Section: self._section, Field: self._field, Table: self._table,
            Items: self._items, Each: self._each, Signatures: self._signatures,
            Qr: lambda one: self.qr(one.caption), PageBreak: lambda _: self._page_break(),
        }  # fmt: skip
        for place, block in enumerate(blocks):
            self.to_sign = any(map(_is_signed, blocks[place + 1 : place + 4]))
            if self.blank:
                if block.in_blank:
                    writers[type(block)](block)
                continue
            if block.when:
                self.tag(f"if not {block.when[1:]}" if block.when.startswith("!") else f"if {block.when}")
            writers[type(block)](block)
            if block.when:
                self.tag("endif")

    def _paragraph(self, block: Paragraph) -> None:
        paragraph = self.say(block.paragraph, block.align)
        paragraph.runs[0].bold = block.bold
        paragraph.paragraph_format.keep_with_next = self.to_sign

    def _section(self, block: Section) -> None:
        self.say(block.section, style="Heading 2")

    def _field(self, block: Field) -> None:
        paragraph = self.say(f"{block.field}:")
        paragraph.runs[0].bold = True
        paragraph.paragraph_format.keep_with_next = self.to_sign
        if block.value and (not self.blank or self._is_kept(block.value)):
            paragraph.add_run(f" {block.value}")
            return
        paragraph.add_run(" ")
        word_parts.write_on(paragraph, self.width)
        paragraph.paragraph_format.space_before = Pt(6)
        for _ in range(block.lines - 1):
            more = self.say("")
            more.paragraph_format.space_before = Pt(6)
            word_parts.write_on(more, self.width)

    def _is_kept(self, text: str) -> bool:
        return drawing.is_kept(self.layout, text)

    def _table(self, block: Table) -> None:
        if block.empty and not self.blank:
            self.tag(f"if {block.table}")
        table = self._grid(block)
        loops = [table.add_row(), table.add_row(), table.add_row()]
        loops[0].cells[0].text = f"{{%tr for row in {block.table} %}}"
        loops[2].cells[0].text = "{%tr endfor %}"
        for cell, column in zip(loops[1].cells, block.columns, strict=True):
            empty = self.blank and "row." in column.value and block.table not in self.layout.keep
            self._cell(cell, "" if empty else column.value, column.align)
        if self.blank or not all(column.value for column in block.columns):
            word_parts.whole(loops[1], 8)
        self._widths(table, [column.width for column in block.columns])
        self._gap()
        if block.empty and not self.blank:
            self.tag("else")
            self._grid(block)
            self.say(block.empty).runs[0].italic = True
            self.tag("endif")

    def _grid(self, block: Table) -> Any:
        table = self.document.add_table(1, len(block.columns), "Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        word_parts.narrow(table)
        for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
            self._cell(cell, column.head, "center", bold=True)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
            word_parts.shade(cell)
        word_parts.repeat(table.rows[0])
        word_parts.whole(table.rows[0])
        self._widths(table, [column.width for column in block.columns])
        return table

    def _widths(self, table: Any, shares: list[float]) -> None:
        for index, share in enumerate(shares):
            width = int(self.width * share / sum(shares))
            table.columns[index].width = width
            for row in table.rows:
                row.cells[index].width = width

    def _cell(self, cell: Any, text: str, align: str, bold: bool = False, size: float | None = None) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = ALIGN[align]
        paragraph.paragraph_format.space_after = Pt(1)
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(size or (9.5 if self.layout.landscape else 10.5))

    def _items(self, block: Items) -> None:
        if block.empty and not self.blank:
            self.tag(f"if {block.items}")
        self.tag(f"for row in {block.items}")
        paragraph = self.say(f"{'–' if block.bullet else '{{ loop.index }}.'}\t{block.text}")
        paragraph.paragraph_format.left_indent = Mm(12)
        paragraph.paragraph_format.first_line_indent = Mm(-7)
        self.tag("endfor")
        if block.empty and not self.blank:
            self.tag("else")
            self.say(block.empty).runs[0].italic = True
            self.tag("endif")

    def _each(self, block: Each) -> None:
        self.tag(f"for row in {block.each}")
        self.blocks(block.blocks)
        self.tag("endfor")

    def _signatures(self, block: Signatures) -> None:
        for place, one in enumerate(block.signatures, 1):
            more = self.to_sign or place < len(block.signatures)
            table = self.document.add_table(2, 5)
            table.autofit = False
            name = "" if self.blank and not self._is_kept(one.name) else one.name
            self._cell(table.cell(0, 0), one.who, "left", size=self.body)
            self._cell(table.cell(0, 4), name, "center", size=self.body)
            self._cell(table.cell(1, 2), drawing.SIGNATURE, "center", size=8)
            self._cell(table.cell(1, 4), drawing.NAME, "center", size=8)
            for column in (2, 4):
                word_parts.borders(table.cell(0, column), "bottom")
            for row in table.rows:
                word_parts.whole(row)
            word_parts.whole(table.rows[0], 10)
            for cell in table.rows[0].cells:
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            word_parts.stay(table, more)
            self._widths(table, [5, 0.5, 3, 0.5, 4])
            self._gap().paragraph_format.keep_with_next = more

    def _gap(self) -> Any:
        """A low paragraph: two tables that touch would become one."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(6)
        return paragraph

    def qr(self, caption: str = "") -> None:
        """The place of the QR."""
        self.tag("if qr")
        self.say("{{ qr }}")
        self.say(caption or drawing.CAPTION, size=9)
        self.tag("endif")

    def _page_break(self) -> None:
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _is_signed(block: Block) -> bool:
    return isinstance(block, Signatures) or (isinstance(block, Each) and any(map(_is_signed, block.blocks)))
