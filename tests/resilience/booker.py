"""A process that books as it is told, a line each: "session member actor".

After "go" it does so, five at once, and says how all ended.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from portal import create_app
from portal.clubs import bookings
from portal.db import db
from portal.rules import RuleBroken

AT_ONCE = 5


def _book(app: Flask, line: str) -> str:
    session_id, member_id, actor_id = map(int, line.split())
    with app.app_context():
        try:
            bookings.book_one(session_id, member_id, actor_id)
        except RuleBroken as broken:
            return broken.code
        finally:
            db.session.remove()
    return "done"


if __name__ == "__main__":
    app = create_app()
    print("ready", flush=True)
    told = list(iter(sys.stdin.readline, "go\n"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        print(" ".join(pool.map(lambda line: _book(app, line), told)), flush=True)
