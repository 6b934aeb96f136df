"""A meeting with everything that can happen in one, made by the actions: what its record holds is then proved."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from portal.consilium import actions, agenda, decisions, dissents, minutes_actions, papers, presence, recusals
from portal.consilium.minutes_models import Minutes
from portal.db import db
from tests.consilium.rows import (
    People,
    make_meeting,
    make_people,
    make_submitted,
    open_with,
    propose,
    propose_removal,
    vote_all,
)
from tests.factories import make_patronage, make_user


@dataclass
class Held:
    """A meeting that is over, and one that goes on."""

    people: People
    meeting_id: int
    carried: int
    rejected: int
    removed: int
    deferred: int
    voting: int


def hold() -> Held:
    """Carried, rejected, removed, put off; paper, recusal, entered vote, dissent, presence to and fro; signatures."""
    people = make_people(4)
    chair, secretary, members = people.chair.id, people.secretary.id, people.members
    meeting_id = make_meeting(people)
    carried = propose(people, meeting_id, make_submitted("Первая"), note="Просит мать")
    rejected = propose(people, meeting_id, make_submitted("Вторая"))
    at_work = make_patronage(lead=make_user("specialist"), stage="final")
    removed = propose_removal(people, meeting_id, at_work)
    deferred = propose(people, meeting_id, make_submitted("Третья"))
    paper = BytesIO()
    Image.new("RGB", (8, 8), "white").save(paper, "PNG")
    papers.lay_paper(carried, "Акт обследования", (paper.getvalue(), "image/png"), secretary)
    taken_off = propose(people, meeting_id, make_submitted("Лишняя"))
    agenda.move_item(rejected, True, secretary)
    agenda.take_off(taken_off, secretary)
    open_with(people, meeting_id)
    presence.mark_presence(meeting_id, members[3].id, "absent", secretary)
    presence.mark_presence(meeting_id, members[3].id, "video", secretary)
    recusals.recuse(carried, members[0].id, "Работаю с семьёй", members[0].id)
    recusals.recuse(rejected, members[1].id, "По ошибке", members[1].id)
    recusals.take_back(rejected, members[1].id, members[1].id, keeps_presence=False)
    _decide(people, carried, chair="for", two="for", three="against", entered="for")
    dissents.state_dissent(carried, members[2].id, "Считаю, что рано")
    decisions.open_voting(rejected, chair)
    vote_all(people, rejected, "against", "against", "for", "abstain")
    presence.mark_presence(meeting_id, members[0].id, "absent", secretary)
    decisions.close_item(rejected, chair)
    presence.mark_presence(meeting_id, members[0].id, "present", secretary)
    decisions.open_voting(removed, chair)
    vote_all(people, removed, "for", "for", "for", "for", "for")
    decisions.close_item(removed, chair)
    decisions.open_voting(deferred, chair)
    vote_all(people, deferred, "for", "against")
    decisions.defer_item(deferred, "Нужны справки", chair)
    actions.close_meeting(meeting_id, chair)
    sign_minutes(people, meeting_id)
    return Held(people, meeting_id, carried, rejected, removed, deferred, _next_meeting(people))


def _decide(people: People, item_id: int, *, chair: str, two: str, three: str, entered: str) -> None:
    members = people.members
    decisions.open_voting(item_id, people.chair.id)
    decisions.cast_vote(item_id, people.chair.id, chair, "Согласие есть")
    decisions.cast_vote(item_id, members[1].id, two)
    decisions.cast_vote(item_id, members[2].id, three, "Курс не окончен")
    decisions.enter_vote(item_id, members[3].id, entered, "", people.secretary.id)
    decisions.close_item(item_id, people.chair.id)


def _next_meeting(people: People) -> int:
    """An open meeting with an item being voted on."""
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted("Четвёртая"))
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, "for", "against")
    return item_id


def offer_minutes(people: People, meeting_id: int) -> str:
    """The minutes written and offered for signing; their digest."""
    minutes_actions.write(meeting_id, people.secretary.id, 0, "Прочее", {})
    minutes_actions.offer(meeting_id, people.secretary.id)
    return db.session.get_one(Minutes, meeting_id, populate_existing=True).digest


def sign_minutes(people: People, meeting_id: int) -> None:
    """The minutes offered, signed by chair and secretary; one member refuses to."""
    digest = offer_minutes(people, meeting_id)
    for user_id in (people.chair.id, people.secretary.id):
        minutes_actions.sign(meeting_id, user_id, digest)
    refuses = (people.members[2].id, "refused", "Не согласна с решением")
    minutes_actions.note_unsigned(meeting_id, *refuses, digest, people.secretary.id)
