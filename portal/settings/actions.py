"""What changes settings and word lists."""

import json
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Event
from portal.db import atomic
from portal.rules import N_, RuleBroken, workdays
from portal.settings import queries
from portal.settings.calendar import of_country
from portal.settings.models import CalendarDay, Setting, Word
from portal.settings.words import WORDS


def fill_words(s: Session) -> None:
    """Inside a transaction: the word lists of DOMAIN §5."""
    for list_name, entries in WORDS.items():
        for position, (code, ru, en) in enumerate(entries, 1):
            s.merge(Word(list=list_name, code=code, label_ru=ru, label_en=en, position=position, active=True))


def change_settings(actor_id: int, **values: Any) -> None:
    """Set values by name. Raises KeyError for a name nobody defined."""
    with atomic() as s:
        old = {name: queries.value(name) for name in values}
        for name, value in values.items():
            s.merge(Setting(name=name, value=json.dumps(value, ensure_ascii=False)))
        audit.record(s, Event.SETTINGS_CHANGED, actor_id, Setting(name="all"), old=old, new=values)


def set_day(day: date, kind: str, note: str, actor_id: int) -> None:
    """Let a day be off or worked here, against the country's table. Raises far_year, same_day."""
    workdays.check_year(day)
    workdays.check_own_day(of_country(current_app.config["COUNTRY"], day.year), day, kind)
    with atomic() as s:
        row = s.get(CalendarDay, day)
        old = {"kind": row.kind, "note": row.note} if row else {}
        row = s.merge(CalendarDay(day=day, kind=kind, note=note))
        new = {"day": day, "kind": kind, "note": note}
        audit.record(s, Event.CALENDAR_DAY_SET, actor_id, row, old=old, new=new)


def take_day_back(day: date, actor_id: int) -> None:
    """Let the country's table say again what the day is. Raises no_own_day."""
    with atomic() as s:
        row = s.get(CalendarDay, day)
        if row is None:
            raise RuleBroken("no_own_day", N_("The country's table applies to this day already."))
        s.delete(row)
        old = {"day": day, "kind": row.kind, "note": row.note}
        audit.record(s, Event.CALENDAR_DAY_TAKEN_BACK, actor_id, row, old=old)
