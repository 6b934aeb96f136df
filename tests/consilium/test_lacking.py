"""What an item lacks is said before anybody votes: on the agenda, on its card, and to a page that is open."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import RoleGrant, User
from portal.consilium import decisions
from portal.consilium.models import Item
from portal.db import db, technical
from portal.families.models import Consent, Family, FamilyMember
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from tests.client import Client
from tests.consilium.rows import (
    People,
    make_meeting,
    make_people,
    make_submitted,
    open_with,
    propose,
    vote_all,
)
from tests.counting import counted
from tests.factories import make_user
from tests.refusals import refuses

CASES: dict[str, tuple[str, Callable[[Session, People, Item], object]]] = {
    "no_consent": ("согласия нет", lambda s, p, i: s.execute(delete(Consent))),
    "consent_withdrawn": (
        "согласие отозвано",
        lambda s, p, i: s.execute(update(Consent).values(withdrawn_on=clock.today())),
    ),
    "consent_not_representative": (
        "нет согласия законного представителя",
        lambda s, p, i: s.execute(
            update(FamilyMember).where(FamilyMember.kind == "representative").values(left_on=clock.today())
        ),
    ),
    "minor_must_sign": (
        "согласие не подписал ребёнок",
        lambda s, p, i: s.execute(
            insert(FamilyMember).values(
                family_id=s.scalars(select(Family.id)).one(),
                kind="minor",
                last_name="Соколов",
                first_name="Пётр",
                birth_date=clock.today() - timedelta(366 * 15),
            )
        ),
    ),
    "colleague_dismissed": (
        "предложенный специалист уволен",
        lambda s, p, i: s.execute(
            update(User).where(User.id == p.psychologist.id).values(dismissed_on=clock.today())
        ),
    ),
    "not_a_specialist": (
        "у предложенного коллеги нет роли специалиста",
        lambda s, p, i: s.execute(delete(RoleGrant).where(RoleGrant.user_id == p.lead.id)),
    ),
    "lead_profession": (
        "у закреплённого другая профессия",
        lambda s, p, i: s.execute(
            update(User).where(User.id == p.lead.id).values(profession="educational_psychologist")
        ),
    ),
    "no_lead": ("нет закреплённого специалиста", lambda s, p, i: setattr(i, "lead_id", None)),
    "term_needs_end": ("не указан конец срока", lambda s, p, i: setattr(i, "term", "short")),
    "course_reason": (
        "нет курса реабилитации и причины",
        lambda s, p, i: s.execute(update(Family).values(course_ended_on=None)),
    ),
}
FIXED = {"no_lead", "term_needs_end"}  # what is proposed does not change while it is voted on


def _open_meeting() -> tuple[People, int, int]:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    return people, meeting_id, item_id


@pytest.mark.parametrize("code", CASES)
def test_what_an_item_lacks_is_said_and_it_is_not_put_to_the_vote(app: Flask, code: str) -> None:
    people, meeting_id, item_id = _open_meeting()
    chair, here = Client(app, people.chair), f"/consilium/meetings/{meeting_id}"
    button = f"//form[@action='/consilium/items/{item_id}/open-voting']"
    chair.get(here)
    assert chair.page.xpath(button)
    words, spoil = CASES[code]
    with technical() as s:
        spoil(s, people, s.get_one(Item, item_id))
    chair.get(here)
    assert words in chair.text and not chair.page.xpath(button)
    chair.get(f"/consilium/items/{item_id}")
    assert "Решить этот вопрос пока нельзя" in chair.text
    with refuses(code):
        decisions.open_voting(item_id, people.chair.id)


def test_an_open_page_learns_that_an_item_lacks_something(app: Flask) -> None:
    """The meeting itself has not changed: a consent was withdrawn in another room."""
    people, meeting_id, item_id = _open_meeting()
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    news = chair.page.xpath("//*[@id='meeting']/@hx-get")[0]
    chair.get(news, status=204, htmx=True)
    with technical() as s:
        s.execute(update(Consent).values(withdrawn_on=clock.today()))
    answer = chair.get(news, htmx=True)
    assert "согласие отозвано" in answer.text and f"items/{item_id}/open-voting" not in answer.text


@pytest.mark.parametrize("choice", ["for", "against"])
def test_a_vote_whose_ground_is_gone_is_only_put_off(app: Flask, choice: str) -> None:
    """Whatever the votes: a refusal for carried ones alone would tell how they stand before the close."""
    people, meeting_id, item_id = _open_meeting()
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *[choice] * 4)
    chair, close = Client(app, people.chair), f"//form[@action='/consilium/items/{item_id}/close']"
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert chair.page.xpath(close)
    with technical() as s:
        s.execute(update(Consent).values(withdrawn_on=clock.today()))
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert "Решить сейчас нельзя" in chair.text and not chair.page.xpath(close)
    with refuses("consent_withdrawn"):
        decisions.close_item(item_id, people.chair.id)


@pytest.mark.parametrize("code", sorted(set(CASES) - FIXED))
def test_while_it_is_voted_on_nobody_is_told_to_change_the_item(app: Flask, code: str) -> None:
    """It stays as it is, and is not taken off: what it lacks is mended elsewhere, or it is put off."""
    people, meeting_id, item_id = _open_meeting()
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, "for")
    with technical() as s:
        CASES[code][1](s, people, s.get_one(Item, item_id))
    chair = Client(app, people.chair)
    chair.get(f"/consilium/items/{item_id}")
    assert "Решить этот вопрос пока нельзя" in chair.text
    assert not re.search(r"Снимите вопрос|Выберите|Choose|Take the item", chair.text), code
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert chair.page.xpath(f"//a[@href='/consilium/items/{item_id}/defer']")
    with pytest.raises(RuleBroken) as refused:
        decisions.close_item(item_id, people.chair.id)
    assert refused.value.code == code
    assert not re.search(r"[Tt]ake the item|[Cc]hoose|[Ee]nter it", refused.value.message)


def test_a_family_that_went_on_meanwhile_leaves_its_item_to_be_put_off(app: Flask) -> None:
    people, _meeting, item_id = _open_meeting()
    with technical() as s:
        s.execute(update(Patronage).values(status="declined"))
    with pytest.raises(RuleBroken, match="Take the item off"):
        decisions.open_voting(item_id, people.chair.id)
    with technical() as s:
        s.execute(update(Patronage).values(status="submitted"))
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, "for")
    with technical() as s:
        s.execute(update(Patronage).values(status="declined"))
    with pytest.raises(RuleBroken, match="Put it off"):
        decisions.close_item(item_id, people.chair.id)


def test_whom_a_family_is_not_open_to_reads_no_names_in_what_it_lacks(app: Flask) -> None:
    """The rule's full words name the children that have still to sign."""
    people, _meeting, item_id = _open_meeting()
    with technical() as s:
        CASES["minor_must_sign"][1](s, people, s.get_one(Item, item_id))
    seated, unseated = Client(app, people.members[0]), Client(app, make_user("member"))
    seated.get(f"/consilium/items/{item_id}")
    assert "Соколов Пётр" in seated.text
    unseated.get(f"/consilium/items/{item_id}")
    assert "Соколов Пётр" not in unseated.text and "согласие не подписал ребёнок" in unseated.text


def test_what_is_lacking_is_asked_at_once_for_all_items(app: Flask) -> None:
    asked = []
    people = make_people()
    make_meeting(people)  # an earlier one, which takes what comes by itself
    for items in (2, 7):
        meeting_id = make_meeting(people)
        for n in range(items):
            propose(people, meeting_id, make_submitted(f"Семья{items}{n}"))
        with technical() as s:
            s.execute(update(Consent).values(withdrawn_on=clock.today()))
        chair = Client(app, people.chair)
        with counted() as statements:
            chair.get(f"/consilium/meetings/{meeting_id}")
        for part in ("unready", "agenda"):
            said = f"//section[@id='{part}']//li[contains(., 'согласие отозвано')]"
            assert len(chair.page.xpath(said)) == items, part
        asked.append(len(statements))
    assert asked[0] == asked[1], asked
    assert db.session.scalars(select(Item.id)).all()
