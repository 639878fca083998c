"""Verdicts as the platforms of courses read them, and the files that they expect."""
