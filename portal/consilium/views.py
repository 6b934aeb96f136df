"""Pages of the consilium, put together: those of meetings, of items, and of decisions."""

from portal.consilium import decision_views, holding_views, item_views, meeting_views, minutes_models
from portal.consilium.pages import bp

__all__ = ["bp", "decision_views", "holding_views", "item_views", "meeting_views", "minutes_models"]
