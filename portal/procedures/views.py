"""The pages of procedures: the steps of a contact or session, and the versions the administrator writes."""

from portal.procedures import run_views, session_views, template_views
from portal.procedures.pages import bp

__all__ = ["bp", "run_views", "session_views", "template_views"]
