"""Diagnoses on a real database: written, submitted, approved, returned; what the database itself refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.db import db, technical
from portal.diagnosis import actions, queries
from portal.diagnosis.actions import Findings
from portal.diagnosis.models import Diagnosis, DiagnosisScore
from portal.settings.models import Word
from portal.settings.words import WORDS
from tests.factories import make_diagnosis, make_family, make_patronage, make_user
from tests.refusals import refuses

SPHERES = {code: ru for code, ru, _en in WORDS["spheres"]}


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family(), lead=lead)


def whole(score=2, depth=2, conclusion="Семье нужна помощь.", **texts):
    return Findings(
        clock.today(), depth, {"conclusion": conclusion, **texts}, dict.fromkeys(SPHERES, (score, "видно"))
    )


def found(diagnosis_id) -> Diagnosis:
    db.session.rollback()
    return db.session.get_one(Diagnosis, diagnosis_id)


def submitted(patronage, lead):
    made = actions.start_diagnosis(patronage.id, whole(), lead.id)
    actions.submit_diagnosis(made, lead.id, SPHERES)
    return made


def test_the_word_list_is_there_for_new_and_old_centers(app):
    rows = db.session.scalars(select(Word).where(Word.list == "spheres").order_by(Word.position)).all()
    assert [(row.code, row.label_ru, row.label_en) for row in rows] == WORDS["spheres"]


def test_from_the_draft_to_the_approval(patronage, lead, head):
    made = actions.start_diagnosis(patronage.id, Findings(clock.today()), lead.id)
    assert (found(made).state, found(made).number) == ("draft", 1)
    actions.save_diagnosis(made, whole(causes="Долги"), lead.id, seen=1)
    actions.submit_diagnosis(made, lead.id, SPHERES)
    actions.approve_diagnosis(made, head.id, seen=2)
    row = found(made)
    assert (row.state, row.approved_by_id, row.causes, row.version) == ("approved", head.id, "Долги", 2)
    assert {one.score for one in queries.scores_of(made)[made].values()} == {2}
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.kind == "diagnoses").order_by(AuditEntry.id)
    ).all()
    assert [one.event.partition(".")[2] for one in entries] == ["started", "saved", "submitted", "approved"]
    assert not any("Долги" in one.data or "Семье нужна" in one.data for one in entries)


def test_a_draft_may_be_partial_but_is_not_submitted_so(patronage, lead):
    half = Findings(
        clock.today(), None, {"conclusion": "Да"}, {"housing": (3, ""), "income": (None, "долги")}
    )
    made = actions.start_diagnosis(patronage.id, half, lead.id)
    kept = queries.scores_of(made)[made]
    assert {code: (one.score, one.note) for code, one in kept.items()} == half.scores
    with refuses("spheres_unscored"):
        actions.submit_diagnosis(made, lead.id, SPHERES)
    actions.save_diagnosis(made, whole(depth=None), lead.id, 1)
    with refuses("no_depth"):
        actions.submit_diagnosis(made, lead.id, SPHERES)
    actions.save_diagnosis(made, whole(conclusion=""), lead.id, 2)
    with refuses("no_conclusion"):
        actions.submit_diagnosis(made, lead.id, SPHERES)
    assert found(made).state == "draft"


def test_returned_with_a_remark_it_is_mended_and_submitted_again(patronage, lead, head):
    made = submitted(patronage, lead)
    with refuses("wrong_state"):
        actions.save_diagnosis(made, whole(), lead.id, 1)
    with refuses("no_remark"):
        actions.return_diagnosis(made, "  ", head.id)
    actions.return_diagnosis(made, "Дополните причины", head.id)
    assert (found(made).state, found(made).remark) == ("returned", "Дополните причины")
    with refuses("wrong_state"):
        actions.approve_diagnosis(made, head.id, 1)
    actions.save_diagnosis(made, whole(causes="Долги"), lead.id, 1)
    actions.submit_diagnosis(made, lead.id, SPHERES)
    actions.approve_diagnosis(made, head.id, 2)


def test_nobody_approves_their_own_and_the_author_is_who_saved_last(patronage, lead, head):
    made = actions.start_diagnosis(patronage.id, whole(), lead.id)
    actions.save_diagnosis(made, whole(causes="Долги"), head.id, 1)
    actions.submit_diagnosis(made, lead.id, SPHERES)
    with refuses("own_work"):
        actions.approve_diagnosis(made, head.id, 2)
    actions.approve_diagnosis(made, make_user("head").id, 2)


def test_nobody_approves_what_they_wrote_before_somebody_else_saved_it(patronage, lead, head):
    made = actions.start_diagnosis(patronage.id, whole(), lead.id)
    actions.save_diagnosis(made, whole(causes="Долги"), head.id, 1)
    actions.save_diagnosis(made, whole(causes="Долги"), lead.id, 2)
    actions.submit_diagnosis(made, lead.id, SPHERES)
    with refuses("own_work"):
        actions.approve_diagnosis(made, head.id, 3)
    actions.approve_diagnosis(made, make_user("head").id, 3)
    assert not any("approved by whoever wrote it" in one["what"] for one in broken_rules())


def test_what_was_not_read_is_not_approved(patronage, lead, head):
    made = submitted(patronage, lead)
    with refuses("changed_meanwhile"):
        actions.approve_diagnosis(made, head.id, 7)


def test_the_second_of_two_editors_is_told(patronage, lead):
    made = actions.start_diagnosis(patronage.id, whole(), lead.id)
    actions.save_diagnosis(made, whole(causes="Первый"), lead.id, 1)
    with refuses("changed_meanwhile"):
        actions.save_diagnosis(made, whole(causes="Второй"), lead.id, 1)
    assert found(made).causes == "Первый"


def test_one_is_finished_before_the_next_begins(patronage, lead, head):
    made = submitted(patronage, lead)
    with refuses("unfinished"):
        actions.start_diagnosis(patronage.id, whole(), lead.id)
    actions.approve_diagnosis(made, head.id, 1)
    second = actions.start_diagnosis(patronage.id, whole(1), lead.id, made)
    assert (found(second).number, found(second).copied_from_id) == (2, made)


@pytest.mark.parametrize("status", ["removed", "declined", "refused"])
def test_nothing_is_written_when_the_patronage_is_over(lead, status):
    over = make_patronage(make_family(), status)
    with refuses("not_open"):
        actions.start_diagnosis(over.id, whole(), lead.id)
    draft = make_diagnosis(over, lead)
    with refuses("not_open"):
        actions.save_diagnosis(draft.id, whole(), lead.id, 1)
    with refuses("not_open"):
        actions.submit_diagnosis(draft.id, lead.id, SPHERES)


@pytest.mark.parametrize("status", ["identified", "consented", "submitted", "suspended"])
def test_a_family_is_assessed_before_it_is_enrolled_too(lead, status):
    actions.start_diagnosis(make_patronage(make_family(), status).id, whole(), lead.id)


def test_days_and_scores_out_of_range(patronage, lead):
    for findings, code in (
        (Findings(clock.today() + timedelta(1)), "future_day"),
        (Findings(clock.today().replace(year=1990, day=1)), "early_day"),
        (Findings(clock.today(), 5), "bad_score"),
        (Findings(clock.today(), 1, {}, {"housing": (-1, "")}), "bad_score"),
    ):
        with refuses(code):
            actions.start_diagnosis(patronage.id, findings, lead.id)


def test_a_change_is_told_by_sphere(patronage, lead):
    first = make_diagnosis(patronage, lead, score=3, state="approved")
    second = make_diagnosis(patronage, lead, score=1, number=2)
    with technical() as s:
        s.execute(
            update(DiagnosisScore)
            .where(DiagnosisScore.diagnosis_id == second.id, DiagnosisScore.sphere == "health")
            .values(score=4)
        )
        s.execute(
            delete(DiagnosisScore).where(
                DiagnosisScore.diagnosis_id == second.id, DiagnosisScore.sphere == "rights"
            )
        )
        s.execute(text("UPDATE words SET active = :no WHERE code = 'income'"), {"no": False})
    db.session.rollback()
    change = {one.sphere: one.better for one in queries.changes(first.id, second.id)}
    assert list(change) == [code for code, *_ in WORDS["spheres"]]
    assert (change["housing"], change["health"], change["rights"], change["income"]) == (2, -1, None, 2)


def _raw(statement, **values):
    db.session.execute(statement, values)
    db.session.flush()


def test_the_database_knows_it_too(patronage, lead, head):
    row = {
        "patronage_id": patronage.id, "number": 1, "day": clock.today(), "state": "draft", "version": 1,
        "author_id": lead.id, "saved_at": clock.now(), "remark": "", "crisis_depth": 1,
        **dict.fromkeys(
            ("place_in_society", "surroundings", "family_relations", "problems", "causes", "crisis_nature",
             "risks", "strengths", "resources", "family_view", "conclusion"), ""
        ),
    }  # fmt: skip
    approval = {"state": "approved", "approved_by_id": head.id, "approved_at": clock.now()}
    wrong = [
        {"state": "lost"},
        {"number": 0},
        {"crisis_depth": 5},
        {"crisis_depth": None, "state": "submitted"},
        {"state": "returned"},
        {"state": "approved"},
        {"approved_by_id": head.id},
        approval | {"approved_at": None},
        approval | {"approved_by_id": lead.id},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError):
            db.session.execute(insert(Diagnosis).values(row | fields))
        db.session.rollback()
    db.session.execute(insert(Diagnosis).values(row))
    for fields in ({"number": 2}, {"state": "returned", "remark": "нет"}):  # one unfinished; one number
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(insert(Diagnosis).values(row | fields))
    db.session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE diagnoses SET causes = 'другое'",
        "UPDATE diagnoses SET state = 'draft', approved_by_id = NULL, approved_at = NULL",
        "DELETE FROM diagnoses",
        "UPDATE diagnosis_scores SET score = 0",
        "DELETE FROM diagnosis_scores WHERE sphere = 'health'",
        "INSERT INTO diagnosis_scores (diagnosis_id, sphere, score, note) SELECT id, 'new', 1, '' FROM diagnoses",
    ],
)
def test_an_approved_one_stays_as_it_is(patronage, lead, statement):
    make_diagnosis(patronage, lead, state="approved")
    with pytest.raises(IntegrityError):
        _raw(text(statement))
    db.session.rollback()
    make_diagnosis(make_patronage(make_family()), lead)
    _raw(text("UPDATE diagnosis_scores SET score = 0 WHERE diagnosis_id = (SELECT max(id) FROM diagnoses)"))
    db.session.rollback()
