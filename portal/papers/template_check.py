"""What stands in a center's own template: each placeholder known, in its place, and closed."""

import io
import re
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from portal.papers import layouts
from portal.papers.kind import Facts
from portal.papers.layouts import NAME, Layout, Signatures
from portal.papers.template_faults import Fault, Found, Place
from portal.papers.template_names import Names
from portal.papers.word import NUMBER, QR
from portal.rules import N_

MOST_FAULTS = 20
MOST_OPEN = 20  # lists and conditions inside one another
TAG = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}")  # in time that grows with the text alone
HALF = re.compile(r"[{}][{}%#]?|[%#]\}")
HIDDEN = re.compile(r"\{[{%#]")
READ = re.compile(r"word/(document|header\d*|footer\d*)\.xml")  # parts whose paragraphs are looked at
STEP = re.compile(
    r"\{%(?P<whole>p|tr) +(?:for +row +in +(?P<rows>[\w.]+)|if +(?P<no>not +)?(?P<fact>[\w.]+)"
    r"|(?P<word>else|endif|endfor)) *%\}"
)
NUMBER_OF_ROW = re.compile(r"\{\{ *loop\.index *\}\}")


def check(data: bytes, layout: Layout, facts: Facts) -> Found:
    """The faults of a template, the first twenty, and what it leaves out. `facts` are those of the sample."""
    looked = _Look(Names(facts | {NUMBER: "", QR: ""}))
    if _hidden(data):
        message = N_(
            "a placeholder stands where it cannot be filled: in a picture's text, a note or a comment"
        )
        return Found([Fault(message, Place("body"))])
    document = Document(io.BytesIO(data))
    for part, root in _parts(document):
        looked.at(part, root)
    missing = sorted(_asked(layout) - looked.names.used)
    return Found(looked.faults[:MOST_FAULTS], missing)


def _hidden(data: bytes) -> bool:
    """Whether braces stand anywhere but in the text of paragraphs: the filler would read them there too."""
    with ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                said = qn("w:t") if READ.fullmatch(name) else None
                for one in etree.fromstring(archive.read(name)).iter():
                    texts = [one.tail or "", "" if one.tag == said else one.text or ""]
                    inside = re.search("[{}]" if name.startswith("word/") else HIDDEN, " ".join(texts))
                    if inside or any(HIDDEN.search(value) for value in one.attrib.values()):
                        return True
    return False


def _parts(document: Any) -> Iterator[tuple[str, Any]]:
    yield "body", document.element.body
    seen = set()
    for section in document.sections:
        for part, block in (
            *(
                ("header", one)
                for one in (section.header, section.first_page_header, section.even_page_header)
            ),
            *(
                ("footer", one)
                for one in (section.footer, section.first_page_footer, section.even_page_footer)
            ),
        ):
            if not block.is_linked_to_previous and id(block._element) not in seen:
                seen.add(id(block._element))
                yield part, block._element


def _asked(layout: Layout) -> set[str]:
    """The names that our layout prints; those beside signature lines may be left out, and so may conditions."""
    found = set(layouts.names(layout.title)) | {f"law.{key}" for key in layout.law}
    for block in layout.blocks:
        if not isinstance(block, Signatures):
            found |= set(layouts.asked(block))
    return found


class _Look:
    """Goes through the paragraphs of a part in their order, and keeps what is open."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.faults: list[Fault] = []
        self.open: list[tuple[str, Any, Place]] = []

    def at(self, part: str, root: Any) -> None:
        """All paragraphs of a part."""
        for paragraph, place in _paragraphs(part, root):
            self._paragraph(paragraph, place)
        while self.open:
            self._end(N_("“%(what)s” is not closed"))

    def _fault(self, message: str, place: Place, what: str) -> None:
        self.faults.append(Fault(message, place, what[:80]))

    def _paragraph(self, paragraph: Any, place: Place) -> None:
        if len(self.faults) >= MOST_FAULTS:
            return
        text = _text(paragraph)
        for tag in TAG.findall(text):
            if tag.startswith("{{"):
                self._name(tag, place)
            elif found := STEP.fullmatch(tag):
                self._step(found, paragraph, text, place)
            else:
                self._fault(N_("“%(what)s” is no placeholder of the portal"), place, tag)
        if half := HALF.search(TAG.sub("", text)):
            self._fault(N_("a placeholder is not closed, or not opened: “%(what)s”"), place, half[0])

    def _name(self, tag: str, place: Place) -> None:
        if NUMBER_OF_ROW.fullmatch(tag) and self.names.in_rows:
            return
        found = NAME.fullmatch(tag)
        if not found:
            self._fault(N_("“%(what)s” is no placeholder of the portal"), place, tag)
        elif self.names.kind(found[1]) is None:
            self._fault(N_("the name “%(what)s” is unknown"), place, found[1])
        elif self.names.kind(found[1]) not in ("text", "any"):
            self._fault(N_("“%(what)s” is no text: say which part of it"), place, found[1])
        else:
            self.names.use(found[1])

    def _step(self, found: re.Match[str], paragraph: Any, text: str, place: Place) -> None:
        inside = _holder(paragraph, found["whole"])
        around = _text(inside) if found["whole"] == "tr" and inside is not None else text
        if inside is None or around.strip() != found[0]:
            self._fault(N_("“%(what)s” must stand alone in its paragraph or row"), place, found[0])
        elif found["word"]:
            self._close(found["word"], inside, found[0], place)
        else:
            self._open_step(found, inside, place)

    def _open_step(self, found: re.Match[str], inside: Any, place: Place) -> None:
        name = found["rows"] or found["fact"]
        kind = self.names.kind(name)
        if kind is None or (found["rows"] and kind not in ("rows", "any")):
            message = N_("the name “%(what)s” is unknown") if kind is None else N_("“%(what)s” is no list")
            self._fault(message, place, name)
        if found["rows"] and self.names.in_rows and not name.startswith("row."):
            self._fault(N_("“%(what)s” stands inside another list"), place, found[0])
        if len(self.open) >= MOST_OPEN:
            self._fault(N_("“%(what)s” stands inside too many other lists and conditions"), place, found[0])
        self.names.use(name)
        if found["rows"]:
            self.names.enter(name)
        self.open.append((found[0], inside.getparent(), place))

    def _close(self, word: str, inside: Any, tag: str, place: Place) -> None:
        wanted = "for " if word == "endfor" else "if "
        at = next((n for n in reversed(range(len(self.open))) if wanted in self.open[n][0]), None)
        if at is None:
            self._fault(N_("“%(what)s” closes nothing"), place, tag)
            return
        while len(self.open) > at + 1:  # what was begun since then has no end
            self._end(N_("“%(what)s” is not closed"))
        if self.open[at][1] is not inside.getparent():
            self._fault(N_("“%(what)s” stands in another table or cell than its beginning"), place, tag)
        if word != "else":
            self._end()

    def _end(self, message: str = "") -> None:
        tag, _inside, place = self.open.pop()
        if message:
            self._fault(message, place, tag)
        if "for " in tag:
            self.names.leave()


def _text(element: Any) -> str:
    """What is written in a paragraph or a row, without the boxes of text that hang on it."""
    own = qn("w:txbxContent")
    return "".join(
        one.text or "" for one in element.iter(qn("w:t"))
        if own not in {up.tag for up in _up_to(one, element)}
    )  # fmt: skip


def _up_to(element: Any, end: Any) -> Iterator[Any]:
    while element is not end and element is not None:
        yield element
        element = element.getparent()


def _holder(paragraph: Any, whole: str) -> Any:
    """What a tag stands for: its paragraph, or the row of a table around it."""
    if whole == "p":
        return paragraph
    return next((up for up in paragraph.iterancestors() if up.tag == qn("w:tr")), None)


def _paragraphs(part: str, root: Any) -> Iterator[tuple[Any, Place]]:
    """The paragraphs with their places: outside of tables counted from 1, inside by table and row."""
    number, tables = 0, list(root.iter(qn("w:tbl")))
    places = {one: n for n, one in enumerate(tables, 1)}
    for paragraph in root.iter(qn("w:p")):
        row = next((up for up in paragraph.iterancestors() if up.tag == qn("w:tr")), None)
        if row is None:
            number += 1
            yield paragraph, Place(part, paragraph=number)
        else:
            table = next(up for up in row.iterancestors() if up.tag == qn("w:tbl"))
            rows = [one for one in table if one.tag == qn("w:tr")]
            at = next((n for n, one in enumerate(rows, 1) if one is row), 0)
            yield paragraph, Place(part, table=places[table], row=at)
