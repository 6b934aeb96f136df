"""The list of plans and measures that want something."""

from functools import partial
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock
from portal import lists as files
from portal.access import LARGEST_ID, Permission, requires
from portal.lists import takeable
from portal.paging import page_asked, page_url, pages
from portal.patronage import loads
from portal.plans import lists
from portal.plans.columns import COLUMNS
from portal.plans.lists import SIZE, Wanted
from portal.plans.pages import bp
from portal.web import is_fragment, render


@bp.route("/plans/", methods=["GET", "POST"])
@requires(Permission.PLAN_WRITE)
@takeable
def index() -> Response:
    """Measures that are late or due this week, plans to approve and to mend, families without a plan."""
    show = request.args.get("show", "")
    number = page_asked()
    specialist = max(0, min(request.args.get("specialist", 0, type=int), LARGEST_ID))
    wanted = Wanted(show if show in lists.KINDS else "overdue", specialist, request.args.get("mine") == "1")
    if files.asked():
        rows = files.every(partial(lists.page_of, current_user, wanted))
        looked = "plan" if wanted.show in lists.TELLING else None
        return files.give(
            f"plans.{wanted.show}", _("Support plans"), COLUMNS[wanted.show], rows, looked=looked
        )
    page, counts = lists.page_of(current_user, wanted, number), lists.counts(current_user, wanted)
    if wanted.show in lists.TELLING:
        audit.look_at_several(current_user.id, {row.family_id for row in page.rows}, "plan")
    return render(
        "plans/index.html",
        "plans/_list.html",
        rows=page.rows,
        pages=pages(number, SIZE, len(page.rows), page.more, total=getattr(counts, wanted.show)),
        counts=counts,
        wanted=wanted,
        today=clock.today(),
        colleagues=() if is_fragment() else loads.specialist_names(),
        list_url=_list_url,
    )


def _list_url(**changes: Any) -> str:
    """The first page of the list with some of its filters changed."""
    return page_url(**(changes | {"page": None}))
