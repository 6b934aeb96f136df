"""Drafts: what was typed into a form and not yet saved, kept on the server for whoever typed it."""
