"""Papers as DOCX: a template with placeholders is written from the layout, and filled."""

import io
from functools import cache
from typing import Any

from portal.papers import drawing
from portal.papers.kind import Facts
from portal.papers.layouts import Layout

QR, NUMBER = "qr", "number_line"  # placeholders besides the facts: the picture, and «№ 12 от 22.11.2026»


def draw(
    layout: Layout,
    facts: Facts,
    template: bytes | None = None,
    blank: bool = False,
    qr: str | None = None,
) -> bytes:
    """The paper, made of the center's own `template` or of ours. Raises UndefinedError for an unknown name."""
    from docxtpl import DocxTemplate

    facts = drawing.ready(layout, facts, blank)
    document = DocxTemplate(io.BytesIO(template or _template(layout, blank)))
    said = drawing.head(layout, facts)
    document.init_docx()
    picture = ""
    if qr and (template is not None or drawing.shows_qr(layout, blank)):
        picture = _picture(document, qr)
    document.render(facts | {NUMBER: said["number"], QR: picture}, environment(), autoescape=True)
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
    """Jinja as it fills templates: names, lists and conditions alone; a name that is not there is an error."""
    from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    plain = (
        nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Not,
    )  # fmt: skip

    class Names(ImmutableSandboxedEnvironment):
        def getattr(self, obj: Any, attribute: str) -> Any:
            if isinstance(obj, dict) and attribute in obj:  # a fact that is called `items` is no method
                return obj[attribute]
            if isinstance(obj, (dict, list, str)):
                return self.undefined(obj=obj, name=attribute)
            return super().getattr(obj, attribute)

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            tree = super()._parse(source, name, filename)
            for node in tree.find_all(nodes.Node):
                if not isinstance(node, plain):
                    raise TemplateSyntaxError("more than names, lists and conditions", node.lineno)
            return tree

    found = Names(undefined=StrictUndefined, autoescape=True, finalize=_as_typed)
    found.globals.clear()
    found.filters.clear()
    found.tests.clear()
    return found


def _as_typed(value: Any) -> Any:
    """docxtpl reads «{_{» as «{{»: a mark without width keeps what was typed as it is."""
    if isinstance(value, str) and "_" in value and not hasattr(value, "__html__"):
        return value.replace("{_", "{\u2060_").replace("_}", "_\u2060}")
    return value


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
        said["title"].replace("\xa0", " ")[:255],
        said["author"].replace("\xa0", " ")[:255],
        "ru-RU",
    )
    properties.last_modified_by = ""
    properties.comments = ""
