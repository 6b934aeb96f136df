"""The demo center's richest families go into an empty portal and out of it as they were."""

from flask import Flask
from sqlalchemy import select

from portal.check import broken_rules
from portal.db import db
from portal.demo.seed import seed
from portal.families.models import Family
from portal.family_files.handing_out import told_of
from tests.factories import make_user
from tests.family_files.between import alike, brought, content, sent

RICHEST = 6


def _richest() -> list[int]:
    """The families of which the most different things are told."""
    found = []
    for family_id in db.session.scalars(select(Family.id)).all():
        told = told_of(family_id)
        found.append((len(told.rows), sum(map(len, told.rows.values())), family_id))
    return [family_id for *_size, family_id in sorted(found, reverse=True)[:RICHEST]]


def test_the_richest_families_of_the_demo_come_out_alike(app: Flask, other: Flask) -> None:
    app.config["DEMO"] = True
    seed()
    head = make_user("head")
    first = [sent(family_id, head) for family_id in _richest()]
    assert len(content(first[0])["tables"]) > 20
    with other.app_context():
        theirs = make_user("head")
        for data in first:
            family_id = brought(data, theirs)
            assert alike(content(sent(family_id, theirs))) == alike(content(data))
        assert broken_rules() == []
