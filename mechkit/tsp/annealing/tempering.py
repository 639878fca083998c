"""Parallel tempering: tours at several temperatures at once, which change places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.tsp.annealing.schedules import Schedule
from mechkit.tsp.annealing.walk import FEWEST, PER_CITY, Walk, near_distance
from mechkit.tsp.cities import neighbors_wanted
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.result import DONE, LIMIT, TourResult
from mechkit.tsp.search import Start, Watch

#: Flops of one pair of temperatures in `swap_places`.
PAIR = 4
#: Tours at once, where their number is left out.
REPLICAS = 8
#: How often places are changed while the budget is spent.
ROUNDS = 400


@kernel(cache=True, error_model="numpy")
def swap_places(lengths, inverse, holder, first, rng):
    """Propose that tours at neighboring temperatures change places, and accept with the probability of Metropolis.

    lengths : (m,) of the tours; inverse : (m,) 1 / temperature; holder : (m,) the tour at each temperature, changed;
    first : 0 for the pairs (0, 1), (2, 3), ..., and 1 for (1, 2), (3, 4), .... Returns how many pairs were swapped.

    A shorter tour always gets the colder place:

    >>> from mechkit import law
    >>> holder = np.array([0, 1])
    >>> swap_places(np.array([9.0, 7.0]), np.array([1.0, 0.5]), holder, 0, np.random.default_rng(0))
    1
    >>> holder
    array([1, 0])
    >>> law(swap_places, n=range(1, 6)).flops
    Polynomial('4n')
    """
    # Swendsen and Wang, Physical Review Letters 57 (1986); Geyer (1991)
    swapped = 0
    for k in range(first, holder.size - 1, 2):
        i = holder[k]
        j = holder[k + 1]
        # The weights exp(-length / temperature) of both tours, after a swap and before it.
        exponent = (lengths[i] - lengths[j]) * (inverse[k] - inverse[k + 1])
        if rng.random() < math.exp(min(exponent, 0.0)):
            holder[k] = j
            holder[k + 1] = i
            swapped += 1
    return swapped


@swap_places.example
def _(n):
    return np.ones(2 * n), np.arange(2.0 * n, 0.0, -1.0), np.arange(2 * n), 0, np.random.default_rng(0)


def parallel_tempering(
    cities: Any,
    tour: Any = None,
    *,
    rng: Any = None,
    replicas: int = REPLICAS,
    hot: float | None = None,
    cold: float | None = None,
    rounds: int = ROUNDS,
    budget: int | None = None,
    neighbors: int = 8,
    callback: Any = None,
    progress: bool = False,
) -> TourResult:
    """Shorten a tour by parallel tempering: several tours at constant temperatures, which change places at random.

    Annealing cools one tour, and a valley in which it freezes is its last. Here the hot tours go on to find valleys,
    and the cold ones search them. A tour that becomes short moves to a colder place, and one that is stuck in a long
    valley moves to a hotter one.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) where all tours start; the greedy tour if left out.
    rng : a seed or a `numpy.random.Generator`. The same seed gives the same tour.
    replicas : how many tours, at least 2. Each temperature is the same multiple of the next colder one.
    hot, cold : the highest and the lowest temperature, in the unit of the distances; 0.3 and 0.03 of the mean
        distance of near cities if left out, as for `anneal`.
    rounds : how often tours change places while the budget is spent.
    budget : flops that all tours together may take, never more; 200,000 for each city if left out.
    neighbors : as for `anneal`.
    callback : called with a `TourResult` after each round; it ends the search by raising StopIteration.
    progress : whether progress is shown on standard error.

    Returns
    -------
    TourResult
        The best tour at the end of a round. status : 0 the budget is spent, 2 Ctrl-C, 99 the callback ended it;
        nit : proposals; history, after each round : "length" of the coldest tour, "best", "swapped", "nit", "flops".

    Raises
    ------
    ValueError, TypeError
        for wrong cities, a tour that is no permutation, a budget of zero, wrong temperatures, and one replica.

    Operation count
    ---------------
    Proposals as for `anneal`, and 4 flops for each pair of temperatures that may swap.

    >>> from mechkit import count
    >>> points = np.random.default_rng(0).random((50, 2))
    >>> with count() as ops:
    ...     found = parallel_tempering(points, range(50), rng=0, rounds=20, budget=100_000)
    >>> int(found.history["flops"][-1]), ops.flops  # with the neighbors, and the lengths of two tours
    (99..., ...)

    References
    ----------
    Swendsen and Wang, Physical Review Letters 57 (1986); Geyer, in: Computing Science and Statistics 23 (1991); Earl
    and Deem, Physical Chemistry Chemical Physics 7 (2005).

    Examples
    --------
    >>> found = parallel_tempering(points, rng=0)
    >>> found.message, round(found.length, 3)
    ('the budget of 10,000,000 flops is spent', 5.791)
    """
    start = Start(cities, tour)
    n = len(start.names)
    allowed = PER_CITY * n if budget is None else whole("budget", budget)
    near = nearest_neighbors(start.cities, neighbors_wanted(neighbors, n))
    ladder = Schedule("geometric", hot, cold, whole("replicas", replicas, 2))
    total = whole("rounds", rounds)
    run = _Tempering(start, near, ladder, np.random.default_rng(rng), total, allowed)
    watch = Watch(callback, progress)
    with watch.listening():
        for k in range(total if n >= FEWEST else 0):
            run.round(k)
            watch.tell(lambda: run.result(LIMIT, "the search goes on", False), (k + 1) / total)
    watch.close()
    message = f"the budget of {allowed:,} flops is spent" if n >= FEWEST else "so few cities have one tour"
    return run.result(watch.status, watch.reason(message), watch.status == DONE)


class _Tempering:
    """Tours at their temperatures, the coldest first, and the history of the search."""

    NAMES = ("length", "best", "swapped", "nit", "flops")

    def __init__(
        self,
        start: Start,
        near: np.ndarray,
        ladder: Schedule,
        rng: np.random.Generator,
        rounds: int,
        budget: int,
    ) -> None:
        m = ladder.steps
        hot, cold = ladder.between(near_distance(start.cities, near))
        # What the swaps of all rounds leave of the budget, for each tour.
        self._each = (budget - PAIR * ((m - 1) * (rounds // 2) + rounds % 2 * (m // 2))) // m
        self._start = start
        self._rng = rng
        self._budget = budget
        self._rounds = rounds
        self._walks = [Walk(start, near, rng, self._each) for _ in range(m)]
        self._temperatures = np.array([ladder.next(k / (m - 1), hot, cold, hot, 1.0) for k in range(m)])[::-1].copy()
        # The inverse of the smallest numbers of all would overflow.
        self._inverse = 1.0 / np.maximum(self._temperatures, np.finfo(np.float64).tiny)
        self._holder = np.arange(m)
        self._swaps = 0
        self._rows: list[tuple[float, ...]] = []

    def round(self, k: int) -> None:
        """Spend the share of one round on all tours, and let every second pair of neighbors change places."""
        m = len(self._walks)
        pairs = (m - k % 2) // 2
        # 1  proposals
        for holder, temperature in zip(self._holder, self._temperatures, strict=True):
            self._walks[holder].at(temperature, self._each * (k + 1) // self._rounds)
        # 2  swaps
        swapped = 0
        if self._flops() + PAIR * pairs <= self._budget:
            lengths = np.array([walk.length for walk in self._walks])
            swapped = swap_places(lengths, self._inverse, self._holder, k % 2, self._rng)
            self._swaps += pairs
        coldest = self._walks[self._holder[0]].length
        best = min(walk.shortest for walk in self._walks)
        self._rows.append((coldest, best, swapped / max(pairs, 1), self._proposed(), self._flops()))

    def result(self, status: int, message: str, success: bool) -> TourResult:
        """The best tour so far."""
        columns = np.array(self._rows).reshape(-1, len(self.NAMES)).T
        history = {name: column.copy() for name, column in zip(self.NAMES, columns, strict=True)}
        for name in ("nit", "flops"):
            history[name] = history[name].astype(np.int64)
        best = min(self._walks, key=lambda walk: walk.shortest).best
        tour = self._start.names[best]
        return self._start.result(tour, success, status, message, nit=self._proposed(), history=history)

    def _proposed(self) -> int:
        return sum(walk.proposed for walk in self._walks)

    def _flops(self) -> int:
        return sum(walk.flops() for walk in self._walks) + PAIR * self._swaps
