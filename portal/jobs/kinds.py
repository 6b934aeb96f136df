"""All kinds of work in the background, by code."""

from portal.jobs.work import Work

KINDS: dict[str, Work] = {}
