"""Staff: a list of colleagues becomes accounts with their roles."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import ROLE_NAMES, Role
from portal.accounts.actions import add_user, profession_of, username_for
from portal.accounts.models import User
from portal.db import db
from portal.exchange.cells import Words, text_of, word_of
from portal.exchange.register_cells import cell_text
from portal.exchange.rows import ACCEPTED, Field, Row, guarded
from portal.exchange.tracks import Made
from portal.rules import N_, RuleBroken
from portal.rules.names import normalise, parse_full_name, split_people, tidy_name

FIELDS = (
    Field("roles", N_("Roles in the portal"), r"\bрол[иь]\b|права|доступ|\brole"),
    Field("position", N_("Position"), r"должност|профессия|position"),
    Field("department", N_("Department"), r"отдел|подраздел|department"),
    Field("email", N_("E-mail"), r"почт|e-?mail"),
    Field("username", N_("User name"), r"логин|имя пользовател|учетн\w* запис|user"),
    Field(
        "name", N_("Full name"), r"ф\.? ?и\.? ?о\b|фамили|сотрудник|специалист|работник|name", required=True
    ),
)
_ROLES: Words = (
    (Role.ADMIN, r"админ"),
    (Role.HEAD, r"заведующ|зав\. ?отд|руководител"),
    (Role.SECRETARY, r"секретар"),
    (Role.CHAIR, r"председател"),
    (Role.MEMBER, r"член"),
    (Role.PEDAGOGUE, r"педагог"),
    (Role.AUDITOR, r"аудит|персональн"),
    (Role.SPECIALIST, r"специалист"),
    (Role.STAFF, r"сотрудник|персонал"),
)


class Judge:
    """Says which rows become accounts; knows the colleagues there are, and those of earlier rows."""

    def __init__(self, _user: Any) -> None:
        users = list(db.session.scalars(select(User)))
        self._known = {user.name.key: user.username for user in users}
        self._taken = {user.username for user in users}
        self._rows: dict[str, int] = {}

    def judge(self, rows: Sequence[Row]) -> None:
        """Judge each row by itself, in their order."""
        for row in rows:
            guarded(row, self._one)

    def _one(self, row: Row) -> None:
        name = parse_full_name(tidy_name(text_of(row.values, "name")))
        position, department = (text_of(row.values, field)[:200] for field in ("position", "department"))
        row.shown = (name.full, position, department)
        if not name.last or not name.first:
            raise RuleBroken("no_name", N_("Surname and first name are needed."))
        if any(len(part) > 100 for part in (name.last, name.first, name.middle)):
            raise RuleBroken("text_too_long", N_("This name is too long."))
        roles = roles_of(row.values, position)
        username = _username(text_of(row.values, "username")) or username_for(
            name.last, name.first, name.middle, self._taken
        )
        row.shown += (", ".join(str(ROLE_NAMES[role]) for role in sorted(roles)), username)
        if name.key in self._rows:
            return row.double(self._rows[name.key])
        if name.key in self._known:
            return row.known(
                N_("This colleague has an account already: %(name)s."), name=self._known[name.key]
            )
        if username in self._taken:
            raise RuleBroken("username_taken", N_("This user name is taken."))
        self._rows[name.key] = row.number
        self._taken.add(username)
        row.key = f"staff:{name.key}"
        row.facts = {
            "username": username,
            "last_name": name.last,
            "first_name": name.first,
            "middle_name": name.middle,
            "position": position,
            "department": department,
            "email": _email(text_of(row.values, "email")),
            "roles": roles,
        }


def roles_of(values: Any, position: str) -> set[Role]:
    """The roles named, or those that go with the position. Raises unknown_role."""
    named = split_people(cell_text(values.get("roles", "")).replace("/", ";").replace("+", ";"))
    if not named:
        pedagogue = profession_of(position) == "social_pedagogue"
        return {Role.SPECIALIST, Role.PEDAGOGUE} if pedagogue else {Role.SPECIALIST}
    found = set()
    for word in named:
        role = next(
            (one for one, title in ROLE_NAMES.items() if normalise(str(title)) == normalise(word)), None
        )
        code = role or word_of(word, _ROLES)
        if code is None:
            raise RuleBroken("unknown_role", N_("«%(name)s» is no role of the portal."), name=word[:60])
        found.add(Role(code))
    return found


def _username(text: str) -> str:
    name = normalise(text)
    if name and (len(name) > 60 or " " in name):
        raise RuleBroken("bad_username", N_("A user name is one word of at most 60 letters."))
    return name


def _email(text: str) -> str:
    if text and (text.count("@") != 1 or len(text) > 200 or " " in text):
        raise RuleBroken("bad_email", N_("«%(value)s» is no e-mail address."), value=text[:60])
    return text


def write(s: Session, rows: Sequence[Row], actor_id: int) -> list[Made]:
    """Inside a transaction: the accounts, without a password; each sets it by a one-time link."""
    made = []
    for row in rows:
        if row.state == ACCEPTED:
            fields = dict(row.facts)
            user = add_user(s, actor_id, fields.pop("roles"), **fields)
            made.append(Made("users", user.id, row.number, row.key))
    return made
