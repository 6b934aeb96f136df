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
    "family_too_large": _l(
        "All that is kept of the family does not fit into a file: tell the administrator, the scans have to go"
        " another way."
    ),
    "already_here": _l("This very file was brought in already: the family is on the books."),
    "archive_gone": _l("The file is not kept any more: bring it once more."),
    "part": _l(
        "The file «%(what)s» of the archive cannot be taken: nothing was written. Ask the other center for a new one."
    ),
    "wrong_rows": _l("What the archive says of the family does not fit together: nothing was written."),
    "killed": _l(
        "It was broken off several times. Start it anew; if that does not help, tell the administrator."
    ),
}
OTHERWISE = _l(
    "Something went wrong. Start it anew; if that does not help, tell the administrator its number."
)


def problem(code: str) -> Any:
    """Why it failed, and what to do; a code may name what it is about: `part:files/0001.jpg`."""
    code, _colon, what = code.partition(":")
    found = PROBLEMS.get(code, OTHERWISE)
    return str(found) % {"what": what} if what else found


def size(count: int) -> str:
    """«1,4» megabytes, at least 0,1."""
    return f"{max(count / 1024 / 1024, 0.1):.1f}".replace(".", ",")
