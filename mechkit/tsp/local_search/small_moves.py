"""The exchange of two edges, and the move of a few cities to another place, searched by lists of neighbors."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance
from mechkit.tsp.local_search.exchanges import NOTHING, SWAP, SWAP_AND_TURN, TWO, exchange
from mechkit.tsp.local_search.queue import enqueue, queue_for, tour_for


@kernel(cache=True, error_model="numpy")
def best_small_move(cities, order, place, near, t1, t2, limits, move):
    """The best move that begins with the edge from t1 to t2, a neighbor of t1 on the tour. Returns what it gains.

    limits : (segment, tiny), the most cities that are moved together, 0 for exchanges of two edges only, and the least
    gain; move : (9,) filled as by `best_exchange`.

    >>> from mechkit import growth
    >>> found = growth(lambda n: best_small_move(*best_small_move.example_arguments(n)), n=[100, 200, 400, 800])
    >>> round(found.exponent)
    0
    """
    # Bentley, ORSA J. Computing 4 (1992), sections 4 and 5
    data, rounding = cities
    segment, tiny = limits
    n = order.size
    start = place[t2]
    away = 1
    if order[(place[t1] + 1) % n] != t2:
        away = -1
    d12 = distance(data, rounding, t1, t2)
    best = tiny
    move[0] = NOTHING
    move[1] = t1
    move[2] = t2
    for a in range(near.shape[1]):
        # 1  a new edge from t2 to t3
        t3 = near[t2, a]
        g1 = d12 - distance(data, rounding, t2, t3)
        if g1 <= tiny:
            break
        o3 = (away * (place[t3] - start) + n) % n
        if min(o3, n - o3) > move[8]:
            continue
        before = order[(place[t3] - away + n) % n]
        after = order[(place[t3] + away + n) % n]
        to_before = distance(data, rounding, t3, before)
        # 2  exchange two edges
        if o3 > 1:
            g = g1 + to_before - distance(data, rounding, before, t1)
            if g > best:
                best = g
                move[0] = TWO
                move[3] = t3
                move[4] = before
        # 3  move the cities from t2 to s beside t3
        s = t2
        for k in range(1, min(segment, o3, n - 3) + 1):
            x = order[(start + away * k + 2 * n) % n]
            g2 = g1 + distance(data, rounding, s, x) - distance(data, rounding, x, t1)
            if o3 < n - 1:
                g = g2 + distance(data, rounding, t3, after) - distance(data, rounding, s, after)
                if g > best:
                    best = g
                    move[0] = SWAP
                    move[3] = t3
                    move[4] = after
                    move[5] = s
                    move[6] = x
            if o3 > k:
                g = g2 + to_before - distance(data, rounding, s, before)
                if g > best:
                    best = g
                    move[0] = SWAP_AND_TURN
                    move[3] = before
                    move[4] = t3
                    move[5] = s
                    move[6] = x
            s = x
    return best


@best_small_move.example
def _(n):
    size = n + 5
    points = np.random.default_rng(0).random((size, 2))
    near = np.argsort(np.square(points[:, None] - points).sum(axis=2), axis=1)[:, 1:5].copy()
    return Cities(points, 0), np.arange(size), np.arange(size), near, 0, 1, (3, 1e-12), np.full(9, size)


@kernel(cache=True, error_model="numpy")
def descend(cities, tour, near, queue, limits, most):
    """Look at cities of the queue, and move what makes the tour shorter. Returns the sum of the gains.

    limits : for `best_small_move`; most : cities to look at. It ends early where the log is full.

    Of order n for points spread evenly:

    >>> from mechkit import growth
    >>> found = growth(lambda n: descend(*descend.example_arguments(n)), n=[100, 200, 400, 800])
    >>> 0.8 < found.exponent < 1.5
    True
    """
    order, place, log = tour
    ring, ends, waiting, move, _ = queue
    n = order.size
    total = 0.0
    for _ in range(most):
        if ends[1] == 0 or log[0, 0] + 4 >= log.shape[0]:
            break
        # 1  the next city, and its two edges
        t1 = ring[ends[0]]
        ends[0] = (ends[0] + 1) % n
        ends[1] -= 1
        waiting[t1] = False
        for side in range(2):
            t2 = order[(place[t1] + 2 * side - 1 + n) % n]
            gain = best_small_move(cities, order, place, near, t1, t2, limits, move)
            if move[0] == NOTHING:
                continue
            # 2  the move; the ends of its edges are looked at again
            exchange(order, place, log, move)
            total = total + gain
            last = 7
            if move[0] == TWO:
                last = 5
            for k in range(1, last):
                enqueue(ring, ends, waiting, move[k])
            break
    return total


@descend.example
def _(n):
    size = n + 5
    points = np.random.default_rng(0).random((size, 2))
    near = np.argsort(np.square(points[:, None] - points).sum(axis=2), axis=1)[:, 1:5].copy()
    order = np.argsort(points[:, 0] + np.round(3 * points[:, 1]))
    return Cities(points, 0), tour_for(order), near, queue_for(order, 1), (3, 1e-12), 50 * size
