"""Simulated annealing in R^n: steps uphill are taken too, ever more rarely, so that a valley can be left again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.checking import float_array, not_negative, options_among, positive, whole
from mechkit.counting import kernel
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.functions import OBJECTIVE, counted_calls, first_call, function
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.sampling.random_search import box, sample

#: The share of accepted steps that the step lengths aim at, and how strongly they are changed (Corana et al.).
LEAST, MOST, CHANGE = 0.4, 0.6, 2.0
#: Temperatures over which the value must stay the same for the search to end.
STILL = 4


@kernel(cache=True, error_model="numpy")
def anneal_at(f, rng, temperature, sweeps, adjustments, lower, width, x, fx, steps, best_x, best):
    """Sweeps over the coordinates of x at one temperature. Returns f(x), the least value yet, and the steps accepted.

    steps : the largest step in each coordinate, adjusted so that about half are accepted; best_x : where best is.

    Twice three sweeps over n coordinates, all steps accepted, none out of the box:

    >>> from mechkit import law
    >>> found = law(anneal_at, n=range(1, 6))
    >>> found.random, found.flops
    (Polynomial('6n'), Polynomial('48n'))
    """
    # Corana, Marchesi, Martini, Ridella, ACM Trans. Math. Softw. 13 (1987), section 2
    accepted = np.zeros(x.size, np.int64)
    total = 0
    for _ in range(adjustments):
        accepted[:] = 0
        for _ in range(sweeps):
            for j in range(x.size):
                here = x[j]
                there = here + steps[j] * (2.0 * rng.random() - 1.0)  # 1  a step along one coordinate
                if not (lower[j] <= there and there <= lower[j] + width[j]):
                    there = lower[j] + width[j] * rng.random()
                x[j] = there
                value = f(x)
                keep = math.isfinite(value) and value <= fx  # 2  Metropolis
                if not keep and math.isfinite(value):
                    keep = rng.random() < math.exp((fx - value) / temperature)
                if keep:
                    fx = value
                    accepted[j] += 1
                    if value < best:
                        best = value
                        for i in range(x.size):
                            best_x[i] = x[i]
                else:
                    x[j] = here
        for j in range(x.size):  # 3  adjust the steps
            share = accepted[j] / sweeps
            total += accepted[j]
            if share > MOST:
                steps[j] = min(width[j], steps[j] * (1.0 + CHANGE * (share - MOST) / LEAST))
            elif share < LEAST:
                steps[j] = steps[j] / (1.0 + CHANGE * (LEAST - share) / LEAST)
    return fx, best, total


def level(x):
    """An objective for examples: the same everywhere."""
    return 0.0 * x[0]


@anneal_at.example
def _(n):
    f, rng = function(level, OBJECTIVE), np.random.default_rng(0)
    return f, rng, 1.0, 3, 2, np.full(n, -1e3), np.full(n, 2e3), np.ones(n), 0.0, np.ones(n), np.ones(n), 0.0


def simulated_annealing(
    fun: Any,
    bounds: Any,
    x0: Any = None,
    rng: Any = None,
    *,
    temperature: float | None = None,
    cooling: float = 0.85,
    sweeps: int = 20,
    adjustments: int = 10,
    maxiter: int = 200,
    tol: float = 1e-8,
    args: Any = (),
    options: dict[str, Any] | None = None,
) -> OptimizeResult:
    """Minimize over a box by simulated annealing, with steps that adapt to each coordinate.

    Parameters
    ----------
    fun : kernel or function
        of an array (n,) to a number.
    bounds : (n, 2) or scipy.optimize.Bounds
        the least and the largest value of each variable, all finite.
    x0 : (n,), optional
        where to start; the best of 10 (n + 1) random points where left out.
    rng : int or numpy.random.Generator, optional
        a seed, or where random numbers come from.
    temperature : float, optional
        the first one; the standard deviation of fun at those points where left out.
    cooling : float
        the factor from each temperature to the next.
    sweeps : int
        over all coordinates before the steps are adjusted.
    adjustments : int
        of the steps, at each temperature.
    maxiter : int
        most temperatures.
    tol : float
        the search ends where the values at the end of five temperatures, and the best, differ by no more.
    args : tuple
        numbers and arrays that follow x in the calls of fun.
    options : dict, optional
        maxiter and tol, as another way to give them.

    SciPy's dual_annealing is another method (Tsallis' distribution of steps, and a local search); this is the classical
    one, whose every part is in sight.

    Returns
    -------
    OptimizeResult
        x, fun : the best point met; status : 0 it came to rest, 1 the limit of temperatures, 2 fun was finite nowhere;
        nit : temperatures; history, an entry for each : "fun" (at its end), "best" (so far), "temperature",
        "accepted" (a share), "nfev" (so far).

    Raises
    ------
    ValueError, TypeError
        for bounds that are no box, x0 outside it or where fun is not finite, a cooling not between 0 and 1, and numbers
        that are not positive.

    Operation count: a temperature costs n sweeps adjustments calls of fun, as many exponentials at most, and one to
    three random numbers for each.

    >>> def calls(n):
    ...     return simulated_annealing(level, [(0, 1)] * n, rng=0, maxiter=1).nfev - 10 * (n + 1)
    >>> calls(1), calls(2), calls(3)
    (200, 400, 600)

    References: Kirkpatrick, Gelatt, Vecchi, Science 220 (1983); Corana, Marchesi, Martini, Ridella, ACM Trans. Math.
    Softw. 13 (1987).

    Examples
    --------
    >>> def two_valleys(x):
    ...     return (x[0] * x[0] - 1.0) ** 2 + 0.3 * x[0]
    >>> found = simulated_annealing(two_valleys, [(-2, 2)], x0=[1.0], rng=0)
    >>> found.x.round(2), found.success
    (array([-1.04]), True)
    """
    limits = {"maxiter": maxiter, "tol": tol}
    maxiter, tol = (limits | options_among(options, limits)).values()
    lower, width = box(bounds)
    rng = np.random.default_rng(rng)
    counts = (("sweeps", sweeps), ("adjustments", adjustments), ("maxiter", maxiter))
    sweeps, adjustments, maxiter = (whole(name, value) for name, value in counts)
    tol = not_negative("tol", tol)
    if not positive("cooling", cooling) < 1.0:
        raise ValueError(f"cooling is {cooling}; it must be between 0 and 1")
    if temperature is not None:
        temperature = positive("temperature", temperature)
    with closed_over(args, fun) as (f,):
        g, schedule = function(f, OBJECTIVE), (temperature, cooling, sweeps, adjustments, maxiter, tol)
        return _anneal(g, lower, width, x0, rng, *schedule)


def _anneal(
    g: Any,
    lower: np.ndarray,
    width: np.ndarray,
    x0: Any,
    rng: Any,
    temperature: float | None,
    cooling: float,
    sweeps: int,
    adjustments: int,
    maxiter: int,
    tol: float,
) -> OptimizeResult:
    n = lower.size
    with counted_calls() as made:
        x, fx, spread = _start(g, lower, width, x0, rng)
    nfev = made.f
    temperature = float(temperature or spread or 1.0)
    best_x, best, steps, status = x.copy(), fx, width.copy(), 1 if np.isfinite(fx) else 2
    rows = [(fx, best, temperature, np.nan, nfev)]
    while status == 1 and len(rows) <= maxiter:
        with counted_calls() as made, np.errstate(all="ignore"):
            fx, best, accepted = anneal_at(
                g, rng, temperature, sweeps, adjustments, lower, width, x, fx, steps, best_x, best
            )
        nfev += made.f
        rows.append((fx, best, temperature, accepted / (sweeps * adjustments * n), nfev))
        last = np.array([row[0] for row in rows[-STILL - 1 :]])
        if len(rows) > STILL + 1 and np.abs(last - fx).max() <= tol and fx - best <= tol:
            status = 0
        temperature *= cooling
        x[:], fx = best_x, best  # the next temperature starts from the best
    names = "fun", "best", "temperature", "accepted", "nfev"
    return OptimizeResult(
        best_x,
        best,
        status == 0,
        status,
        MESSAGES[status].format(maxiter=maxiter, tol=tol),
        len(rows) - 1,
        nfev,
        history=dict(zip(names, np.array(rows).T, strict=True)),
    )


MESSAGES = (
    "it came to rest: the value changed by no more than tol = {tol:g} over five temperatures",
    "maxiter = {maxiter} temperatures were not enough to come to rest; allow more, or cool faster",
    "fun is finite at none of the random points; give an x0 where it is",
)


def _start(g: Any, lower: np.ndarray, width: np.ndarray, x0: Any, rng: Any) -> tuple[np.ndarray, float, float]:
    """Where to start, f there, and the standard deviation of f at random points."""
    points = rng.random((10 * (lower.size + 1), lower.size))
    values = np.empty(len(points))
    values[0] = first_call(g, lower + width * points[0], "fun")
    sample(g, points[1:], lower, width, values[1:])
    finite = np.isfinite(values)
    with np.errstate(all="ignore"):
        spread = float(values[finite].std()) if finite.any() else 1.0
    if x0 is None:
        k = int(np.argmin(np.where(finite, values, np.inf)))
        return lower + width * points[k], float(values[k]) if finite[k] else np.nan, spread
    x = float_array("x0", x0, (1,), copy=True).astype(np.float64)
    if x.shape != lower.shape:
        raise ValueError(f"x0 has shape {x.shape}; bounds has {lower.size} variables")
    for j in np.flatnonzero((x < lower) | (x > lower + width)):
        raise ValueError(f"x0[{j}] is {x[j]}, outside its bounds ({lower[j]}, {lower[j] + width[j]})")
    value = float(first_call(g, x, "fun"))
    if not np.isfinite(value):
        raise ValueError(f"fun(x0) is {value}; start where fun is finite")
    return x, value, spread if np.isfinite(spread) else 1.0
