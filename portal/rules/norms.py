"""R9: how often a family on patronage is visited or called: what was owed, what took place, what is due.

BY, list of services with their norms: «экстренный — не менее 2 раз в неделю; плановый — не менее 1 раза в месяц;
контрольный — 1 раз в 3 месяца». Weeks run from Monday to Sunday, months and quarters are those of the calendar.

Every day that owes carries its share of the norm of that day: of «twice a week» a seventh of two, of «once a
month» a thirtieth or so of one. What a period owes is the sum over its days, rounded down (DOMAIN R9): a part of
a period, a change of the regime or of the norm, suspended and exempt days need no rules of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class Unit(StrEnum):
    """The period a norm counts in."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Norm:
    """At least `count` contacts in each `unit`."""

    count: int
    unit: Unit


@dataclass(frozen=True)
class NormVersion:
    """The norms in force from a day on, by regime; a regime that is not in it owes nothing."""

    starts_on: date
    norms: Mapping[str, Norm]


BY_LAW = NormVersion(
    date.min,
    {
        "emergency": Norm(2, Unit.WEEK),
        "planned": Norm(1, Unit.MONTH),
        "control": Norm(1, Unit.QUARTER),
    },
)
GAPS = {"emergency": 5, "planned": 45, "control": 100}  # days without a contact that warn, besides the norm


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included; `last` is None while it goes on."""

    first: date
    last: date | None = None


@dataclass(frozen=True)
class RegimeSpan(Span):
    """Days of a patronage under one regime."""

    regime: str = ""


def regime_spans(
    first: date, last: date | None, regime: str, changes: Iterable[tuple[date, str, str]]
) -> list[RegimeSpan]:
    """The regimes of a patronage from `first` to `last`, by its changes in order: (from which day, former, new).

    R9: a change of the regime within a period. Of several changes on one day the last holds; before the first one
    it was its `former`; without changes `regime` has held all along.
    """
    begins: dict[date, str] = {}
    for from_on, former, new in changes:
        if not begins:
            begins[date.min] = former
        begins[from_on] = new
    days = sorted(begins or {date.min: regime})
    spans: list[RegimeSpan] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        start, end = max(day, first), last if following is None else min(following - DAY, last or date.max)
        if end is not None and end < start:
            continue
        now = begins.get(day, regime)
        if spans and spans[-1].regime == now:
            start = spans.pop().first
        spans.append(RegimeSpan(start, end, now))
    return spans


@dataclass(frozen=True)
class History:
    """What a patronage is judged by. Regime spans do not overlap; `lifted` are suspended and exempt days.

    On lifted days nothing is owed, though a contact on one of them counts.
    """

    regimes: Sequence[RegimeSpan]
    lifted: Sequence[Span] = ()
    versions: Sequence[NormVersion] = (BY_LAW,)


@dataclass(frozen=True)
class _Stretch:
    """Days of one regime under one norm."""

    first: date
    last: date
    norm: Norm


def _stretches(history: History, end: date) -> list[_Stretch]:
    """The days of the history up to `end`, cut where the regime or the version of the norms changes."""
    versions = sorted(history.versions, key=lambda version: version.starts_on)
    ends = [version.starts_on - DAY for version in versions[1:]] + [date.max]
    return [
        _Stretch(max(span.first, version.starts_on), min(span.last or end, end, until), norm)
        for span in sorted(history.regimes, key=lambda span: span.first)
        for version, until in zip(versions, ends, strict=True)
        if (norm := version.norms.get(span.regime))
        and max(span.first, version.starts_on) <= min(span.last or end, end, until)
    ]


def _merged(spans: Iterable[Span], end: date) -> list[tuple[date, date]]:
    """The spans without overlaps, in order, none beyond `end`."""
    merged: list[tuple[date, date]] = []
    for span in sorted(spans, key=lambda one: one.first):
        last = min(span.last or end, end)
        if last < span.first:
            continue
        if merged and span.first <= merged[-1][1] + DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((span.first, last))
    return merged


def _owing(first: date, last: date, lifted: list[tuple[date, date]]) -> tuple[int, date | None]:
    """How many of the days owe, and the last of them."""
    days, latest = (last - first).days + 1, last
    for start, end in reversed(lifted):
        if start <= last and end >= first:
            days -= (min(end, last) - max(start, first)).days + 1
        if start <= latest <= end:
            latest = start - DAY
    return days, latest if days else None


class Standing(StrEnum):
    """How a period stands."""

    NOTHING_OWED = "nothing_owed"
    MET = "met"
    DUE = "due"
    MISSED = "missed"


@dataclass
class Period:
    """A week, month or quarter of a patronage: what it owes, what took place, and until when there is time.

    `first` and `last` are those of the calendar; `due_on` is its last day that owes. `weight` is the sum of the
    counts of the norm over the days that owe.
    """

    unit: Unit
    first: date
    last: date
    weight: int = 0
    due_on: date | None = None
    took_place: list[date] = field(default_factory=list)

    @property
    def owed(self) -> int:
        """The contacts owed: the part of the norm that its days make, rounded down."""
        return self.weight // ((self.last - self.first).days + 1)

    @property
    def lacking(self) -> int:
        """How many are still to take place."""
        return max(0, self.owed - len(self.took_place))

    def standing(self, today: date) -> Standing:
        """How it stands at the end of the day before `today`, and with what took place today."""
        if not self.owed:
            return Standing.NOTHING_OWED
        if not self.lacking:
            return Standing.MET
        return Standing.DUE if self.due_on is not None and self.due_on >= today else Standing.MISSED


def period_of(unit: Unit, day: date) -> tuple[date, date]:
    """The first and the last day of the calendar's period that holds the day."""
    if unit == Unit.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = 1 if unit == Unit.MONTH else 3
    month = (day.month - 1) // months * months + 1
    after = date(day.year + (month + months > 12), (month + months - 1) % 12 + 1, 1)
    return date(day.year, month, 1), after - DAY


def judge(history: History, contacts: Iterable[date], first: date, last: date) -> list[Period]:
    """The periods that touch the days from `first` to `last`, in order of their ends, each judged whole.

    `contacts` are the days of those that took place, one for each; of a day without a norm they count nowhere.
    """
    found: dict[tuple[Unit, date], Period] = {}
    start = min(period_of(unit, first)[0] for unit in Unit)
    end = max(period_of(unit, last)[1] for unit in Unit)
    stretches = [one for one in _stretches(history, end) if one.last >= start]
    lifted = _merged(history.lifted, end)
    for one in stretches:
        day = max(one.first, start)
        while day <= one.last:
            period = _period(found, one.norm.unit, day)
            until = min(one.last, period.last)
            days, latest = _owing(day, until, lifted)
            period.weight += one.norm.count * days
            period.due_on = latest or period.due_on
            day = until + DAY
    for day in sorted(contacts):
        for one in stretches:
            if max(one.first, start) <= day <= one.last:
                _period(found, one.norm.unit, day).took_place.append(day)
    touched = (one for one in found.values() if one.first <= last and one.last >= first)
    return sorted(touched, key=lambda one: (one.last, one.first))


def _period(found: dict[tuple[Unit, date], Period], unit: Unit, day: date) -> Period:
    first, last = period_of(unit, day)
    period = found.get((unit, first))
    if period is None:
        period = found[unit, first] = Period(unit, first, last)
    return period


def late_by(periods: Iterable[Period], today: date, day: date) -> list[Period]:
    """The periods that are missed already, or will be by the end of `day` when nothing takes place."""
    return [
        one
        for one in periods
        if one.lacking and one.due_on is not None and (one.due_on <= day or one.due_on < today)
    ]


def days_without_contact(history: History, contacts: Iterable[date], today: date) -> int:
    """How many days that owe have gone by since the last contact, or since the patronage began."""
    began = min((span.first for span in history.regimes), default=today)
    since = max((day for day in contacts if day <= today), default=began - DAY) + DAY
    lifted = _merged(history.lifted, today)
    return sum(
        _owing(max(one.first, since), one.last, lifted)[0]
        for one in _stretches(history, today)
        if one.last >= since
    )


def gap_warns(regime: str, days: int, gaps: Mapping[str, int] = GAPS) -> bool:
    """Whether so many days without a contact are too long for the regime, whatever the norm says."""
    return regime in gaps and days > gaps[regime]


def next_due(history: History, contacts: Iterable[date], today: date, until: date) -> date | None:
    """The day by which the next contact must take place: the first, from today to `until`, that would be missed."""
    days = (
        one.due_on
        for one in judge(history, contacts, today, until)
        if one.lacking and one.due_on is not None and one.due_on >= today
    )
    return min(days, default=None)
