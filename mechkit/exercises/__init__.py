"""Course exercises: a student's function checked for its answer and its exact cost, without running it."""

from mechkit.exercises import library
from mechkit.exercises.exercise import Exercise
from mechkit.exercises.submission import Submission
from mechkit.exercises.verdict import Row, Verdict

__all__ = ["Exercise", "Row", "Submission", "Verdict", "library"]
