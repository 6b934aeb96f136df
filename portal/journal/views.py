"""The journal's pages, all of them; importing them registers them."""

from portal.journal import entry_views, head_views, month_views, state_views
from portal.journal.pages import bp

__all__ = ["bp", "entry_views", "head_views", "month_views", "state_views"]
