"""Referrals to bodies of prevention, and the links that can support a family."""
