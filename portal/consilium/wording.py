"""What an item decides, in words: one sentence for the minutes, the extract, the page and the list of decisions."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.consilium.labels import TERMS
from portal.patronage.labels import REGIMES
from portal.settings import queries as settings
from portal.web import show_date


def decided(item: Any, carried: bool, names: Mapping[int, str], involved: Iterable[str] = ()) -> str:
    """What the consilium has decided, as it goes on after «Decided:», with a full stop.

    `item`: a row or a mapping of an `Item`; `names`: short names by the id of a user; `involved`: those of the
    specialists proposed besides the lead.
    """
    of = _reader(item)
    if of("kind") == "question":
        return _question(of("question") or "", carried)
    how = "; ".join(details(item, names, involved)).removesuffix(".")  # of a name: the sentence has its own
    return str(_CARRIED[of("kind")](how) if carried else _REJECTED[of("kind")](how))


def details(item: Any, names: Mapping[int, str], involved: Iterable[str] = ()) -> list[str]:
    """What an item proposes, each part in words: regime, term, lead, involved, reason, place."""
    of, kind = _reader(item), _reader(item)("kind")
    found = []
    if kind in ("enroll", "regime"):
        found.append(_("regime — %(regime)s", regime=REGIMES.get(of("regime"), "—")))
    if kind in ("enroll", "term"):
        found.append(_term(of("term"), of("ends_on")))
    if kind == "extend":
        found.append(_("until %(day)s", day=show_date(of("ends_on"))))
    if kind == "enroll":
        found.append(_("lead specialist: %(name)s", name=names.get(of("lead_id") or 0, "—")))
        named = ", ".join(involved)
        found += [_("involved: %(names)s", names=named)] if named else []
    if kind == "remove":
        found.append(_("reason: %(reason)s", reason=settings.word("removal_reasons", of("reason"))))
    if kind == "transfer":
        found.append(_("to: %(place)s", place=of("place") or "—"))
    return found


def _term(term: str | None, ends_on: Any) -> str:
    words = _("term: %(term)s", term=TERMS.get(term or "", "—"))
    return f"{words} {_('until %(day)s', day=show_date(ends_on))}" if ends_on else words


def _reader(item: Any) -> Any:
    if isinstance(item, Mapping):
        return item.get
    return lambda name: getattr(item, name, None)


def _question(question: str, carried: bool) -> str:
    if carried:
        return str(_("adopted: “%(question)s”.", question=question))
    return str(_("not adopted: “%(question)s”.", question=question))


_CARRIED: dict[str, Any] = {
    "enroll": lambda how: _("to enroll the family on patronage: %(how)s.", how=how),
    "refuse": lambda _how: _("to refuse the family patronage."),
    "remove": lambda how: _("to remove the family from patronage; %(how)s.", how=how),
    "regime": lambda how: _("to change the regime of the patronage; %(how)s.", how=how),
    "term": lambda how: _("to change the term of the patronage; %(how)s.", how=how),
    "extend": lambda how: _("to extend the patronage %(how)s.", how=how),
    "ratify": lambda _how: _("to ratify the emergency regime that the head has started."),
    "transfer": lambda how: _(
        "to hand the family over to another center and end its patronage here; %(how)s.", how=how
    ),
}
_REJECTED: dict[str, Any] = {
    "enroll": lambda _how: _("not to enroll the family on patronage."),
    "refuse": lambda _how: _("not to refuse the family patronage: it stays before the consilium."),
    "remove": lambda _how: _("not to remove the family from patronage."),
    "regime": lambda _how: _("not to change the regime of the patronage."),
    "term": lambda _how: _("not to change the term of the patronage."),
    "extend": lambda _how: _("not to extend the patronage."),
    "ratify": lambda _how: _("not to ratify the emergency regime: the former regime is back in force."),
    "transfer": lambda _how: _("not to hand the family over to another center."),
}
