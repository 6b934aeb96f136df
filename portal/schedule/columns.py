"""The log of outings as a file."""

from flask_babel import lazy_gettext as _l

from portal.contacts.columns import HOW, MINUTES, STATE, WHEN, in_the_way
from portal.contacts.labels import why
from portal.lists import FAMILY
from portal.schedule.queries import Outings
from portal.sheets import Column


def of_outings(found: Outings) -> tuple[Column, ...]:
    """Addresses and reasons only of the families that the reader may open, as on the page."""
    reach = found.reach
    return (
        *WHEN,
        *FAMILY,
        Column(
            _l("Address"),
            lambda row: row.address if row.family_id in reach and row.kind == "visit" else None,
        ),
        HOW,
        MINUTES,
        STATE,
        Column(_l("Reason"), lambda row: why(row.why) if row.why and row.family_id in reach else None),
        in_the_way(found.clashes),
    )
