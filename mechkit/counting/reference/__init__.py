"""The reference counter: the same code objects, run in plain Python on values that count.

It shares no rule with the compiler's counter, only the names of the kinds. The tests, and `mechkit doctor`, ask both
and demand equal tables; with ``NUMBA_DISABLE_JIT=1`` it stands in for the compiler, so that breakpoints work.
"""

from mechkit.counting.reference.run import LineTally, reference_count, run

__all__ = ["LineTally", "reference_count", "run"]
