"""What in a family's file tells of others than the family: to be looked through before the family itself gets it.

152-FZ, article 14: whoever asks gets their own data. Part 8 lets the center hold back what would harm the rights of
others. Which of it that is a person decides: the sources of the portal say nothing about it.
"""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ScalarSelect, Select, func, literal, or_, select

from portal.alerts.models import Alert
from portal.consilium.models import Dissent, Item, ItemPaper
from portal.db import db
from portal.families.models import FamilyMember
from portal.family_files.models import FormerFile
from portal.intake.models import Intake
from portal.journal.models import JournalEntry, JournalRemark
from portal.patronage.models import Patronage
from portal.referrals.models import Referral, SupportLink


def _count(model: Any, *where: Any) -> Select[Any]:
    return select(func.count()).select_from(model).where(*where)


def _of_patronage(model: Any, *where: Any) -> Callable[[int], Select[Any]]:
    def query(family_id: int) -> Select[Any]:
        patronages = select(Patronage.id).where(Patronage.family_id == family_id)
        return _count(model, model.patronage_id.in_(patronages), *where)

    return query


def _of_items(model: Any) -> Callable[[int], Select[Any]]:
    def query(family_id: int) -> Select[Any]:
        items = select(Item.id).join(Patronage, Patronage.id == Item.patronage_id)
        return _count(model, model.item_id.in_(items.where(Patronage.family_id == family_id)))

    return query


def _of_family(model: Any, *where: Any) -> Callable[[int], Select[Any]]:
    return lambda family_id: _count(model, model.family_id == family_id, *where)


def _remarks(family_id: int) -> Select[Any]:
    entries = select(JournalEntry.id).where(JournalEntry.family_id == family_id)
    return _count(JournalRemark, JournalRemark.entry_id.in_(entries))


PLACES: tuple[tuple[Any, Callable[[int], Select[Any]]], ...] = (
    (_l("Who reported the family, and in what words"), _of_patronage(Intake, Intake.kind == "signal")),
    (_l("Dissenting opinions, with the names of members of the consilium"), _of_items(Dissent)),
    (
        _l("What was heard and said at meetings of the consilium"),
        _of_patronage(Item, or_(Item.discussion != "", Item.note != "")),
    ),
    (_l("Papers put before the consilium, by whomever they were written"), _of_items(ItemPaper)),
    (_l("Answers of other bodies to inquiries"), _of_patronage(Referral, Referral.answer != "")),
    (_l("Relatives, neighbors, teachers: names and phones"), _of_family(SupportLink)),
    (_l("What colleagues reported to the head, and decisions on it"), _of_patronage(Alert)),
    (_l("Remarks of the head to entries of the journal"), _remarks),
    (
        _l(
            "Representatives: each has a right to their own data, and to those of the children they represent"
        ),
        _of_family(FamilyMember, FamilyMember.kind == "representative"),
    ),
    (_l("What former centers sent: it may hold any of this"), _of_family(FormerFile)),
)
SEVERAL = {8}  # of these, one alone tells of nobody else


def others_in(family_id: int) -> list[tuple[Any, int]]:
    """What there is to look through, and how many of each; in one query."""
    columns: list[ScalarSelect[Any]] = [query(family_id).scalar_subquery() for _title, query in PLACES]
    counts = db.session.execute(select(literal(1), *columns)).one()[1:]
    return [
        (title, count)
        for number, ((title, _query), count) in enumerate(zip(PLACES, counts, strict=True))
        if count > (number in SEVERAL)
    ]
