"""What tests ask of tasks with families' files: how they ended, what they left behind."""

from pathlib import Path

from flask import Flask
from sqlalchemy import delete, func, select, update

from portal import clock
from portal.accounts.models import RoleGrant, User
from portal.audit import AuditEntry, Event
from portal.db import db, technical
from portal.jobs.models import Job
from tests.factories import make_consent, make_family, make_patronage, make_user


def family() -> int:
    found = make_family("Ласточкина")
    make_patronage(found, lead=make_user("specialist"))
    make_consent(found)
    return found.id


def task(task_id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, task_id, populate_existing=True)


def count(model: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def handed_out() -> int:
    return count(AuditEntry, AuditEntry.event == Event.FAMILY_HANDED_OUT)


def lying(app: Flask, folder: str = "results") -> list[Path]:
    return list((Path(app.config["INSTANCE"]) / folder).glob("*"))


def take_role(user_id: int) -> None:
    with technical() as s:
        s.execute(delete(RoleGrant).where(RoleGrant.user_id == user_id))


def dismiss(user_id: int) -> None:
    with technical() as s:
        s.execute(update(User).where(User.id == user_id).values(dismissed_on=clock.today()))
