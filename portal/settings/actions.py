"""What changes settings and word lists."""

import json
from typing import Any

from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Event
from portal.db import atomic
from portal.settings import queries
from portal.settings.models import Setting, Word
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
