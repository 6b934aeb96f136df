"""The program of a club: a draft, its versions, and its topics over the coming sessions (CLUB 5, stage 1)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import AuditEntry
from portal.clubs import program_queries as queries
from portal.clubs import programs
from portal.clubs.models import Club, ClubSession
from portal.clubs.program_models import ClubProgram, ClubTopic
from portal.clubs.program_texts import TEMPLATES
from portal.db import db, technical
from portal.rules.club_programs import Content, Topic, check_ready
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.factories import make_club, make_session, make_user
from tests.refusals import refuses

TOPICS = tuple(Topic(title, f"цель: {title}", "игра", "мяч") for title in ("Знакомство", "Дружба", "Ссоры"))
CONTENT = Content("Учимся дружить", "Общение", "Дети", TOPICS)


def draft_of(club, leader, content=CONTENT):
    program_id = programs.start_program(club.id, leader.id)
    programs.save_program(program_id, leader.id, 1, content)
    return program_id


def in_force(club, leader, content=CONTENT):
    program_id = draft_of(club, leader, content)
    programs.put_in_force(program_id, leader.id, 2)
    return program_id


def statuses(club):
    db.session.rollback()
    query = select(ClubProgram.status).where(ClubProgram.club_id == club.id)
    return list(db.session.scalars(query.order_by(ClubProgram.version)))


def coming(club, count=4):
    monday = week_of(clock.today()) + timedelta(7)
    days = [monday + timedelta(7 * (n // 2) + 2 * (n % 2)) for n in range(count)]
    return [make_session(club, day, n % 2 + 1, topic="", goal="").id for n, day in enumerate(days)]


def topics_now(session_ids):
    db.session.rollback()
    rows = db.session.scalars(select(ClubSession).order_by(ClubSession.day))
    return [row.topic for row in rows if row.id in session_ids]


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_template_can_be_in_force_at_once(club, leader, code):
    program_id = programs.start_program(club.id, leader.id, template=code)
    programs.put_in_force(program_id, leader.id, 1)
    content = queries.content_of(db.session(), db.session.get_one(ClubProgram, program_id))
    assert content == TEMPLATES[code]
    check_ready(content)
    assert all(one.methods and one.props for one in content.topics)


def test_versions_follow_each_other_and_each_stays_as_it_was(club, leader):
    first = in_force(club, leader)
    second = programs.start_program(club.id, leader.id, source_id=first)
    assert queries.content_of(db.session(), db.session.get_one(ClubProgram, second)) == CONTENT
    changed = replace(CONTENT, topics=TOPICS[1:])
    programs.save_program(second, leader.id, 1, changed, "первая тема дана")
    assert statuses(club) == ["in_force", "draft"]
    programs.put_in_force(second, leader.id, 2)
    assert statuses(club) == ["superseded", "in_force"]
    assert queries.content_of(db.session(), db.session.get_one(ClubProgram, first)) == CONTENT
    with refuses("not_draft"):
        programs.save_program(first, leader.id, 2, changed)
    with refuses("not_draft"):
        programs.discard_program(second, leader.id, 2)


def test_the_database_keeps_what_was_in_force(club, leader):
    program_id = in_force(club, leader)
    for statement in (
        "UPDATE club_topics SET title = 'иное' WHERE program_id = :id",
        "DELETE FROM club_topics WHERE program_id = :id",
        "UPDATE club_programs SET aims = 'иное' WHERE id = :id",
        "UPDATE club_programs SET status = 'draft', in_force_on = NULL WHERE id = :id",
    ):
        with pytest.raises(IntegrityError), technical() as s:
            s.execute(text(statement), {"id": program_id})


def test_one_draft_at_a_time_and_a_discarded_one_is_gone(club, leader):
    program_id = draft_of(club, leader)
    with refuses("in_work"):
        programs.start_program(club.id, leader.id, template="teens")
    programs.discard_program(program_id, leader.id, 2)
    assert not db.session.scalars(select(ClubTopic)).all() and statuses(club) == []
    with refuses("gone"):
        programs.save_program(program_id, leader.id, 2, CONTENT)


def test_the_slower_of_two_writers_is_told(club, leader):
    program_id = draft_of(club, leader)
    with refuses("changed_meanwhile"):
        programs.save_program(program_id, leader.id, 1, CONTENT)
    with refuses("changed_meanwhile"):
        programs.put_in_force(program_id, leader.id, 1)


def test_an_unfinished_draft_is_not_put_in_force(club, leader):
    program_id = draft_of(club, leader, Content("Дружба", "Общение", topics=(Topic("Знакомство"),)))
    with refuses("no_goal"):
        programs.put_in_force(program_id, leader.id, 2)


def test_a_program_starts_from_what_is_there_only(club, leader):
    for source in ({"template": "none"}, {"source_id": 999}):
        with refuses("no_source"):
            programs.start_program(club.id, leader.id, **source)
    with technical() as s:
        s.get_one(Club, club.id).closed_on = clock.today()
    with refuses("club_closed"):
        programs.start_program(club.id, leader.id)


def test_topics_are_laid_in_order_past_what_was_given(club, leader):
    in_force(club, leader)
    make_session(club, clock.today() - timedelta(7), topic="ЗНАКОМСТВО", status="held")
    ids = coming(club)
    topics = queries.topics_of(db.session(), queries.version_of(db.session(), club.id, "in_force").id)
    start = queries.first_left(topics, queries.given_topics(club.id))
    laid = queries.laid_out(club.id, topics, start, over=False)
    chosen = [(one.session.id, one.topic.id) for one in laid if one.topic]
    assert programs.lay_out(club.id, leader.id, chosen) == 2
    assert topics_now(ids) == ["Дружба", "Ссоры", "", ""]
    row = db.session.get_one(ClubSession, ids[0])
    assert (row.goal, row.equipment, row.topic_id) == ("цель: Дружба", "мяч", topics[1].id)
    assert db.session.get_one(Club, club.id).changed_at is not None
    assert programs.lay_out(club.id, leader.id, chosen) == 0
    there = queries.given_topics(club.id) | queries.coming_topics(club.id)
    assert (queries.first_left(topics, there), queries.left_over(topics, there, [])) == (0, 0)


def test_equipment_written_by_hand_stays_when_topics_are_laid_out(club, leader):
    in_force(club, leader)
    ids = coming(club)
    topics = queries.topics_of(db.session(), queries.version_of(db.session(), club.id, "in_force").id)
    programs.lay_out(club.id, leader.id, [(ids[0], topics[1].id), (ids[1], topics[1].id)])
    with technical() as s:
        s.get_one(ClubSession, ids[1]).equipment = "мяч и скакалка"
        s.get_one(ClubSession, ids[2]).equipment = "проектор"
    programs.lay_out(club.id, leader.id, [(one, topics[2].id) for one in ids[:3]])
    assert topics_now(ids)[:3] == ["Ссоры"] * 3
    kept = [db.session.get_one(ClubSession, one).equipment for one in ids[:3]]
    assert kept == [topics[2].props, "мяч и скакалка", "проектор"]


def test_only_coming_sessions_of_the_club_get_its_topics(club, leader):
    in_force(club, leader)
    topic = queries.topics_of(db.session(), queries.version_of(db.session(), club.id, "in_force").id)[0]
    other = make_club(make_user("pedagogue"), name="Компас")
    held = make_session(club, clock.today() - timedelta(7), status="held")
    for session_id in (held.id, coming(other, 1)[0], 999):
        with refuses("changed_meanwhile"):
            programs.lay_out(club.id, leader.id, [(session_id, topic.id)])
    with refuses("no_program"):
        programs.lay_out(other.id, leader.id, [])


# the pages


def topic_fields(*titles):
    fields = {}
    for n, title in enumerate(titles):
        fields |= {f"topics-{n}-title": title, f"topics-{n}-goal": f"цель {title}"}
        fields |= {f"topics-{n}-methods": "", f"topics-{n}-props": ""}
    return fields


def typed(client):
    return client.page.xpath("//input[contains(@name, '-title')]/@value")


def test_a_pedagogue_writes_a_program_and_lays_it_out(app, club, leader):
    ids = coming(club, 2)
    client = Client(app, leader)
    client.get(f"/clubs/{club.id}/program")
    assert client.page.xpath(f"//a[@href='/clubs/{club.id}/program/new']")
    client.get(f"/clubs/{club.id}/program/new")
    here = client.post(f"/clubs/{club.id}/program/new", source="template:friends").location
    client.get(here)
    assert len(typed(client)) == 10
    shown = here.removesuffix("/edit")
    client.post(here, revision="1", title="Дружба", aims="Общение", do="save", **topic_fields("А", "Б"))
    client.get(shown)
    client.post(f"{shown}/force", revision="2")
    client.get(f"/clubs/{club.id}/program/topics")
    seen = client.page.xpath("//input[@name='shown']/@value")[0]
    client.post(f"/clubs/{club.id}/program/topics", start="0", shown="")
    assert topics_now(ids) == ["", ""]
    client.post(f"/clubs/{club.id}/program/topics", start="0", shown=seen)
    assert topics_now(ids) == ["А", "Б"]
    for page in (f"/clubs/{club.id}/program", shown, f"/clubs/{club.id}/program/topics"):
        client.get(page)
    paper = f"/papers/club-program/{shown.rpartition('/')[2]}"
    for page in (f"/clubs/{club.id}/program", shown):
        client.get(page)
        assert client.page.xpath("//main//a[starts-with(@href, '/papers/')]/@href") == [paper]
    client.get(paper)
    client.get(f"/clubs/{club.id}/program/new")
    client.post(f"/clubs/{club.id}/program/new", source="empty")
    assert statuses(club) == ["in_force", "draft"]


def test_buttons_arrange_topics_and_keep_nothing(app, club, leader):
    program_id = draft_of(club, leader)
    client, url = Client(app, leader), f"/clubs/programs/{program_id}/edit"
    fields = topic_fields("А", "Б", "В") | {"revision": "2", "title": "Т"}
    for press, titles in (
        ("down-0", ["Б", "А", "В"]),
        ("up-2", ["А", "В", "Б"]),
        ("remove-1", ["А", "В"]),
        ("up-0", ["А", "Б", "В"]),
        ("remove-99", ["А", "Б", "В"]),
        ("down-x", ["А", "Б", "В"]),
    ):
        client.post(url, status=200, do=press, **fields)
        assert typed(client) == titles
    client.post(url, status=200, do="add", htmx=True, **fields)
    assert len(client.page.xpath("//input[contains(@name, '-title')]")) == 4
    content = queries.content_of(db.session(), db.session.get_one(ClubProgram, program_id))
    assert content == CONTENT


def test_what_was_typed_comes_back_with_its_errors(app, club, leader):
    program_id = draft_of(club, leader)
    client, url = Client(app, leader), f"/clubs/programs/{program_id}/edit"
    client.post(url, status=422, do="save", revision="2", title="", **topic_fields("А", ""))
    assert typed(client) == ["А", ""] or typed(client) == ["А"]
    programs.save_program(program_id, leader.id, 2, replace(CONTENT, aims="Иначе"))
    client.post(url, status=422, do="save", revision="2", title="Моё", aims="Моя", **topic_fields("А"))
    assert "Иначе" in client.text and client.page.xpath("//input[@name='revision']/@value") == ["3"]
    client.post(url, do="save", revision="3", title="Моё", aims="Моя", **topic_fields("А"))
    assert db.session.get_one(ClubProgram, program_id).title == "Моё"


def test_others_read_a_program_and_change_nothing(app, club, leader):
    program_id = draft_of(club, leader)
    client = Client(app, make_user("staff"))
    client.get(f"/clubs/programs/{program_id}")
    client.get(f"/clubs/{club.id}/program")
    client.get(f"/clubs/programs/{program_id}/edit", status=403)
    other = Client(app, make_user("pedagogue"))
    other.post(f"/clubs/programs/{program_id}/force", status=404, revision="2")
    assert statuses(club) == ["draft"]


def test_the_log_names_what_was_done(club, leader):
    in_force(club, leader)
    events = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert events[-3:] == ["club.program_started", "club.program_changed", "club.program_in_force"]
