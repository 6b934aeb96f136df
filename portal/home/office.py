"""My work of the administrator, of the auditor, and of other staff."""

from datetime import datetime, time

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import audit, clock
from portal.accounts.models import User
from portal.db import db
from portal.home.work import Figure, Row, Section, Work
from portal.jobs import queries as jobs
from portal.mail import outbox
from portal.web import show_moment

SHORT = 5


def for_admin(work: Work) -> None:
    """People, and who cannot sign in yet."""
    working = User.dismissed_on.is_(None)
    counts = (func.count(User.id).label("people"), func.count(User.password_hash).label("able"))
    row = db.session.execute(select(*counts).where(working)).one()
    without = row.people - row.able
    url = url_for("accounts.people")
    work.add(
        Figure(_("People working here"), row.people, url, "users", "info"),
        Figure(
            _("Without a password"),
            without,
            "#silent",
            "key",
            "warn" if without else "ok",
            _("they need a one-time link") if without else _("everybody can sign in"),
        ),
        _silent_section(),
    )
    failing = outbox.failing()
    if failing:
        work.add(Figure(_("Letters that did not go"), failing, url_for("mail.index"), "mail", "bad"))
    since = jobs.stuck_since()
    if since is not None:
        text = _(
            "Tasks in the background have been waiting since %(moment)s, and no process does them:"
            " restart the portal, or see whether its log names an error.",
            moment=show_moment(since),
        )
        work.notices.append(("bad", text, None))
    if current_app.config["DEMO"]:
        text = _("This is a demonstration center: its data are invented, its passwords known to everybody.")
        work.notices.append(("info", text, None))


def _silent_section() -> Section:
    query = select(User).where(User.dismissed_on.is_(None), User.password_hash.is_(None))
    found = db.session.scalars(query.order_by(User.search, User.id).limit(SHORT))
    badge = ("warn", _("no password yet"))
    rows = [
        Row(user.full_name, user.position, url_for("accounts.person", user_id=user.id), badge)
        for user in found
    ]
    title, nothing = _("Cannot sign in yet"), _("Everybody who works here has set a password.")
    return Section("silent", title, rows, "key", nothing, url_for("accounts.people"), _("All people"))


def for_auditor(work: Work) -> None:
    """What was changed and looked at today."""
    start = datetime.combine(clock.today(), time.min, clock.zone())
    looks = select(func.count()).select_from(audit.FamilyLook).where(audit.FamilyLook.at >= start)
    entries = select(func.count()).select_from(audit.AuditEntry).where(audit.AuditEntry.at >= start)
    row = db.session.execute(
        select(entries.scalar_subquery().label("entries"), looks.scalar_subquery().label("looks"))
    ).one()
    changes = url_for("settings.audit_log")
    seen = url_for("settings.audit_log", show="looks")
    work.add(
        Figure(_("Changes today"), row.entries, changes, "history", "info", _("entries of the audit log")),
        Figure(_("Looks at families today"), row.looks, seen, "eye", "info", _("who opened which card")),
    )


def for_everybody(work: Work) -> None:
    """Where to see who works with whom."""
    by_family = url_for("patronage.assignments")
    by_person = url_for("patronage.assignments", by="specialist")
    rows = [
        Row(_("Who works with which family"), _("families, their lead and involved specialists"), by_family),
        Row(_("Who has how many families"), _("the load of each specialist"), by_person),
    ]
    work.add(Section("who", _("Who is who"), rows, "address-book", ""))
