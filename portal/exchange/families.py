"""The register of families, and the sheet of workers that may come with it, as rows of the wizard."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.actions import username_for
from portal.accounts.models import User
from portal.db import db
from portal.exchange import apply
from portal.exchange.register import read_register
from portal.exchange.register_types import Refusal, Register, RegisterFamily, Remark, StaffRow
from portal.exchange.rows import ACCEPTED, Field, Preview, Row
from portal.exchange.tracks import Made
from portal.exchange.workbook import Sheet
from portal.families.models import Family
from portal.rules import N_
from portal.rules.names import parse_full_name

# The wording of headings is known to register_columns; here is what they can be said to mean by hand.
FIELDS = tuple(
    Field(code, title, "", required)
    for code, title, required in (
        ("representatives", N_("Legal representatives"), True),
        ("children", N_("Children by name"), True),
        ("child_birth", N_("Birth dates of the children"), False),
        ("address", N_("Address"), False),
        ("phone", N_("Telephone"), False),
        ("address_phone", N_("Address and telephone"), False),
        ("categories", N_("Category"), False),
        ("basis", N_("Ground of enrollment"), False),
        ("consent", N_("Consent"), True),
        ("enrolled", N_("Enrolled"), True),
        ("regime", N_("Kind of patronage"), True),
        ("lead", N_("Lead specialist"), False),
        ("removed", N_("Removed"), False),
        ("removal_reason", N_("Reason of removal"), False),
        ("note", N_("Note"), False),
    )
)


def read(sheets: Sequence[Sheet], said: Mapping[str, str]) -> Preview:
    """The register as rows; which of its families are here already. Raises no_headings."""
    register = read_register(sheets, clock.today(), apply.staff_names(), said)
    rows, workers = rows_of(register)
    rows += [_refused(one) for one in register.refused]
    rows += [_double(one.family, one.of) for one in register.duplicates]
    preview = Preview(rows, register.headings, register.missing, extra=workers)
    Judge(None).judge([*workers, *preview.of(ACCEPTED)])
    rows.sort(key=lambda row: (list(register.headings).index(row.sheet), row.number))
    return preview


def rows_of(register: Register) -> tuple[list[Row], list[Row]]:
    """The families that can be taken, and the workers, as rows."""
    workers = [_worker(place, one) for place, one in enumerate(register.staff, 1)]
    return [_accepted(one) for one in register.accepted], workers


def _accepted(one: RegisterFamily) -> Row:
    shown = (
        *(one.representatives[0].name.full, str(len(one.children)), _day(one.consent), _day(one.enrolled)),
        *(_day(one.removed), one.lead or "—"),
    )
    row = Row(one.sheet, one.row, (), facts=one, shown=shown, remarks=list(one.warnings))
    row.key = f"family:{apply.key_of(one)}"
    return row


def _refused(one: Refusal) -> Row:
    row = Row(one.sheet, one.row, one.cells, section=one.section, state="refused")
    row.remarks = [Remark(one.why, one.message, one.params), *one.others]
    return row


def _double(one: RegisterFamily, of: int) -> Row:
    row = _accepted(one)
    row.double(of)
    return row


def _worker(place: int, one: StaffRow) -> Row:
    shown = (one.full_name, one.position, one.department)
    key = f"staff:{parse_full_name(one.full_name).key}"
    return Row("", place, (), facts=one, shown=shown, key=key)


def _day(day: Any) -> str:
    return f"{day:%d.%m.%Y}" if day else "—"


class Judge:
    """Says which families and workers are here already."""

    def __init__(self, _user: Any) -> None:
        self._users = {user.name.key for user in db.session.scalars(select(User))}

    def judge(self, rows: Sequence[Row]) -> None:
        """Judge the rows in a few queries."""
        families = [row for row in rows if isinstance(row.facts, RegisterFamily)]
        numbers = apply.known_families(Register(accepted=[row.facts for row in families]))
        keys = {apply.key_of(row.facts): row for row in families}
        query = select(Family.imported_key, Family.number)
        found = db.session.execute(query.where(Family.imported_key.in_(keys))).all()
        numbers |= {(keys[key].sheet, keys[key].number): number for key, number in found if key}
        for row in families:
            if (row.sheet, row.number) in numbers:
                number = numbers[row.sheet, row.number]
                row.known(N_("This family is here already: No. %(number)s."), number=number)
        for row in rows:
            if isinstance(row.facts, StaffRow) and parse_full_name(row.facts.full_name).key in self._users:
                row.known(N_("This colleague has an account already."))


def write(s: Session, rows: Sequence[Row], actor_id: int | None) -> list[Made]:
    """Inside a transaction: the workers' accounts, and the families with all that belongs to them."""
    colleagues = list(s.scalars(select(User)))
    users, taken = {user.name.key: user.id for user in colleagues}, {user.username for user in colleagues}
    made: list[Made] = []
    for row in (row for row in rows if row.state == ACCEPTED):
        if isinstance(row.facts, StaffRow):
            name = parse_full_name(row.facts.full_name)
            username = username_for(name.last, name.first, name.middle, taken)
            user = apply.add_colleague(s, row.facts, name, username, actor_id)
            users[name.key] = user.id
            taken.add(username)
            made.append(Made("users", user.id, row.number, row.key))
        else:
            family, *rest = apply.add_family(s, row.facts, users, actor_id)
            made.append(Made("families", family.id, row.number, row.key))
            s.flush()
            made += [Made(one.__tablename__, one.id, row.number) for one in rest]
    return made
