"""What a meeting says outside of the portal: letters of invitation and calendar files. Never a family's name."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import format_date
from flask import current_app

from portal import clock, i18n
from portal.consilium.invitation_models import Invitation
from portal.mail.outbox import Letter

LASTS = timedelta(hours=2)  # as long as calendars keep free for a meeting


@dataclass(frozen=True)
class Told:
    """What is told of a meeting: its name, where and when, how much is on its agenda, and what it was before."""

    meeting_id: int
    number: int
    extraordinary: bool
    kind: str  # convened | changed | cancelled
    sequence: int
    held_on: date
    starts_at: time
    place: str
    items: int
    first_at: datetime  # when it was convened: a part of the name that calendars know it by
    made_at: datetime
    was: Invitation | None = None


def link(told: Told) -> str:
    """The address of the meeting; empty where nobody has said how the portal is reached."""
    base = current_app.config["PORTAL_URL"]
    return f"{base}/consilium/meetings/{told.meeting_id}" if base else ""


def letter(told: Told, language: str) -> Letter:
    """The letter in its reader's language, with the calendar file."""
    return Letter(_subject(told, language), _body(told, language), calendar_file(told, language))


def name(told: Told, language: str) -> str:
    """«Заседание консилиума № 5»."""
    _ = i18n.catalogue(language).gettext
    if told.extraordinary:
        return _("Extraordinary meeting of the consilium № %(number)s") % {"number": told.number}
    return _("Meeting of the consilium № %(number)s") % {"number": told.number}


def _subject(told: Told, language: str) -> str:
    _ = i18n.catalogue(language).gettext
    when = f"{told.held_on:%d.%m.%Y}, {told.starts_at:%H:%M}"
    forms = {
        "convened": _("%(name)s: %(when)s"),
        "changed": _("%(name)s — changed: %(when)s"),
        "cancelled": _("%(name)s is called off (%(when)s)"),
    }
    return forms[told.kind] % {"name": name(told, language), "when": when}


def _body(told: Told, language: str) -> str:
    _ = i18n.catalogue(language).gettext
    first = {
        "convened": _("You are invited to a meeting of the consilium."),
        "changed": _("A meeting of the consilium you are invited to has changed."),
        "cancelled": _("A meeting of the consilium you were invited to is called off. You need not come."),
    }
    lines = [_("Good day!"), "", first[told.kind], "", *_facts(told, language), ""]
    if told.kind != "cancelled":
        lines += [_("Agenda and papers:"), link(told), "", _("The calendar file is attached.")]
    else:
        lines += [_("The attached file takes it out of your calendar.")]
    return "\n".join(
        [*lines, _("The portal has sent this letter by itself: there is no need to answer."), ""]
    )


def _facts(told: Told, language: str) -> list[str]:
    _ = i18n.catalogue(language).gettext
    lines = [name(told, language), _when(told.held_on, told.starts_at, language)]
    if told.place:
        lines.append(_("Place: %(place)s") % {"place": told.place})
    if told.kind == "changed" and told.was is not None:
        lines.append(_("It was: %(what)s") % {"what": _before(told.was, language)})
    if told.kind != "cancelled":
        lines.append(_("Items on the agenda: %(count)s") % {"count": told.items})
    return lines


def _before(was: Invitation, language: str) -> str:
    when = _when(was.held_on, was.starts_at, language)
    return f"{when}, {was.place}" if was.place else when


def _when(day: date, at: time, language: str) -> str:
    """«вторник, 24 ноября 2026 г., 14:00»."""
    return f"{format_date(day, 'full', locale=language)}, {at:%H:%M}"


def calendar_file(told: Told, language: str) -> str:
    """The meeting as an iCalendar file: the same UID for ever, a sequence that grows, called off where it is.

    RFC 5545 and 5546. Calendars without the centre's zone find it in the file.
    """
    import icalendar  # only who takes a calendar file or convenes loads it

    calendar, event = icalendar.Calendar(), icalendar.Event()
    off, zone = told.kind == "cancelled", clock.zone()
    start = datetime.combine(told.held_on, told.starts_at, zone)
    calendar.add("prodid", "-//patronage portal//consilium//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if off else "PUBLISH")
    event.add("uid", f"consilium-{told.meeting_id}-{told.first_at:%Y%m%dT%H%M%S%f}@patronage.portal")
    event.add("sequence", told.sequence)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("summary", name(told, language))
    event.add("dtstamp", told.made_at)
    event.add("dtstart", start)
    event.add("dtend", datetime.combine(told.held_on, told.starts_at, zone) + LASTS)
    _add_more(event, told)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())


def _add_more(event: "icalendar.Event", told: Told) -> None:  # type: ignore[name-defined]  # noqa: F821
    if told.place:
        event.add("location", told.place)
    if link(told):
        event.add("url", link(told))
    if current_app.config["MAIL_FROM"]:
        event.add("organizer", f"mailto:{current_app.config['MAIL_FROM']}")
