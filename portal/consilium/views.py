"""Pages of the consilium, put together."""

from portal.consilium import (
    card_views,
    decision_views,
    holding_views,
    invitation_models,
    item_views,
    meeting_views,
    minutes_views,
    paper_views,
    preparing_views,
    proof_views,
    series_views,
)
from portal.consilium.pages import bp

__all__ = [
    "bp",
    "card_views",
    "decision_views",
    "holding_views",
    "invitation_models",
    "item_views",
    "meeting_views",
    "minutes_views",
    "paper_views",
    "preparing_views",
    "proof_views",
    "series_views",
]
