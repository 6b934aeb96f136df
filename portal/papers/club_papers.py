"""The papers of clubs: the program, the schedule, the sheet of attendance of a session."""

from portal.papers import club_facts
from portal.papers.kind import Facts, Kind
from portal.rules import N_

CLUB: Facts = {
    "name": "«Мастерская»",
    "room": "кабинет № 4",
    "leader": "Руководителева Анна Викторовна",
    "leader_short": "Руководителева А. В.",
}
PROGRAM: Facts = {
    "club": CLUB,
    "program": {
        "title": "Мы вместе",
        "version": "2",
        "state": "черновик",
        "day": "01.09.2026",
        "aims": "Развитие коммуникативных навыков.",
        "audience": "Подростки 12–15 лет.",
        "why": "Добавлены темы зимы.",
    },
    "topics": [
        {
            "no": "1",
            "title": "Знакомство",
            "goal": "Узнать друг друга",
            "methods": "Игра, беседа",
            "props": "Мяч",
        }
    ],
}
SCHEDULE: Facts = {
    "club": CLUB,
    "from": {"day": "01.11.2026"},
    "times": [{"weekday": "понедельник", "hours": "15:00–16:00", "minutes": "60"}],
    "sessions": [
        {
            "no": "1",
            "day": "02.11.2026",
            "weekday": "понедельник",
            "hours": "15:00–16:00",
            "topic": "Знакомство",
            "room": "кабинет № 4",
            "note": "отменено: болезнь руководителя",
        }
    ],
}
SHEET: Facts = {
    "club": CLUB,
    "session": {
        "day": "02.11.2026",
        "hours": "15:00–16:00",
        "minutes": "60",
        "room": "кабинет № 4",
        "topic": "Знакомство",
        "goal": "Узнать друг друга",
        "cancelled": "болезнь руководителя",
    },
    "rows": [{"no": "1", "name": "Образцов Иван Петрович", "family": "№ 12", "mark": "присутствует"}],
    "came": "1",
    "booked": "1",
}


def _of_no_family(_object_id: int) -> int | None:
    return None


KINDS: tuple[Kind, ...] = (
    Kind(
        code="club-program",
        title=N_("Program of the club"),
        group="club",
        of="club_program",
        get=club_facts.get_program,
        facts=club_facts.program,
        sample=PROGRAM,
        family_of=_of_no_family,
    ),
    Kind(
        code="club-schedule",
        title=N_("Schedule of the club"),
        group="club",
        of="club",
        get=club_facts.get_club,
        facts=club_facts.schedule,
        sample=SCHEDULE,
        family_of=_of_no_family,
        is_registered=False,
        is_signed=False,
    ),
    Kind(
        code="attendance-sheet",
        title=N_("Sheet of attendance"),
        group="club",
        of="session",
        get=club_facts.get_session,
        facts=club_facts.attendance,
        sample=SHEET,
        family_of=_of_no_family,
        has_blank=True,
    ),
)
