"""Pages of referrals and of supporting links, each half in its own module."""

from portal.referrals import link_views, referral_views
from portal.referrals.pages import bp

__all__ = ["bp", "link_views", "referral_views"]
