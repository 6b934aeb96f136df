"""A family's whole file: out to another center or to the family itself, and in from another center."""
