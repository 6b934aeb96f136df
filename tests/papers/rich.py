"""A family of whom the record holds everything."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import update

from portal import clock
from portal.accounts.models import User
from portal.clubs.group_models import PhotoConsent
from portal.consilium import actions
from portal.consilium.models import Decision, Item, Meeting
from portal.contacts import actions as contacts
from portal.db import db, technical
from portal.families.models import Consent, ConsentSignature, Family, FamilyCategory, FamilyMember
from portal.journal import actions as journal
from portal.papers.months_of import month_id
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.plans.models import PlanGoal, PlanMeasure
from portal.procedures import runs
from portal.programs import actions as programs
from portal.programs.values import ProgramValues, TaskValues
from portal.referrals import links
from portal.referrals.links import LinkValues
from tests.factories import _add, make_assignment, make_diagnosis, make_family, make_plan, make_user
from tests.intake.papers import enter, sign, survey
from tests.journal.rows import entry_of
from tests.procedures.rows import finish, plan


@dataclass
class World:
    """The people of the tests, and by kind of paper the id of what it is made of."""

    lead: User
    head: User
    logopedist: User
    family: Family
    patronage: Patronage
    ids: dict[str, int]

    def member(self, place: int) -> FamilyMember:
        """Of the family, in the card's order."""
        return self.family.members[place]


def make_world() -> World:
    """Everything there can be of a family, made by the actions wherever they can."""
    lead = make_user("specialist", last_name="Ведущая", position="социальный педагог")
    logopedist = make_user("specialist", last_name="Логопедова", position="логопед")
    head = make_user("head", last_name="Главная", position="заведующий отделением")
    family = make_people(lead)
    patronage = _add(
        Patronage(
            family_id=family.id,
            status="consented",
            opened_on=ago(40),
            ground="course_end",
            basis="протокол № 3",
        )
    )
    family_id, patronage_id = family.id, patronage.id
    enter(family_id, lead.id, about="Осталась без работы", received_on=ago(39), course_ended_on=ago(50))
    conditions = {
        "present": "мать, бабушка",
        "housing": "Две комнаты",
        "income": "Пособие",
        "health": "Здоровы",
    }
    conditions |= {
        "upbringing": "Есть стол",
        "relations": "Тёплые",
        "needs": "Работа",
        "conclusion": "Помочь",
    }
    survey(family_id, lead.id, done_on=ago(38), **conditions)
    sign(family_id, lead.id, number="12/п", signed_on=ago(37))
    with technical() as s:
        values = {"status": "enrolled", "regime": "planned", "term": "short", "stage": "main"}
        days = {"enrolled_on": ago(35), "ends_on": ago(-90)}
        s.execute(update(Patronage).where(Patronage.id == patronage_id).values(values | days))
    patronage = db.session.get_one(Patronage, patronage_id, populate_existing=True)
    make_assignment(patronage, lead)
    make_assignment(patronage, logopedist, "involved")
    ids = {"family-card": family_id, "application": patronage_id, "survey-report": patronage_id}
    ids |= {"service-agreement": patronage_id, "visit-schedule": patronage_id}
    ids |= {"outing-log": month_id(lead.id, clock.today())}
    world = World(lead, head, logopedist, family, patronage, ids)
    world.ids |= _consents(world) | _assessed(world) | _met(world) | _closed(world)
    _decided(world)
    links.add_link(
        family_id,
        lead.id,
        LinkValues("relative", "бабушка", "Нина Павловна", "+79997654321", "Сидит с детьми"),
    )
    return world


def ago(days: int) -> date:
    """A day in the past."""
    return clock.today() - timedelta(days)


def make_people(lead: User) -> Family:
    """Two representatives, a girl of fifteen, a boy of whom the year is known, and a son who has left."""
    family = make_family(
        "Кукушкина", children=0, phone="+79991234567", course_ended_on=ago(50), created_by_id=lead.id
    )
    year = clock.today().year
    people = [
        ("representative", "Кукушкин", "Олег", "Петрович", {"relation": "отец", "phone": "+79991112233"}),
        ("minor", "Кукушкина", "Анна", "Олеговна", {"birth_date": date(year - 15, 1, 2)}),
        ("minor", "Кукушкин", "Иван", "Олегович", {"birth_year": year - 8}),
        ("minor", "Кукушкин", "Пётр", "Олегович", {"birth_year": year - 12, "left_on": ago(5)}),
    ]
    for kind, last, first, middle, more in people:
        row = FamilyMember(
            family_id=family.id, kind=kind, last_name=last, first_name=first, middle_name=middle
        )
        for name, value in more.items():
            setattr(row, name, value)
        _add(row)
    with technical() as s:
        mother = {"relation": "мать", "birth_date": date(1990, 3, 12)}
        s.execute(update(FamilyMember).where(FamilyMember.id == family.members[0].id).values(mother))
        values = {"other_phones": "+79992223344", "note": "Звонить вечером"}
        s.execute(update(Family).where(Family.id == family.id).values(values))
        s.add(FamilyCategory(family_id=family.id, code="large"))
    db.session.rollback()
    return db.session.get_one(Family, family.id, populate_existing=True)


def _consents(world: World) -> dict[str, int]:
    mother, father, anna = world.member(0).id, world.member(1).id, world.member(2).id
    consent = _add(
        Consent(
            family_id=world.family.id, representative_id=mother, given_on=ago(39), recorded_at=clock.now()
        )
    )
    _add(ConsentSignature(consent_id=consent.id, minor_id=anna))
    withdrawn = _add(
        Consent(
            family_id=world.family.id,
            representative_id=father,
            given_on=ago(30),
            withdrawn_on=ago(2),
            withdrawal_reason="Больше не нужно",
            recorded_at=clock.now(),
        )
    )
    _add(
        PhotoConsent(
            member_id=anna,
            given_by_id=father,
            given_on=ago(10),
            recorded_by_id=world.lead.id,
            recorded_at=clock.now(),
        )
    )
    return {
        "consent": mother,
        "withdrawal": withdrawn.id,
        "personal-data-consent": mother,
        "photo-consent": anna,
    }


def _assessed(world: World) -> dict[str, int]:
    first = make_diagnosis(world.patronage, world.lead, score=3, state="approved", day=ago(34))
    said = {"place_in_society": "Не работает", "surroundings": "Бабушка рядом", "family_relations": "Дружные"}
    said |= {
        "problems": "Долги",
        "causes": "Потеря работы",
        "crisis_nature": "Кризис дохода",
        "risks": "Голод",
    }
    said |= {
        "strengths": "Забота",
        "resources": "Школа",
        "family_view": "Справимся",
        "conclusion": "Найти работу",
    }
    second = make_diagnosis(
        *(world.patronage, world.lead),
        score=1,
        state="approved",
        number=2,
        day=ago(4),
        copied_from_id=first.id,
        **said,
    )
    made = make_plan(
        world.patronage,
        world.lead,
        due=(7, 14),
        resources="Бабушка",
        wishes="Работа",
        family_part="Встать на учёт",
    )
    with technical() as s:
        goal = s.query(PlanGoal).filter_by(plan_id=made.id).one()
        rows = s.query(PlanMeasure).filter_by(plan_id=made.id).order_by(PlanMeasure.position).all()
        rows[0].state, rows[0].done_on, rows[0].result = "done", ago(1), "Встала на учёт"
        rows[0].family_part = "Собрать справки"
        rows[1].kind, rows[1].user_id, rows[1].body, rows[1].goal_id = "leisure", None, "school", goal.id
    with technical() as s:
        agreed = {"agreed_on": ago(33), "agreed_with_id": world.member(0).id}
        approved = {"approved_by_id": world.head.id, "approved_at": clock.now(), "state": "in_force"}
        s.execute(update(type(made)).where(type(made).id == made.id).values(agreed | approved))
    return {"social-diagnosis": second.id, "support-plan": made.id}


def _met(world: World) -> dict[str, int]:
    patronage, lead, mother = world.patronage, world.lead, world.member(0).id
    program = ProgramValues("ipr", "semi", ago(60))
    program_id = programs.create_program(world.member(2).id, lead.id, program)
    programs.set_task(program_id, lead.id, TaskValues(world.logopedist.id, "Читать вслух", ago(30)))
    visit = plan(patronage, lead, day=clock.today(), starts_at=time(10), members=[mother])
    contacts.confirm_contact(visit, lead.id)
    runs.mark_step(visit, "agree_call", lead.id, "done", "Мать будет дома")
    runs.raise_branch(visit, "ignored", lead.id, "Не читают вслух", world.logopedist.id)
    for line in ("ignored_reasons", "ignored_support"):
        runs.mark_step(visit, line, lead.id, "done", "")
    finish(
        visit,
        lead,
        minutes=55,
        notes="Обсудили план",
        recommendations="Читать каждый день",
        members=[mother],
        why_open="Не успели",
    )
    entry = entry_of(visit)
    journal.sign_entry(
        entry.id, lead.id, entry.revision, how="refused", signer_id=mother, refusal="Торопилась"
    )
    plan(patronage, lead, "video", day=ago(-9), starts_at=time(15), reason="отъезд", channel="max")
    call = contacts.record_contact(
        patronage.id, lead.id, lead.id, kind="call", day=ago(3), starts_at=time(11), minutes=30,
        reason="карантин", channel="phone", members=[mother], notes="Поговорили",
    )  # fmt: skip
    world.ids["call"] = call
    return {"visit-sheet": visit}


def _closed(world: World) -> dict[str, int]:
    _add(
        ClosingAnalysis(
            patronage_id=world.patronage.id,
            body="Мать нашла работу.\nДети учатся.",
            author_id=world.lead.id,
            written_at=clock.now(),
            approved_by_id=world.head.id,
            approved_at=clock.now(),
        )
    )
    return {"closing-analysis": world.patronage.id}


def _decided(world: World) -> None:
    make_user("chair")
    meeting_id = actions.create_meeting(clock.today(), time(10), "каб. 12", "", world.head.id)
    assert db.session.get(Meeting, meeting_id)
    item = _add(
        Item(
            meeting_id=meeting_id,
            patronage_id=world.patronage.id,
            kind="enroll",
            position=1,
            status="carried",
        )
    )
    _add(
        Decision(
            year=clock.today().year, number=1, item_id=item.id, patronage_id=world.patronage.id, kind="enroll",
            carried=True, decided_on=ago(35),
        )
    )  # fmt: skip
