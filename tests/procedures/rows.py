"""What the tests of procedures begin with."""

from datetime import time

from sqlalchemy import select

from portal import clock
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.procedures import actions, queries
from portal.procedures.models import Procedure, Run, RunStep
from portal.rules.procedures import Step, Template


def plan(patronage, user, kind="visit", day=None, **fields):
    """A planned contact; gives its id."""
    values = {"starts_at": time(12), "minutes": 60, "reason": "" if kind in ("visit", "center") else "отъезд"}
    values |= fields
    return contacts.plan_contact(
        patronage.id, user.id, user.id, kind=kind, day=day or clock.today(), **values
    )


def finish(contact_id, user, **fields):
    """Write the contact up."""
    values = {"day": clock.today(), "starts_at": time(0), "minutes": 40} | fields
    values["starts_at"] = contact(contact_id).starts_at
    contacts.finish_contact(contact_id, user.id, **values)


def contact(contact_id):
    """The contact as it is now."""
    db.session.rollback()
    return db.session.get_one(Contact, contact_id)


def run_of(contact_id):
    """Its run, or None."""
    db.session.rollback()
    return db.session.scalars(select(Run).where(Run.contact_id == contact_id)).first()


def step_of(contact_id, code):
    """A step of its run."""
    query = select(RunStep).join(Run, Run.id == RunStep.run_id)
    db.session.rollback()
    return db.session.scalars(query.where(Run.contact_id == contact_id, RunStep.code == code)).one()


def last(code):
    """(the last version, its template)."""
    db.session.rollback()
    row = queries.last_version(db.session(), code)
    return row, queries.template(db.session(), row)


def publish(admin, code="visit", starts_on=None, steps=(), **fields):
    """A version with one step more (or those given) from the day on; gives its row."""
    row, template = last(code)
    extra = Step(f"own_{row.version}", template.steps[0].stage, f"Новый шаг версии {row.version + 1}")
    new = Template(code, tuple(steps) or (extra, *template.steps), fields.get("minutes", template.minutes))
    made = actions.publish(new, starts_on or clock.today(), fields.get("note", ""), row.version, admin.id)
    return db.session.get_one(Procedure, made)
