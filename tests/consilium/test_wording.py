"""What was decided, in words, for every kind of item."""

from datetime import date

import pytest
from flask import Flask

from portal.consilium.models import Item
from portal.consilium.wording import decided
from portal.rules.items import Kind

NAMES = {7: "Ким А. П."}


def make_item(kind: str) -> Item:
    """An item that proposes everything; a kind tells only of what is its own."""
    item = Item(kind=kind, regime="control", term="short", ends_on=date(2027, 2, 1), lead_id=7)
    item.reason, item.place, item.question = "moved", "центр «Луч»", "Купить стол"
    return item


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("carried", [True, False])
def test_every_kind_has_its_sentence(app: Flask, kind: Kind, carried: bool) -> None:
    """Carried and rejected differ; each ends with one full stop, whatever it ends with."""
    item = make_item(kind)
    with app.test_request_context():
        said = decided(item, carried, NAMES, ["Лис Б. В."])
        assert said != decided(item, not carried, NAMES)
    assert said.endswith(".") and not said.endswith("..")


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("enroll", ["контрольный", "краткосрочный", "до 01.02.2027", "Ким А. П.", "привлечены: Лис Б. В."]),
        ("remove", ["переезд"]),
        ("regime", ["контрольный"]),
        ("term", ["краткосрочный", "до 01.02.2027"]),
        ("extend", ["до 01.02.2027"]),
        ("transfer", ["центр «Луч»"]),
        ("question", ["Купить стол"]),
    ],
)
def test_it_says_what_the_kind_decides(app: Flask, kind: str, parts: list[str]) -> None:
    """And a row of a query is read like an item."""
    item = make_item(kind)
    row = {name: getattr(item, name) for name in ("kind", "regime", "term", "ends_on", "lead_id")}
    row |= {"reason": "moved", "place": item.place, "question": item.question}
    with app.test_request_context():
        said = decided(item, True, NAMES, ["Лис Б. В."])
        assert decided(row, True, NAMES, ["Лис Б. В."]) == said
    assert all(part in said for part in parts), said
