"""Papers as DOCX: a template with placeholders is written from the layout, and filled."""

import io
from functools import cache
from typing import Any

from portal.papers import drawing
from portal.papers.kind import Facts
from portal.papers.layouts import Layout

QR = "qr"  # the placeholder of the picture


def draw(
    layout: Layout,
    facts: Facts,
    template: bytes | None = None,
    blank: bool = False,
    qr: str | None = None,
) -> bytes:
    """The paper, made of the center's own `template` or of ours. Raises LayoutError for an unknown name."""
    from docxtpl import DocxTemplate

    facts = drawing.ready(layout, facts, blank)
    document = DocxTemplate(io.BytesIO(template or _template(layout, blank)))
    said = drawing.head(layout, facts)
    shown = {"number_line": said["number"], "law_line": said["law"]}
    document.init_docx()
    picture = ""
    if qr and (template is not None or drawing.shows_qr(layout, blank)):
        picture = _picture(document, qr)
    document.render(facts | shown | {QR: picture}, environment(), autoescape=True)
    _note(document.docx.core_properties, said)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def template(layout: Layout) -> bytes:
    """Our own template, to be taken as the beginning of the center's."""
    return _template(layout, False)


@cache
def _template(layout: Layout, blank: bool) -> bytes:
    from portal.papers.word_template import written

    return written(layout, blank)


@cache
def environment() -> Any:
    """Jinja as it fills templates: nothing but names and rows, a name that is not there is an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    found = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    found.globals.clear()
    found.filters.clear()
    found.tests.clear()
    return found


def _picture(document: Any, address: str) -> Any:
    """The QR in the place of its placeholder, with words for those who cannot see it."""
    import segno
    from docx.shared import Mm
    from docxtpl import InlineImage

    class Picture(InlineImage):
        def _insert_image(self) -> Any:
            return super()._insert_image().replace("<wp:docPr ", f'<wp:docPr descr="{drawing.ALT}" ', 1)

    file = io.BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind="png", scale=6, border=2)
    file.seek(0)
    return Picture(document, file, width=Mm(26))


def _note(properties: Any, said: dict[str, Any]) -> None:
    properties.title, properties.author, properties.language = (
        said["title"][:255],
        said["author"][:255],
        "ru-RU",
    )
    properties.last_modified_by = ""
    properties.comments = ""
