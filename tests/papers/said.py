"""Papers made in tests: their facts, held to the shape of the sample, and the text of the PDF."""

import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from portal.db import db
from portal.i18n import speaking
from portal.papers import filling, layouts, making, pdf
from portal.papers.catalog import KINDS
from portal.papers.kind import Facts

ODD = re.compile(r"None|\{\{|\}\}|,\s*,|;\s*;|\(\s*\)|(?<!\.)\.\s\.| ,|«»")


def facts_of(code: str, object_id: int) -> Facts:
    """The facts in Russian; of the same names as the sample, and all of it text."""
    kind = KINDS[code]
    db.session.rollback()
    with speaking("ru"):
        facts = kind.facts(object_id)
    check_shape(kind.sample, facts, code)
    return facts


def check_shape(sample: Any, facts: Any, place: str) -> None:
    """Rows of a list may be many or none; each is of the sample's names."""
    if isinstance(sample, dict):
        assert isinstance(facts, dict), place
        assert facts.keys() == sample.keys(), place
        for name, value in sample.items():
            check_shape(value, facts[name], f"{place}.{name}")
    elif isinstance(sample, list):
        assert isinstance(facts, list), place
        for row in facts:
            check_shape(sample[0], row, f"{place}[]")
    else:
        assert type(facts) is str, (place, facts)


def text_of(code: str, object_id: int) -> str:
    """What is read in the PDF, in one line; with nothing in it that papers do not say."""
    layout = layouts.read(code)
    with speaking("ru"):
        facts = facts_of(code, object_id) | making.common()
    filling.check(layout, KINDS[code].sample)
    pages = PdfReader(BytesIO(pdf.draw(layout, facts))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    found = ODD.search(text)
    assert found is None, text[max(0, found.start() - 60) : found.end() + 60]
    return text


def words_of(text: str) -> str:
    """Without spaces and hyphens: lines are broken wherever a column ends."""
    return re.sub(r"[\s\u00ad\u200b‐-]", "", text)


def holds(text: str, *said: str) -> None:
    """The paper says each of these."""
    squeezed = words_of(text)
    for one in said:
        assert words_of(one) in squeezed, (one, text)
