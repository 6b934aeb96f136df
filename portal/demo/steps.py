"""The demo's procedures: the steps of the last months' visits and calls, most done, some left out with a reason."""

from random import Random

from sqlalchemy import select

from portal import audit
from portal.audit import Event
from portal.contacts.models import Contact
from portal.db import atomic
from portal.demo import texts
from portal.demo.days import SEED
from portal.procedures import marking, writing_up
from portal.procedures.models import RunStep
from portal.procedures.queries import version_of
from portal.rules import procedures as rules
from portal.rules.norms import DAY
from portal.rules.procedures import RECORDING, Mark

SINCE = 42 * DAY  # before, the center kept its steps on paper
NOTED = 0.25  # how often there is something to note of a step
SKIPPED, OPEN = 0.3, 0.12  # how often a step of a contact is left out, or some are left open


def go_through(contact_id: int, worker_id: int) -> None:
    """The steps of a contact that took place, marked as its specialist does it afterwards, in one transaction."""
    random = Random(SEED * contact_id)  # noqa: S311 - no secret
    with atomic() as s:
        contact = s.get_one(Contact, contact_id)
        run = marking.begin(s, version_of(s, contact.kind, contact.day), worker_id, contact_id=contact_id)
        steps = list(s.scalars(select(RunStep).where(RunStep.run_id == run.id).order_by(RunStep.position)))
        asked, why = _asked(_straight(steps), random)
        for one in asked:
            marking.set_step(s, run, one, worker_id, _as_it_was)
        writing_up.finish(s, run, worker_id, why)
        audit.record(s, Event.RUN_FINISHED, worker_id, run, new={"why": len(run.why)})


def _as_it_was(_step: RunStep, _mark: str) -> None:
    """The contact took place, and its run has only begun: everything may be marked."""


def _straight(steps: list[RunStep]) -> list[RunStep]:
    """The steps of a contact without incidents, one of those that stand for each other; screens tick the recording."""
    chosen: dict[str, RunStep] = {}
    for step in steps:
        if rules.in_play(step, ()) and step.stage != RECORDING:
            chosen.setdefault(f"{step.stage}/{step.choice}" if step.choice else step.code, step)
    return list(chosen.values())


def _asked(steps: list[RunStep], random: Random) -> tuple[list[marking.Asked], str]:
    """What becomes of each step, and why some were left open."""
    known = {step.code for step in steps}
    skipped = {}
    if random.random() < SKIPPED:
        code = random.choice(sorted(texts.SKIPPED.keys() & known))
        skipped[code] = texts.SKIPPED[code]
    left = random.random() < OPEN
    going = [step for step in steps if not (left and step.code in texts.LEFT_OPEN)]
    asked = [_mark(step, skipped.get(step.code, ""), random) for step in going]
    return asked, texts.WHY_OPEN if left else ""


def _mark(step: RunStep, why: str, random: Random) -> marking.Asked:
    if why:
        return marking.Asked(step.code, Mark.SKIPPED, why)
    note = texts.NOTED.get(step.code, "") if random.random() < NOTED else ""
    return marking.Asked(step.code, Mark.DONE, note)
