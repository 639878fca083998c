"""The two ways in which a kernel says no."""

from __future__ import annotations

#: What both counters say of ``range(n / 2)``.
NOT_AN_INTEGER = "range takes integers, and this is a float; divide with //, or write int(...)"


class UncountedError(TypeError):
    """Work that would escape the count. The message names the place, the expression and the remedy."""


class KernelError(TypeError):
    """A function that cannot be compiled. The message says where and what; ``details`` is Numba's own text.

    >>> KernelError("kernel f cannot be compiled", "No implementation of function ...").details
    'No implementation of function ...'
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details
