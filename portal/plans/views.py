"""The pages of plans, each part in its own module."""

from portal.plans import list_views, plan_views, step_views, write_views
from portal.plans.pages import bp

__all__ = ["bp", "list_views", "plan_views", "step_views", "write_views"]
