"""Whether a bracket, or a small step, has closed on a jump of f over zero, where there is no root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.functions import function
from mechkit.optimization.inlined import WITH_NUMBER

#: |f| is looked at near x, and so many times farther away.
FARTHER = 1e4
#: At a jump |f| near x is at least this part of |f| farther away: near a root it would be far less.
LEVEL_PART = 0.5
#: A value of f below this part of those at the ends shows that f falls to zero: there is nothing to look at.
PART_OF_END = 1e-3


def have_fallen(fx: Any, ends: Any) -> Any:
    """Whether |f| at x is a small part of |f| at both ends. fx : (n,); ends : (2, n).

    >>> have_fallen(np.array([1e-9, 1.0, 0.0]), np.array([[1.0, 1.0, 0.0], [-1.0, -1.0, 1.0]]))
    array([ True, False,  True])
    """
    return (fx == 0.0) | (np.abs(fx) < PART_OF_END * np.abs(ends).min(axis=0))


def are_jumps(at: Callable[[np.ndarray], np.ndarray], x: np.ndarray, width: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Whether f jumps over zero at x: on both sides |f| is, near x, about what it is farther away.

    at : the values of f at points (n,), which is called up to four times; x : (n,); width : (n,), how near to x the
    jump is known to be; room : (n,), the distance to the nearer end of the bracket, beyond which nothing is looked at.

    >>> step = lambda x: np.where(x > 0.3, 1.0, -1.0)
    >>> cube = lambda x: (x - 0.3) ** 3
    >>> x, width, room = np.array([0.3]), np.array([1e-12]), np.array([0.3])
    >>> are_jumps(step, x, width, room), are_jumps(cube, x, width, room)
    (array([ True]), array([False]))
    """
    found = room >= FARTHER * width
    signs = []
    for side in (-1.0, 1.0):
        if not found.any():
            return found
        near, far = at(x + side * width), at(x + side * FARTHER * width)
        found = found & (np.abs(near) >= LEVEL_PART * np.abs(far))
        signs.append(near < 0.0)
    return found & (signs[0] != signs[1])


@kernel(cache=True, error_model="numpy")
def value_of_each(f, p, x, values):
    """values[i] = f(x[i], p[i]).

    >>> from mechkit import law
    >>> law(value_of_each, n=range(1, 6)).flops  # f's alone
    Polynomial('n')
    """
    for i in range(x.size):
        values[i] = f(x[i], p[i])


def _less(x, p):
    return x - p


@value_of_each.example
def _(n):
    return function(_less, WITH_NUMBER), np.ones(n), np.zeros(n), np.zeros(n)
