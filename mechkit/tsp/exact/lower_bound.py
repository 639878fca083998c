"""The lower bound of Held and Karp: no tour is shorter than the best 1-tree under any potentials of the cities."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.result_access import ByName
from mechkit.tsp.cities import EXACT, Cities, cities_of, distance_matrix, size_of
from mechkit.tsp.exact.one_tree import ascend, one_tree, tour_in, tree_of
from mechkit.tsp.result import DONE, INTERRUPTED

#: Steps of one round.
STEPS = 40
#: The steps of the next round are half as long where a round has made the bound better by less than this part.
GAIN = 0.01
#: The first step, as a part of the mean length of an edge.
FIRST = 0.3
#: The least number of cities with a 1-tree.
FEWEST = 3
#: Rounding of one operation, with room for the few operations that make one term of a sum.
ROUNDING = 1e-15
#: Whole numbers up to this size are exact.
LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True, repr=False)
class BoundResult(ByName):
    """A length that no tour is below.

    bound : the length, less what rounding may have added; rounded_up : the next whole number where all distances are
    whole numbers, or else the bound; potentials : (n,) by which it was found;
    tour : (n,) the shortest tour, where the 1-tree is one, or None; success : whether all rounds were made, or the
    1-tree is a tour; status : 0 if so, 2 for Ctrl-C; message : the reason; nit : 1-trees; history : "bound" and "nit"
    after each round.
    """

    bound: float
    rounded_up: float
    potentials: np.ndarray
    tour: np.ndarray | None
    success: bool
    status: int
    message: str
    nit: int = 0
    history: dict[str, np.ndarray] = field(default_factory=dict)

    def __float__(self) -> float:
        return self.bound


def lower_bound(cities: Any, *, rounds: int = 20) -> BoundResult:
    """A length that no tour is below, by 1-trees and subgradients.

    A 1-tree is a spanning tree of all cities but one, with the two shortest edges of this one. Every tour is a 1-tree,
    so the shortest 1-tree is not longer than the shortest tour. A potential of each city, added to the lengths of all
    its edges, changes all tours alike, but not all 1-trees. The potentials rise where too many edges meet.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    rounds : of 40 steps each. Steps are half as long after a round that has gained less than 1 %.

    Returns
    -------
    BoundResult
        On most problems the bound is about 0.7 % below the shortest tour. It is weak for clusters that
        lie far apart. rounded_up is a better bound where all
        distances are whole numbers. Ctrl-C ends the ascent, and keeps the best bound so far.

    Raises
    ------
    ValueError, TypeError
        for other shapes, NaN and infinity, negative distances, and a matrix that is not symmetric.

    Operation count
    ---------------
    About 4n^2 flops for each 1-tree of points; a round takes 40 of them.

    >>> from mechkit import growth
    >>> points = np.random.default_rng(0).random((200, 2))
    >>> round(growth(lambda n: lower_bound(points[:n], rounds=2), n=[50, 100, 200]).exponent)
    2

    References
    ----------
    Held and Karp, Operations Research 18 (1970) and Mathematical Programming 1 (1971); Volgenant and Jonker, European
    J. Operational Research 9 (1982).

    Examples
    --------
    >>> found = lower_bound(points[:50])
    >>> round(found.bound, 3), found.message
    (5.791, 'the 1-tree is a tour, so no tour is shorter')
    >>> lower_bound([[0, 3, 4, 5], [3, 0, 5, 4], [4, 5, 0, 3], [5, 4, 3, 0]]).rounded_up
    14.0
    """
    checked = cities_of(cities)
    n = size_of(checked)
    most = whole("rounds", rounds)
    if n < FEWEST:
        only = np.arange(n)
        length = float(sum(distance_matrix(checked)[only, only[::-1]])) if n == 2 else 0.0
        return BoundResult(length, length, np.zeros(n), only, True, DONE, "so few cities have one tour")
    ascent = Ascent(checked)
    length = one_tree(checked, ascent.best, ascent.tree)
    status, message = DONE, f"all {most} rounds were made"
    found: list[tuple[float, int]] = []
    try:
        step = FIRST * length / n
        for _ in range(most):
            step = ascent.round(step)
            found.append((ascent.bound, ascent.trees))
            if ascent.tour is not None:
                message = "the 1-tree is a tour, so no tour is shorter"
                break
    except KeyboardInterrupt:
        status, message = INTERRUPTED, "Ctrl-C ended the ascent; the bound is the best one so far"
    whole_bound = certain(ascent.bound, whole_numbers(checked))
    columns = np.array(found).reshape(-1, 2).T
    history = {"bound": columns[0].copy(), "nit": columns[1].astype(np.int64)}
    done = status == DONE
    return BoundResult(
        ascent.bound, whole_bound, ascent.best, ascent.tour, done, status, message, ascent.trees, history
    )


class Ascent:
    """Potentials on their way to better bounds.

    cities : for the kernels; best : (n,) the potentials of the best bound; bound : this one, less what rounding may
    have added; tour : the tour that the best 1-tree is, or None; tree : the last 1-tree; trees : how many there were.
    """

    def __init__(self, cities: Cities, best: np.ndarray | None = None) -> None:
        n = size_of(cities)
        self.cities = cities
        self.best = np.zeros(n) if best is None else best.copy()
        self.tree = tree_of(n)
        self._memory = np.zeros(n), np.zeros(n)
        self.bound = 0.0 if best is None else -np.inf
        self.tour: np.ndarray | None = None
        self.trees = 0

    def round(self, step: float) -> float:
        """Make a round of steps of one length. Returns the length for the next round."""
        before = self.bound
        self.climb(step, STEPS)
        return step if self.bound > before * (1.0 + GAIN) else 0.5 * step

    def climb(self, step: float, steps: int, shrink: float = 1.0) -> None:
        """Make some steps from the best potentials."""
        bounds = np.full(steps, -np.inf)
        potential, direction = self._memory
        try:
            ascend(self.cities, potential, self.best, self.tree, direction, bounds, step, shrink)
        finally:  # Ctrl-C is heard when the kernel has returned, and its bounds are kept
            self._note(bounds[bounds > -np.inf])

    def _note(self, bounds: np.ndarray) -> None:
        """Keep the best of the last bounds."""
        if not bounds.size:
            return
        self.trees += bounds.size
        highest = float(bounds.max())
        if highest == np.inf:  # there is no 1-tree without barred edges
            self.bound = highest
            return
        # The error of a sum is at most the number of its terms times the sum of their sizes, by the unit of rounding.
        off = ROUNDING * len(self.best) * (abs(highest) + 4.0 * float(np.abs(self.best).sum()))
        self.bound = max(self.bound, highest - off)
        if (self.tree.degree == 2).all():
            self.tour = tour_in(self.tree)


def whole_numbers(cities: Cities) -> bool:
    """Whether all distances are whole numbers, which are added without rounding."""
    if cities.data.ndim == 2:
        return cities.rounding != EXACT
    return bool((cities.data == np.floor(cities.data)).all())


def certain(bound: float, whole: bool) -> float:
    """The bound, or the next whole number where the length of every tour is one.

    >>> certain(422.3, True), certain(422.3, False), certain(422.0, True)
    (423.0, 422.3, 422.0)
    """
    return float(np.ceil(bound)) if whole and abs(bound) < LARGEST_WHOLE else bound
