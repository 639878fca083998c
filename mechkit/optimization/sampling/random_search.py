"""Search by sampling: the best of n points of a box, random ones or ones that fill it more evenly.

Both searches are one body; the points are the one difference.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array, whole
from mechkit.counting import kernel
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.differences import bowl
from mechkit.optimization.functions import OBJECTIVE, counted_calls, function
from mechkit.optimization.result import OptimizeResult


@kernel(cache=True, error_model="numpy")
def sample(f, points, lower, width, values):
    """values[k] = f(lower + width points[k]) for points (n, d) of the unit cube.

    Beside the calls of f (here 4n flops each), 2d operations for each point; here d = n:

    >>> from mechkit import law
    >>> law(sample, n=range(1, 6)).flops
    Polynomial('6n^2')
    """
    x = np.empty_like(lower)
    for k in range(values.size):
        for j in range(x.size):
            x[j] = lower[j] + width[j] * points[k, j]
        values[k] = f(x)


@sample.example
def _(n):
    points = np.random.default_rng(0).random((n, n))
    return function(bowl, OBJECTIVE), points, -np.ones(n), np.full(n, 2.0), np.zeros(n)


def random_search(fun: Any, bounds: Any, n: int, rng: Any = None, *, args: Any = ()) -> OptimizeResult:
    """The best of n points drawn evenly at random from a box.

    Parameters
    ----------
    fun : kernel or function
        of an array (d,) to a number.
    bounds : (d, 2) or scipy.optimize.Bounds
        the least and the largest value of each variable, all finite.
    n : int
        points.
    rng : int or numpy.random.Generator, optional
        a seed, or where random numbers come from.
    args : tuple
        numbers and arrays that follow x in the calls of fun.

    Returns
    -------
    OptimizeResult
        x, fun, nfev = n; success : whether fun was finite anywhere; history : "fun" (n,), infinite where it was not
        finite, and "best", the least so far.

    Raises
    ------
    ValueError, TypeError
        for bounds that are no box, n that is no positive whole number, and fun that is no function.

    Operation count: n calls of fun, and 2d flops for each.

    >>> from mechkit import law
    >>> def square(x):
    ...     return x[0] * x[0]
    >>> law(lambda n: random_search(square, [(-1, 1)], n, rng=0), n=range(1, 6)).flops
    Polynomial('3n')

    References: Brooks, A discussion of random methods for seeking maxima, Operations Research 6 (1958). The volume from
    which a point must be hit to come as near as e is about e^d: the distance falls with n^(-1/d).

    Examples
    --------
    >>> found = random_search(square, [(-1, 1)], 1000, rng=0)
    >>> found.fun < 1e-5, found.nfev
    (True, 1000)
    """
    lower, width = box(bounds)
    points = np.random.default_rng(rng).random((whole("n", n), lower.size))
    return _best(fun, args, points, lower, width)


def quasi_random_search(
    fun: Any,
    bounds: Any,
    n: int,
    method: str = "sobol",
    rng: Any = None,
    scramble: bool = True,
    *,
    args: Any = (),
) -> OptimizeResult:
    """The best of n points that fill a box more evenly than random ones do.

    Parameters
    ----------
    fun, bounds, n, args
        as in random_search.
    method : str
        "sobol", of which powers of two are the most even, or "halton".
    rng : int or numpy.random.Generator, optional
        a seed, or where random numbers for the scrambling come from.
    scramble : bool
        False takes the sequence as it is.

    Returns
    -------
    OptimizeResult
        as random_search does.

    Raises
    ------
    ValueError, TypeError
        as random_search, and for another method.

    Operation count: that of random_search.

    References: Sobol', USSR Comput. Maths. Math. Phys. 7 (1967); Halton, Numer. Math. 2 (1960); Niederreiter, Random
    Number Generation and Quasi-Monte Carlo Methods (1992), chapter 6. The points come from scipy.stats.qmc.

    Examples
    --------
    >>> def square(x):
    ...     return x[0] * x[0]
    >>> quasi_random_search(square, [(-1, 1)], 1024, rng=0).fun < 1e-6
    True
    """
    lower, width = box(bounds)
    return _best(fun, args, even_points(method, whole("n", n), lower.size, rng, scramble), lower, width)


def even_points(method: str, n: int, d: int, rng: Any = None, scramble: bool = True) -> np.ndarray:
    """n points (n, d) of the unit cube, of Sobol's or Halton's sequence.

    >>> even_points("halton", 3, 1, scramble=False).ravel()
    array([0.  , 0.5 , 0.25])
    """
    from scipy.stats import qmc  # which takes longer to import than all the rest

    rng = np.random.default_rng(rng)
    if method == "sobol":  # a power of two is drawn, and what is not asked for left away
        return qmc.Sobol(d, scramble=scramble, seed=rng).random_base2(max(n - 1, 0).bit_length())[:n]
    if method == "halton":
        return qmc.Halton(d, scramble=scramble, seed=rng).random(n)
    raise ValueError(f"method is {method!r}; it must be 'sobol' or 'halton'")


def _best(fun: Any, args: Any, points: np.ndarray, lower: np.ndarray, width: np.ndarray) -> OptimizeResult:
    values = np.empty(len(points))
    with closed_over(args, fun) as (f,), counted_calls() as made:
        sample(function(f, OBJECTIVE), np.ascontiguousarray(points), lower, width, values)
    values[~np.isfinite(values)] = np.inf
    k = int(np.argmin(values))
    found = bool(values[k] < np.inf)
    return OptimizeResult(
        lower + width * points[k] if found else np.full_like(lower, np.nan),
        float(values[k]) if found else np.nan,
        found,
        0 if found else 1,
        f"the best of {len(points)} points" if found else f"fun is finite at none of {len(points)} points",
        len(points),
        made.f,
        history={"fun": values, "best": np.minimum.accumulate(values)},
    )


def box(bounds: Any) -> tuple[np.ndarray, np.ndarray]:
    """The lower corner and the widths of a box, from pairs (least, largest) or SciPy's Bounds.

    Raises ValueError for what is no box with finite sides.

    >>> box([(0, 1), (-1, 3)])
    (array([ 0., -1.]), array([1., 4.]))
    """
    if hasattr(bounds, "lb"):
        bounds = np.stack(np.broadcast_arrays(np.atleast_1d(bounds.lb), bounds.ub), axis=-1)
    elif any(limit is None for pair in bounds if isinstance(pair, tuple | list) for limit in pair):
        raise ValueError("bounds holds None; a search in a box needs a least and a largest value for each variable")
    pairs = float_array("bounds", bounds, (2,)).astype(np.float64)
    if pairs.shape[1] != 2:
        raise ValueError(f"bounds has shape {pairs.shape}; it needs a pair (least, largest) for each variable")
    lower, upper = pairs.T.copy()
    with np.errstate(over="ignore"):
        width = upper - lower
    for j in np.flatnonzero(~((width >= 0) & np.isfinite(width))):
        raise ValueError(
            f"bounds[{j}] is ({lower[j]}, {upper[j]}); the least value must be below the largest, both finite"
        )
    return lower, width
