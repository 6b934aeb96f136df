"""Templates as a center might upload them: ours with changes, and files that are no templates at all."""

import io
from collections.abc import Callable
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document

from portal.access import Permission
from portal.papers import word
from portal.papers.kind import Kind
from tests.papers.sample import LAYOUT, facts

KIND = Kind(
    "visit-sample", "Visit sheet", "work", "contact", lambda user, one: one,
    lambda one: facts(nothing=[{"text": "замечание"}]), facts(nothing=[{"text": "замечание"}]), lambda one: None,
    Permission.PAPER_PRINT, has_blank=True,
)  # fmt: skip
Change = Callable[[Any], object]


def changed(change: Change) -> bytes:
    """Our own template, opened and changed."""
    document = Document(io.BytesIO(word.template(LAYOUT)))
    change(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def with_text(text: str) -> bytes:
    """Our template with one more paragraph on top, in runs of three letters as a word processor would split it."""

    def _add(document: Any) -> None:
        first = document.paragraphs[0].insert_paragraph_before()
        for n in range(0, len(text), 3):
            first.add_run(text[n : n + 3])

    return changed(_add)


def repacked(
    parts: dict[str, bytes | None] | None = None, edit: dict[str, tuple[str, str]] | None = None
) -> bytes:
    """Our template with parts added, taken away (None), or a text in a part replaced by another."""
    parts, edit = parts or {}, edit or {}
    made = io.BytesIO()
    with ZipFile(io.BytesIO(word.template(LAYOUT))) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                data = old.read(name)
                if name in edit:
                    before, after = edit[name]
                    assert before in data.decode(), name
                    data = data.decode().replace(before, after, 1).encode()
                new.writestr(name, data)
        for name, data_ in parts.items():
            if data_ is not None:
                new.writestr(name, data_)
    return made.getvalue()
