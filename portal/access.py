"""Who may what: one table. An endpoint without @requires or @public does not start."""

import enum
import functools
from collections.abc import Callable
from typing import Any

from flask import Flask, abort, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

LARGEST_ID = 2**31 - 1  # of an integer column


class Role(enum.StrEnum):
    """DOMAIN §4: a user may hold several."""

    ADMIN = "admin"
    HEAD = "head"
    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"
    PEDAGOGUE = "pedagogue"
    SPECIALIST = "specialist"
    STAFF = "staff"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.ADMIN: _l("administrator"),
    Role.HEAD: _l("head of department"),
    Role.CHAIR: _l("chair of the consilium"),
    Role.SECRETARY: _l("secretary of the consilium"),
    Role.MEMBER: _l("member of the consilium"),
    Role.PEDAGOGUE: _l("social pedagogue"),
    Role.SPECIALIST: _l("specialist"),
    Role.STAFF: _l("staff"),
    Role.AUDITOR: _l("auditor"),
}


class Permission(enum.StrEnum):
    """What can be permitted; views name one of these."""

    OWN_ACCOUNT = "account:own"
    ACCOUNT_MANAGE = "account:manage"
    SETTINGS_MANAGE = "settings:manage"
    AUDIT_READ = "audit:read"
    SEARCH = "search:use"
    FAMILY_NAME = "family:name"
    FAMILY_VIEW = "family:view"
    FAMILY_VIEW_ALL = "family:view_all"
    FAMILY_CREATE = "family:create"
    FAMILY_EDIT = "family:edit"
    FAMILY_IMPORT = "family:import"
    CONSENT_RECORD = "consent:record"
    FAMILY_SUBMIT = "family:submit"
    ANALYSIS_WRITE = "analysis:write"
    DIAGNOSIS_WRITE = "diagnosis:write"
    ASSESSMENT_APPROVE = "assessment:approve"
    ROLL_VIEW = "roll:view"
    ROLL_MANAGE = "roll:manage"
    MEETING_VIEW = "meeting:view"
    MEETING_PREPARE = "meeting:prepare"
    MEETING_CONDUCT = "meeting:conduct"
    PRESENCE_MARK = "presence:mark"
    PRESENCE_VIEW = "presence:view"
    VOTE_CAST = "vote:cast"
    VOTE_ENTER = "vote:enter"
    MINUTES_WRITE = "minutes:write"
    MINUTES_SIGN = "minutes:sign"
    MINUTES_VERIFY = "minutes:verify"
    DECISION_VIEW = "decision:view"
    DECISION_FOLLOW = "decision:follow"
    ASSIGNMENT_LIST = "assignment:list"
    ASSIGNMENT_HAND_OVER = "assignment:hand_over"
    CONTACT_LIST = "contact:list"
    CONTACT_VIEW = "contact:view"
    CONTACT_PLAN = "contact:plan"
    NORM_EXEMPT = "norm:exempt"
    EMERGENCY_START = "emergency:start"
    JOURNAL_WRITE = "journal:write"
    JOURNAL_CHECK = "journal:check"
    PLAN_WRITE = "plan:write"
    PLAN_APPROVE = "plan:approve"
    SUPPORT_WRITE = "support:write"
    ALERT_RAISE = "alert:raise"
    ALERT_DECIDE = "alert:decide"
    DEPUTY_MANAGE = "deputy:manage"
    CLUB_VIEW = "club:view"
    CLUB_ROSTER = "club:roster"
    CLUB_CREATE = "club:create"
    CLUB_MANAGE = "club:manage"
    SESSION_PLAN = "session:plan"
    SESSION_BOOK = "session:book"
    ATTENDANCE_MARK = "attendance:mark"
    PAPER_PRINT = "paper:print"
    PAPER_REGISTER = "paper:register"
    PAPER_VOID = "paper:void"
    FAMILY_HAND_OUT = "family:hand_out"
    IMPORT_USE = "import:use"
    JOB_START = "job:start"


WORKERS = frozenset({Role.SPECIALIST, Role.PEDAGOGUE, Role.HEAD})  # who may be given families
P = Permission
ALWAYS = frozenset({P.OWN_ACCOUNT})  # whoever is signed in, even when every role was taken away
_EVERYBODY = {P.ASSIGNMENT_LIST, P.CLUB_VIEW}
_STAFF = _EVERYBODY | {P.FAMILY_NAME, P.SEARCH, P.CONTACT_LIST}
_CONSILIUM = _STAFF | {
    *(P.FAMILY_VIEW, P.MEETING_VIEW, P.MINUTES_VERIFY, P.ROLL_VIEW, P.DECISION_VIEW, P.PAPER_PRINT),
}
_SPECIALIST = _STAFF | {
    *(P.FAMILY_VIEW, P.FAMILY_CREATE, P.FAMILY_EDIT, P.CONSENT_RECORD, P.FAMILY_SUBMIT, P.ANALYSIS_WRITE),
    *(P.CLUB_ROSTER, P.CONTACT_VIEW, P.CONTACT_PLAN, P.JOURNAL_WRITE),
    *(P.DIAGNOSIS_WRITE, P.PLAN_WRITE, P.SUPPORT_WRITE, P.ALERT_RAISE),
    *(P.DECISION_VIEW, P.DECISION_FOLLOW),
    *(P.PAPER_PRINT, P.PAPER_REGISTER, P.JOB_START),
}
_CLUBS = {P.CLUB_ROSTER, P.CLUB_CREATE, P.CLUB_MANAGE, P.SESSION_PLAN, P.SESSION_BOOK, P.ATTENDANCE_MARK}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(_EVERYBODY | {P.ACCOUNT_MANAGE, P.SETTINGS_MANAGE, P.DEPUTY_MANAGE, P.IMPORT_USE}),
    Role.HEAD: frozenset(
        _SPECIALIST
        | _CLUBS
        | {P.FAMILY_VIEW_ALL, P.FAMILY_IMPORT, P.ASSIGNMENT_HAND_OVER, P.NORM_EXEMPT, P.JOURNAL_CHECK}
        | {P.ASSESSMENT_APPROVE, P.PLAN_APPROVE, P.ALERT_DECIDE, P.DEPUTY_MANAGE, P.EMERGENCY_START}
        | {P.MEETING_VIEW, P.MINUTES_VERIFY, P.ROLL_VIEW, P.ROLL_MANAGE, P.PRESENCE_VIEW}
        | {P.PAPER_VOID, P.FAMILY_HAND_OUT, P.IMPORT_USE}
    ),
    Role.CHAIR: frozenset(
        _CONSILIUM
        | {
            P.MEETING_PREPARE,
            P.MEETING_CONDUCT,
            P.PRESENCE_MARK,
            P.PRESENCE_VIEW,
            P.VOTE_CAST,
            P.MINUTES_SIGN,
        }
    ),
    Role.SECRETARY: frozenset(
        _CONSILIUM
        | {P.MEETING_PREPARE, P.PRESENCE_MARK, P.PRESENCE_VIEW, P.VOTE_CAST, P.VOTE_ENTER}
        | {P.MINUTES_WRITE, P.MINUTES_SIGN, P.DECISION_FOLLOW}
        | {P.PAPER_REGISTER, P.PAPER_VOID, P.JOB_START}
    ),
    Role.MEMBER: frozenset(_CONSILIUM | {P.VOTE_CAST, P.MINUTES_SIGN}),
    Role.PEDAGOGUE: frozenset(_SPECIALIST | _CLUBS | {P.IMPORT_USE}),
    Role.SPECIALIST: frozenset(_SPECIALIST),
    Role.STAFF: frozenset(_STAFF),
    Role.AUDITOR: frozenset(_EVERYBODY | {P.AUDIT_READ, P.MINUTES_VERIFY}),
}


def may(user: Any, permission: Permission) -> bool:
    """Whether one of the user's roles grants the permission."""
    return permission in granted(frozenset(user.roles))


@functools.cache
def granted(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that the roles grant together."""
    return ALWAYS.union(*(GRANTS[role] for role in roles))


def effective(own: frozenset[Role], for_head: bool) -> frozenset[Role]:
    """The roles of who asks: whoever works with families and stands in for a head today is a head too (DOMAIN §4)."""
    return own | {Role.HEAD} if for_head and own & WORKERS else own


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Declare that a view needs no login."""
    view.declared_access = "public"  # type: ignore[attr-defined]
    return view


def requires(permission: Permission, of: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Let in only who holds the permission (403), and only to an object within their reach (404).

    `of(user, *ids)` loads the object from the URL's ids, or gives None; the view gets it as its first argument.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**ids: Any) -> Any:
            if not may(current_user, permission):
                abort(403)
            if of is None:
                return view(**ids)
            found = of(current_user, *ids.values())
            if found is None:
                abort(404)
            return view(found)

        guarded.declared_access = permission  # type: ignore[attr-defined]
        return guarded

    return declare


def check_declared(app: Flask) -> None:
    """Raise RuntimeError naming the endpoints that declare no access."""
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "declared_access")]
    if silent:
        raise RuntimeError(f"endpoints without @requires or @public: {', '.join(sorted(silent))}")


def is_public() -> bool:
    """Whether the endpoint of this request needs no login (unknown addresses need none: they are 404)."""
    from flask import current_app

    view = current_app.view_functions.get(request.endpoint or "")
    return view is None or getattr(view, "declared_access", None) == "public"
