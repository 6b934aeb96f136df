"""The referrals as files."""

from flask_babel import lazy_gettext as _l

from portal.lists import FAMILY
from portal.referrals.labels import STATES
from portal.rules.referrals import Kind as Which
from portal.settings import queries as settings
from portal.sheets import Column, Kind

_TO = (
    Column(_l("To whom"), lambda row: settings.word("bodies", row.body)),
    Column(_l("Addressee"), "addressee"),
    Column(_l("Urgent"), lambda row: row.kind == Which.URGENT, Kind.YES_NO),
)
_DAYS = (
    Column(_l("Sent on"), "sent_on", Kind.DATE),
    Column(_l("Answer due by"), "due_on", Kind.DATE),
    Column(_l("Answered on"), "answered_on", Kind.DATE),
    Column(_l("State"), lambda row: STATES[row.state][1]),
)
OF_FAMILY = (*_TO, *_DAYS)
REFERRALS = (*_TO, *FAMILY, *_DAYS)
