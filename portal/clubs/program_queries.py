"""What is read of the programs of clubs: versions, topics, and how they lie over the coming sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.access import LARGEST_ID
from portal.accounts.models import User
from portal.clubs.models import Club, ClubSession
from portal.clubs.program_models import ClubProgram, ClubTopic
from portal.clubs.queries import owns
from portal.db import db
from portal.rules.club_programs import Content, Topic, next_topic
from portal.rules.names import normalise

MOST_SESSIONS = 120
_MAKER = (User.last_name, User.first_name, User.middle_name)


@dataclass(frozen=True)
class Laid:
    """A coming session with the topic that it would get; None where none is left, or it keeps its own."""

    session: Any
    topic: ClubTopic | None

    @property
    def changes(self) -> bool:
        """Whether it would say something else than now."""
        if self.topic is None:
            return False
        now = (self.session.topic_id, self.session.topic, self.session.goal)
        return now != (self.topic.id, self.topic.title, self.topic.goal)


def get_program(_user: Any, club_program_id: int) -> ClubProgram | None:
    """Any version: what a club does is open to all who work here."""
    return db.session.get(ClubProgram, club_program_id) if club_program_id <= LARGEST_ID else None


def own_program(user: Any, club_program_id: int) -> ClubProgram | None:
    """A version of a club that the user may change."""
    program = get_program(user, club_program_id)
    club = db.session.get(Club, program.club_id) if program is not None else None
    return program if club is not None and owns(user, club) else None


def version_of(s: Session, club_id: int, status: str) -> ClubProgram | None:
    """The club's draft, or its program in force."""
    found: ClubProgram | None = s.scalar(
        select(ClubProgram).where(ClubProgram.club_id == club_id, ClubProgram.status == status)
    )
    return found


def before(program: ClubProgram) -> ClubProgram | None:
    """The version before this one."""
    query = select(ClubProgram).where(
        ClubProgram.club_id == program.club_id, ClubProgram.version < program.version
    )
    return db.session.scalar(query.order_by(ClubProgram.version.desc()).limit(1))


def topics_of(s: Session, program_id: int) -> list[ClubTopic]:
    """The topics in their order."""
    query = select(ClubTopic).where(ClubTopic.program_id == program_id)
    return list(s.scalars(query.order_by(ClubTopic.position)))


def content_of(s: Session, program: ClubProgram) -> Content:
    """All that is written in the version."""
    return content_from(program, topics_of(s, program.id))


def content_from(program: ClubProgram, topics: Iterable[ClubTopic]) -> Content:
    """The same of rows that were read already."""
    found = (Topic(row.title, row.goal, row.methods, row.props) for row in topics)
    return Content(program.title, program.aims, program.audience, tuple(found))


def versions(club_id: int) -> list[Any]:
    """All versions of the club, the newest first: with who made them and how many topics they have."""
    topics = select(func.count()).where(ClubTopic.program_id == ClubProgram.id).scalar_subquery()
    query = select(
        *(ClubProgram.id, ClubProgram.version, ClubProgram.status, ClubProgram.title, ClubProgram.why),
        *(ClubProgram.made_at, ClubProgram.in_force_on, *_MAKER, topics.label("topics")),
    ).join(User, User.id == ClubProgram.made_by_id)
    query = query.where(ClubProgram.club_id == club_id).order_by(ClubProgram.version.desc())
    return list(db.session.execute(query).all())


def others_in_force(club_id: int) -> list[Any]:
    """Programs in force of other clubs, to start from."""
    query = select(ClubProgram.id, ClubProgram.title, Club.name.label("club")).join(Club)
    query = query.where(ClubProgram.status == "in_force", ClubProgram.club_id != club_id)
    return list(db.session.execute(query.order_by(Club.name, ClubProgram.id)).all())


def coming_sessions(s: Session, club_id: int) -> list[Any]:
    """Sessions from today on that nobody has held yet, in their order."""
    query = select(
        *(ClubSession.id, ClubSession.day, ClubSession.starts_at, ClubSession.minutes, ClubSession.status),
        *(ClubSession.topic_id, ClubSession.topic, ClubSession.goal, ClubSession.equipment),
    ).where(
        ClubSession.club_id == club_id,
        ClubSession.day >= clock.today(),
        ClubSession.status.in_(("planned", "announced")),
    )
    order = (ClubSession.day, ClubSession.starts_at, ClubSession.id)
    return list(s.execute(query.order_by(*order).limit(MOST_SESSIONS)).all())


def given_topics(club_id: int) -> set[str]:
    """The topics of sessions that were held, in any version, as titles are compared."""
    query = select(ClubSession.topic).where(
        ClubSession.club_id == club_id, ClubSession.status.in_(("held", "summed_up"))
    )
    return {normalise(title) for title in db.session.scalars(query.distinct()) if title}


def coming_topics(club_id: int) -> set[str]:
    """The topics of sessions to come, in the same way."""
    return {normalise(row.topic) for row in coming_sessions(db.session(), club_id) if row.topic}


def first_left(topics: list[ClubTopic], there: set[str]) -> int:
    """The place, from 0, of the topic that is next after those that are `there`; 0 once all are."""
    place = next_topic([normalise(row.title) for row in topics], there)
    return place if place < len(topics) else 0


def left_over(topics: list[ClubTopic], there: set[str], laid: list[Laid]) -> int:
    """How many topics neither are `there` nor would get a session."""
    placed = {one.topic.id for one in laid if one.topic is not None}
    return sum(row.id not in placed and normalise(row.title) not in there for row in topics)


def laid_out(club_id: int, topics: list[ClubTopic], start: int, over: bool) -> list[Laid]:
    """The coming sessions with the topics from `start` on in order; `over`: those that have a topic get theirs too."""
    left, found = iter(topics[start:]), []
    for session in coming_sessions(db.session(), club_id):
        takes = over or not session.topic
        found.append(Laid(session, next(left, None) if takes else None))
    return found
