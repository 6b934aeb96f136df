"""All kinds of papers, by code (DOMAIN §6)."""

from portal.papers.kind import Kind

KINDS: dict[str, Kind] = {}
