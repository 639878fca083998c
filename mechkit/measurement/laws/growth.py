"""Fitted growth: for counts that follow no polynomial, such as steps to a tolerance and data-dependent work."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from numbers import Real
from typing import Any

import numpy as np
from scipy.special import stdtrit

from mechkit.counting.costs import CostModel
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.runs import cost_of, counted_run, listed, nothing_counted, seeds_of, sizes_of

#: Criteria below this are rounding: such models fit equally well, and the simplest of them is chosen.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Model:
    """A shape of growth: log y = log(coefficient) + offset(n) + exponent * slope(n); without a slope, no exponent."""

    name: str
    offset: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray] | None
    text: str  # with {a} for the exponent


def _zero(n: np.ndarray) -> np.ndarray:
    return np.zeros(n.size)


#: The shapes that are tried, the simplest first.
MODELS = (
    Model("constant", _zero, None, "constant"),
    Model("n log n", lambda n: np.log(n * np.log2(n)), None, "n log n"),
    Model("n^a", _zero, np.log, "n^{a}"),
    Model("2^(an)", _zero, lambda n: n * math.log(2), "2^({a}n)"),
    Model("n^a 2^n", lambda n: n * math.log(2), np.log, "n^{a} 2^n"),
)
_BY_NAME = {model.name: model for model in MODELS}


@dataclass(frozen=True)
class Fit:
    """One shape fitted to the data: y = coefficient times the shape, kept as its logarithm.

    exponent, interval : the fitted a and its 95 % confidence interval; None for a shape without one;
    criterion : how far off the shape predicts a size from the others, as `growth` says; smaller is better.
    """

    model: str
    log_coefficient: float
    exponent: float | None
    interval: tuple[float, float] | None
    criterion: float

    @property
    def coefficient(self) -> float:
        """The factor before the shape."""
        return _exp(self.log_coefficient)

    def __call__(self, n: float) -> float:
        """The fitted value at a size; inf where it is larger than any float."""
        model, at = _BY_NAME[self.model], np.array([float(n)])
        slope = 0.0 if model.slope is None or self.exponent is None else self.exponent * model.slope(at)[0]
        return _exp(self.log_coefficient + model.offset(at)[0] + slope)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


@dataclass(frozen=True)
class Growth:
    """How values grow with the size: the shape chosen, and the alternatives.

    model, coefficient : the chosen shape and its factor; called with a size, it gives the fitted value.
    exponent, interval : the exponent a of the chosen shape and its 95 % confidence interval. "constant" and "n log n"
        have none: there they are those of the power n^a, for comparison.
    table : every shape that was fitted, best first.
    points : the data, (size, value) pairs.
    """

    model: str
    coefficient: float
    exponent: float
    interval: tuple[float, float]
    table: tuple[Fit, ...]
    points: tuple[tuple[int, float], ...]

    def __call__(self, n: float) -> float:
        """The fitted value at a size; inf where it is larger than any float."""
        return self.table[0](n)

    def __str__(self) -> str:
        low, high, a = (f"{round(x, 2) + 0.0:.2f}" for x in (*self.interval, self.exponent))  # never -0.00
        if self.table[0].exponent is None:
            return f"{self.model} (as a power: n^{a}, 95 %: {low} to {high})"
        return f"{_BY_NAME[self.model].text.format(a=a)} (95 %: {low} to {high})"

    __repr__ = __str__


def growth(
    run_or_data: Callable[..., Any] | Mapping[int, Any] | Sequence[Any],
    n: Iterable[int] | None = None,
    seeds: Iterable[int] | int | None = None,
    measure: Callable[[Any, int], float] | None = None,
    cost: CostModel | str = "flops",
    *,
    sizes: Iterable[int] | None = None,
) -> Growth:
    """Fit how a count grows with the size, where `law` finds no polynomial.

    The shapes are constant, c n log2(n), c n^a, c 2^(an) and c n^a 2^n. They are fitted by least squares to the
    logarithms of all points; the interval is from Student's t.

    **The criterion**: each size is left out in turn and predicted from the fit to the others. The root mean square
    error of the predicted logarithm is the criterion: 0.05 means 5 % off. The smallest is chosen; of equal ones, the
    simplest shape. Exact counts do not scatter, but are off by their lower-order terms. Then the interval says how far
    they are from a pure power, and larger sizes narrow it.

    Parameters
    ----------
    run_or_data : a function, called as ``run(n)``, with seeds as ``run(n, seed)``. Or data: a mapping from each size to
        its value or values, or a sequence with one of them a size.
    n : the sizes, at least three different ones
    seeds : see `compare`; every run is one point of the fit
    measure : ``measure(result, size)`` gives the number that is fitted, such as ``lambda x, n: x.nit``. Without it,
        that is the counted operations.
    cost : how the operations are weighed
    sizes : the older name of n

    Returns
    -------
    Growth
        Prints as ``n^1.98 (95 %: 1.95 to 2.01)``.

    Raises
    ------
    ValueError
        for fewer than three sizes, for values that are not positive, finite numbers, naming the size, and for a run of
        which nothing is counted.

    Operation count: that of the runs, each of which is done once.

    References: Stone, Cross-validatory choice and assessment of statistical predictions, J. R. Stat. Soc. B 36 (1974).

    Examples
    --------
    >>> found = growth({8: 24, 16: 64, 32: 160, 64: 384})
    >>> found, round(found(1024))
    (n log n (as a power: n^1.33, 95 %: 1.23 to 1.44), 10240)
    >>> growth([1.02, 3.9, 16.4, 63.0], n=[10, 20, 40, 80])
    n^1.99 (95 %: 1.91 to 2.07)
    >>> [(fit.model, round(fit.criterion, 2)) for fit in found.table[:2]]
    [('n log n', 0.0), ('n^a', 0.07)]
    """
    __tracebackhide__ = True
    points = _points(run_or_data, sizes, seeds, measure, cost, n)
    _require(points)
    size = np.array([p[0] for p in points], float)
    y = np.array([math.log(p[1]) for p in points])  # Python's own: NumPy's takes no integer of more than 64 bits
    fits = [_fit(model, size, y) for model in MODELS if model.name != "n log n" or size.min() > 1]
    fits.sort(key=lambda fit: max(fit.criterion, ROUNDING))  # stable: of equal ones the simplest comes first
    power = next(fit for fit in fits if fit.model == "n^a")
    free = power if fits[0].exponent is None else fits[0]
    assert free.exponent is not None
    assert free.interval is not None
    return Growth(fits[0].model, fits[0].coefficient, free.exponent, free.interval, tuple(fits), tuple(points))


def _points(
    given: Any, sizes: Iterable[int] | None, seeds: Any, measure: Any, cost: CostModel | str, n: Iterable[int] | None
) -> list[tuple[int, float]]:
    """The data as (size, value) pairs."""
    __tracebackhide__ = True
    if callable(given):
        pairs = [(size, seed) for size in sizes_of(n, sizes) for seed in seeds_of(seeds)]
        name = getattr(given, "__name__", "run")
        outcomes = list(starmap(partial(counted_run, given, name, repeats=1), pairs))
        runs = [(size, *outcome[:2]) for (size, _), outcome in zip(pairs, outcomes, strict=True)]
        if measure is not None:
            return [(size, measure(result, size)) for size, result, _ in runs]
        costs = [(size, cost_of(ops, cost)) for size, _, ops in runs]
        _require_work(name, costs, [ops for _, _, ops in runs], cost if isinstance(cost, str) else cost.name)
        return costs
    if seeds is not None or measure is not None:
        raise ValueError("seeds and measure go with a run; data are the values themselves")
    if not isinstance(given, Mapping):
        at, values = listed(sizes if sizes is not None else n), list(given)
        if len(at) != len(values):
            raise ValueError(f"there are {len(at)} sizes for {len(values)} values; give one value, or list, a size")
        return [(sizes_of([size])[0], v) for size, value in zip(at, values, strict=True) for v in _several(value)]
    if sizes is not None or n is not None:
        raise ValueError("the sizes are the keys of the data; leave n out")
    return [(sizes_of([size])[0], v) for size, value in given.items() for v in _several(value)]


def _require_work(name: str, costs: Sequence[tuple[int, float]], ops: Sequence[OpCounts], cost: str) -> None:
    __tracebackhide__ = True
    if not any(ops):
        raise ValueError(f"{nothing_counted(name)}, or give measure= for a figure of the result")
    if not any(value for _, value in costs):
        raise ValueError(
            f"{name!r} does work, but none that {cost!r} weighs: at n = {costs[-1][0]} it counts {ops[-1]}; give cost= "
            "another cost model or kind"
        )


def _several(value: Any) -> list[Any]:
    return [value] if np.ndim(value) == 0 else list(value)


def _require(points: Sequence[tuple[int, Any]]) -> None:
    __tracebackhide__ = True
    for size, value in points:
        if not isinstance(value, Real) or not 0 < value < math.inf:  # type: ignore[operator]
            raise ValueError(
                f"the value at n = {size} is {value}; growth is fitted to logarithms, which only positive, finite "
                "numbers have: leave that size out"
            )
    different = len({size for size, _ in points})
    if different < 3:
        few = ("no size tells a growth", "one size tells no growth", "two sizes tell no growth")[different]
        raise ValueError(f"{few}; give at least 3, such as n=[10, 20, 40]")


# -- the fit -----------------------------------------------------------------------------------------------------


def _fit(model: Model, size: np.ndarray, y: np.ndarray) -> Fit:
    left_out = [_residuals(model, size, y, size == s) for s in np.unique(size)]
    criterion = float(np.sqrt(np.mean(np.concatenate(left_out) ** 2)))
    (constant, *slopes), X = _least_squares(model, size, y)
    if not slopes:
        return Fit(model.name, constant, None, None, criterion)
    a = float(slopes[0])
    half = _half_width(X, y - model.offset(size), np.array([constant, a]))
    return Fit(model.name, constant, a, (a - half, a + half), criterion)


def _least_squares(model: Model, size: np.ndarray, y: np.ndarray) -> tuple[list[float], np.ndarray]:
    ones = np.ones(size.size)
    X = np.column_stack([ones] if model.slope is None else [ones, model.slope(size)])
    beta = np.linalg.lstsq(X, y - model.offset(size), rcond=None)[0]
    return [float(b) for b in beta], X


def _residuals(model: Model, size: np.ndarray, y: np.ndarray, out: np.ndarray) -> np.ndarray:
    """What the fit to the other points misses those left out by."""
    (constant, *slopes), _ = _least_squares(model, size[~out], y[~out])
    predicted = constant + model.offset(size[out])
    if model.slope is not None:
        predicted = predicted + slopes[0] * model.slope(size[out])
    return np.asarray(y[out] - predicted)


def _half_width(X: np.ndarray, y: np.ndarray, beta: np.ndarray) -> float:
    """Half of the 95 % confidence interval of the slope."""
    freedom = len(y) - 2
    variance = float(np.sum((y - X @ beta) ** 2)) / freedom
    x = X[:, 1] - X[:, 1].mean()
    return float(stdtrit(freedom, 0.975)) * math.sqrt(variance / float(x @ x))
