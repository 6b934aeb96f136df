"""The lists of contacts: the week, and those of a family."""

from contextlib import suppress
from datetime import date, timedelta
from functools import partial

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import LARGEST_ID, Permission, Role, may, requires
from portal.contacts import columns, queries
from portal.contacts.pages import bp
from portal.families import queries as families
from portal.families.models import Family
from portal.journal.labels import STATES
from portal.lists import takeable
from portal.months import FIRST, LAST
from portal.paging import page_asked, pages
from portal.patronage.loads import specialist_names
from portal.rules.weekly_limit import week_of
from portal.sheets import MOST_ROWS
from portal.web import render


@bp.route("/contacts/", methods=["GET", "POST"])
@requires(Permission.CONTACT_LIST)
@takeable
def index() -> Response:
    """The week of contacts: one's own, a colleague's, or everybody's."""
    monday, mine = _week(), _works()
    chosen = request.args.get("specialist", type=int)
    worker = min(chosen, LARGEST_ID) if chosen is not None else (current_user.id if mine else 0)
    if lists.asked():
        found = queries.week(current_user, monday, worker or None, MOST_ROWS)
        rows = [row for _day, some in found["days"] for row in some]
        return lists.give("contacts.week", _("Contacts"), columns.of_week(found["clashes"]), rows)
    return render(
        "contacts/index.html",
        fragment="contacts/_week.html",
        monday=monday,
        week=queries.week(current_user, monday, worker or None),
        worker=worker,
        plans=may(current_user, Permission.CONTACT_PLAN) and queries.planned_by(current_user, worker),
        mine=mine,
        colleagues=specialist_names(),
        today=clock.today(),
        step=timedelta(7),
    )


def _week() -> date:
    asked = clock.today()
    with suppress(ValueError):
        asked = date.fromisoformat(request.args.get("week", ""))
    return week_of(min(max(asked, FIRST), LAST))


def _works() -> bool:
    return bool(current_user.roles & {Role.SPECIALIST, Role.PEDAGOGUE})


@bp.route("/families/<int:family_id>/contacts", methods=["GET", "POST"])
@requires(Permission.CONTACT_VIEW, of=families.get_family)
@takeable
def of_family(family: Family) -> Response:
    """All contacts with a family, the latest first."""
    audit.look(current_user.id, family.id, "contacts")
    if lists.asked():
        found = lists.every(partial(queries.of_family, family.id))
        return lists.give("contacts.of_family", _("Contacts"), columns.OF_FAMILY, found)
    number = page_asked()
    rows, more = queries.of_family(family.id, number)
    ground = queries.ground(current_user, family.id)
    return render(
        "contacts/of_family.html",
        family=family,
        rows=rows,
        pages=pages(number, queries.PAGE, len(rows), more),
        works=ground is not None,
        schedule=ground and ground.patronage.id,
        was_on=ground is not None or bool(rows),
        journal_states=STATES,
    )
