"""The wizard that brings workbooks in: kind, file, headings, preview, and writing it."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.access import Permission, requires
from portal.exchange import kinds, launching, pending, queries, questions, running, sayings
from portal.exchange.forms import WorkbookForm, headings_form, meant
from portal.exchange.kinds import Kind
from portal.exchange.mended import example_workbook, refused_workbook
from portal.exchange.register_types import Refusal
from portal.exchange.rows import ACCEPTED, STATES, Preview
from portal.exchange.workbook import Sheet, read_workbook
from portal.exchange.workbook_guard import check_name
from portal.rules import RuleBroken
from portal.web import go, refuse, render

bp = Blueprint("imports", __name__, url_prefix="/imports")
SHOWN = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
USE = Permission.IMPORT_USE


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="register")


def token_of(user_id: int, kind: str, name: str) -> str:
    """What stands in the addresses of an upload."""
    return _serializer().dumps([user_id, kind, name])


def waiting(user: Any, kind_code: str, token: str) -> tuple[Kind, str, str] | None:
    """The kind, the sealed upload and its token: of this user, not older than a day, of a kind they may bring in."""
    kind = kinds.get_kind(user, kind_code)
    try:
        user_id, code, name = _serializer().loads(token, max_age=pending.DAY)
    except (BadSignature, ValueError, TypeError):
        return None
    return (kind, str(name), token) if kind and (user_id, code) == (user.id, kind.code) else None


@bp.get("/")
@requires(USE)
def index() -> Response:
    """What can be brought in, and what was."""
    past = queries.past_imports(current_user)
    return render(
        "exchange/index.html", kinds=kinds.kinds_for(current_user), past=past, all_kinds=kinds.KINDS,
        short=queries.short,
    )  # fmt: skip


@bp.route("/new/<kind_code>", methods=["GET", "POST"])
@requires(USE, of=kinds.get_kind)
def upload(kind: Kind) -> Response:
    """Choose the file; it is read, kept sealed for a day, and shown; unknown headings are asked for first."""
    form = WorkbookForm()
    if form.validate_on_submit():
        with form.rules():
            data, filename = form.file.data.read(), form.file.data.filename or ""
            check_name(filename, data)
            step = _next_step(kind, read_workbook(data, filename))
            name = pending.keep(data, {})
            return go(url_for(step, kind_code=kind.code, token=token_of(current_user.id, kind.code, name)))
    return render("exchange/upload.html", form=form, kind=kind)


def _next_step(kind: Kind, sheets: list[Sheet]) -> str:
    """To the headings where something needed is not known, else to the preview. Raises no_headings."""
    said = sayings.said(kind.code)
    known = {one.field for one in kinds.headings(kind, sheets, said)}
    asked = kinds.questions(kind, sheets, said, current_user, {})
    clear = known >= set(kinds.required(kind, sheets, said)) and all(one.chosen for one in asked)
    return ".preview" if clear else ".headings"


@bp.get("/new/<kind_code>/example")
@requires(USE, of=kinds.get_kind)
def example(kind: Kind) -> Response:
    """An empty workbook with the headings that are known."""
    return _xlsx(example_workbook(_(kind.title), [_(one.title) for one in kind.asked]), f"{kind.code}.xlsx")


@bp.route("/new/<kind_code>/<token>/headings", methods=["GET", "POST"])
@requires(USE, of=waiting)
def headings(found: tuple[Kind, str, str]) -> Response:
    """What each heading means; it is remembered for the next workbook of this kind."""
    kind, name, token = found
    sheets, answers = pending.opened(name)
    said = sayings.said(kind.code)
    heads, needed = kinds.headings(kind, sheets, said), kinds.required(kind, sheets, said)
    asked = kinds.questions(kind, sheets, said, current_user, answers)
    form = headings_form(kind, heads, asked)
    if form.validate_on_submit():
        with form.rules():
            known = {one.key: one.field for one in heads}
            running.say(kind, needed, meant(form, heads), known, current_user.id)
            sayings.remember(sayings.MARKS, questions.marks_of(form, asked), {}, current_user.id)
            answers = questions.answers_of(form, asked)
            kinds.preview(kind, sheets, sayings.said(kind.code), current_user, answers)
            token = token_of(current_user.id, kind.code, pending.answered(name, answers))
            return go(url_for(".preview", kind_code=kind.code, token=token))
    return render(
        "exchange/headings.html", form=form, kind=kind, token=token, needed=_needed(kind, form, heads, needed),
        asked=[one.name for one in asked],
    )  # fmt: skip


def _needed(kind: Kind, form: Any, heads: Any, required: Iterable[str]) -> list[str]:
    chosen = set(meant(form, heads).values())
    return [_(one.title) for one in kind.fields if one.code in required and one.code not in chosen]


@bp.get("/new/<kind_code>/<token>")
@requires(USE, of=waiting)
def preview(found: tuple[Kind, str, str]) -> Response:
    """Every row: accepted, refused (why), here already, or a probable duplicate (of which)."""
    kind, name, token = found
    try:
        read = _read(kind, name)
    except RuleBroken as broken:
        return refuse(broken, url_for(".headings", kind_code=kind.code, token=token))
    if read.missing:
        return go(url_for(".headings", kind_code=kind.code, token=token))
    counts = read.counts
    show = request.args.get("show") or next((one for one in STATES if counts[one]), ACCEPTED)
    if show not in (*STATES, "extra"):
        abort(404)
    rows = read.extra or [] if show == "extra" else read.of(show)
    return render(
        "exchange/preview.html", kind=kind, token=token, counts=counts, show=show, rows=rows[:SHOWN],
        unread="; ".join(kinds.unread(kind, read, sayings.said(kind.code))),
        total=len(rows), extra=read.extra, why=why, notes=read.notes, several=len(read.headings) > 1,
        new_accounts=[r for r in read.extra or () if r.state == ACCEPTED],
    )  # fmt: skip


def _read(kind: Kind, name: str) -> Preview:
    sheets, answers = pending.opened(name)
    return kinds.preview(kind, sheets, sayings.said(kind.code), current_user, answers)


@bp.post("/new/<kind_code>/<token>/apply")
@requires(USE, of=waiting)
def apply(found: tuple[Kind, str, str]) -> Response:
    """Write the accepted rows; doing it again changes nothing."""
    kind, name, token = found
    try:
        import_id = running.start(kind, name, current_user)
        launching.launch(import_id, current_user)
    except FileNotFoundError:
        abort(404)
    except RuleBroken as broken:
        return refuse(broken, url_for(".preview", kind_code=kind.code, token=token))
    return go(url_for(".show", import_id=import_id))


@bp.get("/new/<kind_code>/<token>/refused")
@requires(USE, of=waiting)
def refused(found: tuple[Kind, str, str]) -> Response:
    """The refused rows as a workbook, with why, to be mended and brought back."""
    kind, name, _token = found
    read = _read(kind, name)
    return _xlsx(
        refused_workbook(read.headings, read.refusals, _("Why it was not accepted"), why), "refused.xlsx"
    )


def _xlsx(data: bytes, name: str) -> Response:
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def why(refusal: Refusal) -> str:
    """All that is wrong with the row, in the reader's language."""
    remarks = [
        (refusal.message, refusal.params),
        *((other.message, other.params) for other in refusal.others),
    ]
    return " ".join(_(message, **params) for message, params in remarks)
