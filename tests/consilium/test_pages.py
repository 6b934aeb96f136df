"""The pages: for each role, without JavaScript; refusals in words."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import insert, select, update

from portal import clock
from portal.audit import FamilyLook
from portal.consilium import actions, decisions
from portal.consilium.models import Item, Meeting, Vote
from portal.db import db, technical
from portal.families.consents import withdraw_consent
from portal.families.models import Consent
from portal.patronage.models import ClosingAnalysis, Patronage
from tests.client import Client
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    propose_removal,
    vote_all,
)
from tests.factories import make_family, make_patronage, make_user


def test_the_story_without_javascript(app: Flask) -> None:
    """A meeting is planned, filled, convened, opened, voted, closed and printed by plain forms."""
    people = make_people()
    patronage = make_submitted()
    secretary, chair = Client(app, people.secretary), Client(app, people.chair)
    day = clock.today().isoformat()
    secretary.post("/consilium/meetings/new", held_on=day, starts_at="10:30", place="каб. 12", note="")
    meeting = db.session.scalars(select(Meeting)).one()
    here = f"/consilium/meetings/{meeting.id}"
    secretary.get(f"{here}/items/new?kind=enroll")
    proposal = {
        "regime": "planned",
        "term": "long",
        "lead_id": people.lead.id,
        "involved": people.psychologist.id,
    }
    secretary.post(f"{here}/items/new?kind=enroll", patronage_id=patronage.id, note="", **proposal)
    item_id = db.session.scalars(select(Item.id)).one()
    chair.post(f"{here}/convene")
    chair.post(f"{here}/open")
    members = [Client(app, user) for user in people.members]
    for one in members:
        one.get(here)
        assert "Я здесь" in one.text
        one.post(f"{here}/here")
    secretary.post(f"{here}/presence", user_id=people.chair.id, presence="video")
    chair.post(f"/consilium/items/{item_id}/open-voting")
    for one, choice in zip([chair, *members], ("for", "for", "against", "for"), strict=True):
        one.get(here)
        assert len(one.page.xpath("//form[starts-with(@id, 'ballot')]//input[@type='radio']")) == 3
        one.post(f"/consilium/items/{item_id}/vote", choice=choice)
        one.get(here)
        assert "Изменить его нельзя" in one.text
        assert not one.page.xpath("//form[starts-with(@id, 'ballot')]")
    chair.post(f"/consilium/items/{item_id}/close")
    chair.post(f"{here}/close")
    assert db.session.get_one(Patronage, patronage.id).status == "enrolled"
    members[0].get(f"{here}/minutes")
    for words in (
        "Протокол № 1",
        "За: 3",
        "Против: 1",
        f"Решение № 1/{clock.today().year}",
        "поставить семью",
    ):
        assert words in members[0].text.replace("\xa0", " ")
    members[0].get("/consilium/decisions")
    assert "Соколова" in members[0].text


def test_who_sees_what(app: Flask) -> None:
    people = make_people()
    draft = make_meeting(people)
    closed = make_meeting(people)
    item_id = propose(people, closed, make_submitted())
    actions.convene(closed, people.chair.id)
    member, head, staff = (Client(app, who) for who in (people.members[0], people.head, make_user("staff")))
    for one in (member, head):
        one.get(f"/consilium/meetings/{draft}", status=404)
        one.get(f"/consilium/meetings/{closed}")
        one.get("/consilium/")
        assert "№ 1/" not in one.text.replace("\xa0", " ")
        one.get("/consilium/roll")
        one.post(f"/consilium/items/{item_id}/open-voting", status=403)
        one.post(f"/consilium/meetings/{closed}/presence", status=403, user_id=1, presence="present")
    head.post(f"/consilium/items/{item_id}/vote", status=403, choice="for")
    for url in (
        "/consilium/",
        "/consilium/roll",
        f"/consilium/meetings/{closed}",
        f"/consilium/items/{item_id}",
    ):
        staff.get(url, status=403)
    Client(app, people.secretary).get(f"/consilium/meetings/{draft}")
    secretary = Client(app, people.secretary)
    secretary.post(f"/consilium/meetings/{closed}/open", status=403)
    for url in (
        "/consilium/meetings/999",
        "/consilium/items/999",
        "/consilium/meetings/999/minutes",
        f"/consilium/items/{10**30}",
    ):
        secretary.get(url, status=404)


def test_a_card_shows_content_while_the_item_is_before_the_consilium(app: Flask) -> None:
    """R20: looks are recorded; when the meeting is over, a member reads the decision, not the family."""
    people = make_people()
    meeting_id, item_id, patronage = make_vote(people)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{item_id}")
    assert "Соколова Мария Ивановна" in member.text
    looks = db.session.scalars(select(FamilyLook.family_id).where(FamilyLook.user_id == people.members[0].id))
    assert list(looks) == [patronage.family_id]
    vote_all(people, item_id, "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    member.get(f"/consilium/items/{item_id}")
    assert "Соколова Мария Ивановна" not in member.text
    assert "Решение" in member.text


def test_refusals_are_sentences_on_the_page(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    actions.mark_presence(meeting_id, people.members[1].id, "absent", people.secretary.id)
    absent, chair = Client(app, people.members[1]), Client(app, people.chair)
    absent.post(f"/consilium/items/{item_id}/vote", status=409, choice="for")
    assert "отмечен" in absent.text
    chair.post(f"/consilium/items/{item_id}/vote", status=409, choice="")
    assert "Выберите" in chair.text
    outsider = Client(app, make_user("member"))
    outsider.post(f"/consilium/items/{item_id}/vote", status=409, choice="for")
    chair.post(f"/consilium/items/{item_id}/close", status=409)
    chair.post(f"/consilium/meetings/{meeting_id}/close", status=409)
    chair.post(f"/consilium/items/{item_id}/defer", status=422, why="")
    assert db.session.scalars(select(Vote)).all() == []
    chair.get(f"/consilium/meetings/{meeting_id}/minutes", status=303)


def test_a_refused_item_keeps_what_was_typed(app: Flask) -> None:
    people = make_people()
    meeting_id, patronage = make_meeting(people), make_submitted(course_ended_on=None)
    secretary = Client(app, people.secretary)
    url = f"/consilium/meetings/{meeting_id}/items/new?kind=enroll"
    note = "Важно 🙂 \u05d0"
    typed = {"patronage_id": patronage.id, "regime": "control", "term": "short", "lead_id": people.lead.id}
    secretary.post(url, status=422, note=note, ends_on=(clock.today() - timedelta(1)).isoformat(), **typed)
    assert secretary.page.xpath("//textarea[@name='note']")[0].text.strip() == note
    assert secretary.page.xpath("//input[@name='regime' and @checked]/@value") == ["control"]
    assert secretary.page.xpath("//*[@role='alert']")
    secretary.post(url, status=422, note=note, ends_on="2026-02-31", **typed)
    secretary.post(url, status=422, note="а" * 100_000, ends_on="", **typed)
    secretary.post(url, status=422, note=note, **(typed | {"patronage_id": 999, "term": "long"}))
    assert db.session.scalars(select(Item)).all() == []
    secretary.post("/consilium/meetings/new", status=422, held_on="31.02.2026", starts_at="25:00", place="")


def test_a_removal_without_analysis_is_offered_with_its_reason(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    make_patronage(make_family("Жукова"), status="suspended")
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/meetings/{meeting_id}/items/new?kind=remove")
    assert "Жукова" in secretary.text
    assert not secretary.page.xpath("//select")


def test_the_roll_is_kept_by_the_head(app: Flask) -> None:
    people = make_people()
    newcomer = make_user("member", last_name="Новичкова")
    head = Client(app, people.head)
    head.post("/consilium/roll", user_id=newcomer.id, seat="member", votes="y")
    head.get("/consilium/roll")
    assert "Новичкова" in head.text
    head.post(f"/consilium/roll/{newcomer.id}/remove")
    other = make_user("chair")
    head.post("/consilium/roll", status=422, user_id=other.id, seat="chair", votes="y")
    assert "уже есть председатель" in head.text
    Client(app, people.chair).post("/consilium/roll", status=403, user_id=other.id, seat="member")


def test_items_are_edited_moved_and_taken_off_by_forms(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    first, second = (propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова"))
    removal = propose_removal(people, meeting_id, make_patronage(make_family("Титова")))
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/items/{first}/edit")
    values = {"regime": "control", "term": "long", "lead_id": people.lead.id, "note": "срочно"}
    secretary.post(f"/consilium/items/{first}/edit", **values)
    secretary.post(f"/consilium/items/{removal}/edit", reason="moved", note="")
    assert db.session.get_one(Item, first).regime == "control"
    assert db.session.get_one(Item, removal).reason == "moved"
    secretary.post(f"/consilium/items/{second}/move", to="up")
    secretary.post(f"/consilium/items/{first}/take-off")
    in_order = select(Item.id).where(Item.status == "waiting").order_by(Item.position)
    assert list(db.session.scalars(in_order)) == [second, removal]
    secretary.post(
        f"/consilium/meetings/{meeting_id}/edit",
        held_on=clock.today().isoformat(),
        starts_at="12:00",
        place="зал",
    )
    assert db.session.get_one(Meeting, meeting_id).place == "зал"


def test_buttons_that_would_be_refused_are_not_shown(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    here, chair = f"/consilium/meetings/{meeting_id}", Client(app, people.chair)

    def shown(action: str) -> bool:
        chair.get(here)
        return bool(chair.page.xpath(f"//form[@action='{action}']"))

    assert not shown(f"{here}/convene"), "the agenda is empty"
    item_id = propose(people, meeting_id, make_submitted())
    assert shown(f"{here}/convene")
    chair.post(f"{here}/convene")
    assert shown(f"{here}/open")
    chair.post(f"{here}/open")
    assert not shown(f"/consilium/items/{item_id}/open-voting"), "nobody is here yet"
    for user in people.voters:
        actions.mark_presence(meeting_id, user.id, "present", people.secretary.id)
    assert shown(f"/consilium/items/{item_id}/open-voting")
    chair.post(f"/consilium/items/{item_id}/open-voting")
    assert not shown(f"/consilium/items/{item_id}/close"), "nobody has voted yet"
    decisions.cast_vote(item_id, people.chair.id, "for")
    assert shown(f"/consilium/items/{item_id}/close")
    for user in people.voters[1:]:
        decisions.cast_vote(item_id, user.id, "for")
    decisions.close_item(item_id, people.chair.id)
    chair.get(f"/consilium/items/{item_id}/defer", status=303)


def test_a_withdrawn_consent_alone_is_reason_to_convene(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    make_patronage(make_family("Титова"), "suspended")
    with technical() as s:
        s.execute(update(Consent).values(withdrawn_on=clock.today()))
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert chair.page.xpath(f"//form[@action='/consilium/meetings/{meeting_id}/convene']")
    chair.post(f"/consilium/meetings/{meeting_id}/convene")


def test_an_item_is_put_to_the_vote_once_it_lacks_nothing(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    new, stopped = make_submitted(), make_patronage(make_family("Титова"), "suspended")
    enrollment = propose(people, meeting_id, new)
    consents = Consent.family_id == stopped.family_id
    with technical() as s:
        s.execute(update(Consent).where(consents).values(withdrawn_on=clock.today()))
    open_with(people, meeting_id)
    removal = db.session.scalars(select(Item.id).where(Item.kind == "remove")).one()
    chair = Client(app, people.chair)

    def shown() -> list[str]:
        chair.get(f"/consilium/meetings/{meeting_id}")
        return chair.page.xpath("//form[contains(@action, '/open-voting')]/@action")

    assert shown() == [f"/consilium/items/{enrollment}/open-voting"]
    assert "нет итогового анализа" in chair.text
    with technical() as s:
        made = {"author_id": people.chair.id, "written_at": clock.now(), "body": "Помогли"}
        s.execute(insert(ClosingAnalysis).values(patronage_id=stopped.id, **made))
    assert shown() == [f"/consilium/items/{one}/open-voting" for one in (enrollment, removal)]
    own = db.session.scalars(select(Consent).where(Consent.family_id == new.family_id)).one()
    withdraw_consent(own.id, clock.today(), "", people.chair.id)
    assert shown() == [f"/consilium/items/{removal}/open-voting"]
    assert "согласие отозвано" in chair.text
