"""The steps of Metropolis on tours: random exchanges, each judged by the difference of a few distances."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance
from mechkit.tsp.local_search.queue import tour_for
from mechkit.tsp.local_search.reversal import reverse_path

#: A move takes so many cities at most from one place of the tour to another.
LONGEST = 3
#: What a tally holds: reversals and moves that were judged, those that were worse, and those that were accepted.
REVERSALS, MOVES, WORSE, ACCEPTED = 0, 1, 2, 3


@kernel(cache=True, error_model="numpy")
def move_path(tour, p, s1, s2, q, u, v, forward):
    """Take the path from s1 to s2, which stands between p and q, out of a tour, and put it between u and v.

    In the direction p, s1, s2, q, the city u comes before v. forward : whether s1 comes beside u, or else beside v.

    >>> from mechkit import law
    >>> tour = tour_for(np.arange(8))
    >>> move_path(tour, 1, 2, 3, 4, 6, 7, True)
    >>> tour.order
    array([0, 7, 3, 2, 6, 5, 4, 1])
    >>> law(move_path, n=range(1, 9))["int"]["stores"]
    Polynomial('8n + 18')
    """
    order, place, log = tour
    log[0, 0] = 0
    reverse_path(order, place, log, s1, u, p)
    reverse_path(order, place, log, u, q, p)
    if forward:
        reverse_path(order, place, log, s2, s1, p)


@move_path.example
def _(n):
    return tour_for(np.arange(8 * n)), 0, 1, 2, 3, 2 * n + 2, 2 * n + 3, True


@kernel(cache=True, error_model="numpy")
def metropolis(cities, tour, near, rng, temperature, proposals, tally):
    """Propose random exchanges, and accept each with the probability of Metropolis, min(1, exp(-longer / temperature)).

    An exchange begins with a random city and one of its near cities, which become neighbors on the tour. Half of the
    proposals reverse a path, and half move a path of up to three cities. near : (n, k) the near cities; tally : (4,)
    increased by the reversals and moves that were judged, the worse ones, and the accepted ones. Returns how much
    longer the tour has become.

    The cost of a proposal does not grow with n:

    >>> from mechkit import growth
    >>> def flops_of(n):
    ...     metropolis(*metropolis.example_arguments(n))
    >>> abs(growth(flops_of, n=[100, 200, 400]).exponent) < 0.1
    True
    """
    # Metropolis et al., J. Chemical Physics 21 (1953); Kirkpatrick, Gelatt and Vecchi, Science 220 (1983)
    data, rounding = cities
    order, place, log = tour
    n = order.size
    k = near.shape[1]
    total = 0.0
    reversals = 0
    moves = 0
    worse = 0
    accepted = 0
    for _ in range(proposals):
        # 1  a city, a near one, and one of twelve kinds: how many cities are moved, and to which sides
        a = int(rng.random() * n)
        c = near[a, int(rng.random() * k)]
        kind = int(rng.random() * 12.0)
        step = 1
        if kind % 2 == 1:
            step = -1
        kind = kind // 2
        p1 = place[a] + step
        if p1 == n:
            p1 = 0
        elif p1 < 0:
            p1 = n - 1
        if kind < LONGEST:
            # 2  a reversal: the edges from a and c to the next cities go
            p2 = place[c] + step
            if p2 == n:
                p2 = 0
            elif p2 < 0:
                p2 = n - 1
            b = order[p1]
            d = order[p2]
            if c == b or a == d:
                continue
            reversals += 1
            old = distance(data, rounding, a, b) + distance(data, rounding, c, d)
            longer = distance(data, rounding, a, c) + distance(data, rounding, b, d) - old
        else:
            # 3  a move: the path from a to b, between p and q, is put beside c, on the side of d
            many = kind - LONGEST
            place_b = place[a] + step * many
            if place_b >= n:
                place_b -= n
            elif place_b < 0:
                place_b += n
            apart = (place[c] - place[a]) * step
            if apart < 0:
                apart += n
            # 3a  c must not be on the path
            if apart <= many or many + 3 > n:
                continue
            place_p = place[a] - step
            if place_p == n:
                place_p = 0
            elif place_p < 0:
                place_p = n - 1
            place_q = place_b + step
            if place_q == n:
                place_q = 0
            elif place_q < 0:
                place_q = n - 1
            side = 1
            if rng.random() < 0.5:
                side = -1
            place_d = place[c] + side * step
            if place_d >= n:
                place_d -= n
            elif place_d < 0:
                place_d += n
            b = order[place_b]
            p = order[place_p]
            q = order[place_q]
            d = order[place_d]
            # 3b  d neither
            if d == a:
                continue
            if d == b:
                continue
            moves += 1
            old = distance(data, rounding, p, a) + distance(data, rounding, b, q) + distance(data, rounding, c, d)
            new = distance(data, rounding, p, q) + distance(data, rounding, c, a) + distance(data, rounding, b, d)
            longer = new - old
        # 4  a worse tour is accepted with the probability of Metropolis
        if longer > 0.0:
            worse += 1
            if rng.random() >= math.exp(-longer / temperature):
                continue
        # 5  accepted
        accepted += 1
        total = total + longer
        if kind < LONGEST:
            log[0, 0] = 0
            reverse_path(order, place, log, b, c, a)
        elif side == 1:
            move_path(tour, p, a, b, q, c, d, True)
        else:
            move_path(tour, p, a, b, q, d, c, False)
    tally[REVERSALS] += reversals
    tally[MOVES] += moves
    tally[WORSE] += worse
    tally[ACCEPTED] += accepted
    return total


@metropolis.example
def _(n):
    size = n + 5
    points = np.random.default_rng(0).random((size, 2))
    near = np.argsort(np.square(points[:, None] - points).sum(axis=2), axis=1)[:, 1:4].copy()
    tally = np.zeros(4, np.int64)
    return Cities(points, 0), tour_for(np.arange(size)), near, np.random.default_rng(1), 0.1, 200, tally
