"""Every kind of paper: its layout, and both formats made of its sample and read back."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from flask import Flask

from portal.papers import filling, layouts, making, pdf, word
from portal.papers.catalog import KINDS
from portal.papers.kind import Kind
from tests.papers.reading import of_docx, of_pdf, squeezed, words
from tests.papers.sample import ADDRESS

ALL = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
GROUPS = {"family", "work", "consilium", "club", "period"}


def _texts(facts: Any) -> Iterator[str]:
    if isinstance(facts, str):
        yield facts
    else:
        for one in facts.values() if isinstance(facts, dict) else facts:
            yield from _texts(one)


def _asked(kind: Kind) -> Iterator[str]:
    """The texts of the sample that the layout prints, whatever stands around them."""
    layout = layouts.read(kind.code)
    for block in filling.finish(layout, making.tried(kind)):
        yield from (block.get("text", ""), block.get("label", ""), block.get("value", ""))
        if block["kind"] == "signatures":
            yield from (text for line in block["lines"] for text in line.values())
        if block["kind"] == "table":
            yield from block["head"]
        rows = block.get("rows", [])
        yield from (cell for row in rows for cell in ([row] if isinstance(row, str) else row))


def _check_words(said: str) -> None:
    assert "{{" not in said and "{%" not in said and "None" not in said
    english = [one for one in re.findall(r"\b[a-z]{4,}\b", said) if not re.fullmatch("[0-9a-f]{8,}", one)]
    assert not english, english


@ALL
def test_the_layout_asks_for_what_the_sample_has(kind: Kind) -> None:
    filling.check(layouts.read(kind.code), kind.sample)


@ALL
def test_the_sample_is_finished_text(kind: Kind) -> None:
    assert all(isinstance(text, str) for text in _texts(kind.sample))
    assert not kind.sample.keys() & {"center", "paper", "today", "law", "words", "row", "qr", "number_line"}


@ALL
def test_both_formats_hold_all_that_the_layout_prints(app: Flask, kind: Kind) -> None:
    layout, facts = layouts.read(kind.code), making.tried(kind)
    for said in (of_pdf(pdf.draw(layout, facts)), of_docx(word.draw(layout, facts))):
        _check_words(said)
        found = squeezed(said)
        lost = [text for text in _asked(kind) if squeezed(text) not in found]
        assert not lost, lost[:5]


@ALL
def test_the_layout_prints_the_whole_sample(app: Flask, kind: Kind) -> None:
    """A fact that no format prints is asked of the database for nothing."""
    said = squeezed(of_docx(word.draw(layouts.read(kind.code), making.tried(kind))))
    lost = [text for text in _texts(kind.sample) if text and squeezed(text) not in said]
    assert len(lost) <= len(list(_texts(kind.sample))) // 2, lost


@ALL
def test_a_blank_is_empty_and_leads_back(app: Flask, kind: Kind) -> None:
    if not kind.has_blank:
        return
    layout, facts = layouts.read(kind.code), making.tried(kind)
    printed = pdf.draw(layout, facts, blank=True, qr=ADDRESS)
    editable = word.draw(layout, facts, blank=True, qr=ADDRESS)
    assert printed.count(b"/Figure") == 1
    assert len(Document(io.BytesIO(editable)).inline_shapes) == 1
    for said in (of_pdf(printed), of_docx(editable)):
        _check_words(said)
        assert "QR" not in said and "По этому коду" in said


@ALL
def test_the_kind_says_what_it_is(kind: Kind) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.title and kind.group in GROUPS and kind.of


def test_every_layout_belongs_to_a_kind() -> None:
    told = {"not-made"}  # what a bulk of papers could not make
    assert {path.stem for path in layouts.FOLDER.glob("*.toml")} == set(KINDS) | told


@ALL
def test_both_formats_say_the_same(app: Flask, kind: Kind) -> None:
    layout, facts = layouts.read(kind.code), making.tried(kind)
    for blank in (False, True) if kind.has_blank else (False,):
        printed = of_pdf(pdf.draw(layout, facts, blank=blank, qr=ADDRESS))
        editable = of_docx(word.draw(layout, facts, blank=blank, qr=ADDRESS))
        for said, there in ((printed, squeezed(editable)), (editable, squeezed(printed))):
            lost = [one for one in words(said) if one not in there]
            assert not lost, lost
