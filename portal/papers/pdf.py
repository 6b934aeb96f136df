"""Papers as PDF: typst sets the finished blocks, tagged for readers of screens (PDF/UA-1)."""

import io
import json
from functools import cache
from typing import Any

from portal.papers import drawing
from portal.papers.filling import Finished, finish
from portal.papers.kind import Facts
from portal.papers.layouts import FOLDER, Layout
from portal.papers.text import FONTS, bound, drawable

LARGE = 30_000  # letters of a paper's JSON
REMEMBERED = 10  # papers


def draw(layout: Layout, facts: Facts, blank: bool = False, qr: str | None = None) -> bytes:
    """The paper. `qr` is the address that its QR leads to. Raises LayoutError for an unknown name."""
    import typst  # the start of the portal does not wait for it

    facts = drawing.ready(layout, facts, blank)
    paper = drawing.head(layout, facts) | {"landscape": layout.landscape, "qr": None}
    blocks = _together(finish(layout, facts, blank))
    placed = next((one for one in blocks if one["kind"] == "qr"), None)
    if qr and (blank or placed):
        caption = (placed or {}).get("caption") or drawing.CAPTION
        paper["qr"] = {
            "svg": _picture(qr),
            "alt": drawing.ALT,
            "caption": caption,
            "placed": placed is not None,
        }
    paper = _drawable(paper) | {"blocks": [_drawable(one, one["kind"] == "table") for one in blocks]}
    text = json.dumps(paper, ensure_ascii=False)
    compiler = typst.Compiler(_source(), root=str(FONTS), font_paths=_fonts(), ignore_system_fonts=True)
    made = compiler.compile(format="pdf", pdf_standards="ua-1", sys_inputs={"paper": text})
    if len(text) > LARGE:
        _forget()
    assert isinstance(made, bytes)  # noqa: S101
    return made


def _together(blocks: list[Finished]) -> list[Finished]:
    """The blocks, with signatures that follow each other as one: no page turns among them."""
    found: list[Finished] = []
    for one in blocks:
        if found and one["kind"] == found[-1]["kind"] == "signatures":
            found[-1] = found[-1] | {"lines": found[-1]["lines"] + one["lines"]}
        else:
            found.append(one)
    return found


def _forget() -> None:
    """Let typst drop what it remembers of a large paper: it keeps the last ten, 20 MB a journal of 200 rows."""
    import typst

    nothing = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    for _ in range(REMEMBERED + 1):
        nothing.compile(b" ", format="svg")


@cache
def _source() -> bytes:
    return (FOLDER / "paper.typ").read_bytes()


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _drawable(value: Any, in_table: bool = False) -> Any:
    if isinstance(value, str):
        return drawable(bound(value, in_table))
    if isinstance(value, dict):
        return {
            name: one if name in ("svg", "kind") else _drawable(one, in_table) for name, one in value.items()
        }
    return [_drawable(one, in_table) for one in value] if isinstance(value, list) else value


def _picture(address: str) -> str:
    import segno

    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="svg", border=2, dark="#000")
    return picture.getvalue().decode()
