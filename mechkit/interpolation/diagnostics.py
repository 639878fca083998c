"""How much can go wrong: growth of errors between and beyond nodes, condition of a basis, what points determine."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import not_negative, positive
from mechkit.counting import kernel
from mechkit.interpolation.barycentric_sums import weights_of
from mechkit.interpolation.bases import LinearFit, linear_fit
from mechkit.interpolation.data import evaluation_points, interval_of, nodes
from mechkit.interpolation.interpolant import pieces
from mechkit.interpolation.least_squares import _by_reflections, _condition, _powers_of_two
from mechkit.interpolation.newton import in_safe_order

#: Points of each interval at which the maximum is looked for, and how often the interval shrinks, to a quarter.
POINTS, SHRINKS = 17, 14


@kernel(cache=True, error_model="numpy")
def lebesgue_values(x, scale, w, t, product, out):
    """out (m,) = the sum of the absolute Lagrange polynomials at points t (m,) that are no nodes; product (m,) work.

    scale : that of the weights w (n,).

    >>> from mechkit import law
    >>> def run(n, m):
    ...     lebesgue_values(np.ones(n), 1.0, np.ones(n), np.zeros(m), np.ones(m), np.ones(m))
    >>> law(run, n=range(1, 6), m=range(1, 6)).flops
    Polynomial('5nm + m')
    """
    for j in range(t.size):
        product[j] = 1.0
        out[j] = 0.0
    for i in range(x.size):
        node, weight = x[i], w[i]
        for j in range(t.size):
            d = scale * (t[j] - node)
            product[j] = product[j] * d
            out[j] = out[j] + abs(weight / d)
    for j in range(t.size):
        out[j] = out[j] * abs(product[j])


@lebesgue_values.example
def _(n):
    x = np.cos(np.pi * np.arange(n) / n)
    return x, 2.0, np.ones(n), np.array([0.1, 0.3, 1.5]), np.zeros(3), np.zeros(3)


def lebesgue_function(x: Any, t: Any) -> Any:
    """By how much errors of the values at nodes may grow in the interpolating polynomial at points.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, in any order.
    t : array_like
        Real points, of any shape; beyond the nodes the function is the growth of errors in extrapolation.

    Returns
    -------
    ndarray or float
        The sums of the absolute Lagrange polynomials, shaped like t; 1 at nodes.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, what is not finite, and complex points.

    Operation count, exact, n nodes and m points: the weights, and 5 flops a node and point.

    >>> from mechkit import law
    >>> law(lambda n, m: lebesgue_function(np.arange(n), np.full(m, 0.5)), n=range(2, 7), m=range(1, 6)).flops
    Polynomial('2n^2 + 5nm - n + m')

    References: Trefethen, Approximation Theory and Approximation Practice, chapter 15.

    Examples
    --------
    >>> lebesgue_function([0.0, 1.0, 2.0], [0.5, 1.0, 4.0])
    array([ 1.25,  1.  , 17.  ])
    """
    where = nodes(x)
    points, shape = evaluation_points(t, complex_allowed=False)
    return _sums(where)(points).reshape(shape)[()]


def _sums(x: np.ndarray) -> Any:
    """The Lebesgue function of nodes, of points (m,)."""
    scale = 4.0 / (float(np.ptp(x)) or 4.0)
    x, _ = in_safe_order(x, x)
    w = weights_of(x, scale)

    def at(t: np.ndarray) -> np.ndarray:
        out = np.empty_like(t)
        with np.errstate(all="ignore"):
            for piece in pieces(t.size):
                points = t[piece]
                lebesgue_values(x, scale, w, points, np.empty_like(points), out[piece])
        out[np.isnan(out) & np.isfinite(t)] = np.inf  # the weights have left the range, and the sums are beyond it
        out[np.isin(t, x)] = 1.0
        return out

    return at


def lebesgue_constant(x: Any, interval: tuple[float, float] | None = None) -> float:
    """The condition number of polynomial interpolation: the largest value of the Lebesgue function.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, in any order.
    interval : (float, float), optional
        Where the polynomial is used; by default that of the nodes.

    Returns
    -------
    float
        The polynomial is at most 1 plus so many times as far from a function as the best one is.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, what is not finite, and an empty interval.

    Operation count: that of `lebesgue_function` at 17 points in each of n + 1 intervals, 14 times and once more.

    >>> from mechkit import law
    >>> law(lambda n: lebesgue_constant(np.arange(n)), n=range(2, 8)).flops.leading
    Polynomial('1277n^2')

    References: Trefethen, Approximation Theory and Approximation Practice, chapter 15; Brutman, Lebesgue functions for
    polynomial interpolation, a survey, Annals of Numerical Mathematics 4 (1997).

    Examples
    --------
    >>> round(lebesgue_constant(np.linspace(-1.0, 1.0, 6)), 10)
    3.1063011594
    >>> from mechkit.interpolation import chebyshev_nodes
    >>> round(lebesgue_constant(chebyshev_nodes(6, "roots"), (-1.0, 1.0)), 10)
    2.1043976826
    """
    where = np.sort(nodes(x))
    a, b = (float(where[0]), float(where[-1])) if interval is None else interval_of("interval", interval)
    at = _sums(where)
    inside = where[(where > a) & (where < b)]
    corners = np.concatenate([[a], inside, [b]])
    low, high = corners[:-1].copy(), corners[1:].copy()
    share = np.linspace(0.0, 1.0, POINTS)
    largest = 1.0
    for _ in range(SHRINKS + 1):
        points = low[:, np.newaxis] + (high - low)[:, np.newaxis] * share
        sums = at(points.ravel()).reshape(points.shape)
        largest = max(largest, float(sums.max()))
        best = points[np.arange(low.size), np.argmax(sums, axis=1)]
        step = (high - low) * 2.0 / (POINTS - 1)
        low, high = np.maximum(best - step, low), np.minimum(best + step, high)
    return largest


def extrapolation_growth(x: Any, distance: Any) -> Any:
    """By how much errors of the values may grow beyond the nodes, at distances that count in their intervals.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, n > 1, in any order.
    distance : array_like
        How far beyond an end, as a share of the interval of the nodes; not negative.

    Returns
    -------
    ndarray or float
        The Lebesgue function there, the larger one of both sides, shaped like the distance.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, a single one, what is not finite, and negative distances.

    Operation count: that of `lebesgue_function` at two points for each distance.

    >>> from mechkit import law
    >>> law(lambda n: extrapolation_growth(np.arange(n), 0.3), n=range(2, 8)).flops
    Polynomial('2n^2 + 9n + 2')

    References: Demanet and Townsend, Stable extrapolation of analytic functions, Foundations of Computational
    Mathematics 19 (2019).

    Examples
    --------
    >>> extrapolation_growth([0.0, 1.0], [0.0, 1.0, 2.0])
    array([1., 3., 5.])
    >>> extrapolation_growth(np.linspace(0.0, 1.0, 11), 0.5) > 1e5
    np.True_
    """
    where = nodes(x, 2, "extrapolation needs")
    far, shape = evaluation_points(distance, complex_allowed=False)
    for value in far:
        not_negative("distance", float(value))
    a, b = float(where.min()), float(where.max())
    at = _sums(where)
    return np.maximum(at(a - far * (b - a)), at(b + far * (b - a))).reshape(shape)[()]


def basis_condition(x: Any, degree: Any, basis: str = "chebyshev", domain: tuple[float, float] | None = None) -> float:
    """The condition number of a basis at points, each function scaled to the same length.

    Parameters
    ----------
    x : array_like, (m,)
        Points, in any order.
    degree : int
        Less than the number of different points.
    basis : {"chebyshev", "legendre", "monomial"}
        The functions, up to the degree.
    domain : (float, float), optional
        As for `least_squares`.

    Returns
    -------
    float
        By how much relative errors of the values may grow in the coefficients; at most 1e16 or so can be told.

    Raises
    ------
    ValueError, TypeError
        for a degree that the points do not determine, and what is not finite.

    Operation count: that of the triangle in `least_squares`, leading term, m points and n functions; its singular
    values are found by LAPACK and not counted.

    >>> from mechkit import law
    >>> law(lambda m, n: basis_condition(np.arange(m), n - 1), m=range(12, 17), n=range(2, 7)).flops.leading
    Polynomial('2mn^2 - 2n^3/3')

    References: Gautschi, The condition of polynomials in power form, Mathematics of Computation 33 (1979).

    Examples
    --------
    >>> x = np.linspace(0.0, 20.0, 21)
    >>> basis_condition(x, 5, "monomial") > 1e3, basis_condition(x, 5) < 5
    (True, True)
    """
    return _condition(_triangle_of(linear_fit(x, np.zeros(np.shape(x)[:1]), degree, basis, domain, True)))


def degree_by_rank(
    x: Any,
    degree: Any,
    basis: str = "chebyshev",
    rtol: float | None = None,
    domain: tuple[float, float] | None = None,
) -> int:
    """The largest degree that points determine in working precision: the rank of the basis there, less one.

    Parameters
    ----------
    x : array_like, (m,)
        Points, in any order.
    degree : int
        The largest degree to consider, less than the number of different points.
    basis : {"chebyshev", "legendre", "monomial"}
        The functions, up to the degree.
    rtol : float, optional
        The singular values that count as zero, as a share of the largest; by default m times rounding.
    domain : (float, float), optional
        As for `least_squares`.

    Returns
    -------
    int
        Coefficients of a higher degree are noise.

    Raises
    ------
    ValueError, TypeError
        for a degree that the points do not determine, a tolerance that is not positive, and what is not finite.

    Operation count: that of `basis_condition`.

    >>> from mechkit import law
    >>> law(lambda m, n: degree_by_rank(np.arange(m), n - 1), m=range(12, 17), n=range(2, 7)).flops.leading
    Polynomial('2mn^2 - 2n^3/3')

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 5.4.1.

    Examples
    --------
    >>> x = np.linspace(0.0, 20.0, 101)
    >>> degree_by_rank(x, 60, "monomial") < 30, degree_by_rank(x, 40, "chebyshev")
    (True, 40)
    """
    problem = linear_fit(x, np.zeros(np.shape(x)[:1]), degree, basis, domain, True)
    R = _triangle_of(problem)
    share = problem.m * float(np.finfo(float).eps) if rtol is None else positive("rtol", rtol)
    singular = np.linalg.svd(R / np.sqrt((R * R).sum(axis=0)), compute_uv=False)
    return max(int((singular > share * singular[0]).sum()) - 1, 0)


def _triangle_of(problem: LinearFit) -> np.ndarray:
    R, _ = _by_reflections(problem, _powers_of_two(problem))
    return R
