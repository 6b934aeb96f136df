"""The list of families: rows, filters, order, pages."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, technical
from portal.families.models import Family, FamilyCategory, FamilyMember
from portal.families.register_list import SIZE, SORTS, Cursor, Filters, Page, list_families, specialists
from tests.counting import counted
from tests.factories import make_assignment, make_family, make_patronage, make_user


def ids(page: Page) -> list[int]:
    return [row.id for row in page.rows]


def all_pages(user, sort: str, filters: Filters | None = None) -> list[int]:
    found, cursor = [], Cursor()
    while True:
        page = list_families(user, filters or Filters(), sort, cursor)
        found += ids(page)
        if page.after is None:
            return found
        assert page.after.first == page.last + 1
        cursor = page.after


def test_a_row_tells_what_the_list_shows(app: Flask):
    lead = make_user("specialist", last_name="Громова")
    patronage = make_patronage(make_family("Белова", children=3), lead=lead)
    row = list_families(make_user("head"), Filters()).rows[0]
    assert (row.name, row.children, row.status, row.regime) == (
        "Белова Мария Ивановна", 3, "enrolled", "planned",
    )  # fmt: skip
    assert (row.lead_last, row.categories) == ("Громова", "at_risk")
    assert row.enrolled_on == patronage.enrolled_on


def test_who_has_left_is_not_counted(app: Flask):
    family = make_family(children=2)
    make_patronage(family)
    with technical() as s:
        rows = s.scalars(select(FamilyMember).where(FamilyMember.family_id == family.id)).all()
        rows[0].left_on = rows[1].left_on = family.created_at.date()
        s.add(FamilyMember(family_id=family.id, kind="representative", last_name="Яковлева", first_name="Ия"))
    row = list_families(make_user("head"), Filters()).rows[0]
    assert (row.name, row.children) == ("Яковлева Ия", 1)


def test_filters(app: Flask):
    lead, other = make_user("specialist"), make_user("specialist")
    first = make_patronage(make_family("Белова"), lead=lead)
    second = make_patronage(make_family("Громова"), lead=other, regime="control")
    make_assignment(second, lead, kind="involved")
    third = make_patronage(make_family("Дроздова"), status="consented")
    with technical() as s:
        s.add(FamilyCategory(family_id=third.family_id, code="large"))
    head = make_user("head")

    def found(**wanted) -> list[int]:
        page = list_families(head, Filters(**wanted))
        assert page.total == len(page.rows)
        return ids(page)

    assert found() == [first.family_id, second.family_id, third.family_id]
    assert found(status="consented") == [third.family_id]
    assert found(status="enrolled") == [first.family_id, second.family_id]
    assert found(regime="control") == [second.family_id]
    assert found(category="large") == [third.family_id]
    assert found(category="at_risk", regime="planned") == [first.family_id]
    assert found(specialist=lead.id) == [first.family_id, second.family_id]
    assert found(specialist=other.id) == [second.family_id]
    assert found(text="громова", status="enrolled") == [second.family_id]
    assert found(text="громова", status="consented") == []
    assert [label for _, label in specialists()] == sorted(one.short_name for one in (lead, other))


def test_a_filter_stays_within_reach(app: Flask):
    me = make_user("specialist")
    mine = make_patronage(lead=me)
    make_patronage()
    for filters in (
        Filters(),
        Filters(status="enrolled"),
        Filters(text="соколова"),
        Filters(regime="planned"),
    ):
        page = list_families(me, filters)
        assert (ids(page), page.total) == ([mine.family_id], 1)


@pytest.fixture
def crowd(app: Flask) -> list[int]:
    """Sixty families that share names, statuses and dates."""
    for place in range(60):
        status = ("identified", "submitted", "enrolled", "removed")[place % 4]
        make_patronage(make_family(("Белова", "Ёлкина", "Яшина")[place % 3]), status=status)
    return list(db.session.scalars(select(Family.id)))


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
def test_pages_give_everybody_once_and_the_way_back_is_the_same(crowd, sort):
    head = make_user("head")
    order = all_pages(head, sort)
    assert sorted(order) == sorted(crowd)
    assert order == all_pages(head, sort)
    page, cursor = None, Cursor()
    pages = []
    while page is None or page.after:
        page = list_families(head, Filters(), sort, cursor)
        pages.append(page)
        cursor = page.after or cursor
    assert [(one.first, one.last, one.total) for one in pages] == [(1, 25, 60), (26, 50, 60), (51, 60, 60)]
    while page.before:
        page = list_families(head, Filters(), sort, page.before)
        assert ids(page) == order[page.first - 1 : page.last]
    assert (page.first, len(page.rows)) == (1, SIZE)


def test_descending_is_ascending_reversed(crowd):
    head = make_user("head")
    for name in SORTS:
        assert all_pages(head, f"-{name}") == all_pages(head, name)[::-1]


def test_names_are_sorted_as_in_the_dictionary_and_statuses_by_their_course(crowd):
    head = make_user("head")
    names = [row.surname for row in list_families(head, Filters(), "name", None).rows]
    assert names == ["Белова"] * 20 + ["Ёлкина"] * 5
    statuses = {row.status for row in list_families(head, Filters(), "status").rows[:15]}
    assert statuses == {"identified"}


def test_filtered_pages_hold_together(crowd):
    assert len(all_pages(make_user("head"), "name", Filters(text="белова"))) == 20
    found = all_pages(make_user("head"), "enrolled", Filters(category="at_risk"))
    assert sorted(found) == sorted(crowd)


def test_a_page_that_is_gone_gives_the_first_one(crowd):
    page = list_families(make_user("head"), Filters(text="яшина"), "name", Cursor(999_999, False, 51))
    assert (page.first, page.total) == (1, 20)


def test_the_list_is_two_queries_however_many_rows(app: Flask):
    head, lead = make_user("head"), make_user("specialist")
    assert head.roles and lead.id
    counts = []
    for _ in range(2):
        make_patronage(lead=lead)
        make_patronage(make_family(children=4), lead=lead)
        with counted() as sent:
            list_families(head, Filters())
        counts.append(len([one for one in sent if one.startswith("SELECT")]))
    assert counts == [2, 2]
