"""Functions whose minimum is 0 at the origin, and cubes around it, in which random points search for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def one_valley(x):
    """The square of the distance from the minimum, which is 0 at the origin."""
    s = 0.0
    for j in range(x.size):
        s += x[j] * x[j]
    return s


def many_valleys(x):
    """The same with waves of length 0.3 in each dimension, so that there are about 3 valleys in each."""
    s = 0.0
    for j in range(x.size):
        s += x[j] * x[j] + 0.1 * (1.0 - math.cos(20.0 * x[j]))
    return s


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {"one valley": one_valley, "many valleys": many_valleys}


def cube_around(d: int, rng: np.random.Generator) -> np.ndarray:
    """Bounds of a unit cube that has the origin somewhere in the inner half of each side.

    >>> bool(np.isclose(np.diff(cube_around(3, np.random.default_rng(0))), 1.0).all())
    True
    """
    lowest = -rng.uniform(0.25, 0.75, d)
    return np.column_stack((lowest, lowest + 1.0))
