"""Invented facts of the family card, the diagnosis, the plan and the closing analysis."""

from portal.papers.kind import Facts
from portal.papers.samples import DAY, FAMILY, MEMBERS, SPECIALIST

CARD: Facts = {
    "family": FAMILY
    | {
        "course_ended": "01.10.2026",
        "note": "Звонить вечером.",
        "status": "На патронаже",
        "opened": "05.10.2026",
    },
    "members": MEMBERS,
    "gone": [{"name": "Образцов Пётр Сергеевич", "left": "01.02.2025"}],
    "episodes": [
        {
            "opened": "05.10.2026",
            "enrolled": "20.10.2026",
            "ground": "окончание курса реабилитации",
            "regime": "плановый, краткосрочный",
            "until": "31.05.2027",
            "status": "На патронаже",
            "removed": "",
        }
    ],
    "consents": [
        {
            "given": "06.10.2026",
            "who": "Образцова Мария Ивановна",
            "signed": "Образцова Анна Петровна",
            "withdrawn": "",
        }
    ],
    "specialists": [
        {
            "name": "Примерова Ольга Петровна",
            "position": "социальный педагог",
            "kind": "закреплённый специалист",
            "since": "20.10.2026",
        }
    ],
    "decisions": [
        {"number": "7/2026", "day": "20.10.2026", "kind": "Постановка на патронаж", "outcome": "принято"}
    ],
    "links": [
        {
            "who": "бабушка, Образцова Нина Павловна",
            "kind": "родственник",
            "phone": "+7 999 765-43-21",
            "helps": "Забирает детей из школы.",
        }
    ],
    "specialist": {"short": "Примерова О. П."},
}
DIAGNOSIS: Facts = {
    "family": FAMILY,
    "members": MEMBERS,
    "diagnosis": DAY
    | {
        "number": "2",
        "state": "",
        "depth": "2 — выраженный кризис",
        "place_in_society": "Мать работает неполный день.",
        "surroundings": "Помогает бабушка.",
        "family_relations": "Отношения матери и детей тёплые.",
        "problems": "Долг за коммунальные услуги.",
        "causes": "Потеря работы.",
        "crisis_nature": "Кризис семейной жизни после развода.",
        "risks": "Дети могут остаться без присмотра.",
        "strengths": "Мать заботится о детях.",
        "resources": "Бабушка, школа.",
        "family_view": "Нужна работа.",
        "conclusion": "Начать с помощи в поиске работы.",
    },
    "spheres": [
        {
            "sphere": "Жильё",
            "score": "1 — лёгкие трудности",
            "note": "Долг за отопление.",
            "change": "лучше на 1",
        }
    ],
    "earlier": {"day": "10.05.2026"},
    "author": SPECIALIST,
    "approved": {"by": "Заведующая Е. Л.", "day": "24.11.2026"},
}
PLAN: Facts = {
    "family": FAMILY,
    "members": MEMBERS,
    "plan": {
        "version": "2",
        "state": "",
        "aim": "Дети дома и ходят в школу.",
        "resources": "Бабушка, школа.",
        "wishes": "Помочь с работой.",
        "family_part": "Мать встаёт на учёт в службе занятости.",
        "agreed": "22.11.2026",
    },
    "goals": [{"no": "1", "sphere": "Доходы и работа", "text": "Доход семьи вырос"}],
    "measures": [
        {
            "no": "1.1",
            "goal": "Доход семьи вырос",
            "text": "Помочь встать на учёт в службе занятости",
            "family_part": "Собрать документы",
            "due": "15.12.2026",
            "who": "Примерова О. П.",
            "result": "выполнено, 10.12.2026: встала на учёт",
        }
    ],
    "author": {"short": "Примерова О. П."},
    "representatives": [{"short": "Образцова М. И."}],
    "approved": {"by": "Заведующая Е. Л.", "day": "24.11.2026"},
}
ANALYSIS: Facts = {
    "family": FAMILY,
    "members": MEMBERS,
    "patronage": {
        "enrolled": "20.10.2025",
        "removed": "",
        "regime": "плановый",
        "term": "краткосрочный",
        "stage": "Заключительный этап",
        "ground": "окончание курса реабилитации",
    },
    "specialists": [
        {
            "name": "Примерова Ольга Петровна",
            "position": "социальный педагог",
            "kind": "закреплённый специалист",
            "since": "20.10.2025",
            "until": "",
        }
    ],
    "contacts": {"visits": "14", "calls": "3", "meetings": "2", "failed": "1"},
    "measures": [{"outcome": "выполнено", "count": "8"}],
    "spheres": [
        {
            "sphere": "Жильё",
            "then": "3 — серьёзное неблагополучие",
            "now": "1 — лёгкие трудности",
            "change": "лучше на 2",
        }
    ],
    "analysis": DAY | {"body": "Цели плана достигнуты: мать работает, дети ходят в школу."},
    "author": SPECIALIST,
    "approved": {"by": "Заведующая Е. Л.", "day": "24.11.2026"},
}
