"""Pages of the consilium, put together: those of meetings and those of items."""

from portal.consilium import (
    holding_views,
    item_views,
    meeting_views,
    minutes_models,
    minutes_views,
    proof_views,
)
from portal.consilium.pages import bp

__all__ = [
    "bp",
    "holding_views",
    "item_views",
    "meeting_views",
    "minutes_models",
    "minutes_views",
    "proof_views",
]
