"""What changes the supporting links of a family (REG 3.2)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic
from portal.patronage.models import Patronage
from portal.referrals.models import SupportLink
from portal.rules import N_, RuleBroken, check_seen
from portal.rules.lifecycle import check_open

CONTENT = ("kind", "who", "name", "phone", "helps_with")


@dataclass(frozen=True)
class LinkValues:
    """Who it is, of what kind, their name and phone, what they can help with."""

    kind: str
    who: str
    name: str = ""
    phone: str = ""
    helps_with: str = ""


def add_link(family_id: int, actor_id: int, values: LinkValues) -> int:
    """Note somebody who can support the family. Gives the id. Raises over."""
    with atomic() as s:
        _check_open(s, family_id)
        link = SupportLink(
            family_id=family_id, created_by_id=actor_id, created_at=clock.now(), **_content(values)
        )
        s.add(link)
        audit.record(s, Event.LINK_ADDED, actor_id, link, new={"kind": link.kind})
        return link.id


def change_link(link_id: int, actor_id: int, values: LinkValues, seen: int) -> None:
    """Change it. `seen` is the version that the form was filled from. Raises changed_meanwhile, over."""
    with atomic() as s:
        link = _held(s, link_id)
        _check_open(s, link.family_id)
        message = N_(
            "Somebody has changed this entry meanwhile. Compare below; saving again keeps your text."
        )
        check_seen(link.version, seen, message)
        changed = [name for name, value in _content(values).items() if getattr(link, name) != value]
        for name in changed:
            setattr(link, name, getattr(values, name))
        link.version += 1
        audit.record(s, Event.LINK_CHANGED, actor_id, link, new={"changed": changed})


def end_link(link_id: int, actor_id: int) -> None:
    """They support the family no more, at any time. Raises wrong_state."""
    with atomic() as s:
        link = _held(s, link_id)
        if link.ended_on is not None:
            raise RuleBroken("wrong_state", N_("This entry is ended already."))
        link.ended_on = clock.today()
        audit.record(s, Event.LINK_ENDED, actor_id, link, new={"ended_on": link.ended_on})


def resume_link(link_id: int, actor_id: int) -> None:
    """They support the family again. Raises wrong_state, over."""
    with atomic() as s:
        link = _held(s, link_id)
        if link.ended_on is None:
            raise RuleBroken("wrong_state", N_("This entry goes on already."))
        _check_open(s, link.family_id)
        old, link.ended_on = link.ended_on, None
        audit.record(s, Event.LINK_RESUMED, actor_id, link, old={"ended_on": old})


def _held(s: Session, link_id: int) -> SupportLink:
    return s.get_one(SupportLink, link_id, with_for_update=True, populate_existing=True)


def _check_open(s: Session, family_id: int) -> None:
    query = select(Patronage).where(Patronage.family_id == family_id, Patronage.latest)
    found = s.scalar(query.with_for_update())
    check_open(found.status if found else None)


def _content(values: LinkValues) -> dict[str, Any]:
    return {name: getattr(values, name) for name in CONTENT}
