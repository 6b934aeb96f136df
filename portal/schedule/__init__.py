"""Plans of contacts: a month proposed by the norms, and the log of outings."""
