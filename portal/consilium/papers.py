"""Papers laid before the members with an item: scans, sealed on the disk."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import audit, clock, files
from portal.accounts.models import User
from portal.audit import Event
from portal.consilium import queries
from portal.consilium.locking import hold_item
from portal.consilium.models import Item, ItemPaper, Meeting
from portal.db import atomic, db
from portal.families import queries as families
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken
from portal.rules.meetings import LIVE

MOST = 10
OPEN = ("draft", "convened", "open")


def family_of(item: Item) -> int | None:
    """The id of the family that the item is about; None of a free question."""
    return db.session.scalar(select(Patronage.family_id).where(Patronage.id == item.patronage_id))


def is_open_to(user: Any, item: Item) -> bool:
    """Whether the user may read what lies with the item: its family is within their reach, or it has none."""
    family_id = family_of(item)
    return family_id is None or families.get_family(user, family_id) is not None


def get_item(user: Any, item_id: int) -> Item | None:
    """An item whose papers the user may read, else None."""
    item = queries.get_item(user, item_id)
    return item if item is not None and is_open_to(user, item) else None


def get_paper(user: Any, paper_id: int) -> ItemPaper | None:
    """A paper that the user may read, else None."""
    paper = db.session.get(ItemPaper, paper_id)
    return paper if paper is not None and get_item(user, paper.item_id) is not None else None


def papers_of(item_id: int) -> list[Any]:
    """The papers of an item in the order they were laid, with who laid them."""
    name = (User.last_name, User.first_name, User.middle_name)
    query = select(ItemPaper.id, ItemPaper.title, ItemPaper.file_type, ItemPaper.added_at, *name)
    query = query.join(User, User.id == ItemPaper.added_by_id).where(ItemPaper.item_id == item_id)
    return list(db.session.execute(query.order_by(ItemPaper.id)).mappings())


def counts(item_ids: Iterable[int]) -> dict[int, int]:
    """How many papers lie with each of the items that have any."""
    query = select(ItemPaper.item_id, func.count()).where(ItemPaper.item_id.in_(item_ids))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(ItemPaper.item_id))}


def lay_paper(item_id: int, title: str, scan: tuple[bytes, str], actor_id: int) -> int:
    """Lay a paper before the members; `scan` is what scans.clean gave. Gives its id.

    Raises item_closed, papers_many, paper_twice.
    """
    name, digest = files.keep(scan[0])
    try:
        with atomic() as s:
            item, meeting = hold_item(s, item_id)
            check_may_lay(s, item, meeting)
            _check_new(s, item_id, digest)
            paper = ItemPaper(item_id=item_id, title=title, file=name, file_type=scan[1], sha256=digest)
            paper.added_by_id, paper.added_at = actor_id, clock.now()
            s.add(paper)
            s.flush()
            new = {"paper": paper.id, "title": title, "sha256": digest, "size": len(scan[0])}
            audit.record(s, Event.PAPER_LAID, actor_id, item, new=new)
            return paper.id
    except BaseException:
        files.drop(name)
        raise


def check_may_lay(s: Session, item: Item, meeting: Meeting) -> None:
    """Papers are laid until the item is decided, ten at most. Raises item_closed, papers_many."""
    if item.status not in LIVE or meeting.status not in OPEN:
        raise RuleBroken(
            "item_closed", N_("This item is closed: what was before the members stays as it is.")
        )
    query = select(func.count()).select_from(ItemPaper).where(ItemPaper.item_id == item.id)
    if (s.scalar(query) or 0) >= MOST:
        raise RuleBroken(
            "papers_many",
            N_("An item has %(most)d papers at most. Take one back, or put several into one PDF."),
            most=MOST,
        )


def _check_new(s: Session, item_id: int, digest: str) -> None:
    """The same form sent twice lays one paper."""
    same = select(ItemPaper.id).where(ItemPaper.item_id == item_id, ItemPaper.sha256 == digest)
    if s.scalar(same.limit(1)) is not None:
        raise RuleBroken("paper_twice", N_("This very file lies with the item already."))


def take_back(paper_id: int, actor_id: int) -> None:
    """Take a paper back while its item waits. Raises paper_gone, paper_fixed."""
    item_id = db.session.scalar(select(ItemPaper.item_id).where(ItemPaper.id == paper_id))
    gone = RuleBroken("paper_gone", N_("This paper has been taken back already."))
    if item_id is None:
        raise gone
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        paper = s.get(ItemPaper, paper_id, populate_existing=True)
        if paper is None:
            raise gone
        if item.status != "waiting" or meeting.status not in OPEN:
            raise RuleBroken(
                "paper_fixed", N_("The item is being voted on or is decided: its papers stay with it.")
            )
        old, name = {"paper": paper.id, "title": paper.title, "sha256": paper.sha256}, paper.file
        s.delete(paper)
        audit.record(s, Event.PAPER_TAKEN_BACK, actor_id, item, old=old)
    files.drop(name)
