"""The support plan of a family: goals, measures, who answers for them, and its versions (R17)."""
