"""Coefficients and loads, numbers or functions of the place, as values at points."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numba import float64

from mechkit.checking import finite
from mechkit.counting import by_address, kernel
from mechkit.counting.address import as_kernel
from mechkit.counting.errors import KernelError


@kernel(cache=True, error_model="numpy")
def on_line(f, X, out):
    """out[i] = f(x), X (m, 1).

    >>> from mechkit import law
    >>> law(on_line, n=range(1, 6)).flops  # f is x + x
    Polynomial('n')
    """
    for i in range(out.size):
        out[i] = f(X[i, 0])


@kernel(cache=True, error_model="numpy")
def in_plane(f, X, out):
    """out[i] = f(x, y), X (m, 2).

    >>> from mechkit import law
    >>> law(in_plane, n=range(1, 6)).flops  # f is x + y
    Polynomial('n')
    """
    for i in range(out.size):
        out[i] = f(X[i, 0], X[i, 1])


@kernel(cache=True, error_model="numpy")
def in_space(f, X, out):
    """out[i] = f(x, y, z), X (m, 3).

    >>> from mechkit import law
    >>> law(in_space, n=range(1, 6)).flops  # f is x + y + z
    Polynomial('2n')
    """
    for i in range(out.size):
        out[i] = f(X[i, 0], X[i, 1], X[i, 2])


@kernel(cache=True, error_model="numpy")
def weigh_by_radius(r, power, values):
    """values (t, q) times r^power, r (tq,): what is left of a volume under symmetry.

    >>> from mechkit import law
    >>> law(weigh_by_radius, n=range(1, 6)).flops  # the square of r
    Polynomial('2n')
    """
    q = values.shape[1]
    for t in range(values.shape[0]):
        for m in range(q):
            for _ in range(power):
                values[t, m] = values[t, m] * r[t * q + m]


#: Dimension -> the kernel that evaluates, and the signature of a function of a place.
EVALUATE = {1: on_line, 2: in_plane, 3: in_space}
SIGNATURES = {d: float64(*[float64] * d) for d in (1, 2, 3)}
PLACES = {1: "x", 2: "x, y", 3: "x, y, z"}


def at_points(name: str, value: Any, X: np.ndarray, role: str | None = None) -> np.ndarray:
    """A number or a function at the points X (m, d): (m,), all finite.

    Raises TypeError and ValueError for what is neither, and where a value is not finite, with the place.

    >>> at_points("f", 2, np.zeros((2, 1)))
    array([2., 2.])
    >>> at_points("f", lambda x: 1.0 / x, np.zeros((1, 1)))
    Traceback (most recent call last):
    ValueError: f is inf at x = 0; it must be finite
    """
    __tracebackhide__ = True
    if not callable(value):
        return np.full(len(X), finite(name, value))
    d = X.shape[1]
    try:
        compiled = _as_float(value, d, role)
    except KernelError as error:
        raise KernelError(f"{error}; {name} must be a function of {PLACES[d]} that returns one float") from None
    out = np.empty(len(X))
    EVALUATE[d](compiled, X, out)
    require(name, out, X, np.isfinite, "finite")
    return out


def _as_float(function: Any, d: int, role: str | None) -> Any:
    """A function of a place by address; one that returns whole numbers, as ``lambda x: 1``, in floats."""
    __tracebackhide__ = True
    try:
        return by_address(function, SIGNATURES[d], role)
    except KernelError:
        try:
            return by_address(_in_floats(function, d), SIGNATURES[d], role)
        except KernelError:
            pass
        raise


@lru_cache(maxsize=128)
def _in_floats(function: Any, d: int) -> Any:
    inner = as_kernel(function)

    def of_line(x):
        return float(inner(x))

    def of_plane(x, y):
        return float(inner(x, y))

    def of_space(x, y, z):
        return float(inner(x, y, z))

    return as_kernel({1: of_line, 2: of_plane, 3: of_space}[d])


def require(name: str, values: np.ndarray, X: np.ndarray, holds: Any, what: str) -> None:
    """Raise ValueError where a value is not what it must be, with the first such value and its place.

    >>> require("a", np.array([1.0, -2.0]), np.array([[0.0], [0.5]]), lambda v: v > 0.0, "positive")
    Traceback (most recent call last):
    ValueError: a is -2 at x = 0.5; it must be positive
    """
    good = holds(values)
    if good.all():
        return
    first = int(np.argmin(good))
    letters = PLACES[X.shape[1]].split(", ")
    place = ", ".join(f"{letter} = {float(x):.6g}" for letter, x in zip(letters, X[first], strict=True))
    raise ValueError(f"{name} is {float(values[first]):.6g} at {place}; it must be {what}")


@on_line.example
def _(n):
    return by_address(lambda x: x + x, SIGNATURES[1]), np.ones((n, 1)), np.zeros(n)


@in_plane.example
def _(n):
    return by_address(lambda x, y: x + y, SIGNATURES[2]), np.ones((n, 2)), np.zeros(n)


@in_space.example
def _(n):
    return by_address(lambda x, y, z: x + y + z, SIGNATURES[3]), np.ones((n, 3)), np.zeros(n)


@weigh_by_radius.example
def _(n):
    return np.full(n, 3.0), 2, np.ones((n, 1))
