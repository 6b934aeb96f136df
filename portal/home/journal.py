"""My work with the journal: what I have to sign or mend, and for the head what waits for the check."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.access import Permission, may
from portal.accounts.models import Visitor
from portal.home.work import Figure, Work
from portal.journal import queries, state_queries
from portal.rules import journal


def for_writer(user: Visitor, work: Work) -> None:
    """Entries to sign and submit, and those that came back with a remark."""
    counts = queries.counts(user)
    if counts["returned"]:
        url = url_for("journal.index", state="returned")
        note = _("with a remark: mend and submit them again")
        work.add(Figure(_("Journal: returned to me"), counts["returned"], url, "arrow-back-up", "bad", note))
    if counts["draft"]:
        url = url_for("journal.index", state="draft")
        note = _("entries without a signature, or not submitted")
        work.add(Figure(_("Journal: to sign"), counts["draft"], url, "signature", "warn", note))
    if may(user, Permission.ATTENDANCE_MARK) and (count := state_queries.own_waiting(user)):
        note = _("services of sessions, not yet marked as entered")
        work.add(
            Figure(
                _("State system: to enter"), count, url_for("journal.state_system"), "database", "info", note
            )
        )


def for_head(user: Visitor, work: Work) -> None:
    """How many entries wait for the check, and for how long."""
    count, oldest = queries.waiting(user)
    if oldest is None:
        return
    days = journal.age(clock.local(oldest).date(), clock.today())
    told = ngettext("the oldest waits for %(num)d day", "the oldest waits for %(num)d days", days)
    kind = {"mute": "info"}.get(journal.aging(days), journal.aging(days))
    note = told if days else _("all of today")
    work.add(Figure(_("Journal: to check"), count, url_for("journal.queue"), "clipboard-check", kind, note))
