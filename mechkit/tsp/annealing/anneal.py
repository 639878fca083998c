"""Simulated annealing of tours, by a schedule of temperatures, until a budget of operations is spent."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.tsp.annealing.metropolis import ACCEPTED, MOVES, REVERSALS, WORSE, metropolis
from mechkit.tsp.annealing.schedules import schedule_of
from mechkit.tsp.cities import NEAREST, Cities, neighbors_wanted
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.local_search.queue import tour_for
from mechkit.tsp.result import DONE, LIMIT, TourResult
from mechkit.tsp.search import Start, Watch

#: Flops for each city, where the budget is left out.
PER_CITY = 200_000
#: The least number of cities whose tour can be changed.
FEWEST = 4
#: Proposals of one call of the kernel: few enough that Ctrl-C is heard soon.
AT_ONCE = 1_000_000


def anneal(
    cities: Any,
    tour: Any = None,
    *,
    rng: Any = None,
    schedule: Any = "geometric",
    budget: int | None = None,
    neighbors: int = 8,
    callback: Any = None,
    progress: bool = False,
) -> TourResult:
    """Shorten a tour by simulated annealing: while it is hot, worse tours are accepted too, and so it leaves valleys.

    Each proposal reverses a path of the tour, or moves up to three cities. It is judged by the difference of a few
    distances.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) where to start; the greedy tour if left out.
    rng : a seed or a `numpy.random.Generator`, for the proposals. The same seed gives the same tour.
    schedule : "geometric", "linear", "adaptive", or a `Schedule` with temperatures of its own.
    budget : flops that the proposals may take, never more; 200,000 for each city if left out.
    neighbors : a proposal joins a city to one of so many nearest ones. With n - 1 all are proposed with the same
        probability, as theory wants it, and most are of no use.
    callback : called with a `TourResult` at each temperature; it ends the search by raising StopIteration.
    progress : whether progress is shown on standard error.

    Returns
    -------
    TourResult
        The best tour at the end of a temperature. status : 0 the budget is spent, 2 Ctrl-C, 99 the callback ended it;
        nit : proposals; history, at each temperature : "length", "best", "temperature", "accepted", "nit", "flops".

    Raises
    ------
    ValueError, TypeError
        for wrong cities, a tour that is no permutation, a budget of zero, and wrong temperatures.

    Operation count
    ---------------
    A distance d of points takes 6 flops. A proposal takes 3; judging a reversal 4d + 3, and a move 6d + 5; a worse tour
    2, and an accepted one 1.

    >>> from mechkit import count
    >>> points = np.random.default_rng(0).random((50, 2))
    >>> with count() as ops:
    ...     found = anneal(points, range(50), rng=0, budget=100_000)
    >>> int(found.history["flops"][-1]), ops.flops  # with the neighbors, and the lengths of two tours
    (99974, ...)

    References
    ----------
    Kirkpatrick, Gelatt and Vecchi, Science 220 (1983); Johnson and McGeoch, in: Local Search in Combinatorial
    Optimization (1997), section 4.

    Examples
    --------
    >>> found = anneal(points, rng=0)
    >>> found.message, round(found.length, 3)
    ('the budget of 10,000,000 flops is spent', 5.791)
    """
    rule = schedule_of(schedule)
    start = Start(cities, tour)
    n = len(start.names)
    allowed = PER_CITY * n if budget is None else whole("budget", budget)
    near = nearest_neighbors(start.cities, neighbors_wanted(neighbors, n))
    watch = Watch(callback, progress)
    run = _Run(start, near, np.random.default_rng(rng), allowed)
    temperature, cold = hot, _ = rule.between(_scale(start.cities, near))
    with watch.listening():
        for step in range(rule.steps if n >= FEWEST else 0):
            run.at(temperature, allowed * (step + 1) // rule.steps)
            watch.tell(lambda: run.result(LIMIT, "the search goes on", False), (step + 1) / rule.steps)
            share = (step + 1) / max(rule.steps - 1, 1)
            temperature = rule.next(share, hot, cold, temperature, run.accepted)
    watch.close()
    message = f"the budget of {allowed:,} flops is spent" if n >= FEWEST else "so few cities have one tour"
    return run.result(watch.status, watch.reason(message), watch.status == DONE)


class _Run:
    """A tour that is annealed: its state, its best tour so far, and its history."""

    def __init__(self, start: Start, near: np.ndarray, rng: np.random.Generator, budget: int) -> None:
        self._start = start
        self._near = near
        self._rng = rng
        self._budget = budget
        self._prices = _prices(start.cities)
        self._tour = tour_for(np.arange(len(start.names)))
        self._tally = np.zeros(4, np.int64)
        self._proposed = 0
        self._length = self._shortest = start.length
        self._best = self._tour.order.copy()
        self._history: list[tuple[float, ...]] = []
        self.accepted = 1.0

    def _flops(self) -> int:
        """What the proposals have taken so far, by their law."""
        return int(3 * self._proposed + self._tally @ self._prices)

    def at(self, temperature: float, until: int) -> None:
        """Propose at a temperature until so much of the budget is spent."""
        most = 5 + int(self._prices[MOVES] + self._prices[WORSE])
        proposed, accepted = self._proposed, self._tally[ACCEPTED]
        # The last call fits into the budget whatever it proposes.
        while (now := min((until - self._flops()) // most, AT_ONCE)) > 0:
            self._length += metropolis(
                self._start.cities, self._tour, self._near, self._rng, temperature, now, self._tally
            )
            self._proposed += now
        if self._length < self._shortest - self._start.tiny:
            self._shortest = self._length
            self._best[:] = self._tour.order
        if self._proposed > proposed:
            self.accepted = float(self._tally[ACCEPTED] - accepted) / (self._proposed - proposed)
        row = (self._length, self._shortest, temperature, self.accepted, self._proposed, self._flops())
        self._history.append(row)

    def result(self, status: int, message: str, success: bool) -> TourResult:
        """The best tour so far."""
        names = ("length", "best", "temperature", "accepted", "nit", "flops")
        columns = np.array(self._history).reshape(-1, len(names)).T
        history = {name: column.copy() for name, column in zip(names, columns, strict=True)}
        for name in ("nit", "flops"):
            history[name] = history[name].astype(np.int64)
        tour = self._start.names[self._best]
        return self._start.result(tour, success, status, message, nit=self._proposed, history=history)


def _prices(cities: Cities) -> np.ndarray:
    """The flops of what a tally holds."""
    d = 0
    if cities.data.ndim == 2:
        d = 7 if cities.rounding == NEAREST else 6
    prices = np.zeros(4, np.int64)
    prices[REVERSALS] = 4 * d + 3
    prices[MOVES] = 6 * d + 5
    prices[WORSE] = 2
    prices[ACCEPTED] = 1
    return prices


def _scale(cities: Cities, near: np.ndarray) -> float:
    """The mean distance of near cities."""
    data = cities.data
    first = np.arange(len(data))[:, None]
    if data.ndim == 3:
        return float(data[first, near, 0].mean()) if near.size else 0.0
    apart = data[near] - data[first]
    d = np.hypot(apart[:, :, 0], apart[:, :, 1])
    return float(d.mean()) if d.size else 0.0
