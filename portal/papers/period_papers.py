"""The report of a month or a quarter."""

from portal.papers import period_facts
from portal.papers.kind import Facts, Kind
from portal.rules import N_


def _named(name: str, count: str) -> Facts:
    return {"name": name, "count": count}


REPORT: Facts = {
    "period": {
        "title": "ноябрь 2026 г.",
        "first": "01.11.2026",
        "last": "30.11.2026",
        "until": "22.11.2026",
    },
    "families": {"at_start": "40", "taken": "3", "removed": "1", "at_end": "42"},
    "regimes": [_named("плановый", "40")],
    "categories": [_named("многодетная", "12")],
    "grounds": [_named("собственное обращение", "3")],
    "removals": [_named("цели достигнуты", "1")],
    "contacts": [
        {"name": "Визит", "done": "35", "minutes": "2100", "failed": "2", "cancelled": "1", "ahead": "4"}
    ],
    "norms": {"owed": "40", "met": "36", "percent": "90 %", "ahead": "4", "missed": "2"},
    "specialists": [
        {
            "name": "Примерова О. П.",
            "families": "10",
            "owed": "10",
            "met": "9",
            "percent": "90 %",
            "visits": "8",
            "calls": "3",
        }
    ],
    "clubs": [
        {
            "name": "Мастерская",
            "sessions": "8",
            "served": "12",
            "came": "80",
            "excused": "5",
            "absent": "3",
            "share": "91 %",
        }
    ],
    "attendance": {
        "name": "Всего",
        "sessions": "8",
        "served": "",
        "came": "80",
        "excused": "5",
        "absent": "3",
        "share": "91 %",
    },
    "meetings": {"held": "2", "no_quorum": "0", "cancelled": "1"},
    "decisions": [{"name": "Постановка", "carried": "3", "rejected": "0"}],
    "late": [_named("записи журнала, не прошедшие проверку", "5")],
}

KINDS: tuple[Kind, ...] = (
    Kind(
        code="period-report",
        title=N_("Report of a period"),
        group="period",
        of="period",
        get=period_facts.get_report,
        facts=period_facts.report,
        sample=REPORT,
        family_of=lambda _number: None,
    ),
)
