"""Invented facts of the schedule of visits, the sheet of a visit, the log of outings."""

from portal.papers.kind import Facts
from portal.papers.samples import DAY, FAMILY, MOTHER, SPECIALIST

SCHEDULE: Facts = {
    "family": FAMILY,
    "schedule": {
        "from": "ноябрь 2026 г.",
        "until": "20.01.2027",
        "regime": "плановый",
        "norm": "не менее 1 раза в месяц",
    },
    "rows": [
        {
            "no": "1",
            "day": "24.11.2026, вт",
            "time": "14:00",
            "kind": "Визит",
            "minutes": "60 мин",
            "specialist": "Примерова О. П.",
            "state": "состоялся",
        }
    ],
    "specialist": SPECIALIST,
    "representative": MOTHER,
    "plan": {"agreed": "22.11.2026"},
    "head": {"short": "Заведующая Е. Л."},
}
VISIT: Facts = {
    "family": FAMILY,
    "specialist": SPECIALIST,
    "contact": DAY
    | {
        "of_kind": "патронажного визита",
        "kind": "Визит",
        "time": "14:00",
        "planned": "",
        "minutes": "55 мин",
        "is_call": "",
        "channel": "",
        "reason": "",
        "state": "Состоялся",
        "why": "",
        "notes": "Обсудили план, дети здоровы.",
        "recommendations": "Заниматься каждый день по полчаса.",
        "left_open": "",
    },
    "members": [{"who": "Образцова Мария Ивановна, мать"}],
    "stages": [
        {
            "no": "1",
            "stage": "Предварительная договорённость",
            "text": "Позвонить, чтобы подтвердить договорённость о патронаже.",
            "mark": "выполнено",
            "note": "Мать будет дома.",
        }
    ],
    "steps": [
        {
            "no": "1",
            "stage": "Предварительная договорённость",
            "text": "Позвонить, чтобы подтвердить договорённость о патронаже.",
        }
    ],
    "branches": [
        {
            "name": "Рекомендации не выполняются",
            "note": "Не занимаются с логопедом.",
            "what": "Доложено заведующему отделением; открыт разбор с автором задания: Логопедова А. И.",
            "at": "22.11.2026",
        }
    ],
    "tasks": [
        {
            "minor": "Образцова Анна Петровна",
            "text": "Читать вслух по десять минут",
            "author": "Логопедова А. И.",
        }
    ],
    "next": {"day": "22.12.2026", "words": "22 декабря 2026 г., 14:00"},
    "journal": {
        "number": "41/2026",
        "signed": "подписано на бумаге",
        "signer": "Образцова М. И.",
        "refusal": "",
        "checked": "25.11.2026",
    },
    "head": {"short": "Заведующая Е. Л."},
}
LOG: Facts = {
    "specialist": SPECIALIST,
    "department": {"name": "отделение социально-правовой помощи"},
    "month": {"words": "ноябрь 2026 г."},
    "rows": [
        {
            "no": "1",
            "day": "24.11.2026, вт",
            "time": "14:00",
            "family": "Образцова, № 12",
            "address": "г. Примерный, ул. Мира, д. 1, кв. 2",
            "kind": "Визит",
            "minutes": "60 мин",
            "state": "Состоялся",
        }
    ],
    "total": {"all": "1", "done": "1", "visits": "1", "calls": "0"},
    "head": {"short": "Заведующая Е. Л."},
}
