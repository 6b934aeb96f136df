"""In: a family that another center has handed over.

Its card, members, links and programs go on here. The former center's work (patronages, contacts, journal, decisions)
comes in as something to read: it was done and decided there, and counts in no report, norm or number of this center.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.accounts.actions import add_user
from portal.accounts.models import User
from portal.audit import Event
from portal.db import Base, atomic, refused_by
from portal.families.actions import LONGEST_SORT_NAME, next_number
from portal.families.models import Family, StoredFile
from portal.families.search import search_text
from portal.family_files import belonging
from portal.family_files.belonging import FILES, LIVE, ROOT
from portal.family_files.checking import Handed, Values, taken
from portal.family_files.models import FormerFile, FormerPaper, FormerRow
from portal.family_files.pending import Found
from portal.family_files.taking import Sender, Taken, sealed_files
from portal.family_files.told import Person
from portal.jobs.work import Progress
from portal.rules import N_, RuleBroken
from portal.rules.names import FullName, normalise


@dataclass
class _Way:
    """What of the file has become what here."""

    ids: dict[str, dict[int, int]] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)


def already_here() -> RuleBroken:
    """The refusal of an archive that was brought in before."""
    return RuleBroken(
        "already_here", N_("This very file was brought in already: the family is on the books.")
    )


def bring_in(found: Found, people: Mapping[int, int], actor_id: int, progress: Progress | None = None) -> int:
    """Take the family over, in one transaction; `people`: who of the file's colleagues is whom here.

    The others become former colleagues, who cannot sign in. Gives the family's id. Raises already_here, wrong_rows,
    and what the files are refused for.
    """
    handed, sender = found.handed, found.sender
    with sealed_files(found.opened, handed, progress) as taken_files, atomic() as s:
        way = _Way(people=dict(people))
        _name_people(s, handed, way, actor_id)
        for table in LIVE:
            _live(s, table, handed, way)
        family = s.get_one(Family, way.ids[ROOT][handed.family["id"]])
        root = _files(s, family.id, handed, sender, actor_id)
        _rows(s, handed, way, root)
        _papers(s, root[0], taken_files, actor_id)
        new = {"center": sender.center, "number": family.number, "digest": sender.digest}
        audit.record(s, Event.FAMILY_BROUGHT_IN, actor_id, family, new=new | {"files": len(taken_files)})
        return family.id


def live_people(handed: Handed) -> list[int]:
    """The colleagues, by their number in the file, whom rows name that go on here."""
    found: set[int] = set()
    for table in LIVE:
        for column in belonging.columns(table):
            if belonging.target(table, column.table, column.name) == "users":
                found.update(row[column.name] for row in handed.rows.get(table, ()) if row[column.name])
    return sorted(found)


def _name_people(s: Session, handed: Handed, way: _Way, actor_id: int) -> None:
    """Colleagues of the former center who are nobody here: kept by name, closed to logins."""
    for number in live_people(handed):
        if number not in way.people:
            way.people[number] = _former_colleague(s, handed.people[number - 1], actor_id)


def _former_colleague(s: Session, person: Person, actor_id: int) -> int:
    last, first, middle = ([*person.name.split(" ", 2), "", ""])[:3]
    same = select(User.id).where(
        *(User.last_name == last[:100], User.first_name == first[:100], User.middle_name == middle[:100]),
        *(User.position == person.position, User.dismissed_on.is_not(None), User.password_hash.is_(None)),
    )
    known = s.scalar(same.order_by(User.id).limit(1))
    if known is not None:
        return int(known)
    user = add_user(
        s,
        actor_id,
        (),
        username=f"former.{secrets.token_hex(6)}",
        position=person.position,
        dismissed_on=clock.today(),
        last_name=last[:100],
        first_name=first[:100],
        middle_name=middle[:100],
    )
    return user.id


def _live(s: Session, name: str, handed: Handed, way: _Way) -> None:
    table = Base.metadata.tables[name]
    for row in handed.rows.get(name, ()):
        values = {
            one: _here(name, one, value, way) for one, value in row.items() if one not in ("id", "from")
        }
        if name == ROOT:
            values |= _card(s, handed)
        try:
            made: Any = s.execute(insert(table).values(values))
        except IntegrityError:
            raise RuleBroken(
                "wrong_rows", N_("family.json: something is wrong in «%(name)s»."), name=name
            ) from None
        if belonging.has_id(name):
            way.ids.setdefault(name, {})[row["id"]] = made.inserted_primary_key[0]


def _here(name: str, column: str, value: Any, way: _Way) -> Any:
    table = Base.metadata.tables[name]
    goal = belonging.target(name, table, column)
    if value is None:
        return None
    if goal == "users":
        return way.people[value]
    return way.ids[goal][value] if goal else taken(table.columns[column], value)


def _card(s: Session, handed: Handed) -> Values:
    """What this portal makes of the card itself: its number, and how it is found."""
    members, number = handed.rows.get("family_members", []), next_number(s)
    names = [_full_name(one) for one in members]
    first = next(
        (_full_name(one) for one in members if one["kind"] == "representative"), handed.family["surname"]
    )
    phones = [handed.family["phone"], *handed.family["other_phones"].split(",")]
    phones += [one["phone"] for one in members]
    search = search_text(number, names, [one.strip() for one in phones if one.strip()])
    return {"number": number, "search": search, "sort_name": normalise(first)[:LONGEST_SORT_NAME]}


def _full_name(one: Values) -> str:
    return FullName(one["last_name"], one["first_name"], one["middle_name"]).full


def _files(s: Session, family_id: int, handed: Handed, sender: Sender, actor_id: int) -> list[int]:
    """The rows of this file and of those that came along inside it; the first is this one's."""
    people = json.dumps([list(one) for one in handed.people], ensure_ascii=False)
    base = {"family_id": family_id, "brought_by_id": actor_id, "brought_at": clock.now()}
    root = FormerFile(
        center=sender.center,
        handed_on=sender.handed_on,
        number=sender.number,
        digest=sender.digest,
        people=people,
        **base,
    )
    with refused_by("uq_former_files_digest", already_here()):
        s.add(root)
    earlier = [
        FormerFile(
            center=one.center,
            handed_on=one.handed_on,
            number=one.number,
            digest=one.digest,
            earlier_id=root.id,
            **base,
        )
        for one in handed.formers
    ]
    s.add_all(earlier)
    s.flush()
    return [root.id, *(one.id for one in earlier)]


def _rows(s: Session, handed: Handed, way: _Way, files_here: list[int]) -> None:
    """What is only read: as JSON, what it names of the living rows by their numbers here."""
    found = []
    for name, rows in handed.rows.items():
        if name in LIVE:
            continue
        for row in rows:
            values = {
                one: _kept(name, one, value, way) for one, value in row.items() if one not in ("id", "from")
            }
            body = json.dumps(values, ensure_ascii=False)
            key = row.get("id", 0)
            found.append({"file_id": files_here[row.get("from", 0)], "kind": name, "key": key, "body": body})
    for start in range(0, len(found), 5_000):
        s.execute(insert(FormerRow), found[start : start + 5_000])


def _kept(name: str, column: str, value: Any, way: _Way) -> Any:
    """People as their place in the list of the file; rows that live here by their id; all else as it came."""
    goal = belonging.target(name, Base.metadata.tables[name], column)
    if value is None or (name, column) in FILES or not goal:
        return value
    if goal == "users":
        return value - 1
    return way.ids[goal][value] if goal in LIVE else value


def _papers(s: Session, root: int, taken_files: Taken, actor_id: int) -> None:
    for path, one in taken_files.items():
        stored = StoredFile(
            name=one.name,
            media_type=one.media_type,
            size=one.size,
            sha256=one.sha256,
            uploaded_by_id=actor_id,
            uploaded_at=one.uploaded_at,
        )
        s.add(stored)
        s.flush()
        s.add(FormerPaper(file_id=root, path=path, stored_id=stored.id, sha256=one.sent_sha256))
    s.flush()
