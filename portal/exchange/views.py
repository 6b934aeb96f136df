"""The page of the register's import: upload, preview, apply, the refused rows to mend."""

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import clock, files
from portal.access import Permission, requires
from portal.exchange import apply as applying
from portal.exchange.mended import refused_workbook
from portal.exchange.register import read_register
from portal.exchange.register_types import Refusal, Register
from portal.exchange.workbook import read_workbook
from portal.web import Form, go, render

bp = Blueprint("exchange", __name__, url_prefix="/families/import")
DAY = 24 * 3600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RegisterForm(Form):
    """The register as a file."""

    file = FileField(_l("Register of families"), [FileRequired(_l("Choose a file."))])


def _serializer() -> URLSafeTimedSerializer:
    from flask import current_app

    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="register")


def _pending(token: str) -> str:
    """The sealed upload behind a token of this user; 404 for another's, or after a day."""
    try:
        user_id, name = _serializer().loads(token, max_age=DAY)
    except BadSignature:
        abort(404)
    if user_id != current_user.id:
        abort(404)
    return str(name)


def _read(token: str) -> Register:
    try:
        data = files.read(_pending(token), "pending")
    except FileNotFoundError:
        abort(404)
    return read_register(read_workbook(data), clock.today(), applying.staff_names())


@bp.route("", methods=["GET", "POST"])
@requires(Permission.FAMILY_IMPORT)
def upload() -> Response:
    """Choose the file; it is read, kept sealed for a day, and shown."""
    form = RegisterForm()
    if form.validate_on_submit():
        with form.rules():
            data = form.file.data.read()
            read_register(
                read_workbook(data, form.file.data.filename or ""), clock.today(), applying.staff_names()
            )
            files.drop_older("pending", DAY)
            name, _digest = files.keep(data, "pending")
            return go(url_for(".preview", token=_serializer().dumps([current_user.id, name])))
    return render("exchange/upload.html", form=form)


@bp.get("/<token>")
@requires(Permission.FAMILY_IMPORT)
def preview(token: str) -> Response:
    """Every row: accepted, refused (why), or a probable duplicate (of whom)."""
    register = _read(token)
    known = applying.known_families(register)
    return render(
        "exchange/preview.html",
        register=register,
        known=known,
        token=token,
        why=why,
        show=request.args.get("show"),
    )


@bp.post("/<token>/apply")
@requires(Permission.FAMILY_IMPORT)
def apply(token: str) -> Response:
    """Write the accepted rows; doing it again changes nothing."""
    register = _read(token)
    done = applying.apply(register, current_user.id)
    return render("exchange/done.html", register=register, done=done, token=token)


@bp.get("/<token>/refused")
@requires(Permission.FAMILY_IMPORT)
def refused(token: str) -> Response:
    """The refused rows as a workbook, with why, to be mended and brought back."""
    data = refused_workbook(_read(token), _("Why it was not accepted"), why)
    headers = {"Content-Disposition": 'attachment; filename="refused.xlsx"'}
    return Response(data, mimetype=XLSX, headers=headers)


def why(refusal: Refusal) -> str:
    """All that is wrong with the row, in the reader's language."""
    remarks = [
        (refusal.message, refusal.params),
        *((other.message, other.params) for other in refusal.others),
    ]
    return " ".join(_(message, **params) for message, params in remarks)
