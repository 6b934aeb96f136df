"""What a kind of work in the background is: what it may be asked for, by whom, and what does it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.access import Permission

Params = dict[str, Any]  # numbers, days in ISO and codes: never a name; what people typed is `sealed`
FOLDER = "results"  # where what was made lies sealed
Progress = Callable[[int, int], None]  # how many of how many are done; raises Stopped when the job is to stop


class Stopped(Exception):  # noqa: N818 - a state of affairs, not a fault of ours
    """The job was cancelled, given to another worker, or the portal is being stopped."""


@dataclass(frozen=True)
class Result:
    """What was made: the file to download (none where the work was the aim), and whose content is in it.

    A large one the work itself has sealed in FOLDER: `kept` is its name there, `size` what was sealed. `then` is done
    in the transaction that lets the job be done, or not at all.
    """

    data: bytes = b""
    name: str = ""  # of the file: `visit-sheets-2026-11-23.pdf`, never a person's
    type: str = "application/octet-stream"
    families: frozenset[int] = field(default_factory=frozenset)
    missing: int = 0  # what could not be made; the result says which
    kept: str = ""
    size: int = 0
    then: Callable[[Session], None] | None = None


def _always(_user: Any, _params: Params) -> bool:
    return True


def _no_page(_job_id: int, _params: Params) -> str:
    return ""


def _for_ever(_user: Any, _params: Params, _families: frozenset[int]) -> bool:
    return True


@dataclass(frozen=True)
class Work:
    """A kind of work: `run(params, user, progress)` does it, in a process of its own, as its owner.

    It is asked for with the rights of its owner when it is started, again when it runs, and when its result is
    fetched (`keeps`: whether all those families are still within the owner's reach for this).
    `progress(done, total)` is to be called at each step: it writes how far the work is, and raises Stopped.
    Inside of atomic() it writes nothing: the bar stands still until the action is done.
    """

    title: str  # its message id, marked with N_
    run: Callable[[Params, Any, Progress], Result]
    permission: Permission = Permission.JOB_START
    may: Callable[[Any, Params], bool] = _always
    keeps: Callable[[Any, Params, frozenset[int]], bool] = _for_ever
    about: Callable[[Params], str] = lambda _params: ""  # in the reader's language: which week, which meeting
    page: Callable[[int, Params], str] = _no_page  # the address of a page of its own
    look: str = "bulk"  # what the audit log calls a look into the result
    once: bool = False  # must not be begun anew by itself after its process was killed: it changes data
