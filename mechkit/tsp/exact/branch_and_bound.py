"""Exact tours by branch and bound: 1-trees give the bounds, and the node with the least bound comes first."""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np

from mechkit.checking import whole
from mechkit.tsp.cities import EXACT, Cities, distance_matrix, length_of, size_of
from mechkit.tsp.exact.lower_bound import FEWEST, FIRST, Ascent, certain, whole_numbers
from mechkit.tsp.exact.one_tree import Tree, edges_of, one_tree, walk
from mechkit.tsp.result import DONE, LIMIT, TourResult
from mechkit.tsp.search import Start, Watch

#: Rounds of the ascent at the root.
ROUNDS = 16
#: Steps of a node; the first one, as a part of the mean length of an edge; the factor from one to the next.
NODE_STEPS, NODE_FIRST, SHRINK = 50, 0.2, 0.92
#: A forced edge is made shorter by so many times the longest edge, so that the shortest 1-tree holds it.
FORCED = 10.0
#: Tours whose lengths differ by this part are taken for equally long, where distances are no whole numbers.
EQUAL = 1e-11


class Node(NamedTuple):
    """A set of tours: those with all forced edges, and no barred one.

    bound : no tour of the set is shorter; number : the order of the nodes, for equal bounds; potentials : (n,) of the
    bound; forced, barred : edges (i, j), i < j; tree : the edges of its 1-tree, and degree : those of each city.
    """

    bound: float
    number: int
    potentials: np.ndarray
    forced: frozenset[tuple[int, int]]
    barred: frozenset[tuple[int, int]]
    tree: np.ndarray
    degree: np.ndarray


def branch_and_bound(
    cities: Any, tour: Any = None, *, maxnodes: int | None = None, callback: Any = None, progress: bool = False
) -> TourResult:
    """The shortest tour, proved by lower bounds: the set of all tours is split until no part can hold a shorter one.

    The bound of a part is that of Held and Karp, by 1-trees. If the 1-tree is a tour, the part needs no more work. If
    not, more than two of its edges meet in a city, and the part is split by which of them the tour may have.

    Parameters
    ----------
    cities : (n, 2) points, (n, n) symmetric distances, or a problem from `mechkit.problems.read_tsplib`.
    tour : (n,) the best tour that is known; the greedy tour if left out. A good one does not make the proof shorter.
    maxnodes : no part is split after the bounds of so many; no limit if left out. With a hundred cities there may be
        thousands.
    callback : called with a `TourResult` after each split; it ends the search by raising StopIteration.
    progress : whether progress is shown on standard error.

    Returns
    -------
    TourResult
        The best tour found, its bound, and its gap: 0 if success. status : 0 the tour is the shortest one, 1 maxnodes
        was met, 2 Ctrl-C, 99 the callback ended it; nit : parts; history : "length" and "bound" after each
        split.

    Raises
    ------
    ValueError, TypeError
        for wrong cities, a tour that is no permutation, and a maxnodes that is not positive.

    Operation count
    ---------------
    At most 640 1-trees at the start, and 50 for each part more, of about n^2 operations each. The number of parts is
    not known before.

    >>> from mechkit import count
    >>> points = np.random.default_rng(0).random((30, 2))
    >>> with count() as ops:
    ...     found = branch_and_bound(points)
    >>> 0 < ops.flops < 700 * 4 * 30**2
    True

    References
    ----------
    Held and Karp, Mathematical Programming 1 (1971); Volgenant and Jonker, European J. Operational Research 9 (1982).

    Examples
    --------
    >>> found.message, found.gap, round(found.length, 3)
    ('no tour is shorter: ... was proved by the bounds of ... sets of tours', 0.0, 4.745)
    """
    start = Start(cities, tour)
    most = None if maxnodes is None else whole("maxnodes", maxnodes)
    watch = Watch(callback, progress)
    search = _Search(start)
    with watch.listening():
        search.root()
        watch.tell(search.so_far, 0.0)
        while search.open and (most is None or search.made < most):
            search.split(heapq.heappop(search.open))
            watch.tell(search.so_far, 0.0)
    watch.close()
    return search.ended(watch)


class _Search:
    """The parts that are still to be split, the best tour, and what is known."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.D = distance_matrix(start.cities)
        self.n = size_of(start.cities)
        self.whole = whole_numbers(start.cities)
        self.best = np.arange(self.n)
        self.length = start.length
        self.open: list[Node] = []
        self.made = 0
        self._closing = -np.inf
        self._history: list[tuple[float, float]] = []

    def root(self) -> None:
        """The set of all tours."""
        if self.n > FEWEST:
            self._bounded(np.zeros(self.n), frozenset(), frozenset(), -np.inf)
            self._record()

    def split(self, node: Node) -> None:
        """Split a set of tours by two edges of its 1-tree, which meet in a city with more than two edges."""
        # The bound of the node is in force until its parts have theirs.
        self._closing = node.bound
        city = _busiest(node)
        beside = [(min(a, b), max(a, b)) for a, b in node.tree.tolist() if city in (a, b)]
        forced = [edge for edge in beside if edge in node.forced]
        first, second = sorted((e for e in beside if e not in node.forced), key=lambda e: self.D[e])[:2]
        parts = [({first}, set()), ({second}, {first})]
        if not forced:
            parts.append((set(), {first, second}))
        for barred, more in parts:
            now_forced, now_barred = node.forced | more, node.barred | barred
            now_barred |= self._others(now_forced, now_barred)
            self._bounded(node.potentials, now_forced, frozenset(now_barred), node.bound)
        self._closing = -np.inf
        self._record()

    def _record(self) -> None:
        """Drop what cannot hold a shorter tour, and note what is known."""
        while self.open and certain(self.open[0].bound, self.whole) >= self.length * (1.0 - EQUAL):
            heapq.heappop(self.open)
        self._history.append((self.length, self.bound))

    def _others(self, forced: frozenset[tuple[int, int]], barred: Any) -> set[tuple[int, int]]:
        """The other edges of cities with two forced edges: no tour has them."""
        ends = np.bincount(np.array(list(forced), np.int64).ravel(), minlength=self.n)
        full = np.flatnonzero(ends >= 2).tolist()
        return {
            edge
            for v in full
            for u in range(self.n)
            if u != v and (edge := (min(u, v), max(u, v))) not in forced and edge not in barred
        }

    def _bounded(self, potentials: np.ndarray, forced: Any, barred: Any, at_least: float) -> None:
        """Find the bound of a set of tours, and keep the set if it can hold a shorter tour."""
        D = self.D.copy()
        less = FORCED * float(self.D.max())
        for edges, length in ((forced, -less), (barred, np.inf)):
            for i, j in edges:
                D[i, j] += length
                D[j, i] += length
        ascent = Ascent(Cities(D[:, :, None], EXACT), potentials)
        mean = self.length / self.n
        if self.made == 0:
            step = FIRST * mean
            for _ in range(ROUNDS):
                step = ascent.round(step)
                if ascent.tour is not None:
                    break
        else:
            ascent.climb(NODE_FIRST * mean, NODE_STEPS, SHRINK)
        self.made += 1
        bound = max(ascent.bound + less * len(forced), at_least)
        if ascent.tour is not None:
            self._found(ascent.tour)
        elif certain(bound, self.whole) < self.length * (1.0 - EQUAL):
            one_tree(ascent.cities, ascent.best, ascent.tree)
            self._found(walk(ascent.tree))
            heapq.heappush(self.open, _node(bound, self.made, ascent.best, forced, barred, ascent.tree))

    def _found(self, tour: np.ndarray) -> None:
        length = float(length_of(self.start.cities, tour))
        if length < self.length:
            self.length = length
            self.best = tour

    @property
    def bound(self) -> float:
        """No tour is shorter."""
        least = [node.bound for node in self.open[:1]]
        if self._closing > -np.inf:
            least.append(self._closing)
        if self.made == 0 and self.n > FEWEST:
            return 0.0
        return min(self.length, max(certain(min(least, default=self.length), self.whole), 0.0))

    def so_far(self) -> TourResult:
        """The result at this time."""
        return self._result(False, LIMIT, "the search goes on")

    def ended(self, watch: Watch) -> TourResult:
        """The result at the end."""
        if watch.status != DONE:
            return self._result(False, watch.status, watch.reason(""))
        if self.open:
            return self._result(False, LIMIT, f"maxnodes was met after the bounds of {self.made} sets of tours")
        proof = f"this was proved by the bounds of {self.made} sets of tours" if self.made else "there is one tour"
        return self._result(True, DONE, f"no tour is shorter: {proof}")

    def _result(self, success: bool, status: int, message: str) -> TourResult:
        lengths, bounds = np.array(self._history).reshape(-1, 2).T
        history = {"length": lengths.copy(), "bound": bounds.copy()}
        tour = self.start.names[self.best]
        found = self.start.result(tour, success, status, message, nit=self.made, history=history, bound=0.0)
        bound = found.length if success else min(self.bound, found.length)
        return self.start.result(tour, success, status, message, nit=self.made, history=history, bound=bound)


def _node(bound: float, number: int, potentials: np.ndarray, forced: Any, barred: Any, tree: Tree) -> Node:
    return Node(bound, number, potentials, forced, barred, edges_of(tree), tree.degree.copy())


def _busiest(node: Node) -> int:
    """The city with more than two edges that has most forced ones, or else most edges."""
    ends = np.bincount(np.array(list(node.forced), np.int64).ravel(), minlength=node.degree.size)
    return int(np.argmax(np.where(node.degree > 2, 1.0 + ends + node.degree / node.degree.size, 0.0)))
