"""The two ways in which a kernel says no."""

from __future__ import annotations

import sys

#: What both counters say of ``zip(enumerate(a), b)``.
ZIP_ARRAYS = "zip arrays, tuples and ranges; write enumerate(zip(a, b)), not zip(enumerate(a), b)"
#: What both counters say of ``range(n / 2)`` and ``x[: n / 2]``, after what is wanted.
NOT_AN_INTEGER = "{}, and this is a float; divide with //, or write int(...)"


def location(file: str, line: int) -> str:
    """Where something is wrong, as the reader knows it: a cell of a notebook has a number.

    >>> location("lesson.py", 3)
    'lesson.py, line 3'
    """
    shell = "IPython" in sys.modules and sys.modules["IPython"].get_ipython()
    cell = shell and shell.compile.format_code_name(file)
    return f"{' '.join(cell) if cell else file}, line {line}"


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
