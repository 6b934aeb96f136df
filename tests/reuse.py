"""An app is made once in a process for each database. Each test gets it as it was made, on a database of its own."""

import threading
from typing import Any

from flask import Flask

import portal
from portal import create_app, db, keys, memory
from portal.config import Config

GIVEN_ANEW = {"config", "extensions", "_got_first_request"}


class Made:
    """An app as create_app() gave it."""

    def __init__(self, config: Config) -> None:
        self.app = create_app(config)
        self.config, self.extensions = dict(self.app.config), dict(self.app.extensions)
        self.shape = _shape(self.app)
        self.threads = set(threading.enumerate())

    def is_whole(self) -> bool:
        """Whether no test has left more on it than settings, and nothing of a test still runs in it."""
        return _shape(self.app) == self.shape and set(threading.enumerate()) <= self.threads

    def on(self, config: Config) -> Flask:
        """The app with the settings and the database of this instance; nothing is left of the one before."""
        app = self.app
        for held, made in ((app.config, self.config), (app.extensions, self.extensions)):
            held.clear()
            held.update(made)
        app._got_first_request = False
        portal._settings(app, config)
        del app.extensions["sqlalchemy"]
        db.init_app(app, config, keys.prepare(config.instance))
        app.teardown_appcontext_funcs.pop()  # the session's end and its words for the shell were there before
        app.shell_context_processors.pop()
        memory.forget(app)
        return app


_made: dict[bool, Made] = {}


def app_for(config: Config) -> Flask:
    """An app on this instance, which is prepared: the last one's, or a new one where a test has changed that."""
    made = _made.get(config.on_sqlite)
    if made is not None and made.is_whole():
        return made.on(config)
    made = _made[config.on_sqlite] = Made(config)
    return made.app


def _shape(app: Flask) -> dict[str, Any]:
    """All that hangs on the app: what a test may set is given anew, anything else tells that it was changed."""
    env, _loader = app.jinja_env, app.jinja_loader  # made when they are first asked for
    return {name: _copied(value) for name, value in vars(app).items() if name not in GIVEN_ANEW} | {
        "rules": list(app.url_map.iter_rules()),
        "words of templates": [dict(env.globals), dict(env.filters), dict(env.tests)],
    }


def _copied(value: Any) -> Any:
    if isinstance(value, dict):  # Flask fills some with nothing as it looks into them
        return {key: inner for key, one in value.items() if (inner := _copied(one)) != {}}
    return list(map(_copied, value)) if isinstance(value, list) else value
