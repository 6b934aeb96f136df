"""Pages of the papers of families: of one, and of all that lack some."""

from functools import partial

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, lists
from portal.access import Permission, requires
from portal.families import queries as families
from portal.families.models import Family
from portal.lists import takeable
from portal.paging import page_asked, pages
from portal.papers import labels, missing, offers, standing
from portal.papers.columns import LACKING
from portal.papers.pages import bp
from portal.rules.lifecycle import OPEN
from portal.web import render


@bp.get("/families/<int:family_id>")
@requires(Permission.PAPER_PRINT, of=families.get_family)
def of_family(family: Family) -> Response:
    """The papers of a family: what it should have, and all that can be printed."""
    audit.look(current_user.id, family.id, "papers")
    lines = standing.of_family(family.id)
    return render(
        "papers/family.html",
        family=family,
        dossier=lines,
        offers=offers.of_family(current_user, family.id, lines),
        paper_labels=labels,
        works=families.works_with(current_user, family.id),
        is_open=_is_open(family.id),
    )


@bp.route("/missing", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT)
@takeable
def lacking() -> Response:
    """The families that one works with, each with what is missing, expired or unsigned."""
    if lists.asked():
        found = lists.every(partial(missing.page, current_user))
        return lists.give("papers.missing", _("Missing papers"), LACKING, found, looked="papers")
    number = page_asked()
    rows, more = missing.page(current_user, number)
    audit.look_at_several(current_user.id, [row.id for row in rows], "papers")
    return render(
        "papers/missing.html",
        rows=rows,
        pager=pages(number, missing.PAGE, len(rows), more),
        paper_labels=labels,
    )


def _is_open(family_id: int) -> bool:
    latest = families.latest_patronage(family_id)
    return latest is not None and latest.status in OPEN
