"""What no page offers, sent all the same: other people's numbers, signs no database keeps, far too much."""

import io
from datetime import time, timedelta

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from portal import audit, clock
from portal.clubs import bookings, feedback
from portal.clubs.models import Club, ClubSession
from portal.clubs.session_models import SessionPhoto
from portal.db import Base, db
from portal.journal.models import JournalEntry, StateSystemMark
from portal.rules.skills import SKILLS
from tests.access.club_world import PIXEL, club_of
from tests.client import Client
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user

SCRIPT = "<script>alert(1)</script>"
NASTY = ["а\x00б\u202e", "9" * 5000, "9999-12-31", "х" * 100_000]
CLUB = (
    *("edit", "participants", "plan", "sessions/new", "program/new", "program/topics", "survey", "skills"),
    "suggestions",
)
SESSION = (
    *(
        "edit",
        "move",
        "cancel",
        "attendance",
        "bookings",
        "announce",
        "sum-up",
        "feedback/",
        "feedback/paper",
    ),
    "photos/",
)
FIELDS = (
    *(
        "name",
        "capacity",
        "about",
        "first-weekday",
        "first-starts_at",
        "first-minutes",
        "add",
        "remove",
        "unwait",
    ),
    *(
        "told",
        "first_day",
        "last_day",
        "take",
        "topic",
        "goal",
        "day",
        "starts_at",
        "minutes",
        "room",
        "source",
    ),
    *(
        "start",
        "over",
        "shown",
        "rows-0-member_id",
        "rows-0-codes",
        "rows-0-wishes",
        "rows-0-contact",
        "audience",
    ),
    *(
        "age_from",
        "codes",
        "reason",
        "only",
        "action",
        "why",
        "member",
        "back",
        "analysis",
        "equipment",
        "do",
    ),
    *("liked", "text", "people", "caption", "next", "undo", "entries", "entered_on", "mark", "note", "q"),
)


@pytest.fixture
def own(leader):
    return club_of(leader)


@pytest.fixture
def other(app):
    return club_of(make_user("pedagogue"))


@pytest.fixture
def visitor(app, leader):
    return Client(app, leader)


def everything():
    """All rows of the database, but for traces of looking."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
            if table.name not in ("family_looks", "drafts")
        }


@pytest.mark.parametrize("value", NASTY, ids=lambda value: repr(value[:12]))
def test_nothing_that_is_typed_brings_a_page_down(visitor, own, value):
    token = visitor.token()
    pages = [f"/clubs/{own['club_id']}/{page}" for page in CLUB]
    pages += [f"/clubs/sessions/{own['session_id']}/{page}" for page in SESSION]
    pages += ["/journal/state-system", f"/f/{feedback.token_of(int(own['session_id']))}"]
    for page in pages:
        data = dict.fromkeys(FIELDS, value) | {"csrf_token": token, f"mark-{own['member_id']}": value}
        data["picture"] = (io.BytesIO(PIXEL), "а.png")
        answer = visitor.http.post(page, data=data, content_type="multipart/form-data")
        assert answer.status_code in (200, 303, 400, 422), f"{answer.status_code} {page}"
    asked = dict.fromkeys(("q", "week", "month", "club", "moved", "from", "until"), value[:5000])
    for page in ("/clubs/", "/clubs/month", "/clubs/interests", "/clubs/results", "/journal/state-system"):
        assert visitor.http.get(page, query_string=asked).status_code == 200, page
    assert audit.verify()[1] is None


@pytest.fixture
def session(leader):
    return make_session(make_club(leader), clock.today(), starts_at=time())


@pytest.fixture
def child(session):
    member = make_recipient(db.session.get_one(Club, session.club_id))
    make_booking(session, member, status="came")
    return member


def test_a_reason_loses_signs_that_no_database_keeps(visitor, session, child, leader):
    bookings.close_attendance(session.id, leader.id)
    mark = {f"mark-{child.id}": "absent", "only": str(child.id)}
    visitor.post(f"/clubs/sessions/{session.id}/attendance", status=200, why="заболел\x00а\u202e", **mark)
    db.session.rollback()
    assert db.session.scalars(select(JournalEntry.voided)).one() == "заболела"


def test_nobody_from_elsewhere_is_booked_asked_or_assessed(visitor, own, other):
    club, stranger = f"/clubs/{own['club_id']}", str(other["member_id"])
    before = everything()
    visitor.post(f"/clubs/sessions/{own['session_id']}/bookings", member=stranger)
    rows = {"rows-0-member_id": stranger}
    scores = {f"rows-0-{skill}": "4" for skill in SKILLS}
    visitor.post(f"{club}/survey", status=422, day=str(clock.today()), **rows, **{"rows-0-codes": "music"})
    visitor.post(f"{club}/skills", status=422, day=str(clock.today()), **rows, **scores)
    for what in ("remove", "unwait", "told"):
        visitor.post(f"{club}/participants", **{what: stranger})
    absent = {f"mark-{stranger}": "absent"}
    visitor.post(f"/clubs/sessions/{own['session_id']}/attendance", status=422, action="save", **absent)
    assert everything() == before


def test_what_is_another_s_is_out_of_reach_under_ones_own_address(visitor, own, other):
    photos = f"/clubs/sessions/{own['session_id']}/photos"
    visitor.get(f"{photos}/{other['photo_id']}", status=404)
    visitor.post(f"{photos}/{other['photo_id']}/delete", status=404)
    visitor.get(f"/clubs/{own['club_id']}/photo-consents/{other['member_id']}/scan", status=404)
    visitor.post("/journal/state-system", entries=str(other["service_id"]), entered_on=str(clock.today()))
    db.session.rollback()
    assert db.session.scalars(select(StateSystemMark)).all() == []
    assert len(db.session.scalars(select(SessionPhoto)).all()) == 2


def test_a_pedagogue_gives_no_club_to_a_colleague(visitor, own, leader):
    colleague = make_user("pedagogue")
    visitor.post(f"/clubs/{own['club_id']}/edit", name="Театр", capacity="12", leader_id=str(colleague.id))
    visitor.post("/clubs/new", name="Хор", capacity="12", leader_id=str(colleague.id))
    db.session.rollback()
    assert set(db.session.scalars(select(Club.leader_id))) == {leader.id}


def test_what_is_typed_is_text_on_every_page(app, visitor, leader):
    names = {"name": SCRIPT, "room": SCRIPT, "about": SCRIPT, "capacity": "12"}
    visitor.post("/clubs/new", **names)
    club_id = db.session.scalars(select(Club.id)).one()
    day, texts = str(clock.today() + timedelta(days=1)), {"topic": SCRIPT, "goal": SCRIPT}
    visitor.post(f"/clubs/{club_id}/sessions/new", day=day, starts_at="12:00", minutes="60", **texts)
    session_id = db.session.scalars(select(ClubSession.id)).one()
    at = f"/clubs/sessions/{session_id}"
    visitor.get(at)
    assert SCRIPT in visitor.text
    pages = ["/", "/clubs/", "/clubs/month", "/clubs/results"]
    pages += [f"/clubs/{club_id}{page}" for page in ("", "/participants")]
    pages += [f"{at}/{page}" for page in ("attendance", "move", "feedback/", "feedback/poster", "run")]
    for page in pages:
        assert SCRIPT not in visitor.get(page).text, page
    door = f"/f/{feedback.token_of(session_id)}"
    assert SCRIPT not in Client(app).get(door).text
    visitor.post(f"{at}/cancel", reason=SCRIPT)
    assert SCRIPT not in visitor.get(at).text


def test_an_address_of_the_door_is_of_its_session_alone(app, session):
    token, client = feedback.token_of(session.id), Client(app)
    _, _, seal = token.partition(".")
    forged = [f"{session.id + 1}.{seal}", token[:-1], f"{token}x", f" {token}", token.upper(), f"null.{seal}"]
    with app.test_request_context():
        signer = URLSafeSerializer(app.config["SECRET_KEY"], salt="another")
        forged += [str(signer.dumps(session.id))]
    for one in forged:
        assert client.http.get(f"/f/{one}").status_code == 404, one
