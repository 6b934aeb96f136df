"""The words and colors users read for work in the background."""

from typing import Any

from flask_babel import lazy_gettext as _l

STATES: dict[str, tuple[str, Any]] = {
    "waiting": ("mute", _l("waits its turn")),
    "running": ("info", _l("is being done")),
    "done": ("ok", _l("is ready")),
    "failed": ("bad", _l("has failed")),
    "cancelled": ("mute", _l("was cancelled")),
}
PROBLEMS = {
    "left": _l("Whoever started it does not work here any more."),
    "no_right": _l("It is not within your rights any more."),
    "nothing_to_make": _l("There is nothing to make it of any more."),
    "nothing_made": _l(
        "None of the papers could be made. Open one of them by itself, or tell the administrator."
    ),
    "too_many_papers": _l("There are too many papers for one file by now: choose less."),
    "killed": _l(
        "It was broken off several times. Start it anew; if that does not help, tell the administrator."
    ),
}
OTHERWISE = _l(
    "Something went wrong. Start it anew; if that does not help, tell the administrator its number."
)


def problem(code: str) -> Any:
    """Why it failed, and what to do."""
    return PROBLEMS.get(code, OTHERWISE)


def size(count: int) -> str:
    """«1,4» megabytes, at least 0,1."""
    return f"{max(count / 1024 / 1024, 0.1):.1f}".replace(".", ",")
