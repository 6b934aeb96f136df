"""Several people doing something at one moment: threads that start together, and how each of them ended."""

import threading
from collections.abc import Callable

from flask import Flask

from portal.db import db
from portal.rules import RuleBroken


def at_once(app: Flask, *actions: Callable[[], object]) -> list[str]:
    """Do all the actions at once; of each, in their order, "done", the code of the rule, or "lost" where it broke."""
    start, ends = threading.Barrier(len(actions)), ["lost"] * len(actions)
    db.session.remove()

    def run(place: int, action: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(60)
            try:
                action()
                ends[place] = "done"
            except RuleBroken as broken:
                ends[place] = broken.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, one)) for place, one in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
