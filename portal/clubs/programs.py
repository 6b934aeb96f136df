"""What changes the program of a club: a draft is begun, written, put in force or thrown away; topics are laid out."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import program_queries as queries
from portal.clubs.actions import open_club
from portal.clubs.models import Club, ClubSession
from portal.clubs.program_models import ClubProgram, ClubTopic
from portal.clubs.program_texts import TEMPLATES
from portal.db import atomic
from portal.rules import N_, RuleBroken, check_seen
from portal.rules import club_programs as rules
from portal.rules.club_programs import Content


def start_program(club_id: int, actor_id: int, *, template: str = "", source_id: int | None = None) -> int:
    """Begin the next version: from a template, from any version of any club, or empty. Gives its id.

    Raises club_closed, in_work (a draft is there), no_source.
    """
    with atomic() as s:
        open_club(s, club_id)
        if queries.version_of(s, club_id, "draft") is not None:
            message = N_("A new version of this program is being written already. Go on with that one.")
            raise RuleBroken("in_work", message)
        content = _source(s, template, source_id)
        newest = s.scalar(select(func.max(ClubProgram.version)).where(ClubProgram.club_id == club_id)) or 0
        draft = ClubProgram(club_id=club_id, version=newest + 1, made_by_id=actor_id, made_at=clock.now())
        _write(s, draft, content)
        new = _facts(draft) | {"template": template, "from": source_id, "topics": len(content.topics)}
        audit.record(s, Event.CLUB_PROGRAM_STARTED, actor_id, draft, new=new)
        return draft.id


def _source(s: Session, template: str, source_id: int | None) -> Content:
    if template:
        if template not in TEMPLATES:
            raise _no_source()
        return TEMPLATES[template]
    if source_id is None:
        return Content()
    source = s.get(ClubProgram, source_id)
    if source is None:
        raise _no_source()
    return queries.content_of(s, source)


def _no_source() -> RuleBroken:
    return RuleBroken("no_source", N_("There is no such program to start from. Choose another one."))


def save_program(program_id: int, actor_id: int, revision: int, content: Content, why: str = "") -> None:
    """Keep what was typed into a draft. Raises not_draft, changed_meanwhile, club_closed."""
    with atomic() as s:
        draft = _draft(s, program_id, revision)
        before = queries.content_of(s, draft)
        old, draft.why = _facts(draft), why
        draft.revision += 1
        _write(s, draft, content)
        changes = [f"{one.of} {one.how}" for one in rules.difference(before, content)]
        new = _facts(draft) | {"topics": len(content.topics), "changes": changes}
        audit.record(s, Event.CLUB_PROGRAM_CHANGED, actor_id, draft, old=old, new=new)


def put_in_force(program_id: int, actor_id: int, revision: int) -> None:
    """The draft is the club's program from today on; the one before is superseded, both stay as they are.

    Raises not_draft, changed_meanwhile, club_closed, and what `check_ready` does.
    """
    with atomic() as s:
        draft = _draft(s, program_id, revision)
        content = queries.content_of(s, draft)
        rules.check_ready(content)
        before = queries.version_of(s, draft.club_id, "in_force")
        if before is not None:
            before.status = "superseded"
            s.flush()
        draft.status, draft.in_force_on = "in_force", clock.today()
        s.get_one(Club, draft.club_id).changed_at = clock.now()
        new = _facts(draft) | {"supersedes": before.version if before else None}
        audit.record(s, Event.CLUB_PROGRAM_IN_FORCE, actor_id, draft, old={"status": "draft"}, new=new)


def discard_program(program_id: int, actor_id: int, revision: int) -> None:
    """Throw a draft away; what is in force stays. Raises not_draft, changed_meanwhile."""
    with atomic() as s:
        draft = _draft(s, program_id, revision, of_open_club=False)
        old = _facts(draft)
        s.execute(delete(ClubTopic).where(ClubTopic.program_id == draft.id))
        s.delete(draft)
        audit.record(s, Event.CLUB_PROGRAM_DISCARDED, actor_id, draft, old=old)


def lay_out(club_id: int, actor_id: int, chosen: Sequence[tuple[int, int]]) -> int:
    """Give coming sessions (session id, topic id of the program in force) topic, goal and what is to be prepared.

    Gives how many have changed. Raises club_closed, no_program, changed_meanwhile.
    """
    with atomic() as s:
        club = open_club(s, club_id)
        program = queries.version_of(s, club_id, "in_force")
        if program is None:
            raise RuleBroken("no_program", N_("The club has no program in force yet."))
        topics = {row.id: row for row in queries.topics_of(s, program.id)}
        sessions = {row.id: row for row in queries.coming_sessions(s, club_id)}
        if not {one for one, _topic in chosen} <= set(sessions) or not {to for _, to in chosen} <= set(
            topics
        ):
            message = N_("Sessions or program have changed meanwhile. Look at the plan below once more.")
            raise RuleBroken("changed_meanwhile", message)
        given = _props(s, sessions.values())
        laid = [pair for pair in chosen if _give(s, sessions[pair[0]], topics[pair[1]], given)]
        if laid:
            club.changed_at = clock.now()
        new = {"program_id": program.id, "sessions": laid}
        audit.record(s, Event.CLUB_TOPICS_LAID, actor_id, club, new=new)
        return len(laid)


def _props(s: Session, sessions: Iterable[ClubSession]) -> dict[int, str]:
    """What is to be prepared for the topics that the sessions have now."""
    query = select(ClubTopic.id, ClubTopic.props).where(ClubTopic.id.in_({one.topic_id for one in sessions}))
    return {row.id: row.props for row in s.execute(query)}


def _give(s: Session, session: ClubSession, topic: ClubTopic, given: dict[int, str]) -> bool:
    """Whether the session has changed by it. What somebody wrote by hand of its equipment stays."""
    values = {"topic_id": topic.id, "topic": topic.title, "goal": topic.goal}
    if session.equipment in ("", given.get(session.topic_id or 0, "")):
        values["equipment"] = topic.props
    if all(getattr(session, name) == value for name, value in values.items()):
        return False
    s.execute(update(ClubSession).where(ClubSession.id == session.id).values(**values))
    return True


def _draft(s: Session, program_id: int, revision: int, of_open_club: bool = True) -> ClubProgram:
    draft = s.get(ClubProgram, program_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise RuleBroken("gone", N_("This draft was thrown away meanwhile."))
    if of_open_club:
        open_club(s, draft.club_id)
    rules.check_draft(draft.status)
    message = N_("Somebody has changed this program meanwhile. Compare with what is stored, then save again.")
    check_seen(draft.revision, revision, message)
    return draft


def _write(s: Session, draft: ClubProgram, content: Content) -> None:
    for name in rules.TEXTS:
        setattr(draft, name, getattr(content, name))
    s.add(draft)
    s.flush()
    s.execute(delete(ClubTopic).where(ClubTopic.program_id == draft.id))
    for position, topic in enumerate(content.topics, 1):
        s.add(ClubTopic(program_id=draft.id, position=position, **vars(topic)))
    s.flush()


def _facts(program: ClubProgram) -> dict[str, Any]:
    return {"club_id": program.club_id, "version": program.version, "status": program.status or "draft"}
