"""What runs of several algorithms tell: counts, laws, ratios and crossovers, side by side."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mechkit.counting.costs import CostModel
from mechkit.counting.kinds import KINDS, MEMORY
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.comparing.crossover import Crossover, cross, law_of_counts
from mechkit.measurement.laws.exact_law import Law, LawError
from mechkit.measurement.laws.growth import Growth, growth
from mechkit.measurement.runs import cost_of, is_counted, unknown_cost
from mechkit.measurement.sizes import whole_number


@dataclass(frozen=True)
class Run:
    """One algorithm at one size, and seed: its exact counts, the figures measured of its result, its wall time."""

    algorithm: str
    n: int
    seed: int | None
    counts: OpCounts
    figures: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = field(default=float("nan"), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", whole_number(self.n, "size", 0))
        if self.seed is not None:
            object.__setattr__(self, "seed", whole_number(self.seed, "seed", 0))


class BySize(dict[int, Any]):
    """Values by the size; a size that was not run is an error that lists those that were.

    >>> BySize({10: 1.5, 20: 3.0})[15]
    Traceback (most recent call last):
    KeyError: 'the size 15 was not run; there are 10, 20'
    """

    def __missing__(self, size: Any) -> Any:
        known = ", ".join(map(str, self))
        raise KeyError(f"the size {size!r} was not run; there are {known}")


@dataclass(frozen=True, repr=False)
class SideBySide:
    """Algorithms side by side: what they cost, and the laws, ratios and crossovers of that.

    ``rows`` has one `Run` for each size, seed and algorithm.
    """

    rows: tuple[Run, ...]

    @cached_property
    def algorithms(self) -> tuple[str, ...]:
        """The names, in the order given."""
        return tuple(dict.fromkeys(run.algorithm for run in self.rows))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The sizes, ascending."""
        return tuple(dict.fromkeys(run.n for run in self.rows))

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """The seeds; none where the runs took no seed."""
        return tuple(dict.fromkeys(run.seed for run in self.rows if run.seed is not None))

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """The names of what was measured of the results."""
        return tuple(dict.fromkeys(name for run in self.rows for name in run.figures))

    @cached_property
    def main_cost(self) -> str:
        """The cost that tells most: flops; where there are none, as in sorting, the kind that is counted most.

        >>> ops = OpCounts({("float64", "compare"): 3, ("float64", "loads"): 9})
        >>> SideBySide((Run("sort", 3, None, ops),)).main_cost
        'compare'
        """
        total = sum((run.counts for run in self.rows), OpCounts()).total
        kinds = [kind for kind in KINDS if kind not in MEMORY and total[kind]]
        return "flops" if total.flops or not kinds else max(kinds, key=total.__getitem__)

    # -- what it says --------------------------------------------------------------------------------------------

    def costs(self, algorithm: str, cost: CostModel | str | None = None) -> dict[int, list[Any]]:
        """What an algorithm costs at each size: a list with one entry a seed. A figure that is missing is None."""
        __tracebackhide__ = True
        self._require(algorithm)
        found = BySize({n: [] for n in self.sizes})
        for run in self.rows:
            if run.algorithm == algorithm:
                found[run.n].append(self._cost(run, cost))
        return found

    def typical(self, algorithm: str, cost: CostModel | str | None = None) -> dict[int, Any]:
        """What an algorithm costs at each size: the count itself, or over several seeds their median."""
        __tracebackhide__ = True
        return BySize({n: _median(costs) for n, costs in self.costs(algorithm, cost).items()})

    def _cost(self, run: Run, cost: CostModel | str | None) -> Any:
        __tracebackhide__ = True
        cost = cost or self.main_cost
        if cost in self.figures:
            return run.figures.get(str(cost))
        if cost == "seconds":
            return run.seconds
        if not isinstance(cost, CostModel) and not is_counted(cost):
            raise ValueError(unknown_cost(cost, (*self.figures, "seconds")))
        return cost_of(run.counts, cost)

    def _require(self, algorithm: str) -> None:
        __tracebackhide__ = True
        if algorithm not in self.algorithms:
            raise ValueError(f"the algorithm {algorithm!r} is not here; there are {', '.join(self.algorithms)}")

    def ratio(self, a: str, b: str, cost: CostModel | str | None = None) -> dict[int, float]:
        """How many times as much a costs as b, at each size; over several seeds the median of the ratios.

        Where b costs nothing it is inf, or nan if a costs nothing either.
        """
        __tracebackhide__ = True
        pairs = zip(self.costs(a, cost).values(), self.costs(b, cost).values(), strict=True)
        ratios = [[_divided(x, y) for x, y in zip(xs, ys, strict=True)] for xs, ys in pairs]
        return BySize({n: _median(each) for n, each in zip(self.sizes, ratios, strict=True)})

    def law(self, algorithm: str) -> Law:
        """The exact law of an algorithm's counts, recovered from the sizes that were run.

        Raises LawError (a ValueError) where no polynomial fits at least half of the sizes, those from some size on, and
        where the counts depend on the seed.
        """
        __tracebackhide__ = True
        self._require(algorithm)
        if algorithm not in self._laws:
            self._laws[algorithm] = self._find_law(algorithm)
        found = self._laws[algorithm]
        if isinstance(found, LawError):
            raise found.with_traceback(None)  # it is kept, and would grow with each raise
        return found

    @cached_property
    def _laws(self) -> dict[str, Law | LawError]:
        return {}

    def _find_law(self, algorithm: str) -> Law | LawError:
        counts: dict[int, OpCounts] = {}
        for run in self.rows:
            if run.algorithm == algorithm and counts.setdefault(run.n, run.counts) != run.counts:
                return LawError(f"the counts of {algorithm!r} depend on the seed, so they have no law; use growth")
        try:
            return law_of_counts(counts)
        except LawError as error:
            return error

    def growth(self, algorithm: str, cost: CostModel | str | None = None) -> Growth:
        """The fitted growth of an algorithm's cost, every run a point; see `mechkit.growth`."""
        __tracebackhide__ = True
        return growth(self.costs(algorithm, cost))

    def crossover(self, a: str, b: str, cost: CostModel | str | None = None) -> Crossover:
        """The size at which one algorithm overtakes the other for good, from their exact laws.

        Every whole number from the smallest size that was run on is searched, however large, in exact arithmetic. The
        result has ``n`` (None where they never cross), ``before`` and ``after`` (the cheaper one), and prints as a
        sentence. ``cost`` is a cost model or a kind: what is measured has no law.

        Raises LawError (a ValueError) where one of them has no law, or laws that differ for even and odd sizes.
        """
        __tracebackhide__ = True
        cost = cost or self.main_cost
        if cost in self.figures or cost == "seconds":
            raise LawError(f"{cost} is measured, not counted, so it has no law to find a crossover from")
        return cross(a, self.law(a), b, self.law(b), self.sizes, cost)


def _median(values: list[Any]) -> Any:
    filled = [value for value in values if value is not None]
    if len(filled) < 2 or any(value != value for value in filled):
        return next((value for value in filled if value != value), filled[0] if filled else None)
    return statistics.median(filled)


def _divided(x: Any, y: Any) -> float:
    if x is None or y is None or (x == y == 0):
        return float("nan")
    return float("inf") if y == 0 else x / y
