"""Who takes over another's families, tasks and checks between two dates (DOMAIN §4)."""
