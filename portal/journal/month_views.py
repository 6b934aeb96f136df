"""A month of the journal to be read: one's own entries, or for the head those of a worker, a department, or all."""

from functools import partial
from typing import Any

from flask import Response, request
from flask_login import current_user

from portal import lists
from portal.access import LARGEST_ID, Permission, may, requires
from portal.journal import columns, labels, months
from portal.journal.entry_views import cursor
from portal.journal.pages import bp
from portal.lists import takeable
from portal.months import LAST, around, month_asked
from portal.paging import page_url
from portal.papers import periods
from portal.web import render


@bp.route("/month", methods=["GET", "POST"])
@requires(Permission.JOURNAL_WRITE)
@takeable
def of_month() -> Response:
    """The entries of a month by number; the papers of the same are a button on top."""
    heads, day = may(current_user, Permission.JOURNAL_CHECK), month_asked()
    worker, department = _whose(heads)
    read = partial(months.table, (day.year, day.month), worker, department)
    if lists.asked():
        title = labels.month_name(day.year, day.month)
        return lists.give("journal.month", title, columns.MONTH, lists.onward(read))
    rows, following = read(cursor("after"))
    workers = months.workers() if heads else []
    known = day < LAST
    return render(
        "journal/month.html",
        rows=rows,
        month_name=labels.month_name(day.year, day.month),
        worker=worker,
        department=department,
        workers=workers,
        departments=months.departments(workers),
        heads=heads,
        paper=periods.journal_papers(day, worker) if known and not department else None,
        period=periods.month(day).id if known else None,
        next_url=page_url(after=following) if following else None,
        first_url=page_url(after=None) if "after" in request.args else None,
        **around(day),
    )


def _whose(heads: bool) -> tuple[int | None, str]:
    """The worker, None for all; and the department, empty for all. Who checks nothing reads their own."""
    if not heads:
        return current_user.id, ""
    worker: Any = request.args.get("worker", type=int)
    return min(worker, LARGEST_ID) if worker else None, request.args.get("department", "")
