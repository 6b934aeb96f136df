"""The papers with which the work with a family begins (R8, R19)."""

from portal.papers import intake_facts as facts
from portal.papers import objects
from portal.papers.kind import Kind
from portal.papers.samples import CHILDREN, DAY, DECLARED, FAMILY, MEMBERS, MOTHER, SPECIALIST
from portal.rules import N_

KINDS: tuple[Kind, ...] = (
    Kind(
        code="application",
        title=N_("Application for social services"),
        group="family",
        of="patronage",
        get=objects.get_patronage,
        facts=facts.application,
        sample={
            "family": FAMILY,
            "representative": MOTHER,
            "declared": DECLARED,
            "children": CHILDREN,
            "members": MEMBERS,
            "intake": DAY | {"about": "Осталась без работы, двое детей."},
        },
        family_of=objects.of_patronage,
        has_blank=True,
    ),
    Kind(
        code="survey-report",
        title=N_("Report of the survey of living conditions"),
        group="family",
        of="patronage",
        get=objects.get_patronage,
        facts=facts.survey_report,
        sample={
            "family": FAMILY,
            "representative": MOTHER,
            "members": MEMBERS,
            "specialist": SPECIALIST,
            "intake": {"day": "20.11.2026", "from": "заявление семьи"},
            "survey": DAY
            | {
                "due": "25.11.2026",
                "present": "мать, бабушка",
                "late_reason": "",
                "housing": "Двухкомнатная квартира, тепло, чисто.",
                "income": "Заработная плата матери.",
                "health": "Дети здоровы.",
                "upbringing": "У детей есть место для занятий.",
                "relations": "Отношения тёплые.",
                "needs": "Помощь в поиске работы.",
                "conclusion": "Семья нуждается в социальном сопровождении.",
            },
        },
        family_of=objects.of_patronage,
        has_blank=True,
    ),
    Kind(
        code="service-agreement",
        title=N_("Agreement on social services"),
        group="family",
        of="patronage",
        get=objects.get_patronage,
        facts=facts.agreement,
        sample={
            "family": FAMILY,
            "representative": MOTHER,
            "declared": DECLARED,
            "children": CHILDREN,
            "agreement": DAY | {"number": "12/п", "until": "31 мая 2027 г.", "ended": "", "end_reason": ""},
            "patronage": {"regime": "плановый"},
        },
        family_of=objects.of_patronage,
        has_blank=True,
    ),
)
