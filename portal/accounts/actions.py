"""What changes accounts."""

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.access import Role
from portal.accounts.models import LoginSession, PasswordLink, RoleGrant, User
from portal.accounts.sessions import digest
from portal.audit import Event
from portal.db import atomic, db, refused_by
from portal.rules import N_, RuleBroken
from portal.rules.names import normalise

SHORTEST_PASSWORD = 10
LINK_DAYS = 3
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_COMMON = {"1234567890", "qwertyuiop", "password123", "йцукенгшщз", "0123456789", "1111111111", "qwerty12345"}


@cache
def _nobody() -> str:
    """A hash to check passwords of unknown names against, so that they take as long as known ones."""
    return _hasher.hash("nobody has this password")


def password_fits(user: User | None, password: str) -> bool:
    """Whether the password is the user's; an unknown name takes as long as a wrong password."""
    known = user.password_hash if user else None
    try:
        _hasher.verify(known or _nobody(), password)
    except VerificationError:
        return False
    return known is not None


def hash_password(password: str, username: str = "") -> str:
    """The hash to store. Raises RuleBroken for a password too short or too well known."""
    if len(password) < SHORTEST_PASSWORD:
        raise RuleBroken(
            "password_short", N_("A password needs at least %(least)s characters."), least=SHORTEST_PASSWORD
        )
    if password.casefold() in _COMMON or password.casefold() == username.casefold():
        raise RuleBroken("password_common", N_("This password is too well known. Choose another one."))
    return _hasher.hash(password)


def profession_of(position: str) -> str:
    """The profession's code behind a position as people write it (R6)."""
    text = normalise(position)
    for code, signs in {
        "psychologist": ("психолог",),
        "speech_therapist": ("логопед",),
        "paediatrician": ("педиатр", "врач"),
        "social_pedagogue": ("социальный педагог", "соц. педагог", "соцпедагог"),
        "social_work_specialist": ("социальной работе", "соц. работе", "соцработ"),
    }.items():
        if any(sign in text for sign in signs):
            return code
    return "other"


def add_user(s: Session, actor_id: int | None, roles: Iterable[Role], **fields: Any) -> User:
    """Inside a transaction: make an account without a password. Raises RuleBroken for a username in use."""
    user = User(created_at=clock.now(), **fields)
    user.username = user.username.strip().casefold()
    user.profession = profession_of(user.position or "")
    user.search = normalise(
        f"{user.last_name} {user.first_name} {user.middle_name or ''} {user.position or ''}"
    )
    user.grants = [RoleGrant(role=role) for role in sorted(roles)]
    with refused_by("uq_users_username", RuleBroken("username_taken", N_("This user name is taken."))):
        s.add(user)
    audit.record(
        s, Event.ACCOUNT_CREATED, actor_id, user, new={"username": user.username, "roles": sorted(roles)}
    )
    return user


def create_user(actor_id: int | None, roles: Iterable[Role], **fields: Any) -> int:
    """Make an account; gives its id."""
    with atomic() as s:
        return add_user(s, actor_id, roles, **fields).id


def change_user(user_id: int, actor_id: int, **fields: Any) -> None:
    """Change name, position, department of an account."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        old = {name: getattr(user, name) for name in fields}
        for name, value in fields.items():
            setattr(user, name, value)
        user.profession = profession_of(user.position)
        user.search = normalise(f"{user.full_name} {user.position}")
        with refused_by("uq_users_username", RuleBroken("username_taken", N_("This user name is taken."))):
            s.flush()
        audit.record(s, Event.ACCOUNT_CHANGED, actor_id, user, old=old, new=fields)


def set_roles(user_id: int, roles: Iterable[Role], actor_id: int) -> None:
    """Give the account just these roles. Raises RuleBroken rather than leave nobody who administers."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        old, new = sorted(user.roles), sorted(roles)
        if Role.ADMIN in old and Role.ADMIN not in new:
            _check_another_admin(s, user_id)
        s.execute(delete(RoleGrant).where(RoleGrant.user_id == user_id))
        s.expire(user)
        s.add_all(RoleGrant(user_id=user_id, role=role) for role in new)
        audit.record(s, Event.ROLES_CHANGED, actor_id, user, old={"roles": old}, new={"roles": new})


def _check_another_admin(s: Session, user_id: int) -> None:
    query = select(User.id).join(RoleGrant).where(RoleGrant.role == Role.ADMIN, User.id != user_id)
    if s.scalar(query.where(User.dismissed_on.is_(None), User.password_hash.is_not(None)).limit(1)) is None:
        raise RuleBroken("last_admin", N_("This is the only administrator. Make another one first."))


def dismiss(user_id: int, actor_id: int) -> None:
    """The colleague has left: every login ends at once, the account stays for the history."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        if Role.ADMIN in user.roles:
            _check_another_admin(s, user_id)
        user.dismissed_on = clock.today()
        s.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
        s.execute(delete(PasswordLink).where(PasswordLink.user_id == user_id))
        audit.record(s, Event.ACCOUNT_DISMISSED, actor_id, user)


def restore(user_id: int, actor_id: int) -> None:
    """A dismissal is taken back."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        user.dismissed_on = None
        audit.record(s, Event.ACCOUNT_RESTORED, actor_id, user)


def add_password_link(s: Session, user_id: int | None) -> str:
    """Inside a transaction: a token for a one-time link; earlier links of the same account end."""
    token = secrets.token_urlsafe(24)
    same = PasswordLink.user_id == user_id if user_id else PasswordLink.user_id.is_(None)
    s.execute(delete(PasswordLink).where(same, PasswordLink.used_at.is_(None)))
    s.add(
        PasswordLink(
            user_id=user_id, token_hash=digest(token), expires_at=clock.now() + timedelta(days=LINK_DAYS)
        )
    )
    return token


def make_password_link(user_id: int, actor_id: int) -> str:
    """Reset the password: the old one and every login end; gives the token of a one-time link (3 days)."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        user.password_hash = None
        s.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
        token = add_password_link(s, user_id)
        audit.record(s, Event.PASSWORD_LINK_MADE, actor_id, user)
    return token


def find_link(token: str) -> PasswordLink | None:
    """The link if it is neither used nor too old."""
    query = select(PasswordLink).where(
        PasswordLink.token_hash == digest(token), PasswordLink.used_at.is_(None)
    )
    return db.session.scalar(query.where(PasswordLink.expires_at > clock.now()))


def use_link(token: str, password: str, **first_admin: Any) -> int:
    """Set the password by a one-time link; without a user it makes the first administrator. Gives the user's id."""
    gone = RuleBroken(
        "link_used", N_("This link has been used or is too old. Ask the administrator for a new one.")
    )
    with atomic() as s:
        taken = update(PasswordLink).where(
            PasswordLink.token_hash == digest(token), PasswordLink.used_at.is_(None)
        )
        taken = taken.where(PasswordLink.expires_at > clock.now()).values(used_at=clock.now())
        user_ids = s.scalars(taken.returning(PasswordLink.user_id)).all()
        if not user_ids:
            raise gone
        user = s.get_one(User, user_ids[0]) if user_ids[0] else add_user(s, None, [Role.ADMIN], **first_admin)
        if not user.is_active:
            raise gone
        user.password_hash = hash_password(password, user.username)
        s.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
        audit.record(s, Event.PASSWORD_CHANGED, user.id, user)
        return user.id


def change_password(user_id: int, old: str, new: str, keep_token: str) -> None:
    """Change one's own password; other logins end. Raises RuleBroken for a wrong old one."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        if not password_fits(user, old):
            raise RuleBroken("password_wrong", N_("The present password is wrong."))
        user.password_hash = hash_password(new, user.username)
        others = delete(LoginSession).where(LoginSession.user_id == user_id)
        s.execute(others.where(LoginSession.token_hash != digest(keep_token)))
        audit.record(s, Event.PASSWORD_CHANGED, user_id, user)


def set_appearance(user_id: int, theme: str, language: str) -> None:
    """Set the look and language that follow the user to every device."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        old = {"theme": user.theme, "language": user.language}
        user.theme, user.language = theme, language
        new = {"theme": theme, "language": language}
        audit.record(s, Event.ACCOUNT_CHANGED, user_id, user, old=old, new=new)


def sign_out_everywhere(user_id: int) -> None:
    """End every login of the user."""
    with atomic() as s:
        user = s.get_one(User, user_id)
        s.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
        audit.record(s, Event.SIGNED_OUT_EVERYWHERE, user_id, user)


_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch - y - e yu ya".split(),
        strict=True,
    )
)


def username_for(last: str, first: str, middle: str, taken: set[str]) -> str:
    """A free user name in Latin letters: «turov.fyu», then with a number."""
    raw = normalise(last) + "." + normalise(first)[:1] + normalise(middle)[:1]
    base = (
        re.sub(r"[^a-z.]", "", "".join(_LATIN.get(sign, sign).replace("-", "") for sign in raw)).strip(".")
        or "user"
    )
    name, number = base[:50], 2
    while name in taken:
        name, number = f"{base[:50]}{number}", number + 1
    return name
