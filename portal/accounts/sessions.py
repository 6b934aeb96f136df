"""Logins: a random token in the cookie, its hash in the table; throttling of guesses."""

import hashlib
import secrets
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, request
from flask import session as cookie
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import Date, String, and_, bindparam, cast, delete, func, select, update

from portal import audit, clock
from portal.access import Role, effective
from portal.accounts.models import LoginAttempt, LoginSession, RoleGrant, User, Visitor
from portal.db import constant, db, technical
from portal.deputies.models import Deputy
from portal.jobs.models import Job

COOKIE_KEY = "login"
FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
REMEMBERED = timedelta(days=7)  # whose an old login was, for what is typed into a page that stayed open
_login, _user, _grant = LoginSession.__table__.c, User.__table__.c, RoleGrant.__table__.c
_away, _head = User.__table__.alias("away"), RoleGrant.__table__.alias("head")


def _standing_in() -> Any:
    """For whom the visitor stands in today, as «12,15head»: heads who work here with their role behind."""
    row, today = Deputy.__table__.c, bindparam("today", type_=Date)
    heads = and_(
        _head.c.user_id == row.user_id, _head.c.role == constant("head"), _away.c.dismissed_on.is_(None)
    )
    marked = cast(row.user_id, String) + func.coalesce(_head.c.role, constant(""))
    query = select(func.aggregate_strings(marked, constant(","))).select_from(Deputy.__table__)
    query = query.join(_away, _away.c.id == row.user_id).outerjoin(_head, heads)
    days = (row.starts_on <= today, row.ends_on >= today, row.ended_at.is_(None))
    return query.where(row.deputy_id == _user.id, *days).correlate(User.__table__).scalar_subquery()


def _news() -> Any:
    """How many of the visitor's jobs have ended since they looked: asked here, no page has to ask for it."""
    row = Job.__table__.c
    ended = (row.state.in_((constant("done"), constant("failed"))), row.seen_at.is_(None))
    return select(func.count()).select_from(Job.__table__).where(row.user_id == _user.id, *ended)


_FOUND_OUT = ("roles", "stands_in", "news")
_WHO = (
    select(func.aggregate_strings(_grant.role, constant(",")))
    .where(_grant.user_id == _user.id)
    .scalar_subquery(),
    _standing_in(),
    _news().scalar_subquery(),
    *(_user[one.name] for one in fields(Visitor) if one.name not in _FOUND_OUT),
)
_VISITOR = (
    select(
        select(audit.AuditHead.__table__.c.hash).scalar_subquery(),
        _login.id,
        _login.created_at,
        _login.seen_at,
        *_WHO,
    )
    .join(User.__table__, _user.id == _login.user_id)
    .where(_login.token_hash == bindparam("token"), _user.dismissed_on.is_(None))
)
_ACCOUNT = select(*_WHO).where(_user.id == bindparam("user_id"), _user.dismissed_on.is_(None))


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(user: User) -> None:
    """Start a login of the user in this browser, with a new token; an earlier one here ends."""
    sign_out()
    token, moment = secrets.token_urlsafe(32), clock.now()
    browser = (request.user_agent.string or "")[:120]
    with technical() as session:
        session.add(
            LoginSession(
                user_id=user.id, token_hash=digest(token), created_at=moment, seen_at=moment, browser=browser
            )
        )
        session.execute(
            delete(LoginSession).where(LoginSession.created_at < moment - _longest() - REMEMBERED)
        )
    cookie.clear()
    g.pop("csrf_token", None)
    cookie[COOKIE_KEY], cookie["csrf_token"] = token, token_for(user.id)


def token_for(user_id: int) -> str:
    """A new CSRF token, unsigned, that says whose pages carry it."""
    return f"{user_id}-{secrets.token_hex(20)}"


def page_was_of(signed: str) -> int | None:
    """For whom the portal made a page with this CSRF token, in whichever login; None when it made none."""
    signer = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token")
    try:
        owner = str(signer.loads(signed)).partition("-")[0]
    except BadData:
        return None
    return int(owner) if owner.isdecimal() and len(owner) < 11 else None


def sign_out() -> None:
    """End the login of this browser at once."""
    token = cookie.get(COOKIE_KEY)
    cookie.clear()
    g.pop("csrf_token", None)
    if token:
        with technical() as session:
            session.execute(delete(LoginSession).where(LoginSession.token_hash == digest(token)))


def load_user() -> Visitor | None:
    """Whose cookie this request carries, or None: unknown, dismissed, idle or too old.

    The same statement tells up to where the audit log goes, so that `memory` knows what still holds, and for whom
    the user stands in on this day.
    """
    token = cookie.get(COOKIE_KEY)
    if not token:
        return None
    known = {"token": digest(token), "today": clock.today()}
    found = db.session.connection().execute(_VISITOR, known).first()
    if found is None:
        return None
    g.version, login_id, created_at, seen_at, *who = found
    moment = clock.now()
    if moment - seen_at > _idle() or moment - created_at > _longest():
        return None
    if moment - seen_at > SEEN_EVERY and not _is_polling():
        with technical() as session:
            session.execute(update(LoginSession).where(LoginSession.id == login_id).values(seen_at=moment))
    return _visitor(*who)


def _visitor(roles: str | None, away: str | None, news: int, *account: Any) -> Visitor:
    own = frozenset(map(Role, roles.split(","))) if roles else frozenset()
    if not away:
        return Visitor(*account, roles=own, news=news)
    stands_in = frozenset(int(one.removesuffix(Role.HEAD)) for one in away.split(","))
    return Visitor(*account, roles=effective(own, Role.HEAD in away), stands_in=stands_in, news=news)


def visitor(user_id: int) -> Visitor | None:
    """The user as a request of theirs would find them, with all they may today: for work that is done without one.

    None for whoever has left.
    """
    known = {"user_id": user_id, "today": clock.today()}
    found = db.session.connection().execute(_ACCOUNT, known).first()
    return _visitor(*found) if found else None


def owner_of_expired_login() -> int | None:
    """Whose login this browser had until it became too old or idle; None of one that was ended, or a dismissed user."""
    token = cookie.get(COOKIE_KEY)
    query = select(User.id).join(LoginSession, LoginSession.user_id == User.id)
    query = query.where(LoginSession.token_hash == digest(token or ""), User.dismissed_on.is_(None))
    return db.session.scalar(query) if token else None


def _is_polling() -> bool:
    """A page that refreshes itself does not keep a login awake."""
    return request.headers.get("X-Polling") == "true" or "poll" in request.args


def _idle() -> timedelta:
    return timedelta(minutes=current_app.config["IDLE_MINUTES"])


def _longest() -> timedelta:
    return timedelta(hours=current_app.config["SESSION_HOURS"])


def _throttle_keys(username: str) -> list[str]:
    return [digest(f"name:{username.strip().casefold()}"), digest(f"address:{request.remote_addr}")]


def wait_before_login(username: str) -> timedelta:
    """How long this name and this address must wait: nothing for five failures, then doubling up to 15 minutes."""
    keys = _throttle_keys(username)
    rows = db.session.scalars(select(LoginAttempt).where(LoginAttempt.key_hash.in_(keys)))
    waits = [_wait(row.failures, row.last_at, 10 if row.key_hash == keys[1] else 1) for row in rows]
    return max(waits, default=timedelta())


def _wait(failures: int, last_at: datetime, patience: int) -> timedelta:
    """An address, where a whole centre may sit behind one router, gets ten times the patience of a name."""
    over = failures - FREE_FAILURES * patience
    if over < 0:
        return timedelta()
    pause = min(timedelta(seconds=30 * 2 ** min(over, 10)), LONGEST_WAIT)
    return max(last_at + pause - clock.now(), timedelta())


def note_failure(username: str) -> None:
    """Count a failed login."""
    with technical() as session:
        for key in _throttle_keys(username):
            row = session.get(LoginAttempt, key)
            if row is None or clock.now() - row.last_at > timedelta(hours=1):
                row = session.merge(LoginAttempt(key_hash=key, failures=0, last_at=clock.now()))
            row.failures += 1
            row.last_at = clock.now()


def forget_failures(username: str) -> None:
    """A right password clears the name."""
    with technical() as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.key_hash == _throttle_keys(username)[0]))


def active_logins() -> list[LoginSession]:
    """The current user's logins, the newest first."""
    moment = clock.now()
    alive = (LoginSession.seen_at >= moment - _idle(), LoginSession.created_at >= moment - _longest())
    query = select(LoginSession).where(LoginSession.user_id == current_user.id, *alive)
    return list(db.session.scalars(query.order_by(LoginSession.seen_at.desc())))
