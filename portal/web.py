"""Answers: one URL serves page or fragment; forms; pages of errors; security headers."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, MutableMapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms.validators import StopValidation

from portal import clock
from portal.rules import RuleBroken

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
MOST_SIGNED = 10_000
_addresses: dict[tuple[str, ...], str] = {}
STAND_IN = 1_234_567_890  # a number that no address has of itself
_signed: dict[str | None, str] = {}


class OptionalUnless:
    """A field may be left empty, except where another one of the form is filled in or ticked."""

    def __init__(self, other: str, message: Any) -> None:
        self.other, self.message = other, message

    def __call__(self, form: Any, field: Any) -> None:
        """Raises StopValidation, with the message where the field is needed."""
        if field.raw_data and str(field.raw_data[0]).strip():
            return
        field.errors = []
        raise StopValidation(self.message if form[self.other].data else None)


class Form(FlaskForm):
    """A form whose broken rules become its own errors. A page opened to go on with a draft fills it with that."""

    class Meta(FlaskForm.Meta):
        """Where the fields come from."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent; or, unless the view has said what to take, the draft of this page."""
            found = super().wrap_formdata(form, formdata)
            if found is None and formdata is not None and "draft" in g:
                g.draft_used = True
                return g.draft
            return found

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        g.has_form = True
        g.takes_files = g.get("takes_files", False) or any(field.type == "FileField" for field in self)
        version = self._fields.get("version")
        if version is not None and "draft_used" in g and version.object_data:
            g.draft_outrun = str(version.object_data) != version.data

    @contextlib.contextmanager
    def rules(self) -> Iterator[None]:
        """Turn a RuleBroken raised inside into an error of this form."""
        try:
            yield
        except RuleBroken as broken:
            self.form_errors.append(words(broken))

    @property
    def seen(self) -> int:
        """The version of the row that the form was filled from, so that the second of two editors is told; or 0."""
        return number_of((self._fields.get("version") or self._fields["revision"]).data)

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


def number_of(typed: Any) -> int:
    """The number in a hidden field; 0, which nothing has, for anything else."""
    text = str(typed or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def render(template: str, fragment: str | None = None, status: int | None = None, **context: Any) -> Response:
    """The page, or for htmx its fragment; 422 with a `form` that was sent and comes back with its errors."""
    name, form = fragment if fragment and is_fragment() else template, context.get("form")
    again = 422 if form and form.is_submitted() else 200
    return make_response(render_template(name, **context), again if status is None else status)


def go(url: str, message: str | None = None, category: str = "ok") -> Response:
    """See the URL next (303), with a word of what was done; unless that is bad, a draft of it is needed no more."""
    g.done = category != "bad"
    if message:
        flash(message, category)
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)  # type: ignore[return-value]


def refuse(broken: RuleBroken, url: str) -> Response:
    """Go back to the URL with the rule's words: for buttons that have no form of their own."""
    return go(url, words(broken), "bad")


def attempt(url: str, done: str, action: Callable[..., Any], *args: Any) -> Response:
    """Do what a button says, and see the URL next: with a word of what was done, or with the rule's words."""
    try:
        action(*args)
    except RuleBroken as broken:
        return refuse(broken, url)
    return go(url, done)


def moved_on(url: str, check: Callable[..., object], *facts: Any) -> Response | None:
    """Back to the URL in the rule's words, from a form that nobody could send any more; None where it can be sent.

    Only on opening it: what is typed already is refused beside what was typed.
    """
    if request.method != "GET" or "draft" in g:
        return None
    try:
        check(*facts)
    except RuleBroken as broken:
        return refuse(broken, url)
    return None


def safe_next(default: str) -> str:
    """The local address to go on to after a form, never another site's."""
    target = request.values.get("next", "")
    is_path = target.startswith("/") and not target.startswith("//")
    if is_path and "\\" not in target and target.isprintable():
        parts = urlsplit(target)
        return default if parts.netloc or parts.scheme else target
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
    """«14:05»; of a moment by the centre's clock."""
    if isinstance(value, datetime):
        value = clock.local(value).time()
    return str(value.isoformat("minutes"))


def show_day(value: date) -> str:
    """«вторник, 24 ноября»."""
    pattern = "EEEE, d MMMM" if str(get_locale()) == "ru" else "EEEE, MMMM d"
    return format_date(value, pattern, locale=str(get_locale()))


def show_weekday(value: date) -> str:
    """«пн»."""
    return format_date(value, "ccc", locale=str(get_locale()))


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
    """Filters and headers."""
    app.jinja_env.filters.update(date=show_date, moment=show_moment, time=show_time, day=show_day)
    app.jinja_env.globals.update(csrf=csrf, static_url=static_url, url_for=address)
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


def address(endpoint: str, **values: Any) -> str:
    """url_for() for templates; an endpoint's address is worked out once, and one whole number put into it."""
    number = next(iter(values.values())) if len(values) == 1 else None
    if values and type(number) is not int:
        return url_for(endpoint, **values)
    if endpoint.startswith("."):
        endpoint = f"{request.blueprint}{endpoint}"
    found = _addresses.get((endpoint, *values))
    if found is None:
        found = _addresses[endpoint, *values] = url_for(endpoint, **dict.fromkeys(values, STAND_IN))  # type: ignore[arg-type]
    return found.replace(str(STAND_IN), str(number)) if values else found
