"""R12 asked of the data: alerts are of their contact's family, and every refusal was told to the head."""

from collections.abc import Iterator

from sqlalchemy import exists, func, select

from portal.alerts.models import Alert
from portal.contacts.models import Contact
from portal.db import db
from portal.rules.alerts import TOLD


def alerts() -> Iterator[tuple[str, str]]:
    """R12; refusals from before the portal knew of alerts had nobody to tell."""
    strange = select(Alert.id).join(Contact, Contact.id == Alert.contact_id)
    for row in db.session.execute(strange.where(Contact.patronage_id != Alert.patronage_id)):
        yield "R12", f"alert {row.id} came from a contact with another family"
    known = select(func.min(Alert.raised_at)).scalar_subquery()
    silent = select(Contact.id).where(
        Contact.state.in_(TOLD), Contact.closed_at >= known, ~exists().where(Alert.contact_id == Contact.id)
    )
    for row in db.session.execute(silent):
        yield "R12", f"of the refusal at contact {row.id} the head was not told"
