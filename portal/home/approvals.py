"""My work with diagnoses and closing analyses: what waits for the head's answer, and what was returned to me."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.accounts.models import Visitor
from portal.db import db
from portal.diagnosis import queries as diagnoses_of
from portal.diagnosis.models import Diagnosis
from portal.families.models import Family
from portal.families.queries import families_for
from portal.home.work import Figure, Row, Section, Work
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.patronage.queries import ON_PATRONAGE, wrote_analysis
from portal.rules.diagnosis import WRITABLE
from portal.rules.lifecycle import OPEN
from portal.web import show_date

MOST = 50


def for_approver(user: Visitor, work: Work) -> None:
    """Diagnoses and closing analyses that wait for a head who did not write them, the oldest first."""
    diagnoses = _named(Diagnosis.id, Diagnosis.submitted_at.label("at"), Diagnosis)
    diagnoses = diagnoses.where(Diagnosis.state == "submitted", ~diagnoses_of.wrote(user.id))
    analyses = _named(Patronage.family_id, ClosingAnalysis.written_at.label("at"), ClosingAnalysis)
    analyses = analyses.where(
        ClosingAnalysis.approved_at.is_(None),
        ~wrote_analysis(user.id),
        Patronage.status.in_(ON_PATRONAGE),
    )
    found = [(row.at, _diagnosis(row)) for row in db.session.execute(diagnoses.limit(MOST))]
    found += [(row.at, _analysis(row)) for row in db.session.execute(analyses.limit(MOST))]
    if found:
        rows = [row for _at, row in sorted(found, key=_oldest)]
        label = _("Waits for my approval")
        work.add(
            Figure(label, len(rows), "#approvals", "clipboard-check", "warn"),
            Section("approvals", label, rows, "clipboard-check", ""),
        )


def for_author(user: Visitor, work: Work) -> None:
    """Diagnoses of my families that are not finished, those returned first."""
    query = _named(Diagnosis.id, Diagnosis.saved_at.label("at"), Diagnosis).add_columns(Diagnosis.state)
    query = query.where(Diagnosis.state.in_(WRITABLE), Patronage.family_id.in_(families_for(user)))
    query = query.where(Patronage.status.in_(OPEN)).order_by(Diagnosis.state.desc(), Diagnosis.saved_at)
    rows = [_unfinished(row) for row in db.session.execute(query.limit(MOST))]
    if rows:
        work.add(Section("diagnoses", _("Diagnoses to finish"), rows, "clipboard-text", ""))


def _named(key: Any, at: Any, source: Any) -> Any:
    query = select(key.label("key"), at, Family.number, Family.surname).select_from(source)
    query = query.join(Patronage, Patronage.id == source.patronage_id)
    return query.join(Family, Family.id == Patronage.family_id).order_by(at)


def _oldest(found: tuple[datetime, Row]) -> datetime:
    return found[0]


def _name(row: Any) -> str:
    return f"{row.surname} · № {row.number}"


def _diagnosis(row: Any) -> Row:
    since = _("social diagnosis, submitted on %(day)s", day=show_date(row.at))
    return Row(_name(row), since, url_for("diagnosis.show", diagnosis_id=row.key))


def _analysis(row: Any) -> Row:
    since = _("closing analysis, written on %(day)s", day=show_date(row.at))
    return Row(_name(row), since, url_for("patronage.analysis", family_id=row.key))


def _unfinished(row: Any) -> Row:
    badge = ("bad", _("returned")) if row.state == "returned" else ("mute", _("draft"))
    sub = _("saved on %(day)s", day=show_date(row.at))
    return Row(_name(row), sub, url_for("diagnosis.edit", diagnosis_id=row.key), badge)
