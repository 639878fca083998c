"""One tour on its random way: the state that annealing and parallel tempering share."""

from __future__ import annotations

import numpy as np

from mechkit.tsp.annealing.metropolis import ACCEPTED, MOVES, REVERSALS, WORSE, metropolis
from mechkit.tsp.cities import NEAREST, Cities
from mechkit.tsp.local_search.queue import tour_for
from mechkit.tsp.search import Start

#: Flops for each city, where the budget is left out.
PER_CITY = 200_000
#: The least number of cities whose tour can be changed.
FEWEST = 4
#: Proposals of one call of the kernel: few enough that Ctrl-C is heard soon.
AT_ONCE = 1_000_000


class Walk:
    """A tour that is changed at random, and its shortest state so far.

    length : of the tour; shortest, best : the least length at the end of a call of `at`, and its tour; proposed : how
    many proposals there were; accepted : the share of them that was accepted at the last temperature.
    """

    def __init__(self, start: Start, near: np.ndarray, rng: np.random.Generator, budget: int) -> None:
        self._start = start
        self._near = near
        self._rng = rng
        self._budget = budget
        self._prices = _prices(start.cities)
        self._tour = tour_for(np.arange(len(start.names)))
        self._tally = np.zeros(4, np.int64)
        self.length = self.shortest = start.length
        self.best = self._tour.order.copy()
        self.proposed = 0
        self.accepted = 1.0

    def flops(self) -> int:
        """What the proposals have taken so far, by their law."""
        return int(3 * self.proposed + self._tally @ self._prices)

    def at(self, temperature: float, until: int) -> None:
        """Propose at a temperature until all proposals together have taken about so many flops.

        They never take more than the budget, and all of it where it ends.
        """
        most = 5 + int(self._prices[MOVES] + self._prices[WORSE])
        proposed, accepted = self.proposed, self._tally[ACCEPTED]
        # By their mean cost so far, one call takes about what is wanted; whatever it proposes, it keeps to the budget.
        mean = self.flops() / proposed if proposed else float(most)
        wanted = int((until - self.flops()) / mean) if until < self._budget else self._budget
        while (now := min(wanted, (self._budget - self.flops()) // most, AT_ONCE)) > 0:
            self.length += metropolis(
                self._start.cities, self._tour, self._near, self._rng, temperature, now, self._tally
            )
            self.proposed += now
            wanted -= now
        if self.length < self.shortest - self._start.tiny:
            self.shortest = self.length
            self.best[:] = self._tour.order
        if self.proposed > proposed:
            self.accepted = float(self._tally[ACCEPTED] - accepted) / (self.proposed - proposed)


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


def near_distance(cities: Cities, near: np.ndarray) -> float:
    """The mean distance of near cities, the scale of temperatures."""
    data = cities.data
    first = np.arange(len(data))[:, None]
    if data.ndim == 3:
        return float(data[first, near, 0].mean()) if near.size else 0.0
    apart = data[near] - data[first]
    d = np.hypot(apart[:, :, 0], apart[:, :, 1])
    return float(d.mean()) if d.size else 0.0
