"""Errors as pages and fragments for people: what happened, what to do, a number to quote, never a trace."""

import contextlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from portal.accounts import sessions
from portal.drafts import keeping, places
from portal.rules import N_, RuleBroken
from portal.web import go, is_fragment, words

MOST_DRAINED = 200 * 1024 * 1024
ERRORS = {
    400: (N_("The request cannot be read"), N_("Go back, reload the page and try once more.")),
    403: (N_("This is not open to your role"), N_("If you need it for your work, ask the administrator.")),
    404: (N_("There is no such page"), N_("It may have been moved, or it is not among your families.")),
    405: (N_("This cannot be done here"), N_("Go back and use the buttons of the page.")),
    409: (N_("Somebody was quicker"), N_("The data has changed meanwhile. Reload the page and look again.")),
    413: (N_("This is too large"), N_("A file may have up to %(most)s MB. Make it smaller and try again.")),
    414: (N_("The address is too long"), N_("Shorten what was typed into the search and try again.")),
    429: (N_("Too many attempts"), N_("Wait a few minutes and try again.")),
    500: (
        N_("Something went wrong"),
        N_("Nothing was saved. Try again; if it repeats, tell the administrator the number."),
    ),
    503: (N_("The portal is busy"), N_("Nothing was saved. Try again in a minute.")),
}


def init_app(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(Exception, _failed)
    app.register_error_handler(CSRFError, _expired)


def refused_outside(app: Flask, code: int) -> Response:
    """What the server refuses before it is a request: in words, with the headers of every answer."""
    with app.test_request_context("/"):
        g.out_of_reach = True  # nothing is asked of the database
        return app.process_response(error_page(code, quotable=False))


def _expired(error: CSRFError) -> Response:
    """A token too old or missing: the person only has to send the form again.

    The pages of a form carry whose they are: sent after a new login of the same person, the text is kept and shown
    again. Without a login the form is asked for after it, with the draft that typing has left.
    """
    place = places.place_here() if request.method == "POST" else None
    if place and not current_user.is_authenticated:
        login = url_for("accounts.login", next=places.goes_on(place))
        if is_fragment():
            return Response(status=401, headers={"HX-Redirect": login})
        return redirect(login, 303)  # type: ignore[return-value]
    token = request.form.get("csrf_token") or request.headers.get("X-CSRFToken", "")
    if place and sessions.page_was_of(token) == current_user.id:
        address = _quietly(lambda: keeping.keep_posted(current_user.id))
        if address:
            return go(
                address, _("This page was from before you signed in again. Look it over and send it."), "warn"
            )
    return error_page(
        400, _("This page was open for too long"), _("Go back, reload the page and send it again.")
    )


def _failed(error: Exception) -> Any:
    if isinstance(error, RuleBroken):
        kept = _quietly(keeping.rescue)
        return error_page(409, _("This cannot be done"), words(error), quotable=False, kept=kept)
    if isinstance(error, (exc.OperationalError, exc.TimeoutError)):
        report(error)
        g.out_of_reach = True
        g.pop("said", None)
        refresh()
        return error_page(503)
    if isinstance(error, HTTPException):
        code = error.code or 500
        if code in (301, 302, 303, 307, 308):
            return error
        if code == 405 and request.method in ("GET", "HEAD"):
            return redirect(_page_above(), 303)
        if code == 413:
            _drain()
        kept = _quietly(keeping.rescue) if code in (400, 409, 413) else None
        return error_page(code if code in ERRORS else 400, real_code=code, kept=kept)
    report(error)
    return error_page(500, kept=_quietly(keeping.rescue))


def _page_above() -> str:
    """The nearest page above an address that only takes forms.

    A refused form is shown where it was sent to: whoever reloads that, or opens it later, sees what the form is of.
    """
    routes, path = current_app.url_map.bind(""), request.path
    while path:
        path = path.rpartition("/")[0]
        for address in (path, f"{path}/"):
            with contextlib.suppress(HTTPException):
                endpoint, ids = routes.match(address, method="GET")
                return url_for(endpoint, **ids)
    return url_for("home.index")


def _quietly(keep: Callable[[], str | None]) -> str | None:
    """What keeping a draft gives; nothing where that fails too, for an error is being answered already."""
    try:
        return keep()
    except Exception as error:
        report(error)
        return None


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
    code: int,
    title: str | None = None,
    message: str | None = None,
    real_code: int = 0,
    quotable: bool = True,
    kept: str | None = None,
) -> Response:
    """A page (or fragment) for people: what happened, what to do, a number to quote; `kept`: where the text waits."""
    default, facts = ERRORS.get(code, ERRORS[400]), {"most": request.most} if code == 413 else {}  # type: ignore[attr-defined]
    context = {
        "code": real_code or code,
        "title": title or _(default[0]),
        "message": message or _(default[1], **facts),
    }
    name = "errors/_error.html" if is_fragment() else "errors/error.html"
    number = (getattr(g, "request_number", None) or secrets.token_hex(4)) if quotable else None
    return make_response(render_template(name, number=number, kept=kept, **context), real_code or code)
