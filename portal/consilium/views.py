"""Pages of the consilium, put together: those of meetings and those of items."""

from portal.consilium import (
    invitation_models,
    item_views,
    meeting_views,
    minutes_models,
    paper_views,
    preparing_views,
    series_views,
)
from portal.consilium.pages import bp

__all__ = [
    "bp",
    "invitation_models",
    "item_views",
    "meeting_views",
    "minutes_models",
    "paper_views",
    "preparing_views",
    "series_views",
]
