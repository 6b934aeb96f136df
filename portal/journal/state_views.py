"""What of the sessions is not yet entered into the state information system: the list, its marks, its files (R16)."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import audit, lists
from portal.access import LARGEST_ID, Permission, requires
from portal.journal import state_actions, state_files, state_queries
from portal.journal.columns import STATE_SYSTEM
from portal.journal.forms import EnteredForm
from portal.journal.head_views import parsed_month
from portal.journal.models import JournalEntry
from portal.journal.pages import bp
from portal.journal.state_queries import Asked
from portal.lists import takeable_form
from portal.sheets import MOST_ROWS
from portal.web import attempt, go, number_of, render


@bp.route("/state-system", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK)
@takeable_form
def state_system() -> Response:
    """Services that wait to be entered, or were; those ticked, or all shown, are marked with a day."""
    asked = _asked()
    if lists.asked():
        return _file(asked)
    form = EnteredForm()
    ticked = _ticked()
    if form.validate_on_submit():
        with form.rules():
            return _mark(form, ticked, asked)
    return _page(form, asked, set(ticked))


def _file(asked: Asked) -> Response:
    """The services in the shape in which the state information system is filled, all of them."""
    rows = state_queries.services(current_user, asked, MOST_ROWS)
    month = f".{asked.month[0]}-{asked.month[1]:02}" if asked.month else ""
    title = _("State information system")
    return lists.give(f"services{month}", title, STATE_SYSTEM, rows, looked="journal.state_system")


def _asked() -> Asked:
    def number(name: str) -> int | None:
        return min(number_of(request.args.get(name, "")), LARGEST_ID) or None

    return Asked(
        entered="entered" in request.args,
        month=parsed_month(request.args.get("month", "")),
        club_id=number("club"),
        session_id=number("session"),
    )


def _ticked() -> list[int]:
    """The entries that were ticked, or with `all` those that were shown."""
    sent = request.form.getlist("shown" if "all" in request.form else "entries")
    return [number for one in sent if (number := number_of(one))][: state_queries.SHOWN]


def _mark(form: EnteredForm, ticked: list[int], asked: Asked) -> Response:
    here = _address(asked)
    ids = state_queries.own_ids(current_user, ticked)
    if not ids:
        return go(here, _("Tick at least one service."), "warn")
    done = state_actions.mark(ids, form.entered_on.data, current_user.id)
    return go(here, ngettext("%(num)d service is marked.", "%(num)d services are marked.", done))


def _page(form: EnteredForm, asked: Asked, ticked: set[int]) -> Response:
    rows = state_queries.services(current_user, asked, state_queries.SHOWN)
    _look(rows)
    return render(
        "journal/state_system.html",
        form=form,
        asked=asked,
        rows=rows,
        count=len(rows) if len(rows) < state_queries.SHOWN else state_queries.counted(current_user, asked),
        ticked=ticked,
        clubs=state_queries.clubs(current_user),
        month=f"{asked.month[0]}-{asked.month[1]:02}" if asked.month else "",
        text=state_files.as_text(state_files.table(rows)),
        address=lambda **changes: _address(asked, **changes),
    )


def _address(asked: Asked, **changes: Any) -> str:
    """The page with its filters, some of them changed."""
    values: dict[str, Any] = {
        "entered": 1 if asked.entered else None,
        "month": f"{asked.month[0]}-{asked.month[1]:02}" if asked.month else None,
        "club": asked.club_id,
        "session": asked.session_id,
    }
    return url_for("journal.state_system", **values | changes)


def _look(rows: list[Any]) -> None:
    audit.look_at_several(current_user.id, {row.family_id for row in rows}, "journal.state_system")


@bp.post("/state-system/<int:service_id>/unmark")
@requires(Permission.ATTENDANCE_MARK, of=state_queries.get_service)
def state_unmark(entry: JournalEntry) -> Response:
    """Take the mark away."""
    back = (
        url_for(".state_system", entered=1) if "list" in request.form else url_for(".show", entry_id=entry.id)
    )
    return attempt(back, _("The mark is removed."), state_actions.unmark, entry.id, current_user.id)
