"""What is read of the journal: one entry, those of a worker, the head's queue. Months stand in months.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.access import LARGEST_ID
from portal.accounts.models import User
from portal.clubs.models import Club, ClubSession
from portal.contacts.models import Contact, ContactMember
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family, FamilyMember, StoredFile
from portal.journal.models import JournalEntry, JournalPeriod, JournalRemark
from portal.rules.journal import State

PAGE = 25
OTHER = aliased(JournalEntry)
RECIPIENT = aliased(FamilyMember)  # whose service a session was


def listed(*more: Any) -> Select[Any]:
    """Entries with their family and worker, and whatever columns more."""
    columns: list[Any] = [
        *(JournalEntry.id, JournalEntry.number, JournalEntry.year, JournalEntry.month, JournalEntry.day),
        *(JournalEntry.kind, JournalEntry.minutes, JournalEntry.state, JournalEntry.recipient),
        *(JournalEntry.submitted_at, JournalEntry.corrects_id, JournalEntry.worker_id, JournalEntry.file_id),
        *(User.last_name, User.first_name, User.middle_name),
        *(Family.id.label("family_id"), Family.number.label("family_number"), Family.surname),
        *(JournalEntry.session_id, JournalEntry.voided, Club.name.label("club")),
        *(RECIPIENT.last_name.label("served_last"), RECIPIENT.first_name.label("served_first")),
        RECIPIENT.middle_name.label("served_middle"),
    ]
    query: Select[Any] = _joined(select(*columns, *more).select_from(JournalEntry))
    query = query.outerjoin(ClubSession, ClubSession.id == JournalEntry.session_id)
    query = query.outerjoin(Club, Club.id == ClubSession.club_id)
    return query.outerjoin(RECIPIENT, RECIPIENT.id == JournalEntry.member_id)


def _joined(query: Any) -> Any:
    """With the worker and the family, by which it is judged whose an entry is."""
    query = query.join(User, User.id == JournalEntry.worker_id)
    return query.join(Family, Family.id == JournalEntry.family_id)


def written_by(user: Any) -> ColumnElement[bool]:
    """The user's own entries, and of workers who have left those of families and clubs the user works with."""
    led = select(ClubSession.id).join(Club, Club.id == ClubSession.club_id).where(Club.leader_id == user.id)
    heir = or_(families.work(user), JournalEntry.session_id.in_(led))
    return or_(JournalEntry.worker_id == user.id, and_(User.dismissed_on.is_not(None), heir))


def _loaded(entry_id: int, condition: ColumnElement[bool]) -> JournalEntry | None:
    query: Select[JournalEntry] = _joined(select(JournalEntry))
    return db.session.scalar(query.where(JournalEntry.id == entry_id, condition))


def get_entry(user: Any, entry_id: int) -> JournalEntry | None:
    """An entry of the user's own, or of a family the user works with, else None."""
    return _loaded(entry_id, or_(written_by(user), families.work(user)))


def get_written(user: Any, entry_id: int) -> JournalEntry | None:
    """An entry that is the user's to sign and mend, else None."""
    return _loaded(entry_id, written_by(user))


@dataclass(frozen=True)
class Facts:
    """An entry with all that its page shows. `names` holds people by id, of workers and of the family."""

    entry: JournalEntry
    family: Family
    colleagues: dict[int, str]
    signer: FamilyMember | None
    members: list[FamilyMember]
    corrects: JournalEntry | None
    corrected_by: JournalEntry | None
    remarks: list[Row[Any]]
    closed_at: datetime | None
    media_type: str | None
    family_within_reach: bool
    session: Row[Any] | None


def facts(user: Any, entry: JournalEntry) -> Facts:
    """All there is to an entry."""
    query = select(Family, FamilyMember, StoredFile.media_type, JournalPeriod.closed_at).select_from(Family)
    query = query.outerjoin(FamilyMember, FamilyMember.id == entry.signer_id)
    query = query.outerjoin(StoredFile, StoredFile.id == entry.file_id)
    same = and_(JournalPeriod.year == entry.year, JournalPeriod.month == entry.month)
    query = query.outerjoin(JournalPeriod, same).where(Family.id == entry.family_id)
    family, signer, media_type, closed_at = db.session.execute(query).one()
    people = {entry.worker_id, entry.signed_by_id, entry.checked_by_id} - {None}
    users = db.session.scalars(select(User).where(User.id.in_(people)))
    chain = (JournalEntry.id == entry.corrects_id) | (JournalEntry.corrects_id == entry.id)
    others = list(db.session.scalars(select(JournalEntry).where(chain)))
    present = select(ContactMember.member_id).where(ContactMember.contact_id == entry.contact_id)
    took_part = or_(FamilyMember.id.in_(present), FamilyMember.id == entry.member_id)
    members = select(FamilyMember).where(took_part).order_by(FamilyMember.id)
    works = select(Family.id).where(Family.id == family.id, families.reach(user))
    return Facts(
        entry=entry,
        family=family,
        colleagues={one.id: one.short_name for one in users},
        signer=signer,
        members=list(db.session.scalars(members)),
        corrects=next((one for one in others if one.id == entry.corrects_id), None),
        corrected_by=next((one for one in others if one.corrects_id == entry.id), None),
        remarks=_remarks(entry.id),
        closed_at=closed_at,
        media_type=media_type,
        family_within_reach=db.session.scalar(works) is not None,
        session=_session(entry.session_id),
    )


def _session(session_id: int | None) -> Row[Any] | None:
    query: Any = select(ClubSession.id, Club.id.label("club_id"), Club.name.label("club"))
    query = query.join(Club, Club.id == ClubSession.club_id).where(ClubSession.id == session_id)
    return db.session.execute(query).first() if session_id else None


def _remarks(entry_id: int) -> list[Row[Any]]:
    query = select(JournalRemark.at, JournalRemark.remark, User.last_name, User.first_name, User.middle_name)
    query = query.join(User, User.id == JournalRemark.author_id).where(JournalRemark.entry_id == entry_id)
    return list(db.session.execute(query.order_by(JournalRemark.id.desc())))


def signers(entry: JournalEntry) -> tuple[list[tuple[int, str]], int | None]:
    """(id, name) of those of the family who may sign, and who probably does.

    Of a session it is the recipient, of a contact a representative who took part.
    """
    taken_part = ContactMember.member_id.is_not(None)
    query = select(FamilyMember, taken_part.label("took_part"))
    here = and_(ContactMember.member_id == FamilyMember.id, ContactMember.contact_id == entry.contact_id)
    query = query.outerjoin(ContactMember, here)
    there = or_(FamilyMember.left_on.is_(None), FamilyMember.id == entry.member_id)
    query = query.where(FamilyMember.family_id == entry.family_id, there)
    served = case((FamilyMember.id == entry.member_id, 0), else_=1)
    order = (served, FamilyMember.kind.desc(), taken_part.desc(), FamilyMember.id)
    rows = [(one.id, one.full_name) for one, _took_part in db.session.execute(query.order_by(*order))]
    return rows, rows[0][0] if rows else None


def written(user: Any, state: str, before: int | None, size: int = PAGE) -> tuple[list[Row[Any]], int | None]:
    """A page of the user's entries, the latest day first, and after which entry the next page begins."""
    remark = select(JournalRemark.remark).where(JournalRemark.entry_id == JournalEntry.id)
    remark = remark.order_by(JournalRemark.id.desc()).limit(1)
    query = listed(remark.scalar_subquery().label("remark")).where(written_by(user))
    if state:
        query = query.where(JournalEntry.state == state)
    last = _place(JournalEntry.day, before)
    if last:
        same_day = and_(JournalEntry.day == last[0], JournalEntry.id < last[1])
        query = query.where(or_(JournalEntry.day < last[0], same_day))
    return _page(query.order_by(JournalEntry.day.desc(), JournalEntry.id.desc()), size)


def counts(user: Any) -> dict[str, int]:
    """How many of the user's entries are in each state."""
    query = _joined(select(JournalEntry.state, func.count())).where(written_by(user))
    found = dict.fromkeys(map(str, State), 0)
    return found | {row[0]: row[1] for row in db.session.execute(query.group_by(JournalEntry.state))}


def written_ids(user: Any, ids: list[int]) -> list[int]:
    """Those of the entries that are the user's, the oldest first."""
    query = listed().where(JournalEntry.id.in_(ids), written_by(user))
    return [row.id for row in db.session.execute(query.order_by(JournalEntry.day, JournalEntry.id))]


def reached_ids(user: Any, ids: list[int]) -> list[int]:
    """Those of the entries that the user may look at, by number."""
    wanted = JournalEntry.id.in_([one for one in ids if one <= LARGEST_ID])
    query = listed().where(wanted, or_(written_by(user), families.work(user)))
    return [row.id for row in db.session.execute(query.order_by(JournalEntry.year, JournalEntry.number))]


def queue(after: int | None, size: int = PAGE) -> tuple[list[Row[Any]], int | None]:
    """A page of what waits for the head, the oldest first, with all that is written; after which the next begins."""
    remark = select(JournalRemark.remark).where(JournalRemark.entry_id == JournalEntry.id)
    remark = remark.order_by(JournalRemark.id.desc()).limit(1)
    signer = aliased(FamilyMember)
    query = listed(
        *(JournalEntry.summary, JournalEntry.recommendations, JournalEntry.refusal, JournalEntry.revision),
        *(JournalEntry.signed_by_id, JournalEntry.correction, Contact.reason, OTHER.number.label("corrects")),
        *(signer.last_name.label("signer_last"), signer.first_name.label("signer_first")),
        *(signer.middle_name.label("signer_middle"), remark.scalar_subquery().label("remark")),
    )
    query = query.outerjoin(signer, signer.id == JournalEntry.signer_id)
    query = query.outerjoin(Contact, Contact.id == JournalEntry.contact_id)
    query = query.outerjoin(OTHER, OTHER.id == JournalEntry.corrects_id)
    query = query.where(JournalEntry.state == State.SUBMITTED)
    last = _place(JournalEntry.submitted_at, after)
    if last:
        same_time = and_(JournalEntry.submitted_at == last[0], JournalEntry.id > last[1])
        query = query.where(or_(JournalEntry.submitted_at > last[0], same_time))
    return _page(query.order_by(JournalEntry.submitted_at, JournalEntry.id), size)


def _place(column: Any, entry_id: int | None) -> Any:
    """Where the entry stands in the order, (value, id); None for no entry."""
    if entry_id is None:
        return None
    query = select(column, JournalEntry.id).where(JournalEntry.id == entry_id, column.is_not(None))
    return db.session.execute(query).first()


def _page(query: Select[Any], size: int) -> tuple[list[Row[Any]], int | None]:
    rows = list(db.session.execute(query.limit(size + 1)))
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def waiting(user: Any, all_of_them: bool = False) -> tuple[int, datetime | None]:
    """How many submitted entries the user may check (or all that there are), and since when the oldest waits."""
    query = select(func.count(), func.min(JournalEntry.submitted_at))
    query = query.where(JournalEntry.state == State.SUBMITTED)
    if not all_of_them:
        query = query.where(JournalEntry.worker_id != user.id, JournalEntry.signed_by_id != user.id)
    count, oldest = db.session.execute(query).one()
    return count, oldest


def of_contact(contact_id: int) -> list[Row[Any]]:
    """The entries of a contact: the first one, and those that correct it."""
    columns: list[Any] = [JournalEntry.id, JournalEntry.number, JournalEntry.year, JournalEntry.state]
    columns += [JournalEntry.corrects_id, JournalEntry.worker_id, JournalEntry.recipient]
    query = select(*columns).where(JournalEntry.contact_id == contact_id)
    return list(db.session.execute(query.order_by(JournalEntry.id)))
