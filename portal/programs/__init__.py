"""Rehabilitation programs of minors: what was planned and reached, and the home tasks set."""
