"""Bringing a long workbook in as work in the background."""

from typing import Any

from flask_babel import gettext as _

from portal.access import Permission
from portal.exchange import queries, running
from portal.jobs.work import Params, Progress, Result, Work
from portal.rules import N_


def _run(params: Params, user: Any, progress: Progress) -> Result:
    running.run(int(params["import"]), user, progress)
    return Result()


def _may(user: Any, params: Params) -> bool:
    return queries.get_import(user, int(params["import"])) is not None


def _about(params: Params) -> str:
    return str(_("No. %(number)s", number=params["import"]))


WORKS = {"import": Work(N_("Import from a workbook"), _run, Permission.IMPORT_USE, _may, about=_about)}
