"""A consilium with its people, and meetings in each state, made by the actions themselves."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from portal import clock
from portal.accounts.models import User
from portal.consilium import actions, agenda, decisions
from portal.patronage.models import Patronage
from tests.factories import make_analysis, make_consent, make_family, make_patronage, make_roll, make_user


@dataclass
class People:
    """The consilium's people, and a specialist and a psychologist for its families."""

    chair: User
    secretary: User
    members: list[User]
    head: User
    lead: User
    psychologist: User

    @property
    def voters(self) -> list[User]:
        """Those who vote."""
        return [self.chair, *self.members]


def make_people(members: int = 3) -> People:
    """A chair, a secretary without a vote, members, all on the roll."""
    people = People(
        chair=make_user("chair", last_name="Председателева"),
        secretary=make_user("secretary", last_name="Секретарёва"),
        members=[make_user("member", last_name=f"Членова{n}") for n in range(members)],
        head=make_user("head", last_name="Заведующая"),
        lead=make_user("specialist", last_name="Ведущая", position="социальный педагог"),
        psychologist=make_user("specialist", last_name="Психологова", position="педагог-психолог"),
    )
    make_roll(people.chair, people.members, people.secretary)
    return people


def make_submitted(surname: str = "Соколова", consent: bool = True, **fields: object) -> Patronage:
    """A family before the consilium, with a consent in force and a finished course."""
    course = fields.pop("course_ended_on", clock.today() - timedelta(5))
    family = make_family(surname, course_ended_on=course, **fields)
    if consent:
        make_consent(family)
    return make_patronage(family, status="submitted")


def make_meeting(people: People, days: int = 0) -> int:
    """A draft."""
    day: date = clock.today() + timedelta(days)
    return actions.create_meeting(day, time(10), "каб. 12", "", people.secretary.id)


def propose(people: People, meeting_id: int, patronage: Patronage, **changed: object) -> int:
    """An item to enroll."""
    values: dict = {"regime": "planned", "term": "long", "ends_on": None, "lead_id": people.lead.id}
    values |= {"involved": [people.psychologist.id]} | changed
    return agenda.add_enroll_item(meeting_id, patronage.id, **values, actor_id=people.secretary.id)


def propose_removal(
    people: People, meeting_id: int, patronage: Patronage, reason: str = "aims_reached"
) -> int:
    """An item to remove; the analysis is written first."""
    make_analysis(patronage, people.lead)
    return agenda.add_remove_item(meeting_id, patronage.id, reason=reason, actor_id=people.secretary.id)


def open_with(people: People, meeting_id: int, present: list[User] | None = None) -> None:
    """Convene and open the meeting; `present` (all the voters) are marked."""
    actions.convene(meeting_id, people.chair.id)
    actions.open_meeting(meeting_id, people.chair.id)
    for user in people.voters if present is None else present:
        actions.mark_presence(meeting_id, user.id, "present", people.secretary.id)


def make_vote(people: People, surname: str = "Соколова") -> tuple[int, int, Patronage]:
    """An open meeting with one item to enroll being voted on: meeting, item, patronage."""
    patronage = make_submitted(surname)
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, patronage)
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    return meeting_id, item_id, patronage


def vote_all(people: People, item_id: int, *choices: str) -> None:
    """The voters vote in the order chair, members."""
    for user, choice in zip(people.voters, choices, strict=False):
        decisions.cast_vote(item_id, user.id, choice)
