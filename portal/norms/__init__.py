"""The norms themselves: their versions by date, exemptions of families, and how far they are met."""
