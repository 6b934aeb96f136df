"""A small centre to begin every run from, and the way back to it: a copy of the database as it was made."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import select

from portal import clock, memory
from portal.config import Config
from portal.consilium import actions as meetings
from portal.consilium import agenda, decisions
from portal.consilium.models import Item, Meeting
from portal.db import db, technical
from portal.families import actions as families
from portal.families import consents
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from tests.conftest import _admin
from tests.factories import make_family, make_roll, make_user

BEGINS = datetime(2026, 9, 28, 6, 0, tzinfo=UTC)  # a Monday, nine in Moscow: months and a quarter end soon


def bounded(examples: int, steps: int) -> settings:
    """A run that is the same each time; STEPS=5000 makes a long one with new choices, told apart by their seed.

    `pytest --hypothesis-seed=N` repeats a long one. Nothing is shrunk: the steps of a run are its own story.
    """
    wanted = int(os.environ.get("STEPS", "0"))
    return settings(
        max_examples=max(1, wanted // steps) if wanted else examples,
        stateful_step_count=steps,
        derandomize=not wanted,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@dataclass
class People:
    """Who works here, by id."""

    workers: list[int] = field(default_factory=list)  # two specialists and a pedagogue
    heads: list[int] = field(default_factory=list)
    admin: int = 0
    chair: int = 0
    secretary: int = 0
    members: list[int] = field(default_factory=list)
    spare: int = 0  # a member who is on the roll now and then


class Ground:
    """The centre as every run begins it: people on their places, three families, two of them on patronage."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.app, self.config, self.people = app, config, People()
        app.config["TIMEZONE"] = "Europe/Moscow"
        with clock.pretend(BEGINS - timedelta(days=20)):
            self._people()
            self.families = [
                self._family(surname, n) for n, surname in enumerate(("Соколова", "Орлова", "Титова"))
            ]
        with clock.pretend(BEGINS - timedelta(days=14)):
            self.enroll(self.families[0], self.people.workers[0], "planned")
            self.enroll(self.families[1], self.people.workers[1], "emergency")
        self.more()
        self.spare = f"{config.database_url.rpartition('/')[2]}_kept"
        self._keep()

    def more(self) -> None:
        """What else is there."""

    def _people(self) -> None:
        they = self.people
        they.workers = [
            make_user("specialist", username="anna", last_name="Аннина", position="социальный педагог").id,
            make_user("specialist", username="boris", last_name="Борисова").id,
            make_user("pedagogue", username="vera", last_name="Верина", position="социальный педагог").id,
        ]
        they.heads = [
            make_user("head", username=name, last_name=last, position="специалист по социальной работе").id
            for name, last in (("galina", "Галина"), ("darya", "Дарьина"))
        ]
        they.admin = make_user("admin", username="admin", last_name="Админова").id
        chair, secretary = make_user("chair", username="chair"), make_user("secretary", username="secretary")
        members = [make_user("member", username=f"member{n}") for n in range(2)]
        make_roll(chair, members, secretary)
        they.spare = make_user("member", username="spare").id
        they.chair, they.secretary, they.members = chair.id, secretary.id, [one.id for one in members]

    def _family(self, surname: str, number: int) -> int:
        family = make_family(surname, children=2, course_ended_on=clock.today() - timedelta(30))
        with technical() as s:
            for one, name in zip(family.members[1:], ("Вера", "Илья"), strict=True):
                child = s.get_one(FamilyMember, one.id)
                child.first_name = name
            child.birth_date = clock.today() - timedelta(365 * 15)  # signs too (R1)
        families.open_episode(family.id, self.people.workers[number])
        return family.id

    def enroll(self, family_id: int, lead_id: int, regime: str) -> None:
        """The whole way from a consent to the vote."""
        adult, children = kin(family_id)
        minors = [one.id for one in children]
        consents.record_consent(family_id, lead_id, adult.id, clock.today() - timedelta(9), minors)
        families.submit_family(family_id, lead_id)
        self.meet("enroll", episode(family_id).id, lead_id=lead_id, regime=regime)

    def meet(self, kind: str, patronage_id: int, choice: str = "for", **values: object) -> None:
        """A meeting of today with this item, from its draft to its closing. Raises what stops it."""
        they = self.people
        meeting_id = meetings.create_meeting(clock.today(), time(10), "каб. 1", "", they.secretary)
        try:
            item_id = self._item(meeting_id, kind, patronage_id, values)
            meetings.convene(meeting_id, they.chair)
            meetings.open_meeting(meeting_id, they.chair)
            for user_id in (they.chair, *they.members):
                meetings.mark_presence(meeting_id, user_id, "present", they.secretary)
            decisions.open_voting(item_id, they.chair)
            for user_id in (they.chair, *they.members):
                decisions.cast_vote(item_id, user_id, choice)
            decisions.close_item(item_id, they.chair)
        finally:
            self._end(meeting_id)

    def _item(self, meeting_id: int, kind: str, patronage_id: int, values: dict) -> int:
        live = select(Item.id).where(Item.meeting_id == meeting_id, Item.patronage_id == patronage_id)
        there = db.session.scalar(live.where(Item.status == "waiting"))
        if there is not None:  # a withdrawn consent has brought it by itself
            return there
        if kind == "remove":
            return agenda.add_remove_item(
                meeting_id, patronage_id, reason="aims_reached", actor_id=self.people.secretary
            )
        proposed: dict = {"regime": "planned", "term": "long", "ends_on": None, "involved": []} | values
        return agenda.add_enroll_item(meeting_id, patronage_id, **proposed, actor_id=self.people.secretary)

    def _end(self, meeting_id: int) -> None:
        """Whatever happened, the meeting ends: what was being voted on is put off."""
        chair = self.people.chair
        voting = select(Item.id).where(Item.meeting_id == meeting_id, Item.status == "voting")
        item_id = db.session.scalar(voting)
        if item_id is not None:
            decisions.defer_item(item_id, "не решено", chair)
        status = db.session.scalar(select(Meeting.status).where(Meeting.id == meeting_id))
        (meetings.close_meeting if status == "open" else meetings.cancel_meeting)(meeting_id, chair)

    def _keep(self) -> None:
        self._let_go()
        if self.config.database_url:
            _admin(f"CREATE DATABASE {self.spare} TEMPLATE {self._name()} STRATEGY FILE_COPY")
        else:
            shutil.copy(self._file(), self._file().with_suffix(".kept"))

    def reset(self) -> None:
        """The database is again as it was kept."""
        self._let_go()
        if self.config.database_url:
            _admin(f"DROP DATABASE {self._name()} WITH (FORCE)")
            _admin(f"CREATE DATABASE {self._name()} TEMPLATE {self.spare} STRATEGY FILE_COPY")
        else:
            for tail in ("-wal", "-shm"):
                Path(f"{self._file()}{tail}").unlink(missing_ok=True)
            shutil.copy(self._file().with_suffix(".kept"), self._file())
        memory.forget(self.app)

    def close(self) -> None:
        """Leave nothing behind."""
        self._let_go()
        if self.config.database_url:
            _admin(f"DROP DATABASE {self.spare} WITH (FORCE)")

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()

    def _name(self) -> str:
        return self.config.database_url.rpartition("/")[2]

    def _file(self) -> Path:
        return self.config.instance / "portal.db"


@contextlib.contextmanager
def ground(app: Flask, config: Config, kind: type[Ground] = Ground) -> Iterator[Ground]:
    """The centre, for one test."""
    made = kind(app, config)
    try:
        yield made
    finally:
        made.close()


def episode(family_id: int) -> Patronage:
    """The family's latest episode."""
    query = select(Patronage).where(Patronage.family_id == family_id, Patronage.latest)
    return db.session.scalars(query).one()


def kin(family_id: int) -> tuple[FamilyMember, list[FamilyMember]]:
    """A representative of the family, and its children."""
    rows = list(db.session.scalars(select(FamilyMember).where(FamilyMember.family_id == family_id)))
    return next(one for one in rows if one.kind == "representative"), [
        one for one in rows if one.kind == "minor"
    ]
