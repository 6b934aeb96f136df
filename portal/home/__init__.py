"""The first page, the menu, and what every page shows around its content."""

from functools import cache, partial
from typing import Any, NamedTuple

from flask import current_app, g, request
from flask_babel import get_locale
from flask_login import AnonymousUserMixin, current_user

from portal import access
from portal.access import Permission
from portal.accounts.queries import theme
from portal.rules import N_
from portal.settings import queries as settings
from portal.web import address, csrf_token


class Place(NamedTuple):
    """An entry of the menu."""

    url: str
    icon: str
    label: str
    current: bool


# endpoint, icon, label, permission (None: everybody who is signed in); in the order of the menu
PLACES: list[tuple[str, str, str, Permission | None]] = [
    ("home.index", "home", N_("My work"), None),
    ("families.index", "users", N_("Families"), Permission.FAMILY_VIEW),
    ("consilium.index", "gavel", N_("Consilium"), Permission.MEETING_VIEW),
    ("contacts.index", "phone", N_("Contacts"), Permission.CONTACT_LIST),
    ("journal.index", "notebook", N_("Journal"), Permission.JOURNAL_WRITE),
    ("plans.index", "list-check", N_("Plans"), Permission.PLAN_WRITE),
    ("alerts.index", "bell", N_("Alerts"), Permission.ALERT_RAISE),
    ("clubs.index", "calendar-week", N_("Clubs"), Permission.CLUB_VIEW),
    ("patronage.assignments", "clipboard-list", N_("Assignments"), Permission.ASSIGNMENT_LIST),
    ("referrals.index", "exchange", N_("Referrals"), Permission.SUPPORT_WRITE),
    ("consilium.decisions", "gavel", N_("Decisions"), Permission.DECISION_VIEW),
    ("papers.index", "files", N_("Papers"), Permission.PAPER_PRINT),
    ("imports.index", "table-import", N_("Import"), Permission.IMPORT_USE),
    ("accounts.people", "user-cog", N_("People"), Permission.ACCOUNT_MANAGE),
    ("settings.edit", "settings", N_("Settings"), Permission.SETTINGS_MANAGE),
    ("settings.audit_log", "shield-check", N_("Audit log"), Permission.AUDIT_READ),
]
UNDER = {
    **dict.fromkeys(("procedures", "mail", "paper_templates"), "settings.edit"),
    **dict.fromkeys(("norms.versions", "settings.calendar"), "settings.edit"),
    "bulk": "papers.index",
    "schedule": "contacts.index",
    **dict.fromkeys(("intake", "diagnosis", "programs", "plans.show"), "families.index"),
    "family_files": "families.index",
    **dict.fromkeys(
        (f"family_files.{page}" for page in ("upload", "preview", "apply", "taking_in")), "imports.index"
    ),
}  # features and pages that are reached from another one's entry
BESIDE = {"consilium.decisions": Permission.MEETING_VIEW}  # who reaches it from another entry's tabs


def places(user: Any) -> tuple[Place, ...]:
    """The entries of the menu that the user may open, the current one marked."""
    of_a_family = "family_id" in (request.view_args or {})  # whichever feature shows it
    return _places(frozenset(user.roles), "families.index" if of_a_family else request.endpoint or "")


@cache
def _places(roles: frozenset[access.Role], here: str) -> tuple[Place, ...]:
    may = access.granted(roles)
    return tuple(
        Place(address(endpoint), icon, label, _is_here(endpoint, here))
        for endpoint, icon, label, permission in PLACES
        if (permission is None or permission in may) and BESIDE.get(endpoint) not in may
    )


def _is_here(endpoint: str, here: str) -> bool:
    feature = here.partition(".")[0]
    under = UNDER.get(here) or UNDER.get(feature) or (f"{feature}.index" if feature != "home" else "")
    return endpoint in (here, under)


def _tabs(nav: tuple[Place, ...], leads: bool) -> tuple[Place, ...]:
    """The buttons at the bottom of a phone: five at most, the last one leads to the rest; clubs for who leads them."""
    if len(nav) <= 5:
        return nav
    first = nav[:4]
    if leads:
        first = (*nav[:3], *(place for place in nav[3:] if place.url == address("clubs.index")))
    return (*first, Place(address("home.menu"), "menu-2", N_("More"), request.endpoint == "home.menu"))


def context() -> dict[str, Any]:
    """What the layout needs on every page; little where the database is out of reach."""
    away = "out_of_reach" in g
    user = current_user._get_current_object() if current_user and not away else AnonymousUserMixin()
    inside = user.is_authenticated
    nav = places(user) if inside else ()
    return {
        "user": user,
        "centre_name": "" if away or request.endpoint == "home.health" else settings.value("centre_name"),
        "locale": "ru" if away else str(get_locale()),
        "theme": theme(),
        "csrf_token": csrf_token,
        "demo": not away and current_app.config.get("DEMO", False),
        "Permission": Permission,
        "may": partial(access.may, user),
        "nav": nav,
        "tabs": _tabs(nav, inside and access.Role.PEDAGOGUE in user.roles),
        "search_url": address("home.search") if inside and access.may(user, Permission.SEARCH) else None,
    }
