"""Clubs: programs, groups, sessions, bookings. Its tables name each other, so they are all known from the start."""

from portal.clubs import group_models, models, program_models, session_models

__all__ = ["group_models", "models", "program_models", "session_models"]
