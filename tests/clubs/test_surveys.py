"""Surveys of interests, skills before and after, what clubs have reached, who might join (CLUB 1; CLUB 5)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.clubs import results, surveys
from portal.clubs import survey_queries as queries
from portal.clubs.models import Club
from portal.clubs.program_models import InterestSurvey, SkillAssessment
from portal.clubs.results import Attendance, Period
from portal.clubs.session_models import SessionFeedback
from portal.clubs.surveys import Wishes
from portal.db import db, technical
from portal.rules.skills import SKILLS
from tests.client import Client
from tests.counting import counted
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user
from tests.refusals import refuses


@pytest.fixture
def child(club):
    return make_recipient(club, surname="Лебедева")


def said(*codes, words=""):
    return Wishes(frozenset(codes), words)


def record(answers, leader, club=None):
    return surveys.record_interests(answers, clock.today(), leader.id, club.id if club else None)


def all_of(score):
    return dict.fromkeys(SKILLS, score)


def test_the_last_survey_counts_and_the_same_is_not_recorded_twice(club, leader, child):
    assert record({child.id: said("sport", words="бассейн")}, leader, club) == 1
    assert record({child.id: said("sport", words="бассейн")}, leader, club) == 0
    assert record({child.id: said("music")}, leader, club) == 1
    last = queries.latest([child.id])[child.id]
    assert (last.codes, last.wishes) == ({"music"}, "")
    assert len(db.session.scalars(select(InterestSurvey)).all()) == 2


def test_who_said_nothing_is_not_recorded_until_they_take_it_back(club, leader, child):
    assert record({child.id: said()}, leader, club) == 0
    record({child.id: said("sport")}, leader, club)
    assert record({child.id: said()}, leader, club) == 1


def test_a_survey_of_a_group_is_of_its_participants(club, leader, child):
    stranger = make_recipient()
    with refuses("not_participant"):
        record({child.id: said("sport"), stranger.id: said("music")}, leader, club)
    assert not queries.latest()
    record({stranger.id: said("music")}, leader)
    removed = make_recipient(status="removed")
    with refuses("recipient_not_enrolled"):
        record({removed.id: said("music")}, leader)
    with refuses("unknown_interest"):
        record({stranger.id: said("свист")}, leader)
    with refuses("asked_later"):
        surveys.record_interests({stranger.id: said("sport")}, clock.today() + timedelta(1), leader.id)


def test_skills_are_kept_corrected_and_compared(club, leader, child):
    day = clock.today()
    assert surveys.assess(club.id, "before", {child.id: all_of(1)}, day, leader.id) == 1
    assert surveys.assess(club.id, "before", {child.id: all_of(1)}, day, leader.id) == 0
    surveys.assess(club.id, "before", {child.id: all_of(1) | {"rules": 0}}, day, leader.id)
    surveys.assess(club.id, "after", {child.id: all_of(3)}, day, leader.id)
    assert len(db.session.scalars(select(SkillAssessment)).all()) == 2
    found = results.skills(club.id)
    assert [sums for _row, *sums in found.people] == [[5, 18, 13]]
    assert (found.compared, found.means["rules"]) == (1, (0, 3))


@pytest.mark.parametrize(
    ("scores", "point", "code"),
    [
        ({"contact": 1}, "before", "incomplete_scores"),
        (all_of(9), "before", "bad_score"),
        (all_of(1), "during", "bad_point"),
    ],
)
def test_what_is_no_assessment(club, leader, child, scores, point, code):
    with refuses(code):
        surveys.assess(club.id, point, {child.id: scores}, clock.today(), leader.id)


def test_only_who_goes_or_went_is_assessed(club, leader):
    with refuses("not_participant"):
        surveys.assess(club.id, "before", {make_recipient().id: all_of(1)}, clock.today(), leader.id)


def held_sessions(club, child):
    """Two held sessions of different months: the child came to one; another came and was away."""
    today, other = clock.today(), make_recipient(club, surname="Орлова")
    days = (today - timedelta(40), today - timedelta(2))
    for day, mine, theirs in zip(days, ("came", "absent"), ("came", "excused"), strict=True):
        session = make_session(club, day, status="held")
        for member, status in ((child, mine), (other, theirs)):
            make_booking(session, member, 1 if status == "came" else None, status=status)
        with technical() as s:
            for n, (source, liked) in enumerate((("guest", 5), ("recipient", 4))):
                s.add(
                    SessionFeedback(
                        session_id=session.id, source=source, liked=liked, ticket=str(n), at=clock.now()
                    )
                )
    make_session(club, today - timedelta(9), status="planned")
    make_session(club, today - timedelta(60), slot=None, status="cancelled")
    return Period(today - timedelta(90), today)


def test_attendance_by_month_recipient_and_club(club, leader, child):
    period = held_sessions(club, child)
    months = results.by_month(period, club.id)
    assert results.total(months.values()) == Attendance(2, 2, 1, 1)
    assert len(months) == 2 and all(month.day == 1 for month in months)
    people = {row.last_name: one for row, one in results.by_recipient(period, club.id)}
    assert people["Лебедева"] == Attendance(2, 1, 0, 1)
    assert people["Орлова"] == Attendance(2, 1, 1, 0)
    assert people["Лебедева"].share == 50
    assert results.by_club(period) == {club.id: (Attendance(2, 2, 1, 1), 2)}
    liked = results.satisfaction(period)[club.id]
    assert liked == {"guest": (5.0, 2), "recipient": (4.0, 2)}
    assert results.mean_of(liked) == (4.5, 4)
    nothing = Period(clock.today(), clock.today())
    assert (results.by_month(nothing, club.id), results.by_recipient(nothing, club.id)) == ({}, [])


def test_who_likes_what_the_club_is_about_fits_it_and_is_not_there_is_suggested(club, leader, child):
    surveys.aim(club.id, leader.id, ["sport", "music"])
    both, one, none, gone = (make_recipient() for _ in range(4))
    parent = both.family_id
    wishes = {
        both: ("music", "sport"),
        one: ("sport",),
        none: ("books",),
        gone: ("sport",),
        child: ("sport",),
    }
    for member, codes in wishes.items():
        record({member.id: said(*codes)}, leader)
    with technical() as s:
        s.get_one(Club, club.id).age_from, s.get_one(Club, club.id).audience = 5, "minors"
    _week, found = results.suggestions(db.session.get_one(Club, club.id))
    assert [row.person.id for row in found] == [both.id, one.id, gone.id]
    assert [row.left for row in found] == [2, 2, 2]
    assert found[0].shared == {"music", "sport"} and parent
    with technical() as s:
        s.get_one(Club, club.id).age_from = 15
    db.session.rollback()
    assert results.suggestions(db.session.get_one(Club, club.id))[1] == []


def test_who_has_no_service_left_in_the_week_comes_last(club, leader):
    surveys.aim(club.id, leader.id, ["sport"])
    full, free = make_recipient(), make_recipient()
    record({full.id: said("sport"), free.id: said("sport")}, leader)
    day = clock.today() + timedelta(7)
    make_session(club, day)
    others = make_club(leader, name="Компас"), make_club(leader, name="Остров")
    for slot, other in enumerate(others, 1):
        make_booking(make_session(other, day), full, slot)
    found = results.suggestions(db.session.get_one(Club, club.id))[1]
    assert [(row.person.id, row.left) for row in found] == [(free.id, 2), (full.id, 0)]


# the pages


def test_a_group_is_asked_on_one_page(app, club, leader, child):
    client, url = Client(app, leader), f"/clubs/{club.id}/survey"
    client.get(url)
    day = clock.today().isoformat()
    fields = {
        "rows-0-member_id": str(child.id),
        "rows-0-codes": ["sport", "music"],
        "rows-0-wishes": "бассейн",
    }
    later = (clock.today() + timedelta(3)).isoformat()
    client.post(url, status=422, day=later, **fields)
    assert client.page.xpath("//input[@name='rows-0-wishes']/@value") == ["бассейн"]
    assert len(client.page.xpath("//input[@name='rows-0-codes'][@checked]")) == 2
    client.post(url, day=day, **fields)
    assert queries.latest()[child.id].codes == {"sport", "music"}
    client.get(url)
    assert len(client.page.xpath("//input[@name='rows-0-codes'][@checked]")) == 2
    for page in ("/clubs/interests", f"/clubs/interests?club={club.id}", "/clubs/interests?q=Лебедева"):
        client.get(page)
    assert client.page.xpath(f"//a[@href='/clubs/interests/{child.id}']")
    client.get(f"/clubs/interests/{child.id}")
    client.post(f"/clubs/interests/{child.id}", day=day, **(fields | {"rows-0-codes": ["books"]}))
    assert queries.latest()[child.id].codes == {"books"}
    client.post(f"/clubs/interests/{child.id}", status=422, day=day, **(fields | {"rows-0-codes": ["?"]}))


def test_a_summary_has_no_names(app, club, leader, child):
    record({child.id: said("sport")}, leader)
    client = Client(app, make_user("specialist"))
    client.get("/clubs/interests")
    assert "Лебедева" not in client.text
    client.get("/clubs/results")
    client.get(f"/clubs/{club.id}/results", status=403)


def test_the_group_is_assessed_before_and_after(app, club, leader, child):
    client, url = Client(app, leader), f"/clubs/{club.id}/skills"
    client.get(url)
    day = clock.today().isoformat()
    fields = {"rows-0-member_id": str(child.id)} | {f"rows-0-{skill}": "1" for skill in SKILLS}
    client.post(url, status=422, day=day, **(fields | {"rows-0-rules": ""}))
    assert client.page.xpath("//select[@name='rows-0-contact']/option[@selected]/@value") == ["1"]
    client.post(url, day=day, **fields)
    client.get(f"{url}?point=after")
    client.post(f"{url}?point=after", day=day, **(fields | {"rows-0-rules": "4"}))
    assert results.skills(club.id).compared == 1
    client.get(f"/clubs/{club.id}/results")
    assert "+3" in client.text


def test_results_of_any_period_are_shown(app, club, leader, child):
    held_sessions(club, child)
    client = Client(app, leader)
    for query in ("", "?from=2020-01-01", "?from=x&until=9999-12-31"):
        client.get(f"/clubs/{club.id}/results{query}")
        assert "50 %" in client.text
        client.get(f"/clubs/results{query}")
        assert "50 %" in client.text


def test_a_club_says_what_it_is_about_and_adds_who_is_suggested(app, club, leader):
    client, url, member = Client(app, leader), f"/clubs/{club.id}/suggestions", make_recipient()
    client.get(url)
    client.post(url, status=422, codes=["sport"], audience="minors", age_from="12", age_to="7")
    client.post(url, status=422, codes=["sport"], audience="minors", age_from="-3")
    assert client.page.xpath("//input[@name='codes'][@checked]/@value") == ["sport"]
    client.post(url, codes=["sport"], audience="minors", age_from="7", age_to="12")
    assert queries.about(club.id) == {"sport"}
    db.session.rollback()
    now = db.session.get_one(Club, club.id)
    assert (now.audience, now.age_from, now.age_to) == ("minors", 7, 12)
    record({member.id: said("sport")}, leader)
    client.get(url)
    assert client.page.xpath(f"//button[@name='add'][@value='{member.id}']")
    fields = client.page.xpath("//form[.//button[@name='add']]//input[@name='next']/@value")
    there = client.post(f"/clubs/{club.id}/participants", add=str(member.id), next=fields[0])
    assert there.location == url
    client.get(url)
    assert not client.page.xpath("//button[@name='add']")


@pytest.mark.parametrize(
    "page", ["/clubs/{}/survey", "/clubs/{}/skills", "/clubs/{}/results", "/clubs/{}/suggestions"]
)
def test_the_number_of_queries_does_not_grow(app, club, leader, page):
    surveys.aim(club.id, leader.id, ["sport"])
    client, url = Client(app, leader), page.format(club.id)

    def opened(more):
        for _ in range(more):
            member = make_recipient(club)
            record({member.id: said("sport"), make_recipient().id: said("sport")}, leader)
            surveys.assess(club.id, "before", {member.id: all_of(1)}, clock.today(), leader.id)
        with counted() as found:
            client.get(url)
        return len(found)

    opened(1)
    assert opened(1) == opened(6)
