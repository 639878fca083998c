"""Kicks: three parts of the tour change places, local search repairs the tour, and what is worse is taken back."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance
from mechkit.tsp.local_search.queue import enqueue, improve, queue_for, tour_for
from mechkit.tsp.local_search.reversal import reverse_path, take_back


@kernel(cache=True, error_model="numpy")
def double_bridge(cities, tour, queue, cuts):
    """Turn the parts A B C D of a tour into A D C B. Returns by how much the tour becomes longer.

    cuts : (4,) the positions where the parts end, in ascending order. The ends of the edges are put into the queue.

    >>> from mechkit import law
    >>> law(double_bridge, n=range(1, 6)).flops
    Polynomial('56')
    """
    # Martin, Otto and Felten, Complex Systems 5 (1991)
    data, rounding = cities
    order, place, log = tour
    ring, ends, waiting, _, _ = queue
    n = order.size
    more = 0.0
    # 1  the edges that go, from the last city of a part to the first of the next, and those that come
    for k in range(4):
        last = order[cuts[k]]
        first = order[(cuts[k] + 1) % n]
        other = order[(cuts[(k + 2) % 4] + 1) % n]
        more = more + (distance(data, rounding, last, other) - distance(data, rounding, last, first))
        enqueue(ring, ends, waiting, last)
        enqueue(ring, ends, waiting, first)
    # 2  B C D is reversed as a whole, then each of them
    a = order[cuts[0]]
    first_b = order[cuts[0] + 1]
    last_b = order[cuts[1]]
    first_c = order[cuts[1] + 1]
    last_c = order[cuts[2]]
    first_d = order[cuts[2] + 1]
    last_d = order[cuts[3]]
    reverse_path(order, place, log, first_b, last_d, a)
    reverse_path(order, place, log, first_b, last_b, a)
    reverse_path(order, place, log, first_c, last_c, a)
    reverse_path(order, place, log, first_d, last_d, a)
    return more


@double_bridge.example
def _(n):
    size = 2 * n + 20
    order = np.arange(size)
    cities = Cities(np.random.default_rng(0).random((size, 2)), 0)
    return cities, tour_for(order), queue_for(order, 1, full=False), np.array([n, n + 3, n + 5, n + 9])


@kernel(cache=True, error_model="numpy")
def choose_cuts(place, near, rng, steps, longest, cuts):
    """Draw four cuts of a tour at cities that are near each other: where random walks from one city end.

    steps : of a walk; longest : where a part of the tour longer than this would have to be reversed, the cuts follow
    each other on the tour instead. Returns whether all four are different.

    >>> from mechkit import law
    >>> law(choose_cuts, n=range(1, 6)).random
    Polynomial('1')
    """
    n = place.size
    first = int(rng.random() * n)
    # 1  ends of walks, in ascending order of their positions
    for k in range(4):
        city = first
        if k > 0:
            for _ in range(steps):
                city = near[city, int(rng.random() * near.shape[1])]
        q = k
        while q > 0 and cuts[q - 1] > place[city]:
            cuts[q] = cuts[q - 1]
            q -= 1
        cuts[q] = place[city]
    # 2  the longest part stays where it is
    part = cuts[0] + n - cuts[3]
    for k in range(3):
        part = max(part, cuts[k + 1] - cuts[k])
    if n - part > longest:
        span = min(longest, n // 2)
        start = int(rng.random() * (n - span))
        cuts[0] = start
        for k in range(1, 4):
            cut = start + 1 + int(rng.random() * (span - 1))
            q = k
            while q > 1 and cuts[q - 1] > cut:
                cuts[q] = cuts[q - 1]
                q -= 1
            cuts[q] = cut
    return cuts[0] < cuts[1] and cuts[1] < cuts[2] and cuts[2] < cuts[3]


@choose_cuts.example
def _(n):
    return np.arange(n), np.zeros((n, 1), np.int64), np.random.default_rng(0), 0, n, np.zeros(4, np.int64)


@kernel(cache=True, error_model="numpy")
def kick(cities, tour, near, queue, rng, limits, kicks):
    """Kick at random places, repair each by local search, and take back what makes the tour longer.

    limits : (depth, tiny, steps, longest), for `improve` and for `choose_cuts`. Returns how much shorter the tour has
    become.

    The cost of a kick does not grow with n:

    >>> from mechkit import growth
    >>> found = growth(lambda n: kick(*kick.example_arguments(n)), n=[200, 400, 800])
    >>> abs(found.exponent) < 0.5
    True
    """
    order, place, log = tour
    ring, ends, waiting, _, _ = queue
    depth, tiny, steps, longest = limits
    n = order.size
    cuts = np.zeros(4, np.int64)
    total = 0.0
    for _ in range(kicks):
        log[0, 0] = 0
        if not choose_cuts(place, near, rng, steps, longest, cuts):
            continue
        # 1  the kick, and the repair
        more = double_bridge(cities, tour, queue, cuts)
        gain = improve(cities, tour, near, queue, depth, tiny, 50 * n)
        # 2  what is worse is taken back
        if gain < more or ends[1] > 0:
            take_back(order, place, log, 0)
            while ends[1] > 0:
                ends[1] -= 1
                waiting[ring[(ends[0] + ends[1]) % n]] = False
        else:
            total = total + (gain - more)
    log[0, 0] = 0
    return total


@kick.example
def _(n):
    size = n + 10
    angle = 2.0 * np.pi * np.arange(size) / size
    points = np.column_stack([np.cos(angle), np.sin(angle)])
    near = np.argsort(np.square(points[:, None] - points).sum(axis=2), axis=1, kind="stable")[:, 1:5].copy()
    tour, queue = tour_for(np.arange(size)), queue_for(np.arange(size), 2, full=False)
    return Cities(points, 0), tour, near, queue, np.random.default_rng(0), (2, 1e-12, 4, 100), 20
