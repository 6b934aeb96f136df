"""Intake: how a family came, the survey of its living conditions, the service agreement, what is still missing."""
