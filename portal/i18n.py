"""Two languages: the catalogues are read once, and a page looks its words up in a plain dictionary."""

import contextlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from babel import Locale, support
from flask import Flask, g, request
from flask_babel import Babel, Domain, force_locale, get_locale
from flask_login import current_user
from markupsafe import Markup

LANGUAGES = ("ru", "en")


def init_app(app: Flask) -> None:
    """Choose the language of each request, and give templates their words."""
    babel = Babel(app, locale_selector=choose, timezone_selector=lambda: app.config["TIMEZONE"])
    babel.domain_instance = Catalogues()
    app.jinja_env.globals.update(_=say, gettext=say, ngettext=say_number, get_locale=get_locale)


def choose() -> str:
    """The language of the account, else of the browser's cookie, else Russian."""
    if "out_of_reach" in g:
        return "ru"
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    wanted = request.cookies.get("language") if request else None
    return wanted if wanted in LANGUAGES else "ru"


class Catalogues(Domain):
    """Flask-Babel's catalogues, found by the language alone."""

    def get_translations(self) -> support.NullTranslations:
        """The catalogue of this request's language; none outside of a request."""
        if not g:
            return support.NullTranslations()
        if "catalogue" not in g:
            g.catalogue = _read(str(get_locale()))
        catalogue: support.NullTranslations = g.catalogue
        return catalogue


@cache
def _read(language: str) -> support.NullTranslations:
    from portal.web import ROOT

    return support.Translations.load(str(ROOT / "portal" / "translations"), [Locale.parse(language)])


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside, all words are of this language, whoever reads the page: for papers and what is written to others."""
    own = {name: g.pop(name) for name in ("catalogue", "said") if name in g}
    try:
        with force_locale(language):
            yield
    finally:
        for name in ("catalogue", "said"):
            g.pop(name, None)
        for name, value in own.items():
            setattr(g, name, value)


def catalogue(language: str) -> support.NullTranslations:
    """The words of a language, whoever asks: for what is written to somebody else."""
    return _read(language if language in LANGUAGES else "ru")


@cache
def _said(language: str) -> dict[str, Markup]:
    return {}


def say(message: str, **params: Any) -> Markup:
    """The message in the reader's language, safe to print; its params are escaped."""
    words: dict[str, Markup] | None = g.get("said")
    if words is None:
        words = g.said = _said(str(get_locale()))
    text = words.get(message)
    if text is None:
        text = words[message] = Markup(_read(str(get_locale())).gettext(message))  # noqa: S704 - from the catalogue
    return text % params if "%" in text else text


def say_number(one: str, many: str, num: int, **params: Any) -> Markup:
    """The message in the form that the number asks for."""
    text = _read(str(get_locale())).ngettext(one, many, num)
    return Markup(text) % {"num": num, **params}  # noqa: S704 - from the catalogue
