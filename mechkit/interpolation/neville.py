"""Neville's scheme: the value of the interpolating polynomial at a point, without the polynomial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.data import near_one, true_or_false
from mechkit.interpolation.newton import in_safe_order
from mechkit.interpolation.polynomials import PolynomialThroughData, data_of_a_polynomial


@kernel(cache=True, error_model="numpy")
def neville_values(x, y, t, p, out):
    """out (m,) = the polynomial through values y at nodes x (n,), at points t (m,); p (n,) work of t's type.

    >>> from mechkit import law
    >>> def run(n):
    ...     neville_values(np.arange(1.0 * n), np.ones(n), np.ones(1), np.ones(n), np.ones(1))
    >>> law(run, n=range(1, 6)).flops
    Polynomial('7n^2/2 - 7n/2')
    """
    # Stoer and Bulirsch, Introduction to Numerical Analysis, 3rd ed., section 2.1.2
    n = x.size
    for j in range(t.size):
        for i in range(n):  # 1  polynomials of degree 0, through one value each
            p[i] = y[i]
        for k in range(1, n):  # 2  of degree k, through the values at nodes i to i + k
            for i in range(n - k):
                p[i] = ((t[j] - x[i + k]) * p[i] + (x[i] - t[j]) * p[i + 1]) / (x[i] - x[i + k])
        out[j] = p[0]


@neville_values.example
def _(n):
    return np.arange(1.0, n + 1.0), np.ones(n), np.array([0.5, 1.0]), np.zeros(n), np.zeros(2)


@dataclass(frozen=True, repr=False, eq=False)
class Neville(PolynomialThroughData):
    """The interpolating polynomial, each value by a triangle of polynomials of rising degree."""

    form: ClassVar[str] = "Neville's"

    def _evaluate(self, index: int, t: np.ndarray, out: np.ndarray) -> None:
        y, unit = near_one(self._values.rows[index])
        neville_values(*in_safe_order(self._x, y), t, np.empty(self._x.size, t.dtype), out)
        out *= unit


def neville(x: Any, y: Any, extrapolate: bool = True) -> Neville:
    """The polynomial of degree n - 1 through n values, by Neville's scheme: nothing to prepare, n^2 work a point.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, in any order.
    y : array_like, (n,) or (n, ...)
        Real or complex values at the nodes.
    extrapolate : bool
        Whether it is evaluated outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    Neville
        Callable at points of any shape; with ``nodes``, ``values``, ``degree``, ``derivative()``, ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, for what is not finite, and for a number of values that is not that of the nodes.

    Warns
    -----
    LinAlgWarning
        where rounding errors of y grow so much between the nodes that many digits are lost.

    Operation count, exact, n nodes, one value a node, at one point:

    >>> from mechkit import law
    >>> law(lambda n: neville(np.arange(n), np.ones(n))(0.5), n=range(1, 6))
    add    n^2/2 - n/2
    sub    3n^2/2 - 3n/2
    mul    n^2 - n
    div    n^2/2 - n/2
    flops  7n^2/2 - 7n/2

    References: Stoer and Bulirsch, Introduction to Numerical Analysis, 3rd ed., section 2.1.2.

    Examples
    --------
    >>> neville([0.0, 1.0, 2.0], [1.0, 2.0, 5.0])(3.0)  # 1 + t^2
    np.float64(10.0)
    """
    where, values = data_of_a_polynomial(x, y)
    return Neville(where, values, true_or_false("extrapolate", extrapolate))
