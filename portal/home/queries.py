"""What waits for a user, and what the search finds."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import get_locale
from sqlalchemy import select

from portal import clock
from portal.access import WORKERS, Permission, Role, may
from portal.accounts.models import User, Visitor
from portal.consilium import reading
from portal.consilium.speakers import MAY_SPEAK
from portal.db import db
from portal.families.search import search_families, search_family_names
from portal.home import (
    agenda,
    alerts,
    approvals,
    awaiting,
    boards,
    club_changes,
    contacts,
    deputies,
    dissents,
    families,
    follow_ups,
    intake,
    journal,
    late_sessions,
    meetings,
    minutes,
    office,
    plans,
    referrals,
    stopped,
)
from portal.home.work import Work
from portal.memory import unchanged
from portal.rules.names import normalise

MOST = 20
_CONSILIUM = {Role.CHAIR, Role.SECRETARY, Role.MEMBER}
_SPECIALIST = {Role.SPECIALIST, Role.PEDAGOGUE}


def my_work(user: Visitor) -> Work:
    """What waits for the user, different for each role; several roles add up. Read once after each change.

    To have read an item is no change of the log either: what is left to read is asked each time.
    """
    if {Role.AUDITOR, Role.ADMIN} & user.roles:  # looks are no changes, neither is the fate of a mail
        return _my_work(user)
    unread = [one.item_id for one in reading.unread(user.id)] if may(user, Permission.VOTE_CAST) else []
    key = ("work", user.id, frozenset(user.roles), user.stands_in, str(get_locale()), clock.today(), *unread)
    return unchanged(key, lambda: _my_work(user))


def _my_work(user: Visitor) -> Work:
    work, roles = Work(), user.roles
    if roles & {*_CONSILIUM, Role.HEAD}:
        minutes.for_consilium(user, work)
    if roles & _CONSILIUM:
        dissents.for_consilium(user, work)
        boards.for_consilium(user, work)
        meetings.for_consilium(user, work)
    if Role.HEAD in roles:
        alerts.for_head(work)
        journal.for_head(user, work)
        approvals.for_approver(user, work)
        plans.for_head(user, work)
        intake.for_worker(user, work)
        contacts.add_figures(user, work)
        late_sessions.for_head(user, work)
        awaiting.for_head(work)
        families.for_head(user, work)
    if roles & WORKERS:
        alerts.for_worker(user, work)
        boards.for_leader(user, work)
        deputies.for_deputy(user, work)
        stopped.for_worker(user, work)
        club_changes.for_worker(user, work)
    if roles & frozenset(MAY_SPEAK):
        agenda.for_speaker(user, work)
    follow_ups.for_follower(user, work)
    if roles & _SPECIALIST:
        contacts.for_worker(user, work)
        approvals.for_author(user, work)
        plans.for_worker(user, work)
        intake.for_worker(user, work)
        awaiting.for_lead(user, work)
        families.for_specialist(user, work)
    if roles & WORKERS:
        deputies.add_families(user, work)
        journal.for_writer(user, work)
        referrals.add_referrals(user, work)
    if Role.ADMIN in roles:
        office.for_admin(work)
    if Role.AUDITOR in roles:
        office.for_auditor(work)
    if roles & {Role.STAFF, Role.HEAD, Role.ADMIN, Role.AUDITOR} or not roles:
        boards.todays_sessions(work)
    if not roles & (_CONSILIUM | _SPECIALIST | {Role.HEAD}):
        office.for_everybody(work)
    return work


@dataclass
class Found:
    """What a search found: families within reach, names of the others, colleagues."""

    families: list[Any] = field(default_factory=list)
    names: list[Any] = field(default_factory=list)
    people: list[User] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return bool(self.families or self.names or self.people)


def found(user: User, wanted: str) -> Found:
    """Families and colleagues found by the text, twenty of each at most.

    Families beyond the user's reach come by name and number only (DOMAIN §4).
    """
    result = Found()
    if not normalise(wanted):
        return result
    if may(user, Permission.FAMILY_VIEW):
        result.families = search_families(user, wanted, MOST)
    if may(user, Permission.FAMILY_NAME):
        known = {row.id for row in result.families}
        result.names = [row for row in search_family_names(wanted, MOST) if row.id not in known]
    query = select(User).where(User.search.contains(normalise(wanted), autoescape=True))
    order = (User.dismissed_on.is_not(None), User.search, User.id)
    result.people = list(db.session.scalars(query.order_by(*order).limit(MOST)))
    return result
