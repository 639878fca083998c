"""The barycentric forms of the interpolating polynomial: weights once, then n divisions a point, and no digit lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array, one_of, whole
from mechkit.interpolation.barycentric_sums import (
    away_from_nodes,
    barycentric_values,
    first_barycentric_values,
    in_range,
    values_at_nodes,
    weights_from_logarithms,
    weights_of,
)
from mechkit.interpolation.chebyshev import chebyshev_nodes, wide_interval
from mechkit.interpolation.data import near_one, read_only, true_or_false
from mechkit.interpolation.interpolant import in_words
from mechkit.interpolation.polynomials import PolynomialThroughData, data_of_a_polynomial

#: The node sets whose weights are known in closed form.
CLOSED_FORMS = ("equispaced", "roots", "extrema")
#: Nodes are one of these sets where they are off by at most so much, as a share of the interval.
SAME_NODES = 1e-14


@dataclass(frozen=True, repr=False, eq=False)
class Barycentric(PolynomialThroughData):
    """The interpolating polynomial as a quotient of two sums over the nodes, or as a product and a sum."""

    _weights: np.ndarray
    _scale: float
    _first: bool

    @property
    def weights(self) -> np.ndarray:
        """The barycentric weights (n,), up to a common factor."""
        return read_only(self._weights)

    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        points = away_from_nodes(self._x, t)
        out = super()._rows_at(points)
        for f, found in zip(self._values.rows, out, strict=True):
            if not self._first:
                self._evaluate_outside(f, points, found)
            values_at_nodes(self._x, f, t, found)
        return out

    def _evaluate(self, index: int, t: np.ndarray, out: np.ndarray) -> None:
        f, unit = near_one(self._values.rows[index])
        work = np.empty_like(out)
        if self._first:
            first_barycentric_values(self._x, self._scale, self._weights, f, t, work, out)
        else:
            barycentric_values(self._x, self._weights, f, t, work, out)
        out *= unit

    def _evaluate_outside(self, f: np.ndarray, t: np.ndarray, out: np.ndarray) -> None:
        """Outside the nodes the two sums of the second form cancel, and the first form keeps its digits."""
        a, b = self.interval
        if not t.size:
            return
        if np.iscomplexobj(t):
            outside = np.abs(t - 0.5 * (a + b)) > 0.5 * (b - a)  # not where t is NaN
        elif t.min() >= a and t.max() <= b:
            return
        else:
            outside = (t < a) | (t > b)
        if outside.any() and np.isfinite(self._weights).all() and self._scale:
            f, unit = near_one(f)
            points = np.ascontiguousarray(t[outside])
            found = np.empty_like(points)
            first_barycentric_values(self._x, self._scale, self._weights, f, points, np.empty_like(points), found)
            out[outside] = unit * found

    def __repr__(self) -> str:
        form = "first" if self._first else "second"
        return in_words(self, f"polynomial of degree {self.degree}", f" in the {form} barycentric form")


def barycentric(x: Any, y: Any, form: int = 2, weights: Any = None, extrapolate: bool = True) -> Barycentric:
    """The polynomial of degree n - 1 through n values, in a barycentric form: n^2 once, or none, then n a point.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, in any order.
    y : array_like, (n,) or (n, ...)
        Real or complex values at the nodes.
    form : {2, 1}
        The second form, a quotient of sums, or the first, a product and a sum. Outside the nodes the second form loses
        digits, and the first is used.
    weights : {"equispaced", "roots", "extrema"} or array_like, (n,), optional
        Weights known in closed form, for equispaced nodes and for Chebyshev points, or any that the caller knows. By
        default they are computed, by n^2 / 2 differences.
    extrapolate : bool
        Whether it is evaluated outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    Barycentric
        Callable at points of any shape; with ``weights``, ``nodes``, ``values``, ``degree``, ``derivative()``,
        ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, for what is not finite, for another number of values than nodes, and for a closed form of
        other nodes.

    Warns
    -----
    LinAlgWarning
        where rounding errors of y grow so much between the nodes that many digits are lost.

    Operation count, exact, n nodes, one value a node: the weights, and a value at one point in both forms:

    >>> from mechkit import law
    >>> law(lambda n: barycentric(np.arange(n), np.ones(n)), n=range(1, 6)).flops
    Polynomial('2n^2 - n')
    >>> def at_one_point(n, form):
    ...     return barycentric(np.arange(n), np.ones(n), form, closed_form_weights(n, "equispaced"))(0.5)
    >>> law(lambda n: at_one_point(n, 2), n=range(2, 6)).flops
    Polynomial('5n + 1')
    >>> law(lambda n: at_one_point(n, 1), n=range(2, 6)).flops
    Polynomial('6n + 1')

    References: Berrut and Trefethen, Barycentric Lagrange interpolation, SIAM Review 46 (2004) 501-517; Webb,
    Trefethen and Gonnet, Stability of barycentric interpolation formulas for extrapolation, SIAM Journal on Scientific
    Computing 34 (2012).

    Examples
    --------
    >>> p = barycentric([0.0, 1.0, 2.0], [1.0, 2.0, 5.0])  # 1 + t^2
    >>> p
    <polynomial of degree 2 on [0, 2] in the second barycentric form>
    >>> p([1.0, 1.5, 3.0])
    array([ 2.  ,  3.25, 10.  ])
    >>> x = chebyshev_nodes(1000)
    >>> abs(barycentric(x, np.abs(x), weights="extrema")(0.1) - 0.1) < 1e-3
    np.True_
    """
    if whole("form", form) > 2:
        raise ValueError(f"form is {form}; it must be 1 or 2")
    where, values = data_of_a_polynomial(x, y)
    scale = 4.0 / (float(np.ptp(where)) or 4.0)
    w = weights_of(where, scale) if weights is None else _known_weights(weights, where, scale)
    if form == 1 and not in_range(w):
        raise ValueError(f"the weights of {where.size} nodes leave the range of numbers; use form 2")
    if not in_range(w):
        w, scale = weights_from_logarithms(where), 0.0
    return Barycentric(where, values, true_or_false("extrapolate", extrapolate), w, scale, form == 1)


def _known_weights(weights: Any, x: np.ndarray, scale: float) -> np.ndarray:
    """Weights in closed form, or those given, times the factor that makes them what the differences give."""
    n = x.size
    if not isinstance(weights, str):
        given = float_array("weights", weights, (1,)).astype(np.float64)
        if given.size != n or not np.all(given):
            raise ValueError(f"weights must be {n} numbers other than 0, one a node; {given.size} are given")
        return _normalized(given, x, scale)
    kind = one_of("weights", weights, CLOSED_FORMS)
    order = np.argsort(x)
    interval = wide_interval(x)
    if n == 1:
        return np.ones(1)
    if kind == "roots":  # the outermost roots lie within the interval that they are the roots of
        half = 0.5 * (interval[1] - interval[0]) / np.cos(np.pi / (2 * n))
        middle = 0.5 * (interval[0] + interval[1])
        should = chebyshev_nodes(n, "roots", (middle - half, middle + half))
    else:
        should = np.linspace(*interval, n) if kind == "equispaced" else chebyshev_nodes(n, "extrema", interval)
    off = float(np.abs(x[order] - should).max())
    if off > SAME_NODES * n * max(np.ptp(x), float(np.abs(x).max())):
        raise ValueError(f"the nodes are off those of the kind {kind!r} by {off:.1e}; leave weights out")
    w = np.empty(n)
    w[order] = closed_form_weights(n, kind)
    return _normalized(w, x, scale)


def _normalized(w: np.ndarray, x: np.ndarray, scale: float) -> np.ndarray:
    """The weights times a factor, so that the first form can use them too; it is found at the middle node."""
    i = int(np.argmin(np.abs(x - 0.5 * (x.min() + x.max()))))
    with np.errstate(all="ignore"):
        true = 1.0 / np.prod(np.delete(scale * (x[i] - x), i))
        return np.asarray(w * (true / w[i]))


def closed_form_weights(n: int, kind: str) -> np.ndarray:
    """Barycentric weights of n nodes in ascending order, up to a common factor.

    Parameters
    ----------
    n : int
        The number of nodes.
    kind : {"equispaced", "roots", "extrema"}
        The nodes: binomial coefficients, sines, and ones, with alternating signs.

    Returns
    -------
    ndarray
        (n,)

    Raises
    ------
    ValueError, TypeError
        for n < 1, and another kind.

    Operation count: none; the weights are computed with NumPy, in n operations.

    References: Berrut and Trefethen, Barycentric Lagrange interpolation, SIAM Review 46 (2004), section 5.

    Examples
    --------
    >>> closed_form_weights(4, "equispaced"), closed_form_weights(3, "extrema")
    (array([ 1., -3.,  3., -1.]), array([ 0.5, -1. ,  0.5]))
    """
    number = whole("n", n)
    name = one_of("kind", kind, CLOSED_FORMS)
    k = np.arange(number)
    signs = np.where(k % 2, -1.0, 1.0)
    if name == "roots":
        return np.asarray(signs * np.sin(np.pi * (2 * k + 1) / (2 * number)))
    if name == "extrema":
        signs[0] *= 0.5
        signs[-1] *= 0.5
        return signs
    with np.errstate(over="ignore"):
        binomials = np.concatenate([[1.0], np.cumprod((number - k[1:]) / k[1:])])
    return np.asarray(signs * np.round(binomials) if number < 50 else signs * binomials)
