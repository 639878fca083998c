"""What a problem of More, Garbow and Hillstrom is: residuals, their Jacobian, a start, and what is known of minima."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mechkit.counting import kernel

#: The step of central differences of the Jacobian, relative to max(1, |x|): eps^(1/3).
STEP = 2.0**-17.5


@dataclass(frozen=True)
class Problem:
    """A sum of squares to be minimized, of one size.

    number, name : in the paper; n, m : how many unknowns and residuals; x0 : the standard start; residual : kernel
    x -> (m,); jacobian : kernel x -> (m, n), analytic; minima : the known values of local minima of the sum of squares,
    the least first, empty where they are unknown at this n; minimizer : a point of least value, or None where it is not
    known in closed form.
    """

    number: int
    name: str
    n: int
    m: int
    x0: np.ndarray
    residual: Any
    jacobian: Any
    minima: tuple[float, ...]
    minimizer: np.ndarray | None

    @cached_property
    def objective(self) -> Any:
        """Kernel x -> the sum of squares."""
        residual = self.residual

        def objective(x):
            r = residual(x)
            s = 0.0
            for i in range(r.size):
                s += r[i] * r[i]
            return s

        return kernel(cache=True, error_model="numpy")(objective)

    @cached_property
    def gradient(self) -> Any:
        """Kernel x -> (n,), 2 J'r: analytic."""
        residual, jacobian = self.residual, self.jacobian

        def gradient(x):
            r, J = residual(x), jacobian(x)
            g = np.zeros(x.size)
            for i in range(r.size):
                row, twice = J[i], 2.0 * r[i]
                for j in range(row.size):
                    g[j] += twice * row[j]
            return g

        return kernel(cache=True, error_model="numpy")(gradient)

    @cached_property
    def hessian(self) -> Any:
        """Kernel x -> (n, n), 2 J'J analytic, plus 2 sum r_i times its second derivatives by central differences."""
        residual, jacobian = self.residual, self.jacobian

        def hessian(x):
            n = x.size
            r, J, y = residual(x), jacobian(x), x.copy()
            H = np.zeros((n, n))
            for k in range(n):  # row k of 2 J'J + 2 sum r_i d(J_i)/dx_k
                h = STEP * max(1.0, abs(x[k]))
                y[k] = x[k] + h
                above = jacobian(y)
                y[k] = x[k] - h
                below = jacobian(y)
                y[k] = x[k]
                row = H[k]
                for i in range(r.size):
                    a, b, of, s, t = above[i], below[i], J[i], r[i] / h, 2.0 * J[i, k]
                    for j in range(n):
                        row[j] += t * of[j] + s * (a[j] - b[j])
            for k in range(n):
                for j in range(k):
                    H[k, j] = 0.5 * (H[k, j] + H[j, k])
                    H[j, k] = H[k, j]
            return H

        return kernel(cache=True, error_model="numpy")(hessian)

    def __repr__(self) -> str:
        return f"<problem {self.number}: {self.name}, n = {self.n}, m = {self.m}>"


@dataclass(frozen=True)
class Family:
    """A problem of every size that it has. What depends on n is a function of it; start fixes n where it does not.

    n : the size that is meant where it is left out; multiple, least, most : the sizes there are.
    """

    number: int
    name: str
    residual: Callable[[Any], Any]
    jacobian: Callable[[Any], Any]
    m: int | Callable[[int], int]
    start: Sequence[float] | Callable[[int], Any]
    minima: Sequence[float] | Mapping[int, Sequence[float]] | Callable[[int], Sequence[float]]
    minimizer: Sequence[float] | Callable[[int], Any] | None = None
    n: int = 0
    multiple: int = 1
    least: int = 1
    most: int = 10**6

    def of(self, n: int | None = None) -> Problem:
        """The problem with n unknowns. Raises ValueError where it has none of that size."""
        size = self.n if callable(self.start) else len(self.start)
        if n is not None and n != size:
            if not callable(self.start):
                raise ValueError(f"n is {n}; problem {self.number} ({self.name}) has {size} unknowns")
            if not self.least <= n <= self.most or n % self.multiple:
                raise ValueError(
                    f"n is {n}; problem {self.number} ({self.name}) has from {self.least} to {self.most} unknowns"
                    + (f", a multiple of {self.multiple}" if self.multiple > 1 else "")
                )
            size = n
        minima = self.minima.get(size, ()) if isinstance(self.minima, Mapping) else _at(self.minima, size)
        minimizer = _at(self.minimizer, size)
        return Problem(
            self.number,
            self.name,
            size,
            _at(self.m, size),
            np.array(_at(self.start, size), float),
            _compiled(self.residual),
            _compiled(self.jacobian),
            tuple(minima),
            None if minimizer is None else np.array(minimizer, float),
        )


def _at(value: Any, n: int) -> Any:
    return value(n) if callable(value) else value


def _compiled(f: Callable[[Any], Any]) -> Any:
    return kernel(cache=True, error_model="numpy")(f)
