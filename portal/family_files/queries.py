"""What is read of families' files: what former centers sent, and who of theirs may be whom here."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.accounts.models import User
from portal.db import db
from portal.families.duplicates import Duplicate, probable_duplicates
from portal.families.models import Family, StoredFile
from portal.families.queries import reach
from portal.families.values import FamilyValues, MemberValues
from portal.family_files.checking import Handed
from portal.family_files.models import FormerFile, FormerPaper
from portal.family_files.numbering import SUFFIXES
from portal.family_files.told import Person
from portal.rules.names import FullName


def known_as(digest: str) -> Family | None:
    """The family that came with this very archive before."""
    query = select(Family).join(FormerFile, FormerFile.family_id == Family.id)
    return db.session.scalar(query.where(FormerFile.digest == digest, FormerFile.earlier_id.is_(None)))


def colleagues() -> list[User]:
    """Who works here now, by name."""
    query = select(User).where(User.dismissed_on.is_(None))
    return list(db.session.scalars(query.order_by(User.last_name, User.first_name, User.id)))


def namesake(person: Person, people: list[User]) -> int | None:
    """The colleague here who is called just so; None when nobody is, or several are."""
    found = [one.id for one in people if one.full_name == person.name]
    return found[0] if len(found) == 1 else None


def duplicates_of(handed: Handed) -> list[Duplicate]:
    """Families here that the card probably repeats, the surer first."""
    card, members = handed.family, []
    for one in handed.rows.get("family_members", ()):
        name = FullName(one["last_name"], one["first_name"], one["middle_name"])
        members.append(MemberValues(one["kind"], name, phone=one["phone"], birth_year=one["birth_year"]))
    values = FamilyValues(tuple(members), phone=card["phone"], other_phones=card["other_phones"])
    return probable_duplicates(values)


@dataclass(frozen=True)
class FormerScan:
    """A scan or paper that came with a family."""

    id: int
    family_id: int
    name: str
    media_type: str

    @property
    def suffix(self) -> str:
        """Of the name under which it is saved."""
        return SUFFIXES.get(self.media_type, "bin")


def get_former_paper(user: Any, family_id: int, paper_id: int) -> FormerScan | None:
    """A paper that came with a family within the user's reach, else None."""
    query = select(FormerPaper.id, Family.id.label("family_id"), StoredFile.name, StoredFile.media_type)
    query = query.join(FormerFile, FormerFile.id == FormerPaper.file_id)
    query = query.join(StoredFile, StoredFile.id == FormerPaper.stored_id)
    query = query.join(Family, Family.id == FormerFile.family_id)
    row = db.session.execute(
        query.where(FormerPaper.id == paper_id, Family.id == family_id, reach(user))
    ).first()
    return FormerScan(*row) if row else None
