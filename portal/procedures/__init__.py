"""Procedures as data (VISIT, CALL, CLUB): their versions, and the runs that contacts go through."""
