"""Decisions: the list, the page of one, its papers, what is noted after it; and the attendance of members."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import WORKERS, Permission, may, requires
from portal.consilium import attendance as turnout
from portal.consilium import columns, decision_list, follow_up_labels, follow_ups
from portal.consilium.decision_facts import Facts, facts_of, since
from portal.consilium.decision_forms import ExtractForm, ToldForm, filled
from portal.consilium.decision_list import Wanted
from portal.consilium.labels import KINDS
from portal.consilium.models import Decision
from portal.consilium.pages import bp
from portal.families.labels import STATUSES
from portal.lists import takeable
from portal.paging import filter_asked, narrowed, page_asked, page_url, pages, year_asked
from portal.patronage.labels import REGIMES
from portal.patronage.queries import within_reach
from portal.rules.names import clean
from portal.settings import queries as settings
from portal.web import go, render, safe_next


@bp.route("/decisions", methods=["GET", "POST"])
@requires(Permission.DECISION_VIEW)
@takeable
def decisions() -> Response:
    """The decisions that the user may see, the latest first, narrowed by the query of the address."""
    number, wanted = page_asked(), _wanted()
    if lists.asked():
        rows = lists.every(partial(_rows, wanted))
        return lists.give("decisions", _("Decisions of the consilium"), columns.DECISIONS, rows)
    page = decision_list.decision_page(current_user, wanted, number)
    return render(
        "consilium/decisions.html",
        **page,
        wanted=wanted,
        filtered=wanted != Wanted(),
        pager=pages(number, decision_list.PAGE, len(page["rows"]), page["more"]),
        years=decision_list.years(),
        counts=_counts(),
        narrowed=narrowed,
        words=follow_up_labels,
        works=bool(current_user.roles & WORKERS),
        today=clock.today(),
        here=page_url(),
    )


def _rows(wanted: Wanted, number: int, size: int) -> tuple[list[Any], bool]:
    page = decision_list.decision_page(current_user, wanted, number, size)
    return [{**row, "names": page["names"]} for row in page["rows"]], page["more"]


def _counts() -> dict[str, int]:
    if not may(current_user, Permission.DECISION_FOLLOW):
        return {}
    found = decision_list.counts(current_user)
    return {"tell": found.tell, "extract": found.extract}


def _wanted() -> Wanted:
    return Wanted(
        year=year_asked(),
        kind=filter_asked("kind", KINDS),
        result=filter_asked("result", decision_list.RESULTS),
        todo=filter_asked("todo", decision_list.OWED),
        mine=request.args.get("mine") == "1",
        text=clean(request.args.get("q", "")[:200])[:100],
    )


@bp.get("/decisions/<int:decision_id>")
@requires(Permission.DECISION_VIEW, of=decision_list.get_decision)
def decision(decision: Decision) -> Response:
    """One decision: what was decided, by whom, what happened with it, its papers."""
    return _page(decision)


def _page(decision: Decision, **sent: Any) -> Response:
    facts = facts_of(current_user, decision)
    prepares = may(current_user, Permission.MEETING_PREPARE)
    if facts.heard and facts.family_id:
        audit.look(current_user.id, facts.family_id, "consilium.decision")
    forms = _forms(facts) if decision_list.may_follow(current_user, decision) else {}
    return render(
        "consilium/decision.html",
        facts=facts,
        decision=decision,
        since=since(facts, prepares) if facts.whole else None,
        near=bool(facts.family_id) and may(current_user, Permission.FAMILY_VIEW) and _opens(facts),
        forms=forms | sent if forms else {},
        form=next(iter(sent.values()), None),
        words=follow_up_labels,
        statuses=STATUSES,
        regimes=REGIMES,
        reason=lambda code: settings.word("removal_reasons", code),
        today=clock.today(),
    )


def _opens(facts: Facts) -> bool:
    return bool(within_reach(current_user, {facts.family_id or 0}))


def _forms(facts: Facts) -> dict[str, Any]:
    """What can be noted now; the extract when the family was told and the meeting is over."""
    today, row = clock.today(), facts.follow
    told, given = (row.told_on, row.extract_on) if row else (None, None)
    forms = {"told": filled(ToldForm, "told_on", told, today, formdata=None)}
    if told is not None and facts.is_over:
        forms["extract"] = filled(ExtractForm, "extract_on", given, today, formdata=None)
    return forms


@bp.post("/decisions/<int:decision_id>/told")
@requires(Permission.DECISION_FOLLOW, of=decision_list.get_followed)
def tell(decision: Decision) -> Response:
    """Note that the family was told, or correct the day."""
    return _note(decision, ToldForm(), "told", follow_ups.tell_family, _("Noted: the family was told."))


@bp.post("/decisions/<int:decision_id>/extract-given")
@requires(Permission.DECISION_FOLLOW, of=decision_list.get_followed)
def give_extract(decision: Decision) -> Response:
    """Note that the extract was given, or correct the day."""
    done = _("Noted: the extract was given.")
    return _note(decision, ExtractForm(), "extract", follow_ups.give_extract, done)


def _note(
    decision: Decision, form: Any, name: str, action: Callable[[int, date, date | None, int], None], done: str
) -> Response:
    if form.validate_on_submit():
        with form.rules():
            day = form.told_on.data if name == "told" else form.extract_on.data
            action(decision.id, day, form.was, current_user.id)
            return go(safe_next(url_for(".decision", decision_id=decision.id)), done)
    return _page(decision, **{name: form})


@bp.route("/attendance", methods=["GET", "POST"])
@requires(Permission.PRESENCE_VIEW)
@takeable
def attendance() -> Response:
    """How the members took part in the meetings of a year."""
    known = turnout.years()
    year = year_asked() if year_asked() in known else clock.today().year
    if lists.asked():
        title = _("Attendance of the members in %(year)s", year=year)
        return lists.give("consilium.attendance", title, columns.ATTENDANCE, turnout.year_of(year))
    return render(
        "consilium/attendance.html",
        year=year,
        years=known,
        members=turnout.year_of(year),
        meetings=turnout.meetings_of(year),
    )
