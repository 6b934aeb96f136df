"""What is read of drafts: one's own alone."""

from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.drafts.models import Draft
from portal.drafts.sealing import Fields, unseal


def waiting_since(user_id: int, place: str) -> datetime | None:
    """When the user's draft of the form there was kept; None where there is none."""
    query = select(Draft.saved_at).where(Draft.user_id == user_id, Draft.place == place)
    return db.session.scalar(query)


def draft_of(user_id: int, place: str) -> tuple[Fields, datetime] | None:
    """The fields of the user's draft there, and when it was kept; None when there is none that opens."""
    query = select(Draft.body, Draft.saved_at).where(Draft.user_id == user_id, Draft.place == place)
    row = db.session.execute(query).first()
    fields = unseal(user_id, place, row.body) if row else None
    return None if row is None or fields is None else (fields, row.saved_at)
