"""Asking for a family's file to be made, and for one to be taken in: at once where that is short."""

from portal.db import atomic
from portal.family_files import handing_out, job, pending
from portal.family_files.bringing_in import already_here, bring_in
from portal.family_files.handing_out import Wanted
from portal.family_files.pending import Found
from portal.jobs import actions as jobs
from portal.jobs import queries

SHORT = 5 * 1024 * 1024  # bytes of scans: so many are remade while one waits


class _Asked(Exception):  # noqa: N818 - a state of affairs, not a fault of ours
    """The same was asked for already."""


def hand_out(family_id: int, wanted: Wanted, actor_id: int) -> int:
    """Let the file be made; gives the job's id, the same one for the second click. Raises family_too_large."""
    handing_out.check(family_id)
    try:
        with atomic() as s:
            for one in queries.live_of(s, actor_id, job.OUT):
                params = queries.params_of(one)
                if params["family"] == family_id and job.wanted_of(params) == wanted:
                    raise _Asked(one.id)
            return jobs.start(s, job.OUT, job.out_params(family_id, wanted), actor_id)
    except _Asked as asked:
        return int(asked.args[0])


def is_short(found: Found) -> bool:
    """Whether its scans are looked through while one waits."""
    return found.opened.size <= SHORT


def take_in(found: Found, people: dict[int, int], actor_id: int) -> tuple[str, int]:
    """Bring the family in: gives ("family", its id), or ("job", the number of the job that does it).

    Raises what bring_in does, and too_many_jobs.
    """
    if found.known is not None:
        raise already_here()
    if is_short(found):
        family_id = bring_in(found, people, actor_id)
        pending.drop(found.name)
        return "family", family_id
    try:
        with atomic() as s:
            for one in queries.live_of(s, actor_id, job.IN):
                if queries.params_of(one)["archive"] == found.name:
                    raise _Asked(one.id)
            params = job.in_params(found.name, found.opened.digest, people)
            return "job", jobs.start(s, job.IN, params, actor_id)
    except _Asked as asked:
        return "job", int(asked.args[0])
