"""The service journal of the center and of a specialist, and the register of families."""

from portal.papers import journal_facts, register_facts
from portal.papers.kind import Facts, Kind
from portal.rules import N_

JOURNAL: Facts = {
    "period": {"title": "ноябрь 2026 г.", "first": "01.11.2026", "last": "30.11.2026"},
    "rows": [
        {
            "no": "117",
            "day": "12.11.2026",
            "whose": "№ 12 Образцова",
            "service": "Визит; исправляет запись № 110/2026: ошибка в дате",
            "minutes": "60",
            "worker": "Примерова О. П.",
            "recipient": "подписал на бумаге",
            "checked": "Заведующая Е. Л., 13.11.2026",
            "entered": "14.11.2026",
        }
    ],
    "services": [{"service": "Визит", "count": "1", "minutes": "60"}],
    "totals": {
        "entries": "1",
        "services": "1",
        "minutes": "60",
        "families": "1",
        "void": "0",
        "corrections": "1",
        "unchecked": "0",
        "of_clubs": "4",
        "entered": "3",
    },
}
OWN: Facts = JOURNAL | {
    "worker": {
        "name": "Примерова Ольга Петровна",
        "short": "Примерова О. П.",
        "position": "социальный педагог",
    }
}
REGISTER: Facts = {
    "on": {"day": "22.11.2026"},
    "rows": [
        {
            "no": "1",
            "card": "12",
            "adults": "Образцова Мария Ивановна, 12.03.1990",
            "children": "Образцов Иван Петрович, 2015 г. р.",
            "reach": "г. Примерный, ул. Мира, д. 1\n+7 999 123-45-67",
            "categories": "ТЖС, многодетная",
            "regime": "плановый",
            "term": "краткосрочный до 20.05.2027",
            "enrolled": "20.11.2026",
            "suspended": "приостановлен",
            "lead": "Примерова О. П.",
        }
    ],
    "totals": {"families": "1", "children": "1", "suspended": "1"},
}


def _of_no_family(_number: int) -> int | None:
    return None


KINDS: tuple[Kind, ...] = (
    Kind(
        code="service-journal",
        title=N_("Service journal"),
        group="period",
        of="period",
        get=journal_facts.get_period,
        facts=journal_facts.journal,
        sample=JOURNAL,
        family_of=_of_no_family,
    ),
    Kind(
        code="worker-journal",
        title=N_("Service journal of a specialist"),
        group="period",
        of="own_period",
        get=journal_facts.get_own,
        facts=journal_facts.own_journal,
        sample=OWN,
        family_of=_of_no_family,
    ),
    Kind(
        code="family-register",
        title=N_("Register of families"),
        group="period",
        of="register",
        get=register_facts.get_register,
        facts=register_facts.register,
        sample=REGISTER,
        family_of=_of_no_family,
        is_registered=False,
        is_signed=False,
    ),
)
