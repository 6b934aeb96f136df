"""Pages of the consilium, put together: those of meetings, of items, and the card of an item."""

from portal.consilium import card_views, item_views, meeting_views, minutes_models
from portal.consilium.pages import bp

__all__ = ["bp", "card_views", "item_views", "meeting_views", "minutes_models"]
