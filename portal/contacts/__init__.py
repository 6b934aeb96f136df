"""Contacts with families: visits, calls, meetings at the center, and the norms they fulfill."""
