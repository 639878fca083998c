"""The polynomial with the least largest error, by Remez's exchange; and its cheap neighbors by Chebyshev points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.interpolation.barycentric import Barycentric
from mechkit.interpolation.barycentric_sums import polynomial_at, weights_of
from mechkit.interpolation.chebyshev import chebyshev_nodes, series_through, unit
from mechkit.interpolation.data import Values, interval_of, true_or_false
from mechkit.interpolation.series import Series
from mechkit.interpolation.targets import Data, Function, Target
from mechkit.result_access import ByName

#: Exchanges; they converge quadratically, or at once.
EXCHANGES = 100
#: The heights of the alternating errors may differ by this share.
EQUAL = 1e-11
#: Success needs no more than this: where the error is near rounding, heights are known less well.
ACCEPTED = 1e-10
#: A height is known less well than this where rounding of f is a larger share of it: then it is a mean.
MANY_DIGITS = 1e-11
#: The number of references of the mean.
AVERAGED = 400
#: Their distance, as a share of the interval: the height is the same there, and rounding is not.
CLOSE_BY = 1e-12
#: Rounding grows about so much, times the degree, where the reference leaves out an end.
HIDDEN = 10.0
#: Points that are so close, on [-1, 1], determine no polynomial: they surround a jump.
CROWDED = 1e-15
#: The exchange ends where so many steps have not made the largest error smaller.
PATIENCE = 20


@kernel(cache=True, error_model="numpy")
def level(w, f, p):
    """The error h with alternating signs that a polynomial can have at all points; p (n + 2,) = its values there.

    w (n + 2,) : barycentric weights of the points; f : the function there.

    >>> from mechkit import law
    >>> law(level, n=range(1, 6)).flops  # n + 2 points
    Polynomial('6n + 13')
    """
    # Pachon and Trefethen, Barycentric-Remez algorithms for best polynomial approximation, BIT 49 (2009)
    above = 0.0
    below = 0.0
    sign = 1.0
    for i in range(w.size):
        above = above + w[i] * f[i]
        below = below + sign * w[i]
        sign = -sign
    h = above / below
    sign = 1.0
    for i in range(w.size):
        p[i] = f[i] - sign * h
        sign = -sign
    return h


@level.example
def _(n):
    x = np.cos(np.pi * np.arange(n + 2) / (n + 1))
    w = np.where(np.arange(n + 2) % 2, -1.0, 1.0)
    return w, np.exp(x), np.zeros(n + 2)


@dataclass(frozen=True, repr=False, eq=False)
class Minimax(ByName):
    """A best uniform approximation, and what was checked of it; it is called like its fit, a Chebyshev series.

    fit : the polynomial; error : its largest error, over all points that were looked at; reference : n + 2 points where
    the error alternates; errors : the errors there; success, message : whether they alternate at equal height, and no
    error is larger; nit : exchanges; nfev : values of the function.
    """

    fit: Series
    coefficients: np.ndarray
    error: float
    reference: np.ndarray
    errors: np.ndarray
    success: bool
    message: str
    nit: int
    nfev: int

    def __call__(self, t: Any, **options: Any) -> Any:
        """The values of the fit at points."""
        return self.fit(t, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "fit":
            raise AttributeError(name)
        return getattr(self.fit, name)


def minimax(
    f_or_data: Any, degree: Any, interval: tuple[float, float] = (-1.0, 1.0), extrapolate: bool = True
) -> Minimax:
    """The polynomial of a degree with the least largest error, of a function on an interval or of data.

    Parameters
    ----------
    f_or_data : callable or (x, y)
        A real function of one number or of arrays; or a pair of different points, in any order, and real values.
    degree : int
        The degree n; less than the number of points.
    interval : (float, float)
        Where the function is approximated; data bring their own points.
    extrapolate : bool
        Whether the fit is evaluated outside the interval; otherwise the values there are NaN.

    Returns
    -------
    Minimax
        Callable like its ``fit``; with ``coefficients``, the largest ``error``, and the ``reference``. ``success``
        means that n + 2 errors alternate at equal height, and that no error is larger at any point that was looked at.
        By de la Vallee Poussin's theorem, no polynomial of the degree does better then. A function with a feature
        narrower than the points are apart may hide an error from any search.

    Raises
    ------
    ValueError, TypeError
        for a degree that the points do not determine, an empty interval, what is not finite, complex values, and
        repeated points.

    Operation count of one exchange at degree n: weights, the level of the error, and 5(n + 2) flops at each point that
    is looked at, about 50n of them and more. The function is called from Python, and its own
    operations count where it is a kernel.

    >>> from mechkit import growth
    >>> def flops(n):
    ...     from mechkit import count
    ...     with count() as ops:
    ...         found = minimax(np.exp, n)
    ...     return ops.flops / found.nit
    >>> growth({n: flops(n) for n in (2, 3, 4, 6, 8)}).exponent < 2.5
    True

    References: Trefethen, Approximation Theory and Approximation Practice, chapter 10; Pachon and Trefethen,
    Barycentric-Remez algorithms for best polynomial approximation in the chebfun system, BIT 49 (2009) 721-741.

    Examples
    --------
    >>> best = minimax(np.exp, 1)
    >>> best.success, round(best.error, 12), best.reference.size
    (True, 0.278801585796, 3)
    >>> minimax(([0.0, 1.0, 2.0], [0.0, 1.0, 0.0]), 1)([0.0, 2.0])
    array([0.5, 0.5])
    """
    n = whole("degree", degree, 0)
    if callable(f_or_data):
        ends = interval_of("interval", interval)
        target: Target = Function(f_or_data, ends)
        reference = chebyshev_nodes(n + 2, "extrema", ends)
    else:
        target = Data(f_or_data, n)
        if target.x.size == n + 1:
            return _interpolant(target, n, true_or_false("extrapolate", extrapolate))
        reference = _spread(target.x, n + 2)
    return _remez(target, n, reference, true_or_false("extrapolate", extrapolate))


def _spread(x: np.ndarray, number: int) -> np.ndarray:
    """Different points near the Chebyshev points of the interval."""
    where = chebyshev_nodes(number, "extrema", (float(x[0]), float(x[-1])))
    indices = np.searchsorted(x, where)
    for i in range(number):  # at least one behind that before, and room for those to come
        least = indices[i - 1] + 1 if i else 0
        indices[i] = min(max(indices[i], least), x.size - number + i)
    return x[indices]


def _interpolant(data: Data, n: int, extrapolate: bool) -> Minimax:
    """The polynomial through as many points as it has coefficients."""
    fit = _series(data.x, data.y, data, n, extrapolate)
    errors = data.y - fit(data.x)
    message = f"the polynomial goes through all {n + 1} points: its error is rounding"
    return Minimax(fit, fit.coefficients, float(np.abs(errors).max()), data.x, errors, True, message, 0, 0)


def _polynomial(x: np.ndarray, p: np.ndarray, w: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The polynomial with values p at points x with barycentric weights w."""
    one = Values(p[np.newaxis], (), False)
    form = Barycentric(x, one, True, w, _scale(x), False)

    def values(t: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return form._rows_at(np.ascontiguousarray(t))[0]

    return values


def _scale(x: np.ndarray) -> float:
    return 4.0 / (float(np.ptp(x)) or 4.0)


def _remez(target: Target, n: int, reference: np.ndarray, extrapolate: bool) -> Minimax:
    best: Any = None
    size = 0.0
    nit = improved = 0
    for nit in range(1, EXCHANGES + 1):
        # 1  the polynomial whose errors at the reference alternate at one height
        f = target(reference)
        w = weights_of(reference, _scale(reference))
        p = np.empty_like(f)
        h = float(level(w, f, p))
        polynomial = _polynomial(reference, p, w)

        def error(t: np.ndarray, polynomial: Any = polynomial) -> np.ndarray:
            return np.asarray(target(t) - polynomial(t))

        # 2  the extrema of its error, one in each run of points where the error has one sign
        t = target.candidates(reference)
        e = error(t)
        at = np.searchsorted(t, reference)
        e[at] = h * np.where(np.arange(n + 2) % 2, -1.0, 1.0)
        size = max(size, float(np.abs(f).max()))
        starts, peaks = _peaks(e)
        points = target.refined(t, peaks, error, _noise(0, size))
        heights = error(points)
        top = int(np.argmax(np.abs(heights)))
        largest = float(np.abs(heights[top]))
        # 3  the reference moves to the extrema of its runs, and takes the largest error in
        runs = np.searchsorted(starts, at, side="right") - 1
        new = points[runs] if np.unique(runs).size == n + 2 else reference
        if points[top] not in new:
            new = _with_one_more(new, h, float(points[top]), float(heights[top]))
        done = largest - abs(h) <= EQUAL * largest + _noise(0, size)
        if best is None or largest < best[0] or done:  # done: other references may have had the same largest error
            best = (largest, (reference, p), new)
            improved = nit
        if done or largest <= _noise(n, size) or np.array_equal(new, reference) or nit - improved >= PATIENCE:
            break
        if np.diff(unit(new, target.ends)).min() <= CROWDED:
            break
        reference = new
    return _checked(target, n, best, size, nit, extrapolate)


def _height(target: Target, reference: np.ndarray, noise: float) -> float:
    """The level of the errors; where rounding of f spoils its digits, the mean of those of points close by."""

    def at(x: np.ndarray) -> float:
        return abs(float(level(weights_of(x, _scale(x)), target(x), np.empty_like(x))))

    height = at(reference)
    if isinstance(target, Function) and noise > MANY_DIGITS * height:
        shift = CLOSE_BY * (target.ends[1] - target.ends[0])
        shares = (np.arange(1, AVERAGED * reference.size + 1) * 0.6180339887498949) % 1.0 - 0.5
        inside = (reference > target.ends[0] + shift) & (reference < target.ends[1] - shift)  # errors are flat there
        references = reference + np.where(inside, shift * shares.reshape(AVERAGED, -1), 0.0)
        height = float(np.mean([at(x) for x in references]))
    return height


def _noise(n: int, size: float) -> float:
    """Errors that rounding may leave of none."""
    return (4.0 + n / 4.0) * float(np.finfo(float).eps) * size


def _peaks(e: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each run of errors of one sign starts, and where the error is largest in it."""
    signs = e > 0.0
    starts = np.concatenate([[0], np.flatnonzero(signs[1:] != signs[:-1]) + 1])
    ends = np.append(starts[1:], e.size)
    return starts, np.array([a + int(np.argmax(np.abs(e[a:b]))) for a, b in zip(starts, ends, strict=True)])


def _with_one_more(reference: np.ndarray, h: float, point: float, height: float) -> np.ndarray:
    """The reference with the point of the largest error in the place of a neighbor of the same sign."""
    positive = height > 0.0
    signs = (np.arange(reference.size) % 2 == 0) == (h >= 0.0)
    i = int(np.searchsorted(reference, point))
    if i == 0 and signs[0] != positive:
        return np.concatenate([[point], reference[:-1]])
    if i == reference.size and signs[-1] != positive:
        return np.concatenate([reference[1:], [point]])
    new = reference.copy()
    k = min(i, reference.size - 1)
    new[k if signs[k] == positive else k - 1] = point
    return new


def _series(x: np.ndarray, p: np.ndarray, target: Target, n: int, extrapolate: bool) -> Series:
    """The polynomial of degree n with values p at points x, as a Chebyshev series on the interval."""
    ends = target.ends if target.ends[0] < target.ends[1] else (target.ends[0] - 1.0, target.ends[0] + 1.0)
    one = Values(p[np.newaxis], (), False)
    nodes = unit(x, ends)
    return series_through(lambda u: polynomial_at(nodes, one.rows, u), n + 1, ends, one, extrapolate)


def _checked(target: Target, n: int, best: Any, size: float, nit: int, extrapolate: bool) -> Minimax:
    """The fit, after its own errors were looked at: the alternation, and points that no step has seen."""
    _, (x, p), reference = best
    fit = _series(x, p, target, n, extrapolate)
    errors = target(reference) - fit(reference)
    there = target.unseen(n)
    largest = max(float(np.abs(target(there) - fit(there)).max()), float(np.abs(errors).max()))
    sizes = np.abs(errors)
    noise = _noise(4 * n, size)  # the fit's own errors grow with the degree
    nfev = target.calls

    def result(success: bool, error: float, message: str) -> Minimax:
        return Minimax(fit, fit.coefficients, error, reference, errors, success, message, nit, nfev)

    if largest <= noise:
        return result(
            True,
            largest,
            f"the largest error, {largest:.1e}, is rounding: in working precision f is a polynomial of degree {n} at "
            f"the {there.size} points looked at",
        )
    alternates = bool(((errors[1:] > 0.0) != (errors[:-1] > 0.0)).all())
    if not alternates:
        return result(
            False,
            largest,
            f"the largest error is {largest:.10g}; fewer than {n + 2} errors alternate: f may have a jump",
        )
    # heights are differences of numbers as large as f: rounding spreads them, and their level is known better
    if largest - float(sizes.min()) <= ACCEPTED * largest + noise:
        height = _height(target, reference, noise)
        seen = f"at {there.size} points more" if isinstance(target, Function) else "at the other points"
        return result(
            True, height, f"{n + 2} errors alternate at the height {height:.10g}, and no error is larger {seen}"
        )
    if largest - float(sizes.min()) <= HIDDEN * n * noise:
        why = "rounding of the values of f hides the rest"
    else:
        why = "f may have a jump, or a feature narrower than the points are apart"
    return result(
        False,
        largest,
        f"after {nit} exchanges the largest error is {largest:.10g}; the alternating errors prove that the least "
        f"one is at least {sizes.min():.10g}: {why}",
    )
