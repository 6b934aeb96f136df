"""Pages of intake: a family's papers, its application, its survey; the surveys that wait."""

from functools import partial
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, may, requires
from portal.families import queries as families
from portal.families.models import Family
from portal.intake import actions, labels, queries
from portal.intake.columns import SURVEYS
from portal.intake.forms import IntakeForm, SurveyForm
from portal.intake.pages import bp
from portal.intake.queries import Papers
from portal.lists import takeable
from portal.paging import page_asked, pages
from portal.patronage.loads import candidates
from portal.rules import RuleBroken, intake
from portal.rules.lifecycle import OPEN
from portal.web import go, refuse, render

INTAKE = ("about", "course_reason")


@bp.route("/families/surveys", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT)
@takeable
def surveys() -> Response:
    """The families that wait for their survey of living conditions, the latest ones first (R8)."""
    if lists.asked():
        rows = lists.every(partial(queries.waiting, current_user))
        return lists.give("surveys", _("Surveys of living conditions"), SURVEYS, rows)
    number = page_asked()
    shown, more = queries.waiting(current_user, number)
    pager = pages(number, queries.PAGE, len(shown), more)
    return render("intake/surveys.html", rows=shown, pages=pager, days=queries.survey_days())


@bp.get("/families/<int:family_id>/intake")
@requires(Permission.FAMILY_VIEW, of=families.get_family)
def show(family: Family) -> Response:
    """How the family came, the survey of its living conditions, and its service agreements."""
    audit.look(current_user.id, family.id, "intake")
    found = queries.papers(family.id)
    works = may(current_user, Permission.FAMILY_EDIT) and (
        families.get_worked_with(current_user, family.id) is not None
    )
    ids = {found.survey.conducted_by_id, found.survey.author_id} if found.survey else set()
    ids |= {found.intake.entered_by_id} if found.intake else set()
    return render(
        "intake/show.html",
        family=family,
        papers=found,
        names=queries.people(ids),
        agreements=queries.agreements(family.id),
        works=works,
        is_open=found.patronage is not None and found.patronage.status in OPEN,
        is_before=found.patronage is not None and found.patronage.status in intake.BEFORE,
        corrects=works and found.survey is not None and _corrects(found.survey.author_id),
    )


def _head() -> bool:
    return may(current_user, Permission.FAMILY_VIEW_ALL)


def _corrects(author_id: int) -> bool:
    return author_id == current_user.id or _head()


@bp.route("/families/<int:family_id>/intake/edit", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=families.get_worked_with)
def edit(family: Family) -> Response:
    """Enter how the family came, or correct it."""
    family_id, found = family.id, queries.papers(family.id)
    back = url_for(".show", family_id=family_id)
    obstacle = _obstacle(found, found.intake is not None)
    if obstacle:
        return refuse(obstacle, back)
    row = found.intake
    meanwhile: list[tuple[Any, str]] = []
    start: dict[str, Any] = {"received_on": clock.today(), "course_ended_on": family.course_ended_on}
    form = IntakeForm(obj=row, data=start | {"version": row.version if row else 0})
    form.body.choices = labels.bodies(row.body if row else "")
    if form.validate_on_submit():
        with form.rules():
            actions.save_intake(family_id, current_user.id, form.seen, **form.typed())
            return go(back, _("Saved."))
        row = queries.papers(family_id).intake
        if row and row.version != form.seen:
            meanwhile = form.differs(row, INTAKE)
            form.version.data = str(row.version)
    audit.look(current_user.id, family_id, "intake")
    family = families.get_family(current_user, family_id) or family
    return render("intake/edit.html", form=form, family=family, row=row, meanwhile=meanwhile)


@bp.route("/families/<int:family_id>/survey", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=families.get_worked_with)
def survey(family: Family) -> Response:
    """Write up the survey of living conditions, or correct it (R8)."""
    family_id, found = family.id, queries.papers(family.id)
    back = url_for(".show", family_id=family_id)
    obstacle = _obstacle(found, found.survey is not None, found.survey.author_id if found.survey else None)
    if obstacle:
        return refuse(obstacle, back)
    if found.intake is None:
        message = _("Enter the application or signal first: the time for the survey runs from its day.")
        return go(url_for(".edit", family_id=family_id), message, "info")
    form, row = _survey_form(found), found.survey
    meanwhile: list[tuple[Any, str]] = []
    if form.validate_on_submit():
        with form.rules():
            actions.save_survey(family_id, current_user.id, form.seen, is_head=_head(), **form.typed())
            return go(back, _("The survey is saved."))
        found = queries.papers(family_id)
        row = found.survey
        if row and row.version != form.seen:
            meanwhile = form.differs(row, (*actions.TEXTS, "present", "late_reason"))
            form.version.data = str(row.version)
    audit.look(current_user.id, family_id, "survey")
    return render(
        "intake/survey.html",
        form=form,
        family=families.get_family(current_user, family_id) or family,
        papers=found,
        due_on=row.due_on if row else _due_on(found),
        row=row,
        meanwhile=meanwhile,
        today=clock.today(),
    )


def _obstacle(found: Papers, is_there: bool, author_id: int | None = None) -> RuleBroken | None:
    """Why a paper cannot be entered or corrected now."""
    try:
        intake.check_enter(found.patronage.status if found.patronage else "", is_there)
        if author_id is not None:
            intake.check_corrector(author_id, current_user.id, _head())
    except RuleBroken as broken:
        return broken
    return None


def _due_on(found: Papers) -> Any:
    since = found.intake.received_on if found.intake else clock.today()
    return queries.standing_of(since).due_on


def _survey_form(found: Papers) -> SurveyForm:
    row = found.survey
    start: dict[str, Any] = {"done_on": clock.today(), "version": row.version if row else 0}
    form = SurveyForm(obj=row, data=start | {"conducted_by_id": current_user.id})
    people = [(one.id, one.full_name) for one in candidates()]
    known = {user_id for user_id, _name in people}
    if row and row.conducted_by_id not in known:
        people.append((row.conducted_by_id, queries.people({row.conducted_by_id})[row.conducted_by_id]))
    form.conducted_by_id.choices = people
    return form
