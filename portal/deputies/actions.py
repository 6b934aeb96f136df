"""What names deputies and ends them."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.access import WORKERS, Role
from portal.accounts.models import User
from portal.audit import Event
from portal.contacts import handing
from portal.db import atomic, refused_by
from portal.deputies import queries
from portal.deputies.models import Deputy
from portal.patronage.models import Assignment
from portal.rules import N_, RuleBroken, deputies


class Handed(NamedTuple):
    """How many planned contacts changed hands, and how many stayed where they clash."""

    contacts: int
    left: int


_TAKEN = RuleBroken("overlap", N_("Somebody was quicker: these days have a deputy already. Look again."))


def name_deputy(
    user_id: int,
    deputy_id: int,
    actor_id: int,
    *,
    starts_on: date,
    ends_on: date,
    reason: str,
    contacts: Iterable[int] = (),
) -> Handed:
    """Name who stands in for the user on these days, and give them these of the user's planned contacts.

    Raises past_start, wrong_order, too_long, admin_names, head_names, nothing_to_take_over, themselves,
    lead_profession (R6), not_a_specialist, colleague_dismissed, overlap, deputy_away, stands_in.
    """
    deputies.check_period(starts_on, ends_on, clock.today())
    with atomic() as s:
        away, deputy = _person(s, user_id), _person(s, deputy_id)
        _check_maker(s, away, actor_id)
        deputies.check_able(
            _leads(s, away.id),
            bool(away.roles & WORKERS) or _works(s, away.id),
            away.id == deputy.id,
            deputy.profession,
            bool(deputy.roles & WORKERS),
            deputy.dismissed_on is not None,
        )
        _check_free(s, away.id, deputy.id, (starts_on, ends_on))
        row = Deputy(
            user_id=away.id, deputy_id=deputy.id, starts_on=starts_on, ends_on=ends_on,
            reason=deputies.Reason(reason), made_by_id=actor_id, made_at=clock.now(),
        )  # fmt: skip
        with refused_by("tr_deputies_overlap", _TAKEN), refused_by("tr_deputies_chain", _TAKEN):
            s.add(row)
        handed = Handed(*handing.hand(s, contacts, away.id, deputy.id, starts_on, ends_on, actor_id))
        audit.record(s, Event.DEPUTY_NAMED, actor_id, row, new=_facts(row) | handed._asdict())
        return handed


def end_deputy(row_id: int, actor_id: int) -> Handed:
    """The colleague is back, or the deputy cannot: it ends at once, what is planned goes back. Raises is_over."""
    with atomic() as s:
        row = s.get_one(Deputy, row_id, with_for_update=True, populate_existing=True)
        today = clock.today()
        deputies.check_running(row.ends_on, row.ended_at is not None, today)
        row.ended_at = clock.now()
        first = max(today, row.starts_on)
        handed = Handed(*handing.give_back(s, row.user_id, row.deputy_id, first, row.ends_on, actor_id))
        audit.record(s, Event.DEPUTY_ENDED, actor_id, row, new={"ended": True} | handed._asdict())
        return handed


def _person(s: Session, user_id: int) -> User:
    found = s.get(User, user_id)
    if found is None:
        raise RuleBroken("no_colleague", N_("Choose a colleague."))
    return found


def _check_maker(s: Session, away: User, actor_id: int) -> None:
    """Roles are those of the accounts, and of a head today whoever stands in for one."""
    actor = _person(s, actor_id)
    heads = select(User).where(User.id.in_(queries.whom(actor_id, clock.today())))
    stands_in = any(Role.HEAD in one.roles and one.is_active for one in s.scalars(heads))
    deputies.check_maker(
        Role.HEAD in away.roles,
        away.id == actor_id,
        stands_in or Role.HEAD in actor.roles,
        Role.ADMIN in actor.roles,
    )


def _works(s: Session, user_id: int) -> bool:
    query = select(Assignment.id).where(Assignment.user_id == user_id, Assignment.ends_on.is_(None))
    return s.scalar(query.limit(1)) is not None


def _leads(s: Session, user_id: int) -> bool:
    query = select(Assignment.id).where(Assignment.user_id == user_id, Assignment.ends_on.is_(None))
    return s.scalar(query.where(Assignment.kind == "lead").limit(1)) is not None


def _check_free(s: Session, user_id: int, deputy_id: int, period: tuple[date, date]) -> None:
    columns = (Deputy.user_id, Deputy.deputy_id, Deputy.starts_on, Deputy.ends_on)
    touching = or_(Deputy.user_id.in_((user_id, deputy_id)), Deputy.deputy_id == user_id)
    rows = s.execute(select(*columns).where(Deputy.ended_at.is_(None), touching)).all()
    deputies.check_free(
        period,
        [(row.starts_on, row.ends_on) for row in rows if row.user_id == user_id],
        [(row.starts_on, row.ends_on) for row in rows if row.user_id == deputy_id],
        [(row.starts_on, row.ends_on) for row in rows if row.deputy_id == user_id],
    )


def _facts(row: Deputy) -> dict[str, Any]:
    """What the audit log keeps: why somebody is away is theirs."""
    return {"user": row.user_id, "deputy": row.deputy_id, "starts_on": row.starts_on, "ends_on": row.ends_on}
