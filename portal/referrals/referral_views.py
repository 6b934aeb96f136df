"""Pages of referrals: those of a family, those of all the user's families, one and what becomes of it."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, may, requires
from portal.alerts import queries as alerts
from portal.families import queries as families
from portal.families.models import Family
from portal.lists import takeable
from portal.paging import page_asked, page_url, pages
from portal.referrals import actions, columns, labels, queries
from portal.referrals.forms import AnswerForm, EndForm, PostponeForm, ReferralForm
from portal.referrals.models import Referral
from portal.referrals.pages import bp
from portal.rules import referrals as rules
from portal.rules.lifecycle import OPEN
from portal.rules.referrals import Kind
from portal.settings import queries as settings
from portal.web import Form, go, moved_on, render


@bp.route("/referrals/", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE)
@takeable
def index() -> Response:
    """The referrals of the families the user works with; the head's are all."""
    asked, number = request.args.get("show", ""), page_asked()
    shown = asked if asked in queries.SHOWN else "open"
    if lists.asked():
        found = lists.every(partial(queries.referral_page, current_user, shown))
        return lists.give("referrals", _("Referrals"), columns.REFERRALS, found)
    rows, more = queries.referral_page(current_user, shown, number)
    return render(
        "referrals/index.html",
        rows=rows,
        shown=shown,
        counts=queries.counts(current_user)._asdict(),
        show_url=lambda name: page_url(show=None if name == "open" else name, page=None),
        pages=pages(number, queries.PAGE, len(rows), more),
    )


@bp.route("/families/<int:family_id>/referrals", methods=["GET", "POST"])
@requires(Permission.FAMILY_VIEW, of=families.get_family)
@takeable
def of_family(family: Family) -> Response:
    """Who can support the family, and what was asked of other bodies (REG 3.2)."""
    audit.look(current_user.id, family.id, "referrals")
    if lists.asked():
        found = lists.every(partial(queries.of_family, family.id))
        return lists.give("referrals.of_family", _("Referrals"), columns.OF_FAMILY, found)
    number = page_asked()
    rows, more = queries.of_family(family.id, number)
    latest = families.latest_patronage(family.id)
    status = latest.status if latest else ""
    works = families.get_worked_with(current_user, family.id) is not None
    return render(
        "referrals/of_family.html",
        family=family,
        rows=rows,
        links=queries.links_of(family.id),
        state=status,
        works=works,
        writes=works and status in OPEN,
        pages=pages(number, queries.PAGE, len(rows), more),
    )


@bp.route("/families/<int:family_id>/referrals/new", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=families.get_worked_with)
def new_referral(family: Family) -> Response:
    """Enter a referral, or (`kind=urgent`) a notice to the juvenile commission."""
    urgent, family_id, today = request.args.get("kind") == Kind.URGENT, family.id, clock.today()
    audit.look(current_user.id, family_id, "referrals")
    start: dict[str, Any] = {"sent_on": today, "due_on": today if urgent else today + rules.USUAL}
    if urgent:
        start |= {"body": actions.COMMISSION, "passes": "law", "law": labels.urgent_law()}
    form = ReferralForm(data=start)
    bodies = settings.words("bodies", frozenset({actions.COMMISSION} if urgent else ()))
    form.body.choices = [("", _("Choose to whom…")), *bodies]
    if urgent and form.is_submitted():
        form.passes.data, form.passes.raw_data = "law", ["law"]
    if form.validate_on_submit():
        with form.rules():
            kind = Kind.URGENT if urgent else Kind.ORDINARY
            actions.send_referral(family_id, current_user.id, kind=kind, **form.referral())
            message = _("The notice is entered.") if urgent else _("The referral is entered.")
            return go(url_for(".of_family", family_id=family_id), message)
        family = families.get_family(current_user, family_id) or family
    latest = families.latest_patronage(family_id)
    return render(
        "referrals/form.html",
        form=form,
        family=family,
        urgent=urgent,
        state=latest.status if latest else "",
        consented=queries.is_consented(family_id),
        over=latest is None or latest.status not in OPEN,
        alert_id=_alert_behind(urgent, latest.id, clock.now()) if latest else None,
    )


def _alert_behind(urgent: bool, patronage_id: int, at: datetime) -> int | None:
    """The alert that asked for the notice, for whoever may open it."""
    if not urgent or not may(current_user, Permission.ALERT_RAISE):
        return None
    return alerts.behind_notice(current_user, patronage_id, at)


@bp.get("/referrals/<int:referral_id>")
@requires(Permission.FAMILY_VIEW, of=queries.get_referral)
def show(referral: Referral) -> Response:
    """One referral, and the buttons for what may become of it."""
    facts = queries.facts(referral)
    audit.look(current_user.id, facts.family.id, "referral")
    works = queries.get_own(current_user, referral.id) is not None
    steps = rules.next_states(referral.state) if works else frozenset()
    behind = _alert_behind(referral.kind == Kind.URGENT, referral.patronage_id, referral.created_at)
    return render("referrals/show.html", facts=facts, steps=steps, alert_id=behind)


@bp.route("/referrals/<int:referral_id>/answer", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=queries.get_own)
def answer(referral: Referral) -> Response:
    """Enter the answer, or correct it; whoever comes second sees what the first has entered."""
    referral_id = referral.id
    shown = url_for(".show", referral_id=referral_id)
    if back := moved_on(shown, rules.check_move, referral.state, rules.State.ANSWERED):
        return back
    start = {"answered_on": referral.answered_on or clock.today(), "answer": referral.answer}
    form = AnswerForm(data=start | {"version": referral.version})
    theirs = ""
    if form.validate_on_submit():
        with form.rules():
            typed = (form.answered_on.data, form.answer.data, form.seen)
            actions.answer_referral(referral_id, current_user.id, *typed)
            return go(url_for(".show", referral_id=referral_id), _("The answer is entered."))
        stored = queries.get_own(current_user, referral_id)
        if stored and stored.version != form.seen:
            theirs, form.version.data = stored.answer or "—", str(stored.version)
    return _closing("referrals/answer.html", form, referral_id, theirs=theirs)


@bp.route("/referrals/<int:referral_id>/dates", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=queries.get_own)
def postpone(referral: Referral) -> Response:
    """Another due date, or another reminder."""
    form, referral_id = PostponeForm(obj=referral), referral.id
    if back := moved_on(url_for(".show", referral_id=referral_id), rules.check_waits, referral.state):
        return back
    if form.validate_on_submit():
        with form.rules():
            actions.postpone_referral(referral_id, current_user.id, form.due_on.data, form.remind_on.data)
            return go(url_for(".show", referral_id=referral_id), _("The dates are changed."))
    return _closing("referrals/dates.html", form, referral_id)


@bp.route("/referrals/<int:referral_id>/close", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=queries.get_own)
def close(referral: Referral) -> Response:
    """Close it without an answer, or take it back."""
    form, referral_id = EndForm(), referral.id
    shown = url_for(".show", referral_id=referral_id)
    if back := moved_on(shown, rules.check_move, referral.state, rules.State.CLOSED):
        return back
    if form.validate_on_submit():
        with form.rules():
            actions.close_referral(referral_id, current_user.id, form.to.data, form.why.data)
            return go(url_for(".show", referral_id=referral_id), _("The referral is closed."))
    return _closing("referrals/close.html", form, referral_id)


def _closing(template: str, form: Form, referral_id: int, **more: Any) -> Response:
    referral = queries.get_own(current_user, referral_id)
    assert referral is not None  # noqa: S101 - the guard has found it
    facts = queries.facts(referral)
    audit.look(current_user.id, facts.family.id, "referral")
    facts = queries.facts(referral)
    return render(template, form=form, facts=facts, **more)
