"""Lagrange's form of the interpolating polynomial, evaluated as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.data import true_or_false
from mechkit.interpolation.newton import in_safe_order
from mechkit.interpolation.polynomials import PolynomialThroughData, data_of_a_polynomial


@kernel(cache=True, error_model="numpy")
def lagrange_values(x, y, t, out):
    """out (m,) = the polynomial through values y at nodes x (n,), at points t (m,).

    >>> from mechkit import law
    >>> law(lambda n: lagrange_values(np.arange(1.0 * n), np.ones(n), np.ones(1), np.ones(1)), n=range(1, 6)).flops
    Polynomial('4n^2 - 3n')
    """
    for j in range(t.size):
        s = 0.0
        for i in range(x.size):
            term = y[i]
            for k in range(i):
                term = term * ((t[j] - x[k]) / (x[i] - x[k]))
            for k in range(i + 1, x.size):
                term = term * ((t[j] - x[k]) / (x[i] - x[k]))
            s = s + term
        out[j] = s


@lagrange_values.example
def _(n):
    return np.arange(1.0, n + 1.0), np.ones(n), np.array([0.5, 1.0]), np.zeros(2)


@dataclass(frozen=True, repr=False, eq=False)
class Lagrange(PolynomialThroughData):
    """The interpolating polynomial as the sum of y_i l_i(t), l_i = 1 at node i and 0 at all others."""

    form: ClassVar[str] = "Lagrange's"

    def _evaluate(self, index: int, t: np.ndarray, out: np.ndarray) -> None:
        lagrange_values(*in_safe_order(self._x, self._values.rows[index]), t, out)


def lagrange(x: Any, y: Any, extrapolate: bool = True) -> Lagrange:
    """The polynomial of degree n - 1 through n values, in Lagrange's form: nothing to prepare, n^2 work a point.

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
    Lagrange
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
    >>> law(lambda n: lagrange(np.arange(n), np.ones(n))(0.5), n=range(1, 6))
    add    n
    sub    2n^2 - 2n
    mul    n^2 - n
    div    n^2 - n
    flops  4n^2 - 3n

    References: Berrut and Trefethen, Barycentric Lagrange interpolation, SIAM Review 46 (2004) 501-517.

    Examples
    --------
    >>> p = lagrange([0.0, 1.0, 2.0], [1.0, 2.0, 5.0])  # 1 + t^2
    >>> p
    <polynomial of degree 2 on [0, 2] in Lagrange's form>
    >>> p(3.0), p.derivative()([1.0, 2.0]).round(12)
    (np.float64(10.0), array([2., 4.]))
    """
    where, values = data_of_a_polynomial(x, y)
    return Lagrange(where, values, true_or_false("extrapolate", extrapolate))
