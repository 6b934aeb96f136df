"""People who use the portal, their roles, logins and one-time links."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Role
from portal.db import Model, Moment
from portal.rules.names import FullName


class RoleGrant(Model):
    """One role of one user."""

    __tablename__ = "role_grants"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class Named:
    """What a person is called; whoever has the three parts of a name can be called so."""

    last_name: Any
    first_name: Any
    middle_name: Any

    @property
    def name(self) -> FullName:
        """The name in its parts."""
        return FullName(self.last_name, self.first_name, self.middle_name)

    @property
    def full_name(self) -> str:
        """«Иванова Мария Петровна»."""
        return self.name.full

    @property
    def short_name(self) -> str:
        """«Иванова М. П.»."""
        return self.name.short

    @property
    def initials(self) -> str:
        """«ИМ» for the avatar."""
        return str(self.last_name[:1] + self.first_name[:1]).upper()


class User(Named, Model):
    """A colleague. Without a password hash nobody can sign in as them; dismissed ones stay for the history."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[str] = mapped_column(String(200), default="")
    profession: Mapped[str] = mapped_column(String(40), default="other")
    department: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(200), default="")  # where invitations go, if anywhere
    search: Mapped[str] = mapped_column(String(400), default="", index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="ru")
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    dismissed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    grants: Mapped[list[RoleGrant]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    stands_in: ClassVar[frozenset[int]] = (
        frozenset()
    )  # what an account may by itself; a Visitor knows of today

    @property
    def roles(self) -> set[Role]:
        """The roles held now."""
        return {Role(grant.role) for grant in self.grants}

    @property
    def is_active(self) -> bool:
        """False once dismissed."""
        return self.dismissed_on is None


@dataclass(frozen=True)
class Visitor(Named, UserMixin):
    """Who asks, as this request found them: what pages need of an account, read in one statement.

    Whoever stands in for a head today has the role of a head too; `stands_in` are the ids of all they stand in for.
    """

    id: int
    username: str
    last_name: str
    first_name: str
    middle_name: str
    position: str
    department: str
    language: str
    theme: str
    roles: frozenset[Role]
    stands_in: frozenset[int] = frozenset()
    news: int = 0  # jobs in the background that have ended since they looked


class LoginSession(Model):
    """One signed-in browser: the cookie holds a random token, this row its hash."""

    __tablename__ = "login_sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    browser: Mapped[str] = mapped_column(String(120), default="")


class PasswordLink(Model):
    """A one-time link to set a password; without a user it makes the first administrator."""

    __tablename__ = "password_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class LoginAttempt(Model):
    """Failed logins under one name or from one address, both hashed, to slow guessing down."""

    __tablename__ = "login_attempts"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(Moment)
