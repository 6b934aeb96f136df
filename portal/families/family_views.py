"""Pages of families: the list, the card, and the forms that change it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, may, requires
from portal.alerts import labels as alert_labels
from portal.alerts.queries import of_family as alerts_of_family
from portal.contacts import labels as contact_labels
from portal.deputies import queries as deputies
from portal.deputies.labels import stands_in
from portal.families import actions, labels, queries, register_list
from portal.families.beside import beside_card
from portal.families.card import Card, card_of
from portal.families.columns import FAMILIES
from portal.families.duplicates import probable_duplicates
from portal.families.forms import DeclineForm, FamilyForm, start_of
from portal.families.history import HISTORY, history
from portal.families.models import Family
from portal.families.pages import WORDS, bp
from portal.families.register_list import Cursor, Filters
from portal.intake import labels as intake_labels
from portal.intake import queries as intake
from portal.intake.labels import Missing
from portal.lists import takeable
from portal.memory import unchanged
from portal.papers import labels as paper_labels
from portal.papers.standing import Line
from portal.patronage import labels as patronage_labels
from portal.patronage.labels import REGIMES
from portal.patronage.queries import within_reach
from portal.plans import labels as plan_labels
from portal.rules import RuleBroken, lifecycle
from portal.rules.intake import NEEDED
from portal.rules.papers import State
from portal.settings import queries as settings
from portal.settings.event_names import EVENT_NAMES
from portal.web import attempt, go, number_of, refuse, render


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.FAMILY_VIEW)
@takeable
def index() -> Response:
    """The list of families within reach: filters, order and page stand in the address."""
    filters, sort = _filters(), request.args.get("sort", "name")
    sort = sort if sort.removeprefix("-") in register_list.SORTS else "name"
    if lists.asked():
        rows = register_list.all_families(current_user, filters, sort, lists.CHUNK)
        return lists.give("families", _("Families"), FAMILIES, rows)
    page = register_list.list_families(current_user, filters, sort, _cursor())
    return render(
        "families/index.html",
        "families/_list.html",
        page=page,
        pages=_pages(page, partial(_address, filters, sort)),
        filters=filters,
        sort=sort,
        categories=settings.words("categories"),
        category_words=settings.word_list("categories"),
        specialists=register_list.specialists(),
        address=partial(_address, filters, sort),
        **WORDS,
    )


def _number(name: str) -> int:
    return number_of(request.args.get(name))


def _filters() -> Filters:
    args = request.args
    return Filters(
        text=args.get("q", "")[:100].strip(),
        status=args.get("status", "") if args.get("status") in labels.STATUSES else "",
        category=args.get("category", "")
        if args.get("category") in dict(settings.words("categories"))
        else "",
        regime=args.get("regime", "") if args.get("regime") in REGIMES else "",
        specialist=_number("specialist"),
    )


def _cursor() -> Cursor:
    before = _number("before")
    return Cursor(before or _number("after"), bool(before), max(1, _number("at")))


def _address(filters: Filters, sort: str, /, **changes: str | int) -> str:
    """The list with some of its filters, the order or the place in it changed."""
    here: dict[str, Any] = {"q": filters.text, "status": filters.status, "category": filters.category}
    here |= {"regime": filters.regime, "specialist": filters.specialist, "sort": sort, **changes}
    if here["sort"] == "name":
        del here["sort"]
    kept = urlencode({name: value for name, value in here.items() if value})
    return url_for(".index") + (f"?{kept}" if kept else "")


def _pages(page: register_list.Page, address: Callable[..., str]) -> dict[str, Any]:
    """What the pager shows."""

    def at(cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        return address(at=cursor.first, **{"before" if cursor.backwards else "after": cursor.id})

    before, after = at(page.before), at(page.after)
    places = {"first": page.first, "last": page.last, "total": page.total}
    return places | {"has_prev": before, "prev_url": before, "has_next": after, "next_url": after}


@bp.get("/<int:family_id>")
@requires(Permission.FAMILY_VIEW, of=queries.get_family)
def show(family: Family) -> Response:
    """The card: all there is about a family, what is missing and what is next."""
    works = queries.works_with(current_user, family.id)
    audit.look(current_user.id, family.id, "card")
    before = _number("before") or None
    lines = history(family.id, before)
    card = card_of(family)
    status = card.latest.status if card.latest else ""
    events = lifecycle.possible(status)
    beside = unchanged(("beside the card", family.id, clock.today()), lambda: beside_card(card))
    return render(
        "families/show.html",
        "families/_history.html",
        card=card,
        events=events,
        moves={event for event, to in events.items() if to != status},
        patronage_labels=patronage_labels,
        missing=_missing(card, beside["intake"].missing, beside["dossier"]),
        intake_labels=intake_labels,
        history=lines[:HISTORY],
        older=lines[HISTORY - 1].id if len(lines) > HISTORY else None,
        newest=before is None,
        can=lambda permission: works and may(current_user, permission),
        event_names=EVENT_NAMES,
        event_colors=labels.EVENT_COLORS,
        changed=labels.changed,
        plan_labels=plan_labels,
        contact_labels=contact_labels,
        alerts=_alerts(family.id) if works and may(current_user, Permission.ALERT_RAISE) else [],
        paper_labels=paper_labels,
        **beside,
        alert_labels=alert_labels,
        deputies=deputies.now(),
        stands_in=stands_in,
        today=clock.today(),
        **WORDS,
    )


def _alerts(family_id: int) -> list[Any]:
    """What the head was told of the family; read once after each change."""
    return unchanged(("alerts of", family_id), lambda: alerts_of_family(family_id))


def _missing(card: Card, codes: Iterable[str], dossier: list[Line]) -> list[Missing]:
    """What is not there yet, with the place where it is entered; a signed paper of the register is a scan too."""
    unscanned = [one.id for one in card.consents if not one.has_scan and not one.withdrawn_on]
    signed = {one.consent_id for one in dossier if one.state == State.FINE}
    place = next((one for one in unscanned if one not in signed), None)
    return [
        Missing(
            code,
            intake_labels.MISSING[code],
            intake_labels.place(code, card.family.id, place),
            code in NEEDED,
        )
        for code in codes
        if code != "consent_scan" or place is not None
    ]


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.FAMILY_CREATE)
def new() -> Response:
    """Take a family in. One that is probably there already is asked about first."""
    start: dict[str, list[Any]] = {"representatives": [{}], "minors": [{}, {}]}
    form = FamilyForm(data=None if request.method == "POST" else start)
    form.categories.choices = settings.words("categories")
    duplicates: list[Any] = []
    if _wants_row(form):
        return _form(form, None, duplicates, status=200)
    if form.validate_on_submit():
        values = form.values_of_family()
        duplicates = probable_duplicates(values)
        if not duplicates or form.create_anyway.data:
            with form.rules():
                family_id = actions.create_family(values, current_user.id)
                message = _("The family is on the books. Next: how it came to you.")
                return go(url_for("intake.edit", family_id=family_id), message)
    return _form(form, None, duplicates)


@bp.route("/<int:family_id>/edit", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=queries.get_worked_with)
def edit(family: Family) -> Response:
    """Change the card; who has left the family stays in its history."""
    family_id = family.id
    audit.look(current_user.id, family_id, "edit")
    start = start_of(family, family.members, actions.version(family))
    form = FamilyForm(data=None if request.method == "POST" else start)
    form.categories.choices = settings.words("categories", frozenset(row.code for row in family.categories))
    if _wants_row(form):
        return _form(form, family, [], status=200)
    if form.validate_on_submit():
        with form.rules():
            actions.change_family(
                family_id, form.values_of_family(), current_user.id, form.version.data or ""
            )
            return go(url_for(".show", family_id=family_id), _("The card is saved."))
        family = queries.get_family(current_user, family_id) or family
    return _form(form, family, [])


def _wants_row(form: FamilyForm) -> bool:
    """Whether the button for one more person was pressed: then nothing is judged yet."""
    if "add" not in request.form:
        return False
    form.add_row(request.form["add"])
    return True


def _form(
    form: FamilyForm, family: Family | None, duplicates: list[Any], status: int | None = None
) -> Response:
    reached: set[int] = set()
    if duplicates:
        reached = within_reach(current_user, {one.id for one in duplicates})
    return render(
        "families/edit.html",
        "families/_form.html",
        status=status,
        form=form,
        family=family,
        duplicates=duplicates,
        reached=reached,
        added=request.form.get("add"),
    )


@bp.post("/<int:family_id>/submit")
@requires(Permission.FAMILY_SUBMIT, of=queries.get_worked_with)
def submit(family: Family) -> Response:
    """Put the family to the consilium."""
    back = url_for(".show", family_id=family.id)
    try:
        actions.submit_family(family.id, current_user.id)
    except RuleBroken as broken:
        return refuse(broken, back)
    if intake.papers(family.id).survey is None:
        flash(_("The survey of living conditions is still missing."), "warn")
    return go(back, _("The family is put to the consilium: the secretary adds it to an agenda."))


@bp.route("/<int:family_id>/decline", methods=["GET", "POST"])
@requires(Permission.FAMILY_SUBMIT, of=queries.get_worked_with)
def decline(family: Family) -> Response:
    """The family wants no patronage."""
    form, family_id = DeclineForm(), family.id
    audit.look(current_user.id, family_id, "decline")
    if form.validate_on_submit():
        with form.rules():
            actions.decline_family(family_id, form.reason.data, current_user.id)
            return go(url_for(".show", family_id=family_id), _("Noted: the family has declined."))
        family = queries.get_family(current_user, family_id) or family
    return render("families/decline.html", form=form, card=card_of(family))


@bp.post("/<int:family_id>/episodes")
@requires(Permission.FAMILY_CREATE, of=queries.get_worked_with)
def open_episode(family: Family) -> Response:
    """Begin a new patronage of a family whose last one is over."""
    back, done = url_for(".show", family_id=family.id), _("A new patronage is open. Record a consent next.")
    return attempt(back, done, actions.open_episode, family.id, current_user.id)
