"""Least absolute deviations: a fit that passes through as many points as it has coefficients, and ignores outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.bases import LinearFit, linear_fit
from mechkit.interpolation.data import true_or_false
from mechkit.linear_systems.flags import FUSED
from mechkit.result_access import ByName

#: Steps, each of which exchanges a point, for each point and coefficient.
STEPS = 20
#: A slope counts as negative beyond rounding.
ROUNDING = 1e-11
#: The sum of deviations is proven least up to this share, of itself or of rounding errors of the values.
PROVEN = 1e-10


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def signed_sums(W, s, m, g):
    """g (n,) = the sums of the first m rows of W (m + n, n), each times its sign s.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     signed_sums(np.ones((m + n, n)), np.ones(m), m, np.zeros(n))
    >>> law(run, m=range(1, 6), n=range(1, 6)).flops
    Polynomial('2mn')
    """
    n = g.size
    for k in range(n):
        g[k] = 0.0
    for i in range(m):
        sign, row = s[i], W[i]
        for k in range(n):
            g[k] = g[k] + sign * row[k]


@kernel(cache=True, error_model="numpy")
def crossings(r, s, W, j, direction, m, t):
    """t (m,) = how far along column j each deviation r comes to 0; infinite where it grows, or stays.

    >>> from mechkit import law
    >>> law(crossings, n=range(1, 6)).flops
    Polynomial('6n')
    """
    for i in range(m):
        rate = direction * W[i, j]
        t[i] = np.inf
        if s[i] * rate < 0.0:
            t[i] = abs(r[i] / rate)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def exchange(W, q, j):
    """Row q of W becomes the unit vector j, by operations on the columns of W (rows, n): Gauss and Jordan's step.

    >>> from mechkit import law
    >>> law(exchange, n=range(1, 6)).flops  # 3n rows and n columns
    Polynomial('6n^2 - 5n + 2')
    """
    rows, n = W.shape
    pivot = W[q, j]
    for i in range(rows):
        row = W[i]
        share = row[j] / pivot
        if i != q:
            for k in range(j):
                row[k] = row[k] - share * W[q, k]
            for k in range(j + 1, n):
                row[k] = row[k] - share * W[q, k]
            row[j] = share
    for k in range(n):
        W[q, k] = 0.0
    W[q, j] = 1.0


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def deviations(A, c, y, r):
    """r (m,) = y - A c, A (m, n).

    >>> from mechkit import law
    >>> law(lambda m, n: deviations(np.ones((m, n)), np.ones(n), np.ones(m), np.ones(m)), m=range(1, 6), n=range(1, 6))
    sub    mn
    mul    mn
    flops  2mn
    """
    for i in range(r.size):
        s, row = y[i], A[i]
        for k in range(c.size):
            s = s - row[k] * c[k]
        r[i] = s


@signed_sums.example
def _(n):
    return np.ones((3 * n, n)), np.ones(2 * n), 2 * n, np.zeros(n)


@crossings.example
def _(n):
    return np.ones(2 * n), np.ones(2 * n), -np.ones((2 * n, n)), 0, 1.0, 2 * n, np.zeros(2 * n)


@exchange.example
def _(n):
    return np.random.default_rng(0).standard_normal((3 * n, n)), 0, n - 1


@deviations.example
def _(n):
    return np.ones((n, 2)), np.ones(2), np.ones(n), np.zeros(n)


@dataclass(frozen=True, repr=False, eq=False)
class LeastAbsolute(ByName):
    """A fit with the least sum of absolute deviations, and the proof of it; it is called like the fit.

    fit : the polynomial, or the linear function of several variables; coefficients : its coefficients; sum : of the
    absolute deviations; bound : a proven bound from below of every such sum; points : those that the fit passes
    through; success, message : whether the bound proves the fit; nit : exchanges of points.
    """

    fit: Any
    coefficients: np.ndarray
    sum: Any
    bound: Any
    points: np.ndarray
    success: bool
    message: str
    nit: int

    def __call__(self, t: Any, **options: Any) -> Any:
        """The values of the fit at points."""
        return self.fit(t, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "fit":
            raise AttributeError(name)
        return getattr(self.fit, name)


def least_absolute(
    x: Any,
    y: Any,
    degree: Any,
    basis: str = "chebyshev",
    domain: tuple[float, float] | None = None,
    extrapolate: bool = True,
) -> LeastAbsolute:
    """The polynomial of a degree with the least sum of absolute deviations from values at points.

    Parameters
    ----------
    x : array_like, (m,) or (m, p)
        Points, in any order, repeated ones too; with p variables, a linear function of them is fitted.
    y : array_like, (m,) or (m, ...)
        Real values at the points.
    degree : int
        Less than the number of different points; 1 in several variables.
    basis : {"chebyshev", "legendre", "monomial"}
        What the coefficients belong to.
    domain : (float, float), optional
        The interval that the variable of the basis maps to [-1, 1]; by default that of the points, and (-1, 1), which
        means powers of x, for the monomial basis.
    extrapolate : bool
        Whether the fit is evaluated outside the points; otherwise the values there are NaN.

    Returns
    -------
    LeastAbsolute
        Callable like its ``fit``; with ``coefficients``, the ``sum`` of deviations, and the ``points`` that the fit
        passes through. ``bound`` is the value of the dual linear program, and ``success`` says whether the bound proves
        that no fit has a smaller sum.

    Raises
    ------
    ValueError, TypeError
        for a degree that the points do not determine, what is not finite, shapes that do not fit, and complex values.

    Operation count of one exchange of a point, m points and n coefficients: 2mn to find the direction, 2mn to exchange,
    2mn for the deviations, and lower orders. How many exchanges there are depends on the values.

    >>> from mechkit import growth
    >>> def flops(m):
    ...     from mechkit import count
    ...     with count() as ops:
    ...         found = least_absolute(np.arange(m), np.arange(m) % 7, 2)
    ...     return ops.flops / (found.nit + 1)
    >>> growth({m: flops(m) for m in (50, 100, 200, 400)}).exponent < 1.2
    True

    References: Barrodale and Roberts, An improved algorithm for discrete l1 linear approximation, SIAM Journal on
    Numerical Analysis 10 (1973) 839-848; Bloomfield and Steiger, Least Absolute Deviations (1983).

    Examples
    --------
    >>> fit = least_absolute([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 2.0, 3.0, 40.0], 1, basis="monomial")
    >>> fit.success, fit.coefficients.round(12) + 0.0, fit.sum
    (True, array([0., 1.]), np.float64(36.0))
    """
    problem = linear_fit(x, y, degree, basis, domain, true_or_false("extrapolate", extrapolate))
    if problem.values.is_complex:
        raise TypeError("y is complex; least_absolute takes real values: fit the parts")
    A = np.empty((problem.n, problem.m))
    problem.columns(slice(0, problem.m), A)
    A = np.ascontiguousarray(A.T)
    scale = np.abs(A).max(axis=0)
    scale = np.ldexp(1.0, -np.frexp(np.where(scale > 0.0, scale, 1.0))[1])
    found = [_descend(A * scale, np.ascontiguousarray(row)) for row in problem.values.rows]
    return _result(problem, A, scale, found)


def _descend(A: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, int, float]:
    """(coefficients, points, bound, steps, noise) of the least sum of deviations |y - A c|."""
    m, n = A.shape
    W = np.concatenate([A, np.eye(n)])  # A and the identity, times the inverse of the rows that the fit goes through
    points = np.empty(n, np.int64)
    free = np.ones(m, bool)
    for j in range(n):  # 1  n points that determine a fit
        sizes = np.where(free, np.abs(W[:m, j]), -1.0)
        q = int(np.argmax(sizes))
        if sizes[q] <= 1e-13:
            raise ValueError(
                "the points do not determine the coefficients: the columns of the fit depend on each other"
            )
        exchange(W, q, j)
        points[j] = q
        free[q] = False
    r, s, t, g = np.empty(m), np.ones(m), np.empty(m), np.empty(n)
    c = _refined(W, A, y, points, r)
    # a deviation of 0 has a sign too, so that no two steps ask for the same fit; it is that of a tiny shift of y
    s[:] = np.where(r == 0.0, np.where(np.arange(m) * 0.6180339887498949 % 1.0 < 0.5, -1.0, 1.0), np.sign(r))
    s[points] = 0.0
    steps = 0
    while steps < STEPS * (m + n):
        signed_sums(W, s, m, g)  # 2  the direction in which the sum falls fastest
        j = int(np.argmax(np.abs(g)))
        if abs(g[j]) <= 1.0 + ROUNDING:
            break
        direction = -1.0 if g[j] > 0.0 else 1.0
        crossings(r, s, W, j, direction, m, t)  # 3  go on until it rises: past deviations that change their sign
        order = np.argsort(t, kind="stable")
        slopes = (1.0 - abs(g[j])) + 2.0 * np.cumsum(np.abs(W[order, j]))
        stop = int(np.argmax(slopes >= 0.0))
        q, passed = int(order[stop]), order[:stop]
        s[passed] = -s[passed]
        s[points[j]] = direction
        s[q] = 0.0
        exchange(W, q, j)  # 4  the fit goes through point q instead
        steps += 1
        points[j] = q
        c = _refined(W, A, y, points, r)
    u = s.copy()  # 5  the dual solution: signs, and for the points of the fit what balances them
    signed_sums(W, s, m, g)
    u[points] = np.clip(-g, -1.0, 1.0)
    # u is no exact solution of A'u = 0: what is missing is charged to the coefficients
    bound = float(u @ y) - float(np.abs(u @ A) @ np.abs(c))
    noise = float(m * np.finfo(float).eps * (np.abs(A) @ np.abs(c)).max(initial=0.0))
    return c, points, bound, steps, noise


def _refined(W: np.ndarray, A: np.ndarray, y: np.ndarray, points: np.ndarray, r: np.ndarray) -> np.ndarray:
    """The coefficients of the fit through some points, once refined; r takes the deviations, 0 at these points."""
    m, n = A.shape
    E = np.ascontiguousarray(W[m:])
    c = np.zeros(n)
    at, change = y[points], np.empty(n)
    B = np.ascontiguousarray(A[points])
    for _ in range(2):
        left = np.empty(n)
        deviations(B, c, at, left)
        deviations(E, -left, np.zeros(n), change)
        c = c + change
    deviations(A, c, y, r)
    r[points] = 0.0
    return c


def _result(problem: LinearFit, A: np.ndarray, scale: np.ndarray, found: list[Any]) -> LeastAbsolute:
    sums, bounds, proven, coefficients = [], [], True, []
    for row, (c, _, bound, _, noise) in zip(problem.values.rows, found, strict=True):
        r = np.empty(problem.m)
        deviations(A, c * scale, row, r)
        total = float(np.abs(r).sum())
        sums.append(total)
        bounds.append(bound)
        proven = proven and total - bound <= PROVEN * total + 100.0 * noise
        coefficients.append(c * scale)
    nit = sum(steps for _, _, _, steps, _ in found)
    shape = problem.values.shape
    least, low = np.reshape(sums, shape)[()], np.reshape(bounds, shape)[()]
    fit = problem.found(np.array(coefficients))
    if proven:
        message = f"no fit has a smaller sum of deviations: the dual program proves it, after {nit} exchanges of points"
    else:
        message = f"after {nit} exchanges the sum is {least}; any fit has at least {low}: the least one is between"
    points = np.sort(np.array([points for _, points, _, _, _ in found]))
    return LeastAbsolute(fit, fit.coefficients, least, low, points.reshape(*shape, problem.n), proven, message, nit)
