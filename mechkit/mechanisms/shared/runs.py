"""Runs that are counted, the first size at which something holds, and fitted powers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mechkit.counting import OpCounts, count


def counted(run: Callable[..., Any], *args: Any, **options: Any) -> tuple[Any, OpCounts]:
    """The result of a run, and what it counted."""
    with count() as ops:
        result = run(*args, **options)
    return result, ops


def steps_until(iterate: Callable[..., Any], reached: Callable[[Any], bool], limit: int) -> int | None:
    """The steps of an iteration after which reached(x) holds for the first time; None where no step up to limit does.

    iterate : called as iterate(maxiter=, callback=), which calls callback(x) after each step. One run is enough, and it
    ends there.

    >>> from mechkit.linear_systems import cg
    >>> steps_until(lambda **options: cg([[2.0, 1.0], [1.0, 3.0]], [1.0, 2.0], **options), lambda x: x[1] > 0.5, 9)
    1
    """
    steps = 0

    class Reached(Exception):
        pass

    def look(x: Any) -> None:
        nonlocal steps
        steps += 1
        if reached(x):
            raise Reached

    try:
        iterate(maxiter=limit, callback=look)
    except Reached:
        return steps
    return None


def first(reached: Callable[[int], bool], limit: int) -> int | None:
    """The first whole number k, 1 to limit, with reached(k), where it holds from some k on; None where it does not.

    >>> first(lambda k: k * k >= 1000, limit=100), first(lambda k: k > 100, limit=100)
    (32, None)
    """
    low, high = 0, 1
    while not reached(high):
        if high == limit:
            return None
        low, high = high, min(2 * high, limit)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def power(x: Sequence[float], y: Sequence[float]) -> float:
    """The power of x with which y grows: the slope of log y over log x.

    >>> round(power([1, 2, 4], [3, 12, 48]), 6)
    2.0
    """
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])
