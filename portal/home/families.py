"""My work with families: of the head of department, and of a specialist."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from portal.accounts.models import User, Visitor
from portal.db import db
from portal.families.models import Family
from portal.families.queries import families_for
from portal.home.work import Figure, Row, Section, Work
from portal.patronage import loads
from portal.patronage.labels import REGIME_COLORS, REGIMES
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import ON_PATRONAGE
from portal.web import show_date

SHORT = 5


def for_head(user: Visitor, work: Work) -> None:
    """All families by status, families without a lead, the busiest colleagues."""
    by_status = _by_status()
    unled, unled_rows = _without_lead()
    work.add(
        _figure(_("On patronage"), by_status, "enrolled", "heart-handshake", "ok"),
        _figure(_("Waiting for the consilium"), by_status, "submitted", "gavel", "info"),
        _figure(_("Suspended families"), by_status, "suspended", "player-pause", "warn"),
        _figure(_("Without a consent"), by_status, "identified", "signature", "warn"),
        Figure(
            _("Without a lead"),
            unled,
            url_for("patronage.assignments", lead="missing"),
            "user-off",
            "bad" if unled else "ok",
            _("none, or one who has left") if unled else _("every family has one"),
        ),
        _unled_section(unled_rows),
        _busiest_section(),
    )


def for_specialist(user: Visitor, work: Work) -> None:
    """My families by regime and by what they wait for."""
    load = loads.loads({user.id})[user.id]
    mine = _by_status(user)
    note = _("emergency %(emergency)s, planned %(planned)s, control %(control)s", **load.regimes)
    if load.total or not user.stands_in:  # a deputy without own families has those of the colleague
        url = url_for("patronage.load", user_id=user.id)
        told = note if load.total else _("none on patronage now")
        work.add(Figure(_("My families"), load.total, url, "heart-handshake", "ok", told))
    work.add(
        _figure(_("Without a consent"), mine, "identified", "signature", "warn"),
        _figure(_("With a consent, not submitted"), mine, "consented", "file-text", "info"),
        _figure(_("Waiting for the consilium"), mine, "submitted", "gavel", "info"),
    )
    rows = [family_row(row) for row in loads.assigned_now(user, user.id)["rows"][: SHORT + 3]]
    if rows or not user.stands_in:
        title = _("My families")
        nothing = _("No family is assigned to you now. The consilium names the specialists.")
        url = url_for("patronage.load", user_id=user.id)
        work.add(Section("mine", title, rows, "heart-handshake", nothing, url, _("All my families")))


def _by_status(user: Visitor | None = None) -> dict[str, int]:
    query = select(Patronage.status, func.count()).where(Patronage.latest).group_by(Patronage.status)
    if user is not None:
        query = query.where(Patronage.family_id.in_(families_for(user)))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _figure(label: Any, counts: dict[str, int], status: str, icon: str, kind: str) -> Figure:
    count = counts.get(status, 0)
    return Figure(label, count, url_for("families.index", status=status), icon, kind if count else "mute")


def _name(row: Any) -> str:
    return f"{row.surname} · № {row.number}"


def family_row(row: Any) -> Row:
    """A line of a colleague's family: since when, and the regime."""
    day = show_date(row.starts_on)
    since = _("lead since %(day)s", day=day) if row.kind == "lead" else _("involved since %(day)s", day=day)
    url = url_for("families.show", family_id=row.family_id)
    badge = ("warn", _("suspended")) if row.status == "suspended" else _regime_badge(row.regime)
    return Row(_name(row), since, url, badge)


def _regime_badge(regime: str) -> tuple[str, Any]:
    return REGIME_COLORS[regime], REGIMES[regime]


def _running(*columns: Any) -> Any:
    query = select(*columns).select_from(Patronage).join(Family, Family.id == Patronage.family_id)
    return query.where(Patronage.latest, Patronage.status.in_(ON_PATRONAGE))


def _without_lead() -> tuple[int, list[Any]]:
    """How many families on patronage have no lead who works here, and the first of them."""
    led = select(Assignment.patronage_id).join(User, User.id == Assignment.user_id)
    led = led.where(Assignment.kind == "lead", Assignment.ends_on.is_(None), User.dismissed_on.is_(None))
    lacking = Patronage.id.not_in(led)
    count = func.count().over().label("families")
    query = _running(Family.id, Family.number, Family.surname, Patronage.regime, count).where(lacking)
    rows = list(db.session.execute(query.order_by(Family.sort_name, Family.id).limit(SHORT)))
    return (rows[0].families if rows else 0), rows


def _unled_section(rows: list[Any]) -> Section:
    return Section(
        "unled",
        _("Families without a lead"),
        [
            Row(_name(row), "", url_for("patronage.hand_over", family_id=row.id), _regime_badge(row.regime))
            for row in rows
        ],
        "user-off",
        _("Every family on patronage has a lead specialist."),
        url_for("patronage.assignments", lead="missing"),
        _("All of them"),
    )


def _busiest_section() -> Section:
    return Section(
        "busiest",
        _("Most families"),
        [
            Row(
                colleague.full_name,
                colleague.position,
                url_for("patronage.load", user_id=colleague.id),
                ("mute", ngettext("%(num)d family", "%(num)d families", count)),
            )
            for colleague, count in loads.busiest()
        ],
        "users-group",
        _("Nobody has families yet."),
        url_for("patronage.assignments", by="specialist"),
        _("Load of everybody"),
    )
