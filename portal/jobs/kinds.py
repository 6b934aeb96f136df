"""All kinds of work in the background, by code."""

from portal.exchange import job as imports
from portal.jobs.work import Work

KINDS: dict[str, Work] = {**imports.WORKS}
