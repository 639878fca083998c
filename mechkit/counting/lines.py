"""Where the counts of an annotated function go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.counting.kinds import SIZE


class LineTable:
    """Counts by source line of one function: counts (lines, SIZE) int64, filled by its annotated version."""

    def __init__(self, py_func: Callable[..., Any]) -> None:
        code = py_func.__code__
        numbers = {line for _, _, line in code.co_lines() if line} | {code.co_firstlineno}
        self.first = min(numbers)
        self.counts = np.zeros((max(numbers) - self.first + 1, SIZE), np.int64)

    def row(self, line: int) -> int:
        """The row of a line; what Numba places outside the function goes to the nearest."""
        return min(max(line - self.first, 0), len(self.counts) - 1)
