"""Pages of patronage: assignments, hand-over, the closing analysis."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import LARGEST_ID, Permission, may, requires
from portal.accounts.models import User
from portal.db import db
from portal.deputies import queries as deputies
from portal.deputies.labels import stands_in
from portal.lists import takeable
from portal.paging import page_url, pages
from portal.patronage import actions, columns, loads, queries
from portal.patronage.forms import AnalysisForm, ColleagueForm, HandOverForm, HandOverSeveralForm
from portal.patronage.labels import REGIME_COLORS, REGIMES
from portal.patronage.models import Assignment
from portal.patronage.queries import Episode, Wanted
from portal.rules.enrollment import LEAD_PROFESSIONS
from portal.rules.names import clean
from portal.web import attempt, go, is_fragment, render

bp = Blueprint("patronage", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words for who stands in for whom."""
    return {"stands_in": stands_in}


@bp.route("/assignments/", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_LIST)
@takeable
def assignments() -> Response:
    """Who is assigned to whom: by family, or (`by=specialist`) by specialist with their loads."""
    text = clean(request.args.get("q", "")[:200])[:100]
    if request.args.get("by") == "specialist":
        if lists.asked():
            return lists.give("loads", _("Load of the specialists"), columns.LOADS, columns.all_loads(text))
        page = loads.specialist_page(text, _number("page") or 1)
        pages = _pages(page, len(page["people"]), "page")
        name, part = "patronage/specialists.html", "patronage/_specialists.html"
        return render(name, fragment=part, page=page, pages=pages, text=text, deputies=deputies.now())
    wanted = Wanted(text, _number("specialist"), _one_of("regime", REGIMES), _one_of("lead", {"missing"}))
    if lists.asked():
        shown = columns.assigned(queries.knows_names(current_user))
        rows = queries.all_assignments(current_user, wanted, lists.CHUNK)
        return lists.give("assignments", _("Families and their specialists"), shown, rows)
    page = queries.assignment_page(current_user, wanted, _number("after"), _number("before"))
    return render(
        "patronage/assignments.html",
        fragment="patronage/_assignments.html",
        page=page,
        prev_url=page["prev"] and page_url(before=page["prev"], after=None),
        next_url=page["next"] and page_url(after=page["next"], before=None),
        wanted=wanted,
        colleagues=() if is_fragment() else loads.specialist_names(),
        regimes=REGIMES,
        colors=REGIME_COLORS,
        names=queries.knows_names(current_user),
    )


@bp.route("/assignments/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_LIST, of=loads.colleague)
@takeable
def load(colleague: User) -> Response:
    """A specialist's load: families of now, and the past ones."""
    if lists.asked():
        return _taken(colleague.id)
    now = loads.assigned_now(current_user, colleague.id, _number("page") or 1)
    past = loads.assigned_before(current_user, colleague.id, _number("past") or 1)
    return render(
        "patronage/load.html",
        colleague=colleague,
        load=loads.loads({colleague.id})[colleague.id],
        now=now,
        now_pages=_pages(now, len(now["rows"]), "page"),
        past=past,
        past_pages=_pages(past, len(past["rows"]), "past"),
        names=queries.knows_names(current_user),
        regimes=REGIMES,
        colors=REGIME_COLORS,
        deputies=deputies.now(),
    )


def _taken(colleague_id: int) -> Response:
    """The families of now, or the past ones, as a file."""
    names = queries.knows_names(current_user)
    if lists.which() == "past":
        rows = loads.assigned_before(current_user, colleague_id, None)["rows"]
        return lists.give("load.past", _("Past assignments"), columns.past(names), rows)
    rows = loads.assigned_now(current_user, colleague_id, None)["rows"]
    return lists.give("load.now", _("Families now"), columns.now(names), rows)


@bp.route("/families/<int:family_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_HAND_OVER, of=queries.running_episode)
def hand_over(found: Episode) -> Response:
    """The specialists of one family: another lead, with date and reason."""
    form = HandOverForm(day=clock.today())
    if form.validate_on_submit():
        with form.rules():
            seen, day, reason = _id(request.form.get("seen")), form.day.data, form.reason.data
            actions.change_lead(found.patronage.id, seen, form.chosen, day, reason, current_user.id)
            back = url_for(".hand_over", family_id=found.family.id)
            return go(back, _("The family has a new lead specialist."))
    return _team_page(found, form, ColleagueForm(formdata=None, prefix="involve-"))


@bp.post("/families/<int:family_id>/hand-over/involved")
@requires(Permission.ASSIGNMENT_HAND_OVER, of=queries.running_episode)
def involve(found: Episode) -> Response:
    """Add an involved specialist."""
    form = ColleagueForm(prefix="involve-")
    if form.validate_on_submit():
        with form.rules():
            actions.involve(found.patronage.id, form.chosen, current_user.id)
            back = url_for(".hand_over", family_id=found.family.id)
            return go(back, _("The specialist now works with the family."))
    return _team_page(found, HandOverForm(formdata=None, day=clock.today()), form)


@bp.post("/families/<int:family_id>/hand-over/involved/<int:assignment_id>/end")
@requires(Permission.ASSIGNMENT_HAND_OVER, of=queries.involvement)
def release(assignment: Assignment) -> Response:
    """End the work of an involved specialist with the family."""
    back = url_for(".hand_over", family_id=request.view_args["family_id"])  # type: ignore[index]
    done = _("The specialist no longer works with the family.")
    return attempt(back, done, actions.release, assignment.id, current_user.id)


@bp.route("/assignments/<int:user_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_HAND_OVER, of=loads.colleague)
def hand_over_several(colleague: User) -> Response:
    """Several families of a colleague to another one: a leave, a dismissal."""
    now = loads.assigned_now(current_user, colleague.id, None)
    form = HandOverSeveralForm(day=clock.today())
    form.assignments.choices = [(row["id"], str(row["number"])) for row in now["rows"]]
    if form.validate_on_submit():
        with form.rules():
            count = actions.hand_over(
                form.assignments.data, form.chosen, form.day.data, form.reason.data, current_user.id
            )
            message = ngettext("%(num)d family handed over.", "%(num)d families handed over.", count)
            return go(url_for(".load", user_id=form.chosen), message)
    form.offer(_choices(loads.candidates(), {colleague.id}))
    return render(
        "patronage/hand_over_several.html",
        status=_status(form),
        form=form,
        colleague=colleague,
        rows=now["rows"],
        ticked=set(form.assignments.data or [])
        if form.is_submitted()
        else {row["id"] for row in now["rows"]},
        regimes=REGIMES,
        colors=REGIME_COLORS,
    )


@bp.route("/families/<int:family_id>/analysis", methods=["GET", "POST"])
@requires(Permission.ANALYSIS_WRITE, of=queries.episode)
def analysis(found: Episode) -> Response:
    """The closing analysis (R2): written and rewritten until the consilium has decided, then read."""
    kept = queries.analysis(found.patronage.id)
    open_now = _may_write(found)
    form = AnalysisForm(body=kept[0].body if kept else "")
    if open_now and form.validate_on_submit():
        with form.rules():
            actions.write_analysis(found.patronage.id, form.body.data, current_user.id)
            return go(url_for(".analysis", family_id=found.family.id), _("The analysis is saved."))
    audit.look(current_user.id, found.family.id, "analysis")
    status = 409 if request.method == "POST" and not open_now else _status(form)
    return render(
        "patronage/analysis.html",
        status=status,
        found=found,
        kept=kept,
        form=form,
        open_now=open_now,
        approver=kept and queries.approver_of(kept[0]),
        seen=kept and kept[0].written_at.isoformat(),
        own=kept is not None
        and queries.has_written_analysis(db.session(), found.patronage.id, current_user.id),
    )


@bp.post("/families/<int:family_id>/analysis/approve")
@requires(Permission.ASSESSMENT_APPROVE, of=queries.worked_episode)
def approve_analysis(found: Episode) -> Response:
    """The head approves the closing analysis they have read (R7)."""
    back, done = url_for(".analysis", family_id=found.family.id), _("The analysis is approved.")
    seen = _moment(request.form.get("seen", ""))
    return attempt(back, done, actions.approve_analysis, found.patronage.id, seen, current_user.id)


@bp.post("/families/<int:family_id>/stage")
@requires(Permission.FAMILY_SUBMIT, of=queries.worked_episode)
def move_stage(found: Episode) -> Response:
    """Move the family on to the next stage, or back (R7)."""
    back, done = url_for("families.show", family_id=found.family.id), _("The stage is changed.")
    move = request.form.get("move", "")
    return attempt(back, done, actions.move_stage, found.patronage.id, move, current_user.id)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _may_write(found: Episode) -> bool:
    """Whoever works with the family, and the head, while it is on patronage and not being voted on."""
    if found.patronage.status not in queries.ON_PATRONAGE or queries.voted_on_now(found.patronage.id):
        return False
    sees_all = may(current_user, Permission.FAMILY_VIEW_ALL)
    return sees_all or queries.works_with(current_user.id, found.patronage.id)


def _team_page(found: Episode, form: HandOverForm, involving: ColleagueForm) -> Response:
    team = queries.team(found.patronage.id)
    here = {user.id for assignment, user in team if assignment.ends_on is None}
    lead = next((row for row in team if row[0].kind == "lead" and row[0].ends_on is None), None)
    people = loads.candidates()
    leads = [one for one in people if one.profession in LEAD_PROFESSIONS]
    form.offer(_choices(leads, {lead[1].id} if lead else set()))
    involving.offer(_choices(people, here))
    return render(
        "patronage/hand_over.html",
        status=_status(form, involving),
        found=found,
        form=form,
        involving=involving,
        lead=lead,
        involved=[row for row in team if row[0].kind == "involved" and row[0].ends_on is None],
        past=[row for row in team if row[0].ends_on is not None],
    )


def _choices(people: list[loads.Candidate], except_ids: set[int]) -> list[tuple[int, str]]:
    """Colleagues with what they carry now."""
    return [(one.id, _choice(one)) for one in people if one.id not in except_ids]


def _choice(one: loads.Candidate) -> str:
    parts = {"name": one.full_name, "lead": one.load.lead, "involved": one.load.involved}
    return str(_("%(name)s — leads %(lead)s, involved in %(involved)s", **parts))


def _pages(page: dict[str, Any], shown: int, name: str) -> dict[str, Any]:
    return pages(_number(name) or 1, queries.PAGE, shown, page["more"], name=name)


def _status(*forms: Any) -> int:
    return 422 if any(form.errors or form.form_errors for form in forms) else 200


def _id(text: str | None) -> int | None:
    """A positive id, or None for anything else."""
    if not text or not text.isascii() or not text.isdigit():
        return None
    number = int(text[:12])
    return number if 0 < number <= LARGEST_ID else None


def _number(name: str) -> int | None:
    return _id(request.args.get(name))


def _one_of(name: str, allowed: Any) -> str:
    value = request.args.get(name, "")
    return value if value in allowed else ""
