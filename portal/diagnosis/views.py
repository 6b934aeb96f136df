"""Pages of diagnoses: those of a family with the change between two, one, writing it, and the head's answer."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, may, requires
from portal.db import db
from portal.diagnosis import actions, labels, queries
from portal.diagnosis.columns import DIAGNOSES
from portal.diagnosis.forms import DiagnosisForm, RemarkForm, for_spheres
from portal.diagnosis.models import TEXTS, Diagnosis
from portal.diagnosis.pages import bp
from portal.diagnosis.queries import Facts, Line
from portal.families import queries as families
from portal.families.models import Family
from portal.lists import takeable
from portal.patronage.queries import Episode, worked_episode
from portal.rules import RuleBroken
from portal.rules import diagnosis as rules
from portal.rules.diagnosis import WRITABLE, State
from portal.web import attempt, go, number_of, refuse, render, words

__all__ = ["bp"]
HIDDEN = ("version", "copied_from", "csrf_token")


@bp.route("/families/<int:family_id>/diagnoses", methods=["GET", "POST"])
@requires(Permission.FAMILY_VIEW, of=families.get_family)
@takeable
def of_family(family: Family) -> Response:
    """The diagnoses of a family, and the change between the two of `then` and `now` (the last two)."""
    lines = queries.of_family(current_user, family.id)
    audit.look(current_user.id, family.id, "diagnoses")
    if lists.asked():
        return lists.give("diagnoses", _("Diagnoses"), DIAGNOSES, lines)
    then, now = _two(lines)
    ground = worked_episode(current_user, family.id)
    return render(
        "diagnosis/of_family.html",
        family=family,
        lines=lines,
        then=then,
        now=now,
        changes=queries.changes(then.id if then else None, now.id) if now else [],
        writes=ground is not None and may(current_user, Permission.DIAGNOSIS_WRITE),
        patronage=ground and ground.patronage,
        unfinished=next((one for one in lines if one.latest and one.state != State.APPROVED), None),
        running=ground is not None and rules.is_running(ground.patronage.status),
    )


def _two(lines: list[Line]) -> tuple[Line | None, Line | None]:
    """The two diagnoses to compare: those asked for, else the last approved ones, else the last."""
    by_id = {str(one.id): one for one in lines}
    pool = [one for one in lines if one.state == State.APPROVED] or lines
    now = by_id.get(request.args.get("now", "")) or (pool[0] if pool else None)
    earlier = [one for one in pool if now and (one.day, one.id) < (now.day, now.id)]
    then = by_id.get(request.args.get("then", "")) or (earlier[0] if earlier else None)
    return (None if then == now else then), now


@bp.route("/families/<int:family_id>/diagnoses/new", methods=["GET", "POST"])
@requires(Permission.DIAGNOSIS_WRITE, of=worked_episode)
def new(ground: Episode) -> Response:
    """Begin a diagnosis: from the texts of the last one, or (`empty=1`) from nothing."""
    patronage_id, family_id = ground.patronage.id, ground.family.id
    open_one = queries.unfinished(patronage_id)
    if request.method == "GET" and open_one is not None:
        page = ".edit" if open_one.state in WRITABLE else ".show"
        message = _("This family has a diagnosis that is not approved yet. This is it.")
        return go(url_for(page, diagnosis_id=open_one.id), message, "info")
    try:
        rules.check_running(ground.patronage.status)
    except RuleBroken as broken:
        return refuse(broken, url_for(".of_family", family_id=family_id))
    source = None if request.args.get("empty") == "1" else queries.latest_approved(family_id)
    form = _form(data=_copied(source))
    if form.validate_on_submit():
        with form.rules():
            copied = source.id if source and number_of(form.copied_from.data) == source.id else None
            made = actions.start_diagnosis(patronage_id, form.findings(), current_user.id, copied)
            return _saved(made, form)
    return _form_page(form, ground.family, source=source)


def _form(**filled: Any) -> DiagnosisForm:
    made: DiagnosisForm = for_spheres(queries.spheres())(**filled)
    return made


def _copied(source: Diagnosis | None) -> dict[str, Any]:
    """Texts of the last diagnosis to start from; scores are given anew."""
    start: dict[str, Any] = {"day": clock.today()}
    if source is not None:
        start |= {name: getattr(source, name) for name in TEXTS} | {"copied_from": source.id}
    return start


def _content(row: Diagnosis) -> dict[str, Any]:
    """What is saved, by field of the form."""
    found: dict[str, Any] = {name: getattr(row, name) for name in (*TEXTS, "day", "crisis_depth")}
    for code, one in queries.scores_of(row.id)[row.id].items():
        found |= {f"score_{code}": one.score, f"note_{code}": one.note}
    return found


def _saved(diagnosis_id: int, form: DiagnosisForm) -> Response:
    """The draft is saved; with the other button it goes to the head, when nothing is lacking."""
    if request.form.get("then") != "submit":
        return go(url_for(".show", diagnosis_id=diagnosis_id), _("The draft is saved."))
    try:
        actions.submit_diagnosis(diagnosis_id, current_user.id, form.spheres)
    except RuleBroken as broken:
        message = _("The draft is saved, but not submitted. %(why)s", why=words(broken))
        return go(url_for(".edit", diagnosis_id=diagnosis_id), message, "warn")
    return go(url_for(".show", diagnosis_id=diagnosis_id), _("The diagnosis is submitted to the head."))


def _form_page(
    form: DiagnosisForm,
    family: Family,
    diagnosis: Diagnosis | None = None,
    source: Diagnosis | None = None,
    theirs: list[tuple[Any, Any]] | None = None,
) -> Response:
    before = queries.latest_approved(family.id)
    return render(
        "diagnosis/form.html",
        form=form,
        family=family,
        diagnosis=diagnosis,
        source=source,
        theirs=theirs or [],
        before=queries.scores_of(before.id)[before.id] if before else {},
        before_day=before and before.day,
    )


@bp.get("/diagnoses/<int:diagnosis_id>")
@requires(Permission.FAMILY_VIEW, of=queries.get_diagnosis)
def show(diagnosis: Diagnosis) -> Response:
    """A diagnosis, and what may become of it."""
    return _page(diagnosis, RemarkForm(formdata=None))


def _page(diagnosis: Diagnosis, remark: RemarkForm) -> Response:
    found: Facts = queries.facts(diagnosis)
    audit.look(current_user.id, found.family.id, "diagnosis")
    works = queries.get_worked(current_user, diagnosis.id) is not None
    answers = diagnosis.state == State.SUBMITTED and may(current_user, Permission.ASSESSMENT_APPROVE)
    return render(
        "diagnosis/show.html",
        facts=found,
        writes=works
        and may(current_user, Permission.DIAGNOSIS_WRITE)
        and diagnosis.state in WRITABLE
        and rules.is_running(found.patronage.status),
        answers=answers,
        own=answers and queries.has_written(db.session(), diagnosis.id, current_user.id),
        remark=remark,
        status=422 if remark.errors or remark.form_errors else 200,
    )


@bp.route("/diagnoses/<int:diagnosis_id>/edit", methods=["GET", "POST"])
@requires(Permission.DIAGNOSIS_WRITE, of=queries.get_worked)
def edit(diagnosis: Diagnosis) -> Response:
    """Go on writing; the second of two editors sees what the first has saved, and keeps what they typed."""
    diagnosis_id = diagnosis.id
    family = queries.facts(diagnosis).family
    audit.look(current_user.id, family.id, "diagnosis")
    form = _form(data=_content(diagnosis) | {"version": diagnosis.version})
    if request.method == "GET":
        try:
            rules.check_writable(diagnosis.state)
        except RuleBroken as broken:
            return refuse(broken, url_for(".show", diagnosis_id=diagnosis_id))
    theirs: list[tuple[Any, Any]] = []
    if form.validate_on_submit():
        with form.rules():
            actions.save_diagnosis(diagnosis_id, form.findings(), current_user.id, form.seen)
            return _saved(diagnosis_id, form)
        diagnosis = queries.get_worked(current_user, diagnosis_id) or diagnosis
        family = queries.facts(diagnosis).family
        if diagnosis.version != form.seen:
            theirs = _difference(form, diagnosis)
    return _form_page(form, family, diagnosis, theirs=theirs)


def _difference(form: DiagnosisForm, diagnosis: Diagnosis) -> list[tuple[Any, Any]]:
    """What a colleague has saved otherwise than it was typed here; the next save knows of it."""
    form.version.data = str(diagnosis.version)
    saved, found = _content(diagnosis), []
    for field in form:
        now = saved.get(field.name, "" if field.name.startswith("note_") else None)
        if field.name not in HIDDEN and now != field.data:
            found.append((field.label.text, _shown(field.name, now)))
    return found


def _shown(name: str, value: Any) -> Any:
    if name == "crisis_depth":
        return labels.depth(value)
    return labels.score(value) if name.startswith("score_") else value


@bp.post("/diagnoses/<int:diagnosis_id>/submit")
@requires(Permission.DIAGNOSIS_WRITE, of=queries.get_worked)
def submit(diagnosis: Diagnosis) -> Response:
    """Put it before the head."""
    url, done = url_for(".show", diagnosis_id=diagnosis.id), _("The diagnosis is submitted to the head.")
    return attempt(url, done, actions.submit_diagnosis, diagnosis.id, current_user.id, queries.spheres())


@bp.post("/diagnoses/<int:diagnosis_id>/approve")
@requires(Permission.ASSESSMENT_APPROVE, of=queries.get_worked)
def approve(diagnosis: Diagnosis) -> Response:
    """The head approves what they have read."""
    url, done = url_for(".show", diagnosis_id=diagnosis.id), _("The diagnosis is approved.")
    seen = request.form.get("version", 0, type=int)
    return attempt(url, done, actions.approve_diagnosis, diagnosis.id, current_user.id, seen)


@bp.post("/diagnoses/<int:diagnosis_id>/return")
@requires(Permission.ASSESSMENT_APPROVE, of=queries.get_worked)
def send_back(diagnosis: Diagnosis) -> Response:
    """The head returns it with a remark."""
    form, diagnosis_id = RemarkForm(), diagnosis.id
    if form.validate_on_submit():
        with form.rules():
            actions.return_diagnosis(diagnosis_id, form.remark.data, current_user.id)
            return go(url_for(".show", diagnosis_id=diagnosis_id), _("The diagnosis is returned."))
    found = queries.get_worked(current_user, diagnosis_id)
    return _page(found or diagnosis, form)
