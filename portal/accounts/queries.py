"""What is read of accounts."""

from flask import g, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.db import db
from portal.rules.names import normalise

THEMES = ("auto", "light", "dark", "contrast")


def by_username(username: str) -> User | None:
    """The account of the name, active or not."""
    return db.session.scalar(select(User).where(User.username == username.strip().casefold()))


def get_user(_asking: User, user_id: int) -> User | None:
    """An account by its id, for those who manage accounts."""
    return db.session.get(User, user_id)


def people(text: str = "", dismissed: bool = False) -> list[User]:
    """Accounts by name, those who work here or those who have left."""
    query = select(User).where(User.dismissed_on.is_not(None) if dismissed else User.dismissed_on.is_(None))
    if text:
        query = query.where(User.search.contains(normalise(text), autoescape=True))
    return list(db.session.scalars(query.order_by(User.search, User.id)))


def names(user_ids: set[int]) -> dict[int, User]:
    """Accounts by id, in one query: without their roles, which are asked for where somebody needs them."""
    if not user_ids:
        return {}
    query = select(User).where(User.id.in_(user_ids)).options(lazyload(User.grants))
    return {user.id: user for user in db.session.scalars(query)}


def with_role(*roles: Role) -> list[User]:
    """Active accounts that hold one of the roles, by name."""
    query = (
        select(User).join(RoleGrant).where(RoleGrant.role.in_(roles), User.dismissed_on.is_(None)).distinct()
    )
    return list(db.session.scalars(query.order_by(User.search, User.id)))


def theme() -> str:
    """The look of the account, else the one chosen in this browser, else that of the system."""
    if "out_of_reach" not in g and current_user and current_user.is_authenticated:
        return str(current_user.theme)
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else "auto"
