"""Two people take one family's archive in at the same moment."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.db import db
from portal.families.models import Family, FamilyMember, StoredFile
from tests.factories import make_user
from tests.family_files.between import brought, sent
from tests.family_files.test_pages import _family
from tests.together import at_once


def test_a_family_is_taken_in_once(app: Flask, other: Flask) -> None:
    """Of the second one nothing stays: no card, no colleague of the former center, no file."""
    data = sent(_family().id, make_user("head"))
    with other.app_context():
        head = make_user("head")
        assert sorted(at_once(other, *[lambda: brought(data, head)] * 3)) == [
            "already_here",
            "already_here",
            "done",
        ]
        counts = [
            db.session.scalar(select(func.count()).select_from(table))
            for table in (Family, FamilyMember, User)
        ]
        assert counts == [1, 2, 1]
        kept = set(db.session.scalars(select(StoredFile.name)))
        folder = Path(other.config["INSTANCE"]) / "uploads"
        assert {path.name for path in folder.glob("*")} == kept
