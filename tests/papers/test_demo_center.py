"""Each kind of paper, made of the demo center's data in both formats and read back: it says what the record says."""

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from portal import check
from portal.contacts.models import Contact
from portal.db import db
from portal.papers import drawing, filling, layouts
from portal.papers.catalog import KINDS
from portal.papers.kind import Facts
from portal.papers.layouts import Block, Each, Items, Layout, Table
from portal.papers.models import Paper
from portal.papers.text import clean
from tests.demo_center import opened, seeded
from tests.papers.reading import of_docx, of_pdf, pages_of, squeezed
from tests.papers.taken import Taken, take

LEFT_OVER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\bNone\b|\bnan\b|\bNaN\b|\bnull\b|\bTrue\b|\bFalse\b|datetime|<[a-z]"
)
ODD = re.compile(r",\s*,|;\s*;|;\s*,|\(\s*\)|«\s*»|\s,|,\.|№\s*[,.;]|.№\s*$|(?<!\.)\.\.(?!\.)|  ")
LATIN = re.compile(r"[A-Za-z]{2,}")
MAY = {"I", "II", "III", "IV", "V", "VI", "PDF", "QR"}
NOT_WORDS = re.compile(r"\S+@\S+|https?://\S+|[0-9a-f][0-9a-f\s\u200b]{15,}")  # addresses and sums


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> list[Paper]:
    """The register of the demo center."""
    with opened(seeded(tmp_path_factory)):
        return list(db.session.scalars(select(Paper)))


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> list[Taken]:
    """The papers of the demo center; a paper only reads, so that no copy of it is needed."""
    with opened(seeded(tmp_path_factory)):
        return take()


def test_the_demo_center_has_each_kind(taken: list[Taken]) -> None:
    assert {paper.code for paper in taken} == set(KINDS)


def test_the_register_of_the_demo_center_has_papers_of_each_standing(registered: list[Paper]) -> None:
    kinds = {"consent", "enrollment-order", "removal-order", "support-plan", "visit-sheet", "service-journal"}
    assert {paper.kind for paper in registered if paper.signed_on} >= kinds
    assert any(paper.voided_at for paper in registered)
    assert any(not paper.signed_on and not paper.voided_at for paper in registered)


def test_the_last_visits_and_calls_have_marked_steps(tmp_path_factory: pytest.TempPathFactory) -> None:
    with opened(seeded(tmp_path_factory)):
        held = select(Contact).where(Contact.state == "done").order_by(Contact.day.desc()).limit(25)
        found = [KINDS["visit-sheet"].facts(contact.id) for contact in db.session.scalars(held)]
        assert not [fault for fault in check.broken_rules() if fault["rule"] in ("R10", "R11")]
    assert all(facts["stages"] for facts in found)
    steps = [step for facts in found for step in facts["stages"]]
    marks = [step["mark"] for step in steps]
    assert 0.85 < marks.count("выполнено") / len(marks) < 1
    assert any(step["note"] for step in steps if step["mark"] == "пропущено")
    assert any(facts["contact"]["left_open"] for facts in found)


@pytest.mark.parametrize("read", [of_pdf, of_docx])
def test_each_fact_of_the_record_is_read_in_the_paper(
    taken: list[Taken], read: Callable[[bytes], str]
) -> None:
    for paper in taken:
        layout = layouts.read(paper.code)
        text = squeezed(read(paper.pdf if read is of_pdf else paper.docx))
        said = [*_said(layout.blocks, clean(paper.facts)), drawing.head(layout, paper.facts)["title"]]
        assert len(said) > 3, paper.code
        lost = [one for one in said if squeezed(one) not in text]
        assert not lost, (paper.code, paper.object_id, lost[:5])


def _said(blocks: tuple[Block, ...], facts: Facts) -> Iterator[str]:
    """Each fact that these blocks print, asked for by its name."""
    for block in blocks:
        if not filling.is_printed(block, facts, False):
            continue
        if isinstance(block, Each):
            for row in filling.rows(block.each, facts):
                yield from _said(block.blocks, facts | {"row": row})
            continue
        texts = list(_texts(block))
        of = block.table if isinstance(block, Table) else block.items if isinstance(block, Items) else ""
        for row in filling.rows(of, facts) if of else [{}]:
            for text in texts:
                yield from (
                    filling.look(facts | {"row": row} if of else facts, one) for one in layouts.names(text)
                )


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        for column in block.columns:
            yield from (column.head, column.value)
        return
    for name in ("paragraph", "section", "field", "value", "text"):
        yield from filter(None, [getattr(block, name, "")])
    for signature in getattr(block, "signatures", ()):
        yield from (signature.who, signature.name)


def test_no_fact_is_anything_but_finished_text(taken: list[Taken]) -> None:
    for paper in taken:
        for finished in filling.finish(layouts.read(paper.code), clean(paper.facts)):
            for text in _strings(finished):
                found = ODD.search(text)
                assert found is None, (paper.code, paper.object_id, text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


@pytest.mark.parametrize("read", [of_pdf, of_docx])
def test_nothing_is_left_over_and_nothing_is_english(
    taken: list[Taken], read: Callable[[bytes], str]
) -> None:
    for paper in taken:
        text = read(paper.pdf if read is of_pdf else paper.docx)
        found = LEFT_OVER.search(text)
        assert found is None, (paper.code, text[max(0, found.start() - 60) : found.end() + 60])
        foreign = set(LATIN.findall(NOT_WORDS.sub(" ", text))) - MAY
        assert not foreign, (paper.code, paper.object_id, foreign)


def test_the_head_of_a_journal_stands_on_each_of_its_pages(taken: list[Taken]) -> None:
    seen = set()
    for paper in taken:
        layout = layouts.read(paper.code)
        pages = pages_of(paper.pdf) if layout.landscape else []
        for heads in _heads(layout):
            on = [number for number, page in enumerate(pages) if heads in squeezed(page)]
            if len(on) > 1:
                seen.add(paper.code)
                assert on == list(range(on[0], on[-1] + 1)), paper.code
    assert {"service-journal", "worker-journal", "family-register"} <= seen


def _heads(layout: Layout) -> Iterator[str]:
    for block, _inside in layout.walk():
        if isinstance(block, Table):
            yield squeezed("".join(column.head for column in block.columns))
