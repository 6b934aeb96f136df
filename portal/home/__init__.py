"""The first page, the menu, and what every page shows around its content."""

from functools import partial
from typing import Any

from flask import current_app, g, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin, current_user

from portal import access
from portal.access import Permission
from portal.settings import queries as settings
from portal.web import address

# endpoint, icon, label, permission (None: everybody who is signed in); in the order of the menu
PLACES: list[tuple[str, str, Any, Permission | None]] = [
    ("home.index", "home", _l("My work"), None),
    ("families.index", "users", _l("Families"), Permission.FAMILY_VIEW),
    ("consilium.index", "gavel", _l("Consilium"), Permission.MEETING_VIEW),
    ("clubs.index", "calendar-week", _l("Clubs"), Permission.CLUB_VIEW),
    ("patronage.assignments", "clipboard-list", _l("Assignments"), Permission.ASSIGNMENT_LIST),
    ("accounts.people", "user-cog", _l("People"), Permission.ACCOUNT_MANAGE),
    ("settings.edit", "settings", _l("Settings"), Permission.SETTINGS_MANAGE),
    ("settings.audit_log", "shield-check", _l("Audit log"), Permission.AUDIT_READ),
]


def places(user: Any) -> list[dict[str, Any]]:
    """The entries of the menu that the user may open."""
    here = (request.endpoint or "").partition(".")[0]
    return [
        {"url": address(endpoint), "icon": icon, "label": label, "current": _is_here(endpoint, here)}
        for endpoint, icon, label, permission in PLACES
        if permission is None or access.may(user, permission)
    ]


def _is_here(endpoint: str, here: str) -> bool:
    same_page = endpoint == request.endpoint
    return same_page or (endpoint.endswith(".index") and endpoint.startswith(here + ".") and here != "home")


def _without_database() -> dict[str, Any]:
    quiet = {
        "user": AnonymousUserMixin(),
        "centre_name": "",
        "locale": "ru",
        "demo": False,
        "nav": [],
        "tabs": [],
    }
    return {**quiet, "theme": request.cookies.get("theme", "auto"), "search_url": None}


def context() -> dict[str, Any]:
    """What the layout needs on every page; little where the database is out of reach."""
    if "out_of_reach" in g:
        return _without_database()
    user = current_user._get_current_object() if current_user else AnonymousUserMixin()
    common = {
        "user": user,
        "centre_name": settings.value("centre_name") if request.endpoint != "home.health" else "",
        "locale": str(get_locale()),
        "demo": current_app.config.get("DEMO", False),
        "Permission": Permission,
        "may": partial(access.may, user),
    }
    if not user.is_authenticated:
        return {
            **common,
            "nav": [],
            "tabs": [],
            "theme": request.cookies.get("theme", "auto"),
            "search_url": None,
        }
    nav = places(user)
    menu = {
        "url": address("home.menu"),
        "icon": "menu-2",
        "label": _l("More"),
        "current": request.endpoint == "home.menu",
    }
    return {
        **common,
        "nav": nav,
        "tabs": nav if len(nav) <= 5 else [*nav[:4], menu],
        "theme": user.theme,
        "search_url": address("home.search") if access.may(user, Permission.SEARCH) else None,
    }
