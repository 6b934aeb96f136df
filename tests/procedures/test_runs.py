"""Runs on a real database: frozen copies, branches that tell the head, the end of a run, several at once."""

from datetime import time, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import check, clock
from portal.alerts.models import Alert
from portal.audit import AuditEntry
from portal.contacts import actions as contacts
from portal.db import db, technical
from portal.procedures import runs, writing_up
from portal.procedures.models import Procedure, ProcedureStep, Run, RunBranch, RunStep
from portal.procedures.queries import sheet
from portal.procedures.texts import FIRST
from tests.factories import make_family, make_patronage, make_user
from tests.procedures.rows import contact, finish, last, plan, publish, run_of, step_of
from tests.refusals import refuses
from tests.together import at_once


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def admin(app):
    return make_user("admin")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead, regime="emergency")


def faults():
    db.session.rollback()
    return [fault for fault in check.broken_rules() if fault["rule"] in ("R10", "R11", "audit")]


@pytest.mark.parametrize("code", list(FIRST))
def test_every_instance_has_version_1(app, code):
    row, template = last(code)
    assert (row.version, row.made_by_id, row.size) == (1, None, len(FIRST[code].steps))
    assert template == FIRST[code]


@pytest.mark.parametrize(
    ("kind", "code"), [("visit", "visit"), ("center", "visit"), ("call", "call"), ("video", "call")]
)
def test_each_kind_of_contact_has_its_procedure(patronage, lead, kind, code):
    found = sheet(contact(plan(patronage, lead, kind)))
    assert found.procedure.code == code and found.run is None
    assert [one.code for one in found.lines] == [one.code for one in FIRST[code].steps]


def test_the_first_mark_begins_the_run_and_nothing_else_does(patronage, lead):
    contact_id = plan(patronage, lead)
    sheet(contact(contact_id))
    assert run_of(contact_id) is None
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    assert run_of(contact_id).started_by_id == lead.id
    step = step_of(contact_id, "agree_call")
    assert (step.state, step.by_id, step.at is not None) == ("done", lead.id, True)
    runs.mark_step(contact_id, "agree_call", lead.id, "open", "")
    assert step_of(contact_id, "agree_call").state == "open"
    events = select(AuditEntry.event).where(AuditEntry.kind == "runs").order_by(AuditEntry.id)
    assert list(db.session.scalars(events)) == ["run.step_marked"] * 2


def test_what_says_nothing_new_is_no_event(patronage, lead):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "Удобно в три")
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "Удобно в три")
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_the_audit_log_keeps_no_note(patronage, lead):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "Тайна семьи")
    runs.raise_branch(contact_id, "danger", lead.id, "Тайна ребёнка")
    assert "Тайна" not in " ".join(db.session.scalars(select(AuditEntry.data)))


def test_a_required_step_is_left_out_with_a_reason_only(patronage, lead):
    contact_id = plan(patronage, lead)
    with refuses("no_reason"):
        runs.mark_step(contact_id, "help_strategy", lead.id, "skipped", "")
    runs.mark_step(contact_id, "help_strategy", lead.id, "skipped", "План не меняется")
    assert step_of(contact_id, "help_strategy").state == "skipped"
    for code, mark, why in (("made_up", "done", "no_step"), ("help_family", "perhaps", "bad_mark")):
        with refuses(why):
            runs.mark_step(contact_id, code, lead.id, mark, "")


def test_the_version_of_the_day(patronage, lead, admin):
    tomorrow = clock.today() + timedelta(1)
    publish(admin, starts_on=tomorrow)
    today, later = plan(patronage, lead), plan(patronage, lead, day=tomorrow)
    for contact_id, version in ((today, 1), (later, 2)):
        runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
        assert db.session.get_one(Procedure, run_of(contact_id).procedure_id).version == version


def test_a_frozen_copy_stays_when_the_template_changes(patronage, lead, admin):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    before = [(one.code, one.text) for one in sheet(contact(contact_id)).lines]
    publish(admin)
    assert [(one.code, one.text) for one in sheet(contact(contact_id)).lines] == before
    fresh = plan(patronage, lead, starts_at=time(15))
    assert sheet(contact(fresh)).lines[0].code == "own_1"


def test_a_note_is_not_written_over(patronage, lead):
    contact_id, colleague = plan(patronage, lead), make_user("head")
    runs.mark_step(contact_id, "study_state", lead.id, None, "Моё", 0)
    with refuses("note_changed"):
        runs.mark_step(contact_id, "study_state", colleague.id, None, "Чужое", 0)
    assert step_of(contact_id, "study_state").note == "Моё"
    runs.mark_step(contact_id, "study_state", colleague.id, "done", "Моё", 0)  # a tick alone is no conflict
    runs.mark_step(contact_id, "study_state", colleague.id, None, "Чужое", 1)
    step = step_of(contact_id, "study_state")
    assert (step.note, step.state, step.changes) == ("Чужое", "done", 2)


@pytest.mark.parametrize("branch", ["ignored", "refusal", "danger"])
def test_a_branch_tells_the_head_once(patronage, lead, branch):
    contact_id = plan(patronage, lead, "call")
    colleague = lead.id if branch == "ignored" else None
    alert_id = runs.raise_branch(contact_id, branch, lead.id, "Что случилось", colleague)
    alert = db.session.get_one(Alert, alert_id)
    facts = (alert.kind, alert.contact_id, alert.patronage_id, alert.colleague_id, alert.text)
    assert facts == (branch, contact_id, patronage.id, colleague, "Что случилось")
    assert step_of(contact_id, f"{branch}_report").state == "done"
    with refuses("raised_already"):
        runs.raise_branch(contact_id, branch, lead.id, "Ещё раз", colleague)
    assert db.session.scalar(select(func.count()).select_from(Alert)) == 1
    with pytest.raises(IntegrityError):
        db.session.execute(
            insert(RunBranch).values(
                run_id=run_of(contact_id).id,
                branch=branch,
                note="",
                raised_by_id=lead.id,
                raised_at=clock.now(),
            )
        )
    db.session.rollback()


def test_a_branch_that_is_refused_leaves_nothing(patronage, lead):
    contact_id = plan(patronage, lead, "call")
    with refuses("no_colleague"):
        runs.raise_branch(contact_id, "ignored", lead.id, "Не занимались")
    with refuses("no_note"):
        runs.raise_branch(contact_id, "refusal", lead.id, " ")
    assert run_of(contact_id) is None
    contacts.cancel_contact(contact_id, lead.id, "болезнь")
    with refuses("frozen"):
        runs.raise_branch(contact_id, "danger", lead.id, "Видели синяки")


def test_danger_is_told_of_after_the_contact_is_written_up_too(patronage, lead):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    finish(contact_id, lead, why_open="Спешили")
    runs.raise_branch(contact_id, "danger", lead.id, "Вспомнили слова ребёнка")
    assert step_of(contact_id, "danger_report").state == "open", "the steps stay as they are"
    assert sheet(contact(contact_id)).progress[1] == rules_count("visit")
    assert faults() == []


def rules_count(code):
    return len(
        [
            one
            for one in FIRST[code].steps
            if one.required and one.stage not in ("ignored", "refusal", "danger")
        ]
    )


def test_open_steps_are_written_up_with_a_sentence(patronage, lead):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    with refuses("steps_open"):
        finish(contact_id, lead)
    assert contact(contact_id).state == "planned"
    finish(contact_id, lead, why_open="Ребёнок заболел, ушли раньше")
    run = run_of(contact_id)
    assert run.finished_at is not None and run.why.startswith("Ребёнок")
    assert step_of(contact_id, "record_journal").state == "done"
    assert step_of(contact_id, "record_signatures").state == "open"
    assert faults() == []


def all_done(contact_id, user):
    for line in sheet(contact(contact_id)).lines:
        if line.branch is None and line.stage != "recording":
            runs.mark_step(contact_id, line.code, user.id, "done", "")


def test_a_whole_run_needs_no_sentence(patronage, lead):
    contact_id = plan(patronage, lead, "video")
    all_done(contact_id, lead)
    finish(contact_id, lead, why_open="не нужно")
    found = sheet(contact(contact_id))
    assert found.run.why == "" and found.progress[0] == found.progress[1]
    assert faults() == []


def test_a_contact_without_marks_is_written_up_and_gone_through_afterwards(patronage, lead):
    contact_id = plan(patronage, lead)
    finish(contact_id, lead)
    with refuses("frozen"):
        runs.finish_run(contact_id, lead.id, "нет шагов")
    runs.mark_step(contact_id, "study_state", lead.id, "done", "")
    with refuses("steps_open"):
        runs.finish_run(contact_id, lead.id, "")
    runs.finish_run(contact_id, lead.id, "Вносили по памяти")
    with refuses("frozen"):
        runs.mark_step(contact_id, "study_support", lead.id, "done", "")


def test_after_the_write_up_recording_alone_is_ticked(patronage, lead):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    finish(contact_id, lead, why_open="Спешили")
    for code, mark in (("agree_call", "open"), ("study_state", "done"), ("record_journal", "open")):
        with refuses("frozen"):
            runs.mark_step(contact_id, code, lead.id, mark, "")
    runs.mark_step(contact_id, "record_signatures", lead.id, "done", "")
    with technical() as s:
        writing_up.record(s, contact_id, lead.id, "record_to_head")
    assert step_of(contact_id, "record_to_head").state == "done"


@pytest.mark.parametrize("state", ["cancelled", "refused"])
def test_a_contact_that_did_not_take_place_is_not_marked(patronage, lead, state):
    contact_id = plan(patronage, lead)
    if state == "cancelled":
        contacts.cancel_contact(contact_id, lead.id, "отъезд")
    else:
        contacts.fail_contact(contact_id, lead.id, "refused", "")
        runs.raise_branch(contact_id, "refusal", lead.id, "Не открыли и отказались говорить")
    with refuses("frozen"):
        runs.mark_step(contact_id, "agree_call", lead.id, "done", "")


def test_what_is_prepared_goes_with_a_moved_contact(patronage, lead, admin):
    contact_id, tomorrow = plan(patronage, lead), clock.today() + timedelta(1)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    moved = contacts.move_contact(contact_id, lead.id, tomorrow, time(15))
    assert run_of(contact_id) is None and step_of(moved, "agree_call").state == "done"
    publish(admin, starts_on=tomorrow + timedelta(1))
    again = contacts.move_contact(moved, lead.id, tomorrow + timedelta(2), time(15))
    assert run_of(again) is None, "another version: its steps begin anew"
    assert sheet(contact(again)).procedure.version == 2


def test_the_database_keeps_versions_and_copies_as_they_are(patronage, lead):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    run = run_of(contact_id)
    visit = last("visit")[0]
    extra = {
        "procedure_id": visit.id,
        "code": "x",
        "stage": "help",
        "choice": "",
        "text_ru": "x",
        "text_en": "",
    }
    extra |= {"help_ru": "", "help_en": "", "required": True}
    wrong = [
        update(Procedure).values(note="иначе"),
        delete(ProcedureStep),
        update(ProcedureStep).values(text_ru="иначе"),
        insert(ProcedureStep).values(extra | {"position": visit.size + 1}),
        insert(ProcedureStep).values(extra | {"position": 0}),
        update(RunStep).where(RunStep.code == "study_state").values(text_ru="иначе"),
        update(RunStep).where(RunStep.code == "study_state").values(required=False),
        update(RunStep).where(RunStep.code == "study_state").values(state="done"),  # without a moment
        update(RunStep).where(RunStep.code == "study_state").values(state="perhaps"),
        delete(RunStep),
        delete(Run),
        update(Run).values(procedure_id=last("call")[0].id),
        insert(Run).values(
            contact_id=contact_id,
            procedure_id=visit.id,
            started_by_id=lead.id,
            started_at=clock.now(),
            why="",
        ),
    ]
    refused_by_the_database(wrong)
    finish(contact_id, lead, why_open="Спешили")
    refused_by_the_database(
        [
            update(RunStep).where(RunStep.code == "study_state").values(state="done", at=clock.now()),
            update(RunStep).where(RunStep.code == "agree_call").values(note="позже"),
            update(RunStep).where(RunStep.code == "record_journal").values(state="open"),
            insert(RunStep).values(
                {key: value for key, value in extra.items() if key != "procedure_id"}
                | {"run_id": run.id, "position": 70, "state": "open", "note": "", "changes": 0}
            ),
            update(Run).values(why="иначе"),
            update(Run).values(finished_at=None),
        ]
    )


def refused_by_the_database(statements):
    db.session.rollback()
    for statement in statements:
        with pytest.raises(IntegrityError):
            db.session.execute(statement)
        db.session.rollback()


def test_check_names_what_the_rules_forbid(patronage, lead):
    contact_id = plan(patronage, lead)
    runs.mark_step(contact_id, "agree_call", lead.id, "done", "")
    with technical() as s:
        s.execute(update(Run).values(finished_at=clock.now()))
        s.execute(text("UPDATE contacts SET kind = 'call', reason = 'отъезд'"))
    assert sorted(one["rule"] for one in faults()) == ["R10", "R11"]


def test_two_begin_to_tick_at_once(app, patronage, lead):
    contact_id, user = plan(patronage, lead), lead.id
    codes = [one.code for one in FIRST["visit"].steps][:8]
    ticks = [lambda code=code: runs.mark_step(contact_id, code, user, "done", "") for code in codes]
    assert at_once(app, *ticks, *ticks) == ["done"] * 16
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Run)) == 1
    assert all(step_of(contact_id, code).state == "done" for code in codes)


def test_two_tell_the_head_at_once(app, patronage, lead):
    contact_id, user = plan(patronage, lead), lead.id
    tell = lambda: runs.raise_branch(contact_id, "danger", user, "Опасно")  # noqa: E731
    assert sorted(at_once(app, tell, tell, tell)) == ["done", "raised_already", "raised_already"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Alert)) == 1
