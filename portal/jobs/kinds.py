"""All kinds of work in the background, by code."""

from portal.jobs.work import Work
from portal.papers import bulk

KINDS: dict[str, Work] = {**bulk.WORKS}
