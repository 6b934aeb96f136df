"""Answers: one URL serves page or fragment; forms; pages of errors; security headers."""

import contextlib
import hashlib
import secrets
from collections.abc import Iterator, MutableMapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from babel.dates import format_date
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.templating import Environment
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, generate_csrf
from markupsafe import Markup
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from portal import clock
from portal.rules import N_, RuleBroken

ROOT = Path(__file__).resolve().parent.parent
LONGEST_TEXT = 20_000
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ERRORS = {
    400: (N_("The request cannot be read"), N_("Go back, reload the page and try once more.")),
    403: (N_("This is not open to your role"), N_("If you need it for your work, ask the administrator.")),
    404: (N_("There is no such page"), N_("It may have been moved, or it is not among your families.")),
    405: (N_("This cannot be done here"), N_("Go back and use the buttons of the page.")),
    409: (N_("Somebody was quicker"), N_("The data has changed meanwhile. Reload the page and look again.")),
    413: (N_("This is too large"), N_("A file may have up to 20 MB. Make it smaller and try again.")),
    429: (N_("Too many attempts"), N_("Wait a few minutes and try again.")),
    500: (
        N_("Something went wrong"),
        N_("Nothing was saved. Try again; if it repeats, tell the administrator the number."),
    ),
    503: (N_("The portal is busy"), N_("Nothing was saved. Try again in a minute.")),
}


MOST_DRAINED = 200 * 1024 * 1024
MOST_SIGNED = 10_000
_addresses: dict[str, str] = {}
_signed: dict[str | None, str] = {}


class Form(FlaskForm):
    """A form whose broken rules become its own errors."""

    @contextlib.contextmanager
    def rules(self) -> Iterator[None]:
        """Turn a RuleBroken raised inside into an error of this form."""
        try:
            yield
        except RuleBroken as broken:
            self.form_errors.append(words(broken))

    def values(self) -> dict[str, Any]:
        """What was typed, without the token."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


def words(broken: RuleBroken) -> str:
    """The rule's message in the reader's language."""
    params = {name: show_date(p) if isinstance(p, date) else p for name, p in broken.params.items()}
    return str(_(broken.message, **params))


def is_fragment() -> bool:
    """Whether htmx asks for a part of the page; a restore of the history wants it whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def render(template: str, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page, or for htmx its fragment."""
    name = fragment if fragment and is_fragment() else template
    return make_response(render_template(name, **context), status)


def go(url: str, message: str | None = None, category: str = "ok") -> Response:
    """See the URL next (303), with a word of what was done."""
    if message:
        flash(message, category)
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)  # type: ignore[return-value]


def refuse(broken: RuleBroken, url: str) -> Response:
    """Go back to the URL with the rule's words: for buttons that have no form of their own."""
    return go(url, words(broken), "bad")


def safe_next(default: str) -> str:
    """The local address to go on to after a form, never another site's."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    if (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    ):
        return target
    return default


def show_date(value: date | datetime | None) -> str:
    """«22.11.2026»; an em dash for nothing."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return f"{value:%d.%m.%Y}"


def show_moment(value: datetime | None) -> str:
    """«22.11.2026, 14:05» by the centre's clock."""
    return "—" if value is None else f"{clock.local(value):%d.%m.%Y, %H:%M}"


def show_time(value: Any) -> str:
    """«14:05»."""
    return f"{value:%H:%M}"


def show_day(value: date) -> str:
    """«вторник, 24 ноября»."""
    pattern = "EEEE, d MMMM" if str(get_locale()) == "ru" else "EEEE, MMMM d"
    return format_date(value, pattern, locale=str(get_locale()))


@cache
def _version(name: str) -> str:
    return hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """The address of a static file, with a hash of its content."""
    return f"/static/{name}?v={_version(name)}"


def csrf_token() -> str:
    """The token of this browser, as Flask-WTF signs it; a browser's is signed once, not for each page."""
    raw = session.get("csrf_token")
    known = _signed.get(raw)
    if known is None:
        if len(_signed) >= MOST_SIGNED:
            _signed.clear()
        known = generate_csrf()
        _signed[session["csrf_token"]] = known
    g.csrf_token = known
    return known


def csrf() -> Markup:
    """The hidden field that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


class Templates(Environment):
    """Flask's environment, whose templates share its globals as they are: chaining them to each costs a tenth."""

    def make_globals(self, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of one template."""
        return super().make_globals(own) if own else self.globals


def init_app(app: Flask) -> None:
    """Filters, error pages and headers."""
    app.jinja_env.filters.update(date=show_date, moment=show_moment, time=show_time, day=show_day)
    app.jinja_env.globals.update(csrf=csrf, static_url=static_url, url_for=address)
    app.register_error_handler(Exception, _failed)
    app.register_error_handler(CSRFError, _expired)
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    add = response.headers.add
    for name, value in HEADERS.items():
        add(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        add("Strict-Transport-Security", "max-age=31536000")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _expired(error: CSRFError) -> Response:
    """A token too old or missing: the person only has to send the form again."""
    return error_page(
        400, _("This page was open for too long"), _("Go back, reload the page and send it again.")
    )


def _failed(error: Exception) -> Any:
    if isinstance(error, RuleBroken):
        return error_page(409, _("This cannot be done"), words(error))
    if isinstance(error, (exc.OperationalError, exc.TimeoutError)):
        report(error)
        g.out_of_reach = True
        return error_page(503)
    if isinstance(error, HTTPException):
        code = error.code or 500
        if code in (301, 302, 303, 307, 308):
            return error
        if code == 413:
            _drain()
        return error_page(code if code in ERRORS else 400, real_code=code)
    report(error)
    return error_page(500)


def _drain() -> None:
    """Let the browser send to the end what is too large: one that is cut off shows no answer at all."""
    left = MOST_DRAINED
    while left > 0 and (read := len(request.environ["wsgi.input"].read(65536))):
        left -= read


def report(error: Exception) -> None:
    """Log where it failed, never with what data."""
    trace, places = error.__traceback__, []
    while trace:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    facts = {"kind": type(error).__name__, "at": " ".join(places[-6:]), "number": g.get("request_number", "")}
    current_app.logger.error("failed", extra=facts)


def error_page(
    code: int, title: str | None = None, message: str | None = None, real_code: int = 0
) -> Response:
    """A page (or fragment) for people: what happened, what to do, a number to quote."""
    default = ERRORS.get(code, ERRORS[400])
    context = {
        "code": real_code or code,
        "title": title or _(default[0]),
        "message": message or _(default[1]),
    }
    name = "errors/_error.html" if is_fragment() else "errors/error.html"
    number = getattr(g, "request_number", None) or secrets.token_hex(4)
    return make_response(render_template(name, number=number, **context), real_code or code)


def page_url(**changes: Any) -> str:
    """This page's address with some of its query changed; None takes a part away."""
    query: dict[str, Any] = request.args.to_dict(flat=False)
    query.update(changes)
    kept = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return quote(request.path) + (f"?{kept}" if kept else "")


def address(endpoint: str, **values: Any) -> str:
    """url_for() for templates; addresses without parts are worked out once."""
    if values:
        return url_for(endpoint, **values)
    if endpoint.startswith("."):
        endpoint = f"{request.blueprint}{endpoint}"
    found = _addresses.get(endpoint)
    if found is None:
        found = _addresses[endpoint] = url_for(endpoint)
    return found
