"""Pages of families, put together: those of the cards, of consents, and the timeline."""

from portal.families import consent_views, family_views, timeline_views
from portal.families.pages import bp

__all__ = ["bp", "consent_views", "family_views", "timeline_views"]
