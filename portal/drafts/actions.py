"""Keep and forget drafts: traces on which no business of the centre hangs, so no audit event tells of them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.db import db, is_sqlite, technical
from portal.drafts.models import Draft
from portal.drafts.sealing import Fields, plain, seal
from portal.rules import N_, RuleBroken

LARGEST = 200 * 1024  # bytes of one draft
MOST = 50  # drafts of one user; the oldest go
KEPT = timedelta(days=30)


def keep(user_id: int, place: str, fields: Fields) -> datetime:
    """Keep what the user has typed there, in place of an earlier draft; gives when.

    What is too old, of anybody, goes at the same time. Raises RuleBroken for more than LARGEST bytes.
    """
    content, moment = plain(fields), clock.now()
    if len(content) > LARGEST:
        raise RuleBroken("draft_too_long", N_("The text is too long to be kept as a draft: save the form."))
    new = {"body": seal(user_id, place, content), "saved_at": moment}
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    query = insert(Draft).values(user_id=user_id, place=place, **new)
    newest = select(Draft.id).where(Draft.user_id == user_id).order_by(Draft.saved_at.desc(), Draft.id.desc())
    with technical() as s:
        s.execute(query.on_conflict_do_update(index_elements=["user_id", "place"], set_=new))
        s.execute(delete(Draft).where(Draft.saved_at < moment - KEPT))
        s.execute(delete(Draft).where(Draft.user_id == user_id, Draft.id.not_in(newest.limit(MOST))))
    return moment


def drop(user_id: int, place: str) -> None:
    """Forget the user's draft of the form there; where there is none, nothing is written."""
    here = (Draft.user_id == user_id, Draft.place == place)
    if db.session.scalar(select(Draft.id).where(*here)) is not None:
        with technical() as s:
            s.execute(delete(Draft).where(*here))
