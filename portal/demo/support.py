"""The demo's diagnoses, plans, programs, referrals and alerts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from portal.alerts import actions as alerts
from portal.alerts.models import Alert
from portal.db import db
from portal.demo import texts
from portal.demo.days import Case, Days, working
from portal.diagnosis import actions as diagnosis
from portal.diagnosis.actions import Findings
from portal.diagnosis.models import Diagnosis, DiagnosisScore
from portal.families.models import FamilyMember
from portal.patronage import actions as patronage
from portal.patronage.models import Patronage
from portal.plans import actions as plans
from portal.plans import drafts
from portal.plans.actions import Result, mark
from portal.plans.content import new_key
from portal.plans.models import Plan, PlanMeasure
from portal.plans.queries import content_now
from portal.programs import actions as programs
from portal.programs.values import ProgramValues, TaskValues
from portal.programs.values import Result as Reached
from portal.referrals import actions as referrals
from portal.referrals import links
from portal.referrals.links import LinkValues
from portal.rules.norms import DAY
from portal.rules.plan_content import Content, Goal, Measure, Responsible
from portal.settings.words import WORDS

SPHERES = {code: label for code, label, _english in WORDS["spheres"]}
ASSESSED, PROGRAMS, REFERRALS = 16, 10, 8  # families


def follow(days: Days, case: Case, start: date, number: int) -> None:
    """What is done with the family besides contacts; `number` counts the families."""
    if number < ASSESSED:
        _on(days, start + 14 * DAY, partial(_assess, days, case, 0, True))
        _on(days, start + 21 * DAY, partial(_plan, days, case, number))
        _on(days, start + 22 * DAY, partial(_begin_main, case))
        _on(days, start + 190 * DAY, partial(_assess, days, case, 1, number != 3))
        _on(days, start + 120 * DAY, partial(_results, case, 1))
        if number % 5:
            _on(days, start + 150 * DAY, partial(_results, case, 0))
        _on(days, days.today - 20 * DAY, partial(_correct, days, case, number))
    if number < PROGRAMS:
        _on(days, start + 10 * DAY, partial(_program, days, case))
        _on(days, start + 12 * DAY, partial(_link, case, number))
    if number % 2 == 0 and number < 2 * REFERRALS:
        _on(days, start + timedelta(40 + 5 * number), partial(_referral, days, case, number))


def _on(days: Days, day: date, action: Callable[[date], None]) -> None:
    if day < days.today:
        days.on(working(day), action)


def _assess(days: Days, case: Case, again: int, approved: bool, day: date) -> None:
    """Scores get better from the first to the second, most of them."""
    random = days.random
    before = _scores_before(case)
    scores: dict[str, tuple[int | None, str]] = {
        code: (
            max(0, before.get(code, random.randint(1, 3)) - again * random.choice((-1, 0, 1, 1, 1, 2))),
            "",
        )
        for code in SPHERES
    }
    found = Findings(day, depth=max(1, random.randint(2, 3) - again), texts=texts.DIAGNOSIS, scores=scores)
    row_id = diagnosis.start_diagnosis(case.patronage_id, found, case.lead_id)
    diagnosis.submit_diagnosis(row_id, case.lead_id, SPHERES)
    if approved:
        seen = db.session.get_one(Diagnosis, row_id, populate_existing=True).version
        diagnosis.approve_diagnosis(row_id, days.head, seen)


def _scores_before(case: Case) -> dict[str, int]:
    query = select(DiagnosisScore.sphere, DiagnosisScore.score).join(
        Diagnosis, Diagnosis.id == DiagnosisScore.diagnosis_id
    )
    return {
        row[0]: row[1] or 0
        for row in db.session.execute(query.where(Diagnosis.patronage_id == case.patronage_id))
    }


def _content(days: Days, case: Case, day: date, number: int) -> Content:
    goals = []
    for place, (sphere, goal, measures) in enumerate(texts.GOALS[number % 2 :][:2]):
        rows = []
        for n, (text, after) in enumerate(measures):
            who = (
                Responsible("user", str(case.lead_id)),
                Responsible("member", str(case.representative)),
                Responsible("body", "clinic"),
            )[(place + n) % 3]
            kind = "leisure" if text == texts.LEISURE else "ordinary"
            rows.append(Measure(new_key(), text, day + timedelta(after), who, kind, texts.FAMILY_PART))
        goals.append(Goal(new_key(), sphere, goal, tuple(rows)))
    return Content(texts.AIM, texts.RESOURCES, texts.WISHES, texts.FAMILY_PART, tuple(goals))


def _plan(days: Days, case: Case, number: int, day: date) -> None:
    plan_id = drafts.start_plan(case.patronage_id, case.lead_id)
    drafts.save_plan(plan_id, case.lead_id, _revision(plan_id), _content(days, case, day, number))
    plans.agree_plan(plan_id, case.lead_id, day, case.representative)
    plans.approve_plan(plan_id, days.head, _revision(plan_id))


def _revision(plan_id: int) -> int:
    return db.session.get_one(Plan, plan_id, populate_existing=True).revision


def _begin_main(case: Case, _day: date) -> None:
    if db.session.get_one(Patronage, case.patronage_id).stage == "preparatory":
        patronage.move_stage(case.patronage_id, "begin_main", case.lead_id)


def _measures(case: Case, due_by: date) -> tuple[int, list[PlanMeasure]]:
    """The plan in force, and its open measures that are due by then."""
    query = select(PlanMeasure).join(Plan, Plan.id == PlanMeasure.plan_id).order_by(PlanMeasure.id)
    query = query.where(Plan.patronage_id == case.patronage_id, Plan.state == "in_force")
    rows = list(db.session.scalars(query.where(PlanMeasure.state == "open", PlanMeasure.due_on <= due_by)))
    return (rows[0].plan_id if rows else 0), rows


def _results(case: Case, left: int, day: date) -> None:
    """What is due is done, but for as many as are left and so are overdue."""
    plan_id, rows = _measures(case, day)
    if len(rows) > left:
        done = [Result(row.id, "done", day - DAY, texts.DONE, mark(row)) for row in rows[: len(rows) - left]]
        plans.enter_results(plan_id, case.lead_id, done)


def _correct(days: Days, case: Case, number: int, day: date) -> None:
    """A few plans are corrected; the last correction waits for the head."""
    if number not in (0, 2, 5) or not _measures(case, days.today + 400 * DAY)[1]:
        return
    plan_id = drafts.start_plan(case.patronage_id, case.lead_id)
    content = content_now(db.session.get_one(Plan, plan_id, populate_existing=True))
    who = Responsible("user", str(case.lead_id))
    extra = Measure(new_key(), texts.LEISURE, day + 40 * DAY, who, "leisure")
    goals = [
        replace(one, measures=tuple(_postponed(row, day) for row in one.measures)) for one in content.goals
    ]
    goals[0] = replace(goals[0], measures=(*goals[0].measures, extra))
    changed = replace(content, goals=tuple(goals))
    drafts.save_plan(plan_id, case.lead_id, _revision(plan_id), changed)
    plans.agree_plan(plan_id, case.lead_id, day, case.representative)
    if number != 5:
        plans.approve_plan(plan_id, days.head, _revision(plan_id))


def _postponed(measure: Measure, day: date) -> Measure:
    late = not measure.closed and measure.due_on < day
    return replace(measure, due_on=day + 30 * DAY) if late else measure


def _child(case: Case) -> int | None:
    query = select(FamilyMember.id).where(FamilyMember.family_id == case.family_id)
    query = query.where(FamilyMember.kind == "minor", FamilyMember.left_on.is_(None))
    return db.session.scalar(query.order_by(FamilyMember.id).limit(1))


def _program(days: Days, case: Case, day: date) -> None:
    child = _child(case)
    if child is None:
        return
    results = {
        "speech": Reached(*texts.SPEECH, "partly"),
        "household": Reached(*texts.HOUSEHOLD, "reached"),
    }
    values = ProgramValues("ipr", "semi", day - 60 * DAY, day - 5 * DAY, results=results)
    program_id = programs.create_program(child, case.lead_id, values)
    adviser = days.people["psychologist"]
    for text, often, direction in texts.TASKS:
        task = TaskValues(adviser, text, day, how_often=often, direction=direction)
        programs.set_task(program_id, case.lead_id, task)


def _link(case: Case, number: int, _day: date) -> None:
    kind, who, helps = texts.LINKS[number % len(texts.LINKS)]
    links.add_link(case.family_id, case.lead_id, LinkValues(kind, who, helps_with=helps))


def _referral(days: Days, case: Case, number: int, day: date) -> None:
    body, addressee, request = texts.REFERRALS[number // 2 % len(texts.REFERRALS)]
    row_id = referrals.send_referral(
        case.family_id,
        case.lead_id,
        body=body,
        addressee=addressee,
        request=request,
        personal_data=True,
        ground="consent",
        due_on=day + 14 * DAY,
    )
    answered = working(day + 9 * DAY)
    if number != 6:
        days.on(answered, lambda then: referrals.answer_referral(row_id, case.lead_id, then, texts.ANSWER, 1))


def plan_alerts(days: Days) -> None:
    """What the head was told in the year; of the last two weeks something waits."""
    for number, ago in enumerate((230, 150, 80, 40)):
        _on(days, days.today - ago * DAY, partial(_alert, days, number, True))
    _on(days, days.today - 2 * DAY, partial(_alert, days, 1, False))
    _on(days, days.today - 5 * DAY, partial(_alert, days, 4, None))


def _alert(days: Days, number: int, over: bool | None, day: date) -> None:
    """`over`: decided and carried out, None: decided only."""
    case = days.cases[number * 3 % len(days.cases)]
    kind, text = texts.ALERTS[number % len(texts.ALERTS)]
    colleague = days.people["psychologist"] if kind == "ignored" else None
    alerts.tell_head(case.patronage_id, case.lead_id, kind=kind, text=text, colleague_id=colleague)
    if over is False:
        return
    alert_id = db.session.scalars(select(Alert.id).order_by(Alert.id.desc()).limit(1)).one()
    decision = "review" if kind == "ignored" else "visit"
    alerts.decide(
        alert_id,
        days.head,
        decision=decision,
        answer=texts.DECISION,
        assignee_id=case.lead_id,
        due_on=day + 7 * DAY,
        colleague_id=colleague,
    )
    if over:
        days.on(working(day + 3 * DAY), lambda _then: alerts.finish(alert_id, case.lead_id, texts.OUTCOME))
