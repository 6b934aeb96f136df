"""The service journal: what was done, who signed, who checked it."""
