"""The pages of contacts, each part in its own module."""

from portal.contacts import grid_views, list_views, week_views
from portal.contacts.pages import bp

__all__ = ["bp", "grid_views", "list_views", "week_views"]
