"""Pages of the register of papers: the list, one registered paper, its scan, its end."""

from functools import partial
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, files, lists
from portal.access import Permission, requires
from portal.lists import takeable
from portal.paging import filter_asked, narrowed, page_asked, pages, year_asked
from portal.papers import actions, catalog, labels, offers, queries, subjects
from portal.papers.columns import REGISTER
from portal.papers.forms import SignedForm, VoidForm
from portal.papers.pages import SUFFIXES, TYPES, Entered, bp, get_entered, look, send
from portal.papers.queries import Wanted
from portal.rules.names import clean
from portal.web import go, render


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.PAPER_PRINT)
@takeable
def index() -> Response:
    """The register, the latest first, narrowed by the query of the address."""
    number, wanted = page_asked(), _wanted()
    if lists.asked():
        found = lists.every(partial(queries.register_page, current_user, wanted))
        return lists.give("papers", _("Register of papers"), REGISTER, found)
    rows, more = queries.register_page(current_user, wanted, number)
    return render(
        "papers/index.html",
        "papers/_list.html",
        rows=rows,
        wanted=wanted,
        filtered=wanted != Wanted(),
        pager=pages(number, queries.PAGE, len(rows), more),
        years=queries.years(),
        narrowed=narrowed,
        labels=labels,
        kinds=catalog.KINDS,
        offers=offers.of_center(current_user),
    )


def _wanted() -> Wanted:
    return Wanted(
        kind=filter_asked("kind", catalog.KINDS),
        year=year_asked(),
        standing=filter_asked("standing", queries.STANDINGS),
        text=clean(request.args.get("q", "")[:200])[:100],
    )


@bp.get("/registered/<int:registered_id>")
@requires(Permission.PAPER_PRINT, of=get_entered)
def registered(entered: Entered) -> Response:
    """A registered paper."""
    look(entered.printed)
    return _page(entered)


def _page(entered: Entered, **sent: Any) -> Response:
    paper = entered.paper
    forms = {
        "signed": SignedForm(formdata=None, data={"signed_on": paper.signed_on or clock.today()}),
        "void": VoidForm(formdata=None),
    }
    return render(
        "papers/registered.html",
        form=next(iter(sent.values()), None),
        forms=forms | sent,
        paper=paper,
        printed=entered.printed,
        kind=entered.printed.kind,
        family=queries.heading_of(current_user, paper.family_id),
        subject=subjects.of(entered.printed.kind, paper.object_id),
        scan=queries.scan_of(paper),
        people=queries.people(paper),
        labels=labels,
    )


@bp.get("/registered/<int:registered_id>/pdf")
@requires(Permission.PAPER_PRINT, of=get_entered)
def registered_pdf(entered: Entered) -> Response:
    """The paper as it was registered."""
    look(entered.printed)
    return send(actions.pdf_of(entered.paper), f"{_name(entered)}.pdf", TYPES["pdf"], inline=True)


def _name(entered: Entered) -> str:
    paper = entered.paper
    return f"{paper.kind}-{paper.year}-{paper.number}"


@bp.get("/registered/<int:registered_id>/scan")
@requires(Permission.PAPER_PRINT, of=get_entered)
def scan(entered: Entered) -> Response:
    """The scan of the signed paper, to be saved."""
    stored = queries.scan_of(entered.paper)
    if stored is None:
        abort(404)
    look(entered.printed)
    name = f"{_name(entered)}-signed.{SUFFIXES[stored.media_type]}"
    return send(files.read(stored.name), name, stored.media_type)


@bp.post("/registered/<int:registered_id>/signed")
@requires(Permission.PAPER_REGISTER, of=get_entered)
def sign(entered: Entered) -> Response:
    """Attach the scan of the signed paper."""
    form, paper_id = SignedForm(), entered.paper.id
    if form.validate_on_submit() and form.cleaned and form.signed_on.data:
        with form.rules():
            actions.attach_scan(paper_id, form.cleaned, form.signed_on.data, current_user.id)
            return go(url_for(".registered", registered_id=paper_id), _("The signed paper is attached."))
    return _again(paper_id, signed=form)


@bp.post("/registered/<int:registered_id>/void")
@requires(Permission.PAPER_VOID, of=get_entered)
def void(entered: Entered) -> Response:
    """Declare it void."""
    form, paper_id = VoidForm(), entered.paper.id
    if form.validate_on_submit():
        with form.rules():
            actions.void(paper_id, form.reason.data or "", current_user.id)
            return go(url_for(".registered", registered_id=paper_id), _("The paper is void."))
    return _again(paper_id, void=form)


def _again(paper_id: int, **sent: Any) -> Response:
    entered = get_entered(current_user, paper_id)
    if entered is None:
        abort(404)
    look(entered.printed)
    return _page(entered, **sent)
