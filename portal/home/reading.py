"""My work: what a member of the consilium has still to read before the meeting."""

from flask import url_for
from flask_babel import gettext as _

from portal.accounts.models import Visitor
from portal.consilium import reading
from portal.consilium.labels import KINDS
from portal.home.work import Figure, Row, Section, Work
from portal.web import show_date

SHORT = 5


def to_read(user: Visitor, work: Work) -> None:
    """The items not read yet, of the meetings to come; nothing for who has read all, or does not vote."""
    left = reading.unread(user.id)
    if not left:
        return
    days = sorted({one.held_on for one in left})
    day = show_date(days[0])
    when = (
        _("for the meeting of %(day)s", day=day)
        if len(days) == 1
        else _("the first meeting: %(day)s", day=day)
    )
    work.add(
        Figure(_("To read before the meeting"), len(left), _address(left[0]), "book", "warn", when),
        Section(
            "to_read",
            _("To read before the meeting"),
            [Row(_title(one), show_date(one.held_on), _address(one)) for one in left[:SHORT]],
            "book",
            "",
            url_for("consilium.meeting", meeting_id=left[0].meeting_id),
            _("The agenda"),
        ),
    )


def _address(one: reading.ToRead) -> str:
    return url_for("consilium.item", item_id=one.item_id)


def _title(one: reading.ToRead) -> str:
    """«Постановка: Соколова, № 12», or the free question."""
    return one.question or f"{KINDS[one.kind]}: {one.surname}, № {one.number}"
