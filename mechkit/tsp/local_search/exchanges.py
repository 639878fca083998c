"""The exchanges of two and three edges at an edge of a tour, searched by lists of neighbors."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance
from mechkit.tsp.local_search.reversal import reverse_path

#: How two or three edges are exchanged: two, twice two, both paths between t1 and t4 reversed, the two swapped, and
#: swapped with the first of them reversed.
NOTHING, TWO, TWO_AND_TWO, BOTH, SWAP, SWAP_AND_TURN = 0, 1, 2, 3, 4, 5


@kernel(cache=True, error_model="numpy")
def best_exchange(cities, order, place, near, t1, t2, gain, move):
    """The best exchange that begins with the edge from t1 to t2, a neighbor of t1 on the tour.

    gain : the length of that edge, or what a chain of exchanges that ends with it has gained. move : (9,) filled with
    the way of the exchange, with t1, ..., t6, and with 1 where the tour becomes shorter. If no exchange makes it
    shorter, it is the one that could be continued best. move[8] is the longest path to be reversed. Returns what the
    exchange gains. Where it is to be continued, the last edge, which closes the tour, is left out.

    >>> from mechkit import growth
    >>> found = growth(lambda n: best_exchange(*best_exchange.example_arguments(n)), n=[100, 200, 400, 800])
    >>> round(found.exponent)
    0
    """
    # Lin and Kernighan, Operations Research 21 (1973); Johnson and McGeoch (1997), section 3
    data, rounding = cities
    n = order.size
    reach = move[8]
    start = place[t2]
    forward = order[(place[t1] + 1) % n] == t2
    closed = 0.0
    opened = 0.0
    move[0] = NOTHING
    move[1] = t1
    move[2] = t2
    move[7] = 0
    for a in range(near.shape[1]):
        # 1  a new edge from t2 to t3
        t3 = near[t2, a]
        g1 = gain - distance(data, rounding, t2, t3)
        if g1 <= 0.0:
            break
        o3 = place[t3] - start
        if not forward:
            o3 = -o3
        if o3 < 0:
            o3 += n
        if min(o3, n - o3) > reach:
            continue
        for side in range(2):
            # 2  without the edge from t3 to t4: t4 before t3 gives a tour, t4 after t3 a path and a cycle
            step = 2 * side - 1
            o4 = o3 + step
            if o4 <= 0 or o4 >= n or o3 == n - 1:
                continue
            p = place[t3] + step
            if not forward:
                p = place[t3] - step
            if p < 0:
                p += n
            elif p >= n:
                p -= n
            t4 = order[p]
            g2 = g1 + distance(data, rounding, t3, t4)
            if side == 0:
                g = g2 - distance(data, rounding, t4, t1)
                if g > closed:
                    closed = g
                    move[0] = TWO
                    move[3] = t3
                    move[4] = t4
                    move[7] = 1
                elif closed == 0.0 and g2 > opened:
                    opened = g2
                    move[0] = TWO
                    move[3] = t3
                    move[4] = t4
            for b in range(near.shape[1]):
                # 3  a new edge from t4 to t5
                t5 = near[t4, b]
                g3 = g2 - distance(data, rounding, t4, t5)
                if g3 <= closed or g3 <= 0.0:
                    break
                if t5 == t3:
                    continue
                o5 = place[t5] - start
                if not forward:
                    o5 = -o5
                if o5 < 0:
                    o5 += n
                if o5 == n - 1 or (side == 1 and o5 > o3) or min(o5, n - o5) > reach:
                    continue
                for turn in range(2):
                    # 4  without the edge from t5 to t6, on that side of t5 where a tour results
                    if side == 0 and turn == int(o5 < o4):
                        continue
                    step = 1 - 2 * turn
                    o6 = o5 + step
                    if o6 < 0 or o6 == o4 or (side == 1 and o6 > o3):
                        continue
                    p = place[t5] + step
                    if not forward:
                        p = place[t5] - step
                    if p < 0:
                        p += n
                    elif p >= n:
                        p -= n
                    t6 = order[p]
                    g4 = g3 + distance(data, rounding, t5, t6)
                    g = g4 - distance(data, rounding, t6, t1)
                    if g > closed or (closed == 0.0 and g4 > opened):
                        if g > closed:
                            closed = g
                            move[7] = 1
                        opened = g4
                        move[0] = TWO_AND_TWO
                        if side == 1:
                            move[0] = SWAP - turn
                        move[3] = t3
                        move[4] = t4
                        move[5] = t5
                        move[6] = t6
    if move[7] == 1:
        return closed
    return opened


@best_exchange.example
def _(n):
    size = n + 5
    points = np.random.default_rng(0).random((size, 2))
    near = np.argsort(np.square(points[:, None] - points).sum(axis=2), axis=1)[:, 1:5].copy()
    return Cities(points, 0), np.arange(size), np.arange(size), near, 0, 1, 0.3, np.full(9, size)


@kernel(cache=True, error_model="numpy")
def exchange(order, place, log, move):
    """Make an exchange. Returns the city that is then beside t1 on the tour, by the edge that closes it.

    >>> from mechkit import law
    >>> law(exchange, n=range(1, 9))["int"]["stores"]
    Polynomial('8n + 6')
    """
    t1 = move[1]
    t2 = move[2]
    t3 = move[3]
    t4 = move[4]
    t5 = move[5]
    t6 = move[6]
    if move[0] == TWO:
        reverse_path(order, place, log, t2, t4, t1)
        return t4
    if move[0] == TWO_AND_TWO:
        reverse_path(order, place, log, t2, t4, t1)
        reverse_path(order, place, log, t4, t6, t1)
    elif move[0] == BOTH:
        reverse_path(order, place, log, t2, t6, t1)
        reverse_path(order, place, log, t5, t3, t1)
    else:
        reverse_path(order, place, log, t2, t3, t1)
        reverse_path(order, place, log, t3, t6, t1)
        if move[0] == SWAP:
            reverse_path(order, place, log, t5, t2, t1)
    return t6


@exchange.example
def _(n):
    size = 8 * n
    move = np.array([BOTH, 0, 1, 4 * n, 4 * n + 1, 2 * n + 1, 2 * n, 1, size])
    return np.arange(size), np.arange(size), np.zeros((4, 2), np.int64), move
