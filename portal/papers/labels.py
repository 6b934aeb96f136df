"""The words and colors users read for the standing of papers."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.papers import catalog, periods
from portal.papers.kind import Kind
from portal.rules.papers import State
from portal.web import show_date

STANDINGS = {
    "unsigned": _l("Wait for a signature"),
    "signed": _l("Signed"),
    "void": _l("Void"),
}
STATES: dict[str, tuple[str, Any]] = {
    State.MISSING: ("bad", _l("missing")),
    State.EXPIRED: ("bad", _l("expired")),
    State.UNSIGNED: ("warn", _l("not signed")),
    State.FINE: ("ok", _l("in order")),
}


def title(code: str) -> str:
    """What a kind of paper is called; its code for one that the portal no longer makes."""
    kind = catalog.KINDS.get(code)
    return str(_(kind.title)) if kind else code


def named(row: Any) -> str:
    """What a row of the register is called: of a journal or a report, the period too."""
    kind = catalog.KINDS.get(row.kind)
    period = periods.named(kind.of, row.object_id) if kind else ""
    return f"{title(row.kind)}: {period}" if period else title(row.kind)


def titles() -> list[tuple[str, str]]:
    """(code, title) of the kinds that the register holds, by title."""
    found = [(code, title(code)) for code, kind in catalog.KINDS.items() if kind.is_registered]
    return sorted(found, key=lambda one: one[1])


def standing(paper: Any, kind: Kind | None) -> tuple[str, str]:
    """Color and words of a registered paper."""
    if paper.voided_at is not None:
        return "mute", str(_("declared void"))
    if paper.signed_on is not None:
        return "ok", str(_("signed on %(day)s", day=show_date(paper.signed_on)))
    return ("warn", str(_("not signed"))) if kind is None or kind.is_signed else ("ok", str(_("registered")))


def state(line: Any) -> tuple[str, str]:
    """Color and words of a paper that a family should have."""
    if line.ended_on is not None and line.state == State.EXPIRED:
        return "bad", str(_("expired on %(day)s", day=show_date(line.ended_on)))
    color, word = STATES[line.state]
    return color, str(word)
