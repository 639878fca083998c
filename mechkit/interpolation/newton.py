"""Newton's form of the interpolating polynomial: divided differences once, then n multiplications a point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from mechkit.checking import one_of, whole
from mechkit.counting import kernel
from mechkit.interpolation.chebyshev import unit
from mechkit.interpolation.data import Values, read_only, true_or_false
from mechkit.interpolation.polynomials import PolynomialThroughData, data_of_a_polynomial
from mechkit.linear_systems.flags import FUSED

#: The orders in which nodes are taken.
ORDERS = ("leja", "given")
#: The power of two that differences may reach before the unit of the nodes is changed.
FAR = 500


@kernel(cache=True, error_model="numpy")
def divided_differences(x, c):
    """c (n,) = the divided differences y[x_0], y[x_0, x_1] ... in place of the values y at nodes x (n,).

    >>> from mechkit import law
    >>> law(divided_differences, n=range(1, 6))
    sub    n^2 - n
    div    n^2/2 - n/2
    flops  3n^2/2 - 3n/2
    """
    # Stoer and Bulirsch, Introduction to Numerical Analysis, 3rd ed., section 2.1.3
    n = c.size
    for k in range(1, n):
        left = c[k - 1]
        for i in range(k, n):
            right = c[i]
            c[i] = (right - left) / (x[i] - x[i - k])
            left = right


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def newton_values(x, c, t, out):
    """out (m,) = c_0 + (t - x_0)(c_1 + (t - x_1)(c_2 + ...)) at points t (m,), by Horner's rule.

    >>> from mechkit import law
    >>> def run(n, m):
    ...     newton_values(np.ones(n), np.ones(n), np.ones(m), np.ones(m))
    >>> law(run, n=range(1, 6), m=range(1, 6)).flops
    Polynomial('3nm - 3m')
    """
    n = c.size
    for j in range(t.size):
        out[j] = c[n - 1]
    for k in range(1, n):
        here = c[n - 1 - k]
        node = x[n - 1 - k]
        for j in range(t.size):
            out[j] = out[j] * (t[j] - node) + here


@kernel(cache=True, error_model="numpy")
def newton_derivatives(x, c, t, b, out):
    """out (m,) = the derivative of order nu of Newton's form at points t (m,); b (nu + 1,) work of t's type.

    >>> from mechkit import law
    >>> def run(n, q):
    ...     newton_derivatives(np.ones(n), np.ones(n), np.ones(1), np.ones(q + 1), np.ones(1))
    >>> law(run, n=range(2, 7), q=range(1, 6)).flops
    Polynomial('2nq + 3n - q - 4')
    """
    # Horner's rule, differentiated nu times: b[l] is the derivative of order l over l!
    n = c.size
    nu = b.size - 1
    for j in range(t.size):
        b[0] = c[n - 1]
        for l in range(1, nu + 1):
            b[l] = 0.0
        for k in range(1, n):
            i = n - 1 - k
            d = t[j] - x[i]
            for r in range(nu):
                b[nu - r] = b[nu - r] * d + b[nu - r - 1]
            b[0] = b[0] * d + c[i]
        value = b[nu]
        for l in range(2, nu + 1):
            value = value * l
        out[j] = value


@kernel(cache=True, error_model="numpy")
def leja_order(x, scale, left, order):
    """order (n,) = nodes such that the product of the distances of each to all before it is as large as possible.

    scale : 4 over the length of the interval, so that the products stay in range; left (n,) work.

    >>> from mechkit import law
    >>> law(leja_order, n=range(1, 6)).flops
    Polynomial('3n^2/2 + n/2')
    """
    # Reichel, Newton interpolation at Leja points, BIT 30 (1990)
    n = x.size
    p = 0  # 1  begin with the node that is farthest from the first, which is an end
    for i in range(n):
        left[i] = 1.0
        if abs(x[i] - x[0]) > abs(x[p] - x[0]):
            p = i
    for k in range(n):
        order[k] = p
        left[p] = -1.0  # 2  it is taken
        q = p
        for i in range(n):  # 3  multiply by the distances to it, and find the largest product
            if left[i] >= 0.0:
                left[i] = left[i] * (scale * abs(x[i] - x[p]))
                if left[q] < 0.0 or left[i] > left[q]:
                    q = i
        p = q


def _nodes(n):
    return np.cos(np.pi * np.arange(n) / n)


@divided_differences.example
def _(n):
    return _nodes(n), np.arange(1.0, n + 1.0)


@newton_values.example
def _(n):
    return _nodes(n), np.ones(n), np.linspace(-1.0, 1.0, 5), np.zeros(5)


@newton_derivatives.example
def _(n):
    return _nodes(n), np.ones(n), np.linspace(-1.0, 1.0, 5), np.zeros(3), np.zeros(5)


@leja_order.example
def _(n):
    return _nodes(n), 2.0, np.zeros(n), np.zeros(n, np.int64)


@dataclass(frozen=True, repr=False, eq=False)
class NewtonForm(PolynomialThroughData):
    """A polynomial through values, or values and derivatives, as c_0 + c_1 (t - x_0) + c_2 (t - x_0)(t - x_1) + ...

    ``centers`` are x_0, x_1 ... in the order of the form, and ``coefficients`` the divided differences c.
    """

    #: Centers and differences in units of t in which no number leaves the range: t times the scale.
    _centers: np.ndarray
    _differences: Values
    _scale: float = 1.0
    _nu: int = 0
    form: ClassVar[str] = "Newton's"

    @property
    def coefficients(self) -> np.ndarray:
        """The divided differences (n, ...), of this polynomial or of the one that this is a derivative of."""
        with np.errstate(over="ignore", under="ignore"):
            rows = self._differences.rows * self._scale ** np.arange(self._centers.size)
        return read_only(self._differences.like(rows).coefficients())

    @property
    def centers(self) -> np.ndarray:
        """The nodes (n,) in the order of the form, each as often as it has data."""
        return read_only(self._centers / self._scale)

    @property
    def degree(self) -> int:
        """The number of data, less one, and less the order of the derivative."""
        return max(self._centers.size - 1 - self._nu, 0)

    def derivative(self, nu: int = 1) -> NewtonForm:
        """The derivative of order nu, from the same differences by Horner's rule."""
        order = self._nu + whole("nu", nu)
        without_values = replace(self, _nu=order)
        return replace(without_values, _values=self._values.like(without_values._rows_at(self._x)))

    def _rows_at_unit(self, u: np.ndarray, interval: tuple[float, float]) -> np.ndarray:
        half = 0.5 * (interval[1] - interval[0]) * self._scale
        centers = half * unit(self._centers / self._scale, interval)  # the differences belong to this unit
        form = replace(self, _centers=centers, _scale=1.0)
        return form._rows_at(half * u) * self._scale**self._nu

    def _evaluate(self, index: int, t: np.ndarray, out: np.ndarray) -> None:
        c = self._differences.rows[index]
        if self._scale != 1.0:
            t = self._scale * t
        if self._nu:
            newton_derivatives(self._centers, c, t, np.empty(self._nu + 1, t.dtype), out)
            if self._scale != 1.0:
                out *= self._scale**self._nu
        else:
            newton_values(self._centers, c, t, out)


def newton(x: Any, y: Any, order: str = "leja", extrapolate: bool = True) -> NewtonForm:
    """The polynomial of degree n - 1 through n values, by Newton's divided differences: n^2 once, then n a point.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, in any order.
    y : array_like, (n,) or (n, ...)
        Real or complex values at the nodes.
    order : {"leja", "given"}
        The order of the nodes in the form. In the order given, which costs nothing, the differences of many sorted
        nodes lose all digits; Leja's order keeps them.
    extrapolate : bool
        Whether it is evaluated outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    NewtonForm
        Callable at points of any shape; with ``coefficients`` and ``centers``, ``nodes``, ``values``, ``degree``,
        ``derivative()``, ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, for what is not finite, and for a number of values that is not that of the nodes.

    Warns
    -----
    LinAlgWarning
        where rounding errors of y grow so much between the nodes that many digits are lost.

    Operation count, exact, n nodes, one value a node: the differences, and a value at one point. Leja's order adds
    3n^2/2 + n/2:

    >>> from mechkit import law
    >>> law(lambda n: newton(np.arange(n), np.ones(n), order="given"), n=range(1, 6)).flops
    Polynomial('3n^2/2 - 3n/2')
    >>> law(lambda n: newton(np.arange(n), np.ones(n), order="given")(0.5), n=range(1, 6)).flops
    Polynomial('3n^2/2 + 3n/2 - 3')

    References: Stoer and Bulirsch, Introduction to Numerical Analysis, 3rd ed., section 2.1.3; Reichel, Newton
    interpolation at Leja points, BIT 30 (1990) 332-346.

    Examples
    --------
    >>> p = newton([0.0, 1.0, 2.0], [1.0, 2.0, 5.0], order="given")  # 1 + t^2 = 1 + t + t (t - 1)
    >>> p.coefficients, p(3.0), p.derivative()([0.0, 1.0])
    (array([1., 1., 1.]), np.float64(10.0), array([0., 2.]))
    """
    wanted = one_of("order", order, ORDERS)
    where, values = data_of_a_polynomial(x, y)
    turn = order_of(where) if wanted == "leja" else np.arange(where.size)
    scale = unit_of(where, where.size)
    centers, c = scale * where[turn], np.ascontiguousarray(values.rows[:, turn])
    for row in c:
        divided_differences(centers, row)
    return NewtonForm(where, values, true_or_false("extrapolate", extrapolate), centers, values.like(c), scale)


def unit_of(x: np.ndarray, data: int) -> float:
    """What nodes are multiplied by, where so many differences would leave the range; otherwise 1.

    It is a power of two, which rounds nothing, or 4 over the width, where so many factors of 2 would leave it too.

    >>> unit_of(np.array([0.0, 1e10]), 5), unit_of(np.array([0.0, 1e10]), 50) < 1e-9
    (1.0, True)
    """
    width = float(np.ptp(x))
    if not width:
        return 1.0
    if data > FAR:
        return 4.0 / width
    exponent = 2 - int(np.frexp(width)[1])  # 4 over the width: differences neither grow nor fall
    return float(np.ldexp(1.0, exponent)) if abs(exponent) * data > FAR else 1.0


def order_of(x: np.ndarray) -> np.ndarray:
    """Leja's order of the nodes.

    >>> order_of(np.array([0.0, 1.0, 2.0, 3.0]))
    array([3, 0, 1, 2])
    """
    order = np.empty(x.size, np.int64)
    leja_order(x, 4.0 / (np.ptp(x) or 4.0), np.empty(x.size), order)
    return order


def in_safe_order(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and values; many of them in Leja's order, in which no product of their distances leaves the range.

    >>> in_safe_order(np.array([0.0, 1.0]), np.array([2.0, 3.0]))
    (array([0., 1.]), array([2., 3.]))
    """
    if x.size <= FAR:
        return x, y
    order = order_of(x)
    return x[order], y[order]
