"""Pages of families, put together: those of the cards and those of consents."""

from portal.families import consent_views, family_views
from portal.families.pages import bp

__all__ = ["bp", "consent_views", "family_views"]
