"""What the administrator sets while the portal runs, and the word lists."""

from datetime import date

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class Setting(Model):
    """One value by its name, as JSON."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Word(Model):
    """An entry of a word list, such as categories, grounds or directions (DOMAIN §5)."""

    __tablename__ = "words"
    list: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label_ru: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class CalendarDay(Model):
    """A day that is off or worked here against the country's table (DOMAIN §7)."""

    __tablename__ = "calendar_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # off | worked
    note: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (CheckConstraint("kind IN ('off', 'worked')", name="kind"),)
