"""What an item is called on the forms around it: its family by number and surname, or its question."""

from typing import Any

from sqlalchemy import select

from portal.consilium.models import Item, Meeting
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import Patronage


def heading(item: Item) -> Any:
    """kind, question, surname and number of the family (None of a free question), number and kind of the meeting."""
    columns = (
        Item.kind,
        Item.question,
        Family.surname,
        Family.number,
        Meeting.number.label("meeting_number"),
        Meeting.kind.label("meeting_kind"),
    )
    query = select(*columns).join(Meeting, Meeting.id == Item.meeting_id)
    query = query.outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id).where(Item.id == item.id)
    return db.session.execute(query).mappings().one()
