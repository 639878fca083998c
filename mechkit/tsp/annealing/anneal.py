"""Simulated annealing of tours, by a schedule of temperatures, until a budget of operations is spent."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.tsp.annealing.schedules import schedule_of
from mechkit.tsp.annealing.walk import FEWEST, PER_CITY, Walk, near_distance
from mechkit.tsp.cities import neighbors_wanted
from mechkit.tsp.grid import nearest_neighbors
from mechkit.tsp.result import DONE, LIMIT, TourResult
from mechkit.tsp.search import Start, Watch


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
    walk = Walk(start, near, np.random.default_rng(rng), allowed)
    run = _History(start, walk)
    temperature, cold = hot, _ = rule.between(near_distance(start.cities, near))
    with watch.listening():
        for step in range(rule.steps if n >= FEWEST else 0):
            walk.at(temperature, allowed * (step + 1) // rule.steps)
            run.note(temperature)
            watch.tell(lambda: run.result(LIMIT, "the search goes on", False), (step + 1) / rule.steps)
            share = (step + 1) / max(rule.steps - 1, 1)
            temperature = rule.next(share, hot, cold, temperature, walk.accepted)
    watch.close()
    message = f"the budget of {allowed:,} flops is spent" if n >= FEWEST else "so few cities have one tour"
    return run.result(watch.status, watch.reason(message), watch.status == DONE)


class _History:
    """What is noted at each temperature."""

    NAMES = ("length", "best", "temperature", "accepted", "nit", "flops")

    def __init__(self, start: Start, walk: Walk) -> None:
        self._start = start
        self._walk = walk
        self._rows: list[tuple[float, ...]] = []

    def note(self, temperature: float) -> None:
        """Note how the walk stands."""
        walk = self._walk
        self._rows.append((walk.length, walk.shortest, temperature, walk.accepted, walk.proposed, walk.flops()))

    def result(self, status: int, message: str, success: bool) -> TourResult:
        """The best tour so far."""
        columns = np.array(self._rows).reshape(-1, len(self.NAMES)).T
        history = {name: column.copy() for name, column in zip(self.NAMES, columns, strict=True)}
        for name in ("nit", "flops"):
            history[name] = history[name].astype(np.int64)
        tour = self._start.names[self._walk.best]
        return self._start.result(tour, success, status, message, nit=self._walk.proposed, history=history)
