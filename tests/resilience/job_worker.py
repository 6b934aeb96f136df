"""A process that does jobs, among them a slow one; it says each step, and runs until it is killed or told to stop."""

import sys
import time
from typing import Any

from portal import create_app
from portal.jobs import worker
from portal.jobs.kinds import KINDS
from portal.jobs.work import Params, Progress, Result, Work

STEPS = 8


def slowly(params: Params, _user: Any, progress: Progress) -> Result:
    """Eight steps of a fifth of a second, unless the parameters say how long."""
    for step in range(STEPS):
        progress(step, STEPS)
        print(f"step {step}", flush=True)
        time.sleep(float(params.get("pause", 20)) / 100)
    progress(STEPS, STEPS)
    return Result(b"slow", "slow.txt", "text/plain")


SLOW = Work("Slow files", slowly)

if __name__ == "__main__":
    KINDS["slow"] = SLOW
    worker.WRITE_EVERY = 0
    worker.LOOK_EVERY = 0.1
    worker.serve(create_app(), until_done="--until-done" in sys.argv)
