"""Kicks: a few paths beside each other change places, local search repairs the place, and what is worse is taken back."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance
from mechkit.tsp.local_search.queue import enqueue, improve, queue_for, tour_for
from mechkit.tsp.local_search.reversal import reverse, take_back


@kernel(cache=True, error_model="numpy")
def double_bridge(cities, tour, queue, first, cuts):
    """Turn a path A B C, whose parts end at three places, into C B A. Returns by how much the tour becomes longer.

    first : the position where the path begins; cuts : (3,) where its parts end, counted from there, at most half the
    tour. The eight ends of the edges are put into the queue.

    >>> from mechkit import law
    >>> law(double_bridge, n=range(1, 6)).flops
    Polynomial('55')
    """
    # Martin, Otto and Felten, Complex Systems 5 (1991): local, so that its cost does not grow with n
    data, rounding = cities
    order, place, log = tour
    ring, ends, waiting, _, _ = queue
    n = order.size
    more = 0.0
    # 1  the edges that go, and their ends
    for k in range(4):
        p = first - 1
        if k > 0:
            p += cuts[k - 1]
        if p < 0:
            p += n
        elif p >= n:
            p -= n
        q = p + 1
        if q == n:
            q = 0
        more = more - distance(data, rounding, order[p], order[q])
        enqueue(ring, ends, waiting, order[p])
        enqueue(ring, ends, waiting, order[q])
    # 2  the whole path is reversed, then each part
    begin = 0
    for k in range(4):
        i = first + begin
        j = first + cuts[2] - 1
        if k > 0:
            j = i + cuts[3 - k] - 1
            if k < 3:
                j -= cuts[2 - k]
            begin = j + 1 - first
        if i >= n:
            i -= n
        if j >= n:
            j -= n
        reverse(order, place, i, j)
        log[0, 0] += 1
        log[log[0, 0], 0] = i
        log[log[0, 0], 1] = j
    # 3  the edges that come
    for k in range(4):
        p = first - 1
        if k == 1:
            p += cuts[2] - cuts[1]
        elif k == 2:
            p += cuts[2] - cuts[0]
        elif k == 3:
            p += cuts[2]
        if p < 0:
            p += n
        elif p >= n:
            p -= n
        q = p + 1
        if q == n:
            q = 0
        more = more + distance(data, rounding, order[p], order[q])
    return more


@double_bridge.example
def _(n):
    size = 2 * n + 20
    order = np.arange(size)
    cities = Cities(np.random.default_rng(0).random((size, 2)), 0)
    return cities, tour_for(order), queue_for(order, 1, full=False), 0, np.array([n, n + 3, n + 5])


@kernel(cache=True, error_model="numpy")
def kick(cities, tour, near, queue, rng, limits, kicks):
    """Kick at random places, repair each by local search, and take back what makes the tour longer.

    limits : (depth, tiny, longest), the first two as for `improve`; longest : the longest path of a kick, at most half
    the tour. Returns how much shorter the tour has become.

    The cost of a kick does not grow with n:

    >>> from mechkit import growth
    >>> found = growth(lambda n: kick(*kick.example_arguments(n)), n=[200, 400, 800])
    >>> abs(found.exponent) < 0.5
    True
    """
    order, place, log = tour
    ring, ends, waiting, _, _ = queue
    depth, tiny, longest = limits
    n = order.size
    cuts = np.zeros(3, np.int64)
    total = 0.0
    for _ in range(kicks):
        # 1  three different cuts in ascending order, drawn one by one
        log[0, 0] = 0
        first = int(rng.random() * n)
        for k in range(3):
            cut = 1 + int(rng.random() * (longest - k))
            q = k
            for p in range(k):
                if cut >= cuts[p]:
                    cut += 1
            while q > 0 and cuts[q - 1] > cut:
                cuts[q] = cuts[q - 1]
                q -= 1
            cuts[q] = cut
        # 2  the kick, and the repair
        more = double_bridge(cities, tour, queue, first, cuts)
        gain = improve(cities, tour, near, queue, depth, tiny, 50 * n)
        # 3  what is worse is taken back
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
    return Cities(points, 0), tour, near, queue, np.random.default_rng(0), (2, 1e-12, 5), 20
