"""All kinds of work in the background, by code."""

from portal.exchange import job as imports
from portal.family_files import job as family_files
from portal.jobs.work import Work
from portal.papers import bulk

KINDS: dict[str, Work] = {**bulk.WORKS, **imports.WORKS, **family_files.WORKS}
