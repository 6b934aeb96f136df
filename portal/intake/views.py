"""The pages of intake, each half in its own module."""

from portal.intake import agreement_views, paper_views
from portal.intake.pages import bp

__all__ = ["agreement_views", "bp", "paper_views"]
