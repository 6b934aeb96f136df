"""All kinds of papers, by code (DOMAIN §6). A module of kinds is one import and one name here."""

from portal.papers import (
    club_papers,
    consent_papers,
    consilium_papers,
    family_papers,
    intake_papers,
    journal_papers,
    period_papers,
    work_papers,
)
from portal.papers.kind import Kind

MODULES = (
    consilium_papers,
    consent_papers,
    intake_papers,
    family_papers,
    work_papers,
    journal_papers,
    club_papers,
    period_papers,
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.code: kind for module in MODULES for kind in module.KINDS}
