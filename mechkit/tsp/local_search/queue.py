"""Local search from a queue: the cities whose surroundings have changed; the don't-look bits of all others are set."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance
from mechkit.tsp.local_search.exchanges import NOTHING, best_exchange, exchange
from mechkit.tsp.local_search.reversal import take_back

#: Reversals that are noted before they must be forgotten or taken back.
NOTED = 2000


class Tour(NamedTuple):
    """A tour that is being changed.

    order : (n,) the cities as they are visited; place : (n,) where each city stands; log : the reversals made, see
    `reverse_path`.
    """

    order: Any
    place: Any
    log: Any


class Queue(NamedTuple):
    """Cities that are to be looked at.

    cities : (n,) a ring; ends : (2,) where the first one stands, and how many there are; waiting : (n,) whether a city
    is among them; move, touched : memory for an exchange, and for the cities that it touches.
    """

    cities: Any
    ends: Any
    waiting: Any
    move: Any
    touched: Any


@kernel(cache=True, error_model="numpy")
def enqueue(ring, ends, waiting, city):
    """Put a city at the end of the queue, where it is not in it.

    >>> from mechkit import law
    >>> law(enqueue, n=range(1, 6))["int"]["stores"]
    Polynomial('3')
    """
    if waiting[city]:
        return
    waiting[city] = True
    p = ends[0] + ends[1]
    if p >= ring.size:
        p -= ring.size
    ring[p] = city
    ends[1] += 1


@enqueue.example
def _(n):
    return np.zeros(n, np.int64), np.zeros(2, np.int64), np.zeros(n, np.bool_), 0


@kernel(cache=True, error_model="numpy")
def improve(cities, tour, near, queue, depth, tiny, most):
    """Look at cities of the queue, and exchange edges at them where this makes the tour shorter.

    depth : the exchanges in a chain, of which only the last one need make the tour shorter; tiny : what an exchange
    must gain at least; most : cities to look at. Returns the sum of the gains. It ends early where the log is full.

    Of order n for points spread evenly:

    >>> from mechkit import growth
    >>> found = growth(lambda n: improve(*improve.example_arguments(n)), n=[100, 200, 400, 800])
    >>> 0.8 < found.exponent < 1.5
    True
    """
    data, rounding = cities
    order, place, log = tour
    ring, ends, waiting, move, touched = queue
    n = order.size
    total = 0.0
    for _ in range(most):
        if ends[1] == 0 or log[0, 0] + 3 * depth + 1 >= log.shape[0]:
            break
        # 1  the next city
        t1 = ring[ends[0]]
        ends[0] += 1
        if ends[0] == n:
            ends[0] = 0
        ends[1] -= 1
        waiting[t1] = False
        for side in range(2):
            p = place[t1] + 2 * side - 1
            if p < 0:
                p += n
            elif p == n:
                p = 0
            t2 = order[p]
            # 2  a chain of exchanges, each the best one; the last one must close a shorter tour
            gain = distance(data, rounding, t1, t2) - tiny
            before = log[0, 0]
            many = 0
            for level in range(depth):
                gain = best_exchange(cities, order, place, near, t1, t2, gain, move)
                if move[0] == NOTHING or (level == depth - 1 and move[7] == 0):
                    break
                t2 = exchange(order, place, log, move)
                last = 7
                if move[0] == 1:
                    last = 5
                for k in range(2, last):
                    touched[many] = move[k]
                    many += 1
                if move[7] == 1:
                    break
            # 3  the whole chain is taken back, or the ends of its edges are looked at again
            if move[0] == NOTHING or move[7] == 0:
                take_back(order, place, log, before)
                continue
            total = total + (gain + tiny)
            enqueue(ring, ends, waiting, t1)
            for k in range(many):
                enqueue(ring, ends, waiting, touched[k])
            break
    return total


@improve.example
def _(n):
    size = n + 5
    points = np.random.default_rng(0).random((size, 2))
    near = np.argsort(np.square(points[:, None] - points).sum(axis=2), axis=1)[:, 1:5].copy()
    order = np.argsort(points[:, 0] + np.round(3 * points[:, 1]))
    return Cities(points, 0), tour_for(order), near, queue_for(order, 2), 2, 1e-14, 50 * size


def tour_for(order: np.ndarray, noted: int = NOTED) -> Tour:
    """The tour for kernels: its own memory."""
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    return Tour(order.astype(np.int64), place, np.zeros((noted + 1, 2), np.int64))


def queue_for(order: np.ndarray, depth: int, full: bool = True) -> Queue:
    """A queue of all cities in the order of the tour, or of no city."""
    n = order.size
    ends = np.array([0, n if full else 0])
    return Queue(order.copy(), ends, np.full(n, full), np.full(9, n), np.zeros(6 * depth, np.int64))


def refill(queue: Queue) -> None:
    """Put all cities into the queue, in the order of their numbers."""
    n = queue.cities.size
    queue.cities[:] = np.arange(n)
    queue.ends[:] = 0, n
    queue.waiting[:] = True
