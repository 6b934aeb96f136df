"""A process that votes and closes as told, a line each: "vote item user choice pause", "close item user - pause".

It says how each ended: "done", or the code of the rule.
"""

import sys
import time

from portal import create_app
from portal.consilium import decisions
from portal.db import db
from portal.rules import RuleBroken


def _do(what: str, item_id: int, user_id: int, choice: str) -> str:
    try:
        if what == "vote":
            decisions.cast_vote(item_id, user_id, choice)
        else:
            decisions.close_item(item_id, user_id)
    except RuleBroken as broken:
        return broken.code
    finally:
        db.session.remove()
    return "done"


if __name__ == "__main__":
    with create_app().app_context():
        print("ready", flush=True)
        for line in sys.stdin:
            what, item, user, choice, pause = line.split()
            time.sleep(float(pause))
            print(_do(what, int(item), int(user), choice), flush=True)
