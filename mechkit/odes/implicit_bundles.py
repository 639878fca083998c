"""What the kernels of implicit methods are given, in bundles: each kernel unpacks them in its first lines."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mechkit.odes.jacobians import decay, jacobian_kernel
from mechkit.odes.problem import RUNNING
from mechkit.odes.shifted_systems import dense_system

#: A step is too small below so many units of rounding of t, or below the least time of all.
LEAST_SHARE, LEAST_STEP = 10.0 * 2.0**-52, 1e-300
#: A step that comes so near to the end goes to the end, as a rest of rounding errors would be a step of its own.
STRETCH = 1.0 + 1e-10


class System(NamedTuple):
    """The Jacobian J, the factors LU of cI - J with their interchanges piv, and the functions that make them.

    J, LU, bands : see shifted_systems.py; memory (4, n) : see jacobians.py; f : the right-hand side; jacobian,
    factor, solve : the kernels of jacobians.py and shifted_systems.py by address.
    """

    J: np.ndarray
    LU: np.ndarray
    piv: np.ndarray
    bands: np.ndarray
    memory: np.ndarray
    f: Any
    jacobian: Any
    factor: Any
    solve: Any


class Pair(NamedTuple):
    """The factors of (a + ib) I - J, J being that of `System`, and the kernels of pair_systems.py by address."""

    LU: np.ndarray
    piv: np.ndarray
    factor: Any
    solve: Any


class Trace(NamedTuple):
    """The times (limit + 1,), states (limit + 1, n), and rows (limit, m, n) that interpolate within each step.

    The first time and state are given. There are no rows (0, m, n) where nothing is interpolated.
    """

    times: np.ndarray
    states: np.ndarray
    rows: np.ndarray


class Control(NamedTuple):
    """The tolerances, that of Newton's method as a part of them, the end, and the longest step."""

    rtol: float
    atol: np.ndarray
    newton: float
    end: float
    max_step: float


class Progress(NamedTuple):
    """Where a batch of steps ended; the next one begins there.

    status, steps : how it ended, and the steps of this batch; h : the next step; order, equal : its order, and the
    steps of equal length so far; c, eta : the shift of the factors, 0 for none, and how fast Newton's method converged;
    before, error : the step before and its error, 0 for none; njev, nlu, rejected : Jacobians, factorizations, and
    rejected steps in all; age : the steps since the Jacobian was evaluated, or -1 to evaluate it; bad, t_bad : the
    element of f that was not finite in the last trial, or -1, and the time.
    """

    status: int
    steps: int
    h: float
    order: int
    equal: int
    c: float
    eta: float
    before: float
    error: float
    njev: int
    nlu: int
    rejected: int
    age: int
    bad: int
    t_bad: float


def at_start(h: float) -> Progress:
    """Before the first step.

    >>> at_start(0.1).order
    1
    """
    return Progress(RUNNING, 0, h, 1, 0, 0.0, 1.0, 0.0, 0.0, 0, 0, 0, -1, -1, 0.0)


def example_system(n: int) -> System:
    """y' = -2y, and memory for its matrices."""
    arrays = *np.zeros((2, n, n)), np.zeros(n, np.int32), np.zeros(3, np.int64), np.ones((4, n))
    return System(*arrays, decay(), jacobian_kernel("2-point", False), *dense_system(small=True))  # type: ignore[call-arg]
