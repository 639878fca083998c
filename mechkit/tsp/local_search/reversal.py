"""The reversal of a path of a tour: all moves of local search are made of it."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel


@kernel(cache=True, error_model="numpy")
def reverse(order, place, i, j):
    """Reverse the path from position i up to position j of a tour, or the rest of the tour, whichever is shorter.

    order : (n,) the cities in the order of the tour, a cycle; place : (n,) where each city stands. Both choices give
    the same cycle. The same call again takes the reversal back.

    >>> from mechkit import law
    >>> order, place = np.arange(8), np.arange(8)
    >>> reverse(order, place, 1, 3)
    >>> order
    array([0, 3, 2, 1, 4, 5, 6, 7])
    >>> law(reverse, n=range(1, 9))["int"]["stores"]
    Polynomial('4n')
    """
    n = order.size
    inside = j - i + 1
    if inside <= 0:
        inside += n
    if 2 * inside > n:
        first = i
        i = j + 1
        j = first - 1
        inside = n - inside
        if i == n:
            i = 0
        if j < 0:
            j = n - 1
    for _ in range(inside // 2):
        a = order[i]
        b = order[j]
        order[i] = b
        place[b] = i
        order[j] = a
        place[a] = j
        i += 1
        if i == n:
            i = 0
        j -= 1
        if j < 0:
            j = n - 1


@reverse.example
def _(n):
    return np.arange(4 * n), np.arange(4 * n), 3 * n, n - 1


@kernel(cache=True, error_model="numpy")
def reverse_path(order, place, log, a, b, outside):
    """Reverse the path between two cities that does not hold a third one, and note it.

    log : (m, 2) the positions of reversals; log[0, 0] is the number of the last one.

    >>> from mechkit import law
    >>> order, place, log = np.arange(8), np.arange(8), np.zeros((9, 2), np.int64)
    >>> reverse_path(order, place, log, 3, 1, 0)
    >>> order, log[:2]
    (array([0, 3, 2, 1, 4, 5, 6, 7]), array([[1, 0],
           [1, 3]]))
    >>> law(reverse_path, n=range(1, 9))["int"]["stores"]
    Polynomial('4n + 3')
    """
    n = order.size
    i = place[a]
    j = place[b]
    length = j - i
    if length < 0:
        length += n
    away = place[outside] - i
    if away < 0:
        away += n
    if away <= length:
        first = i
        i = j
        j = first
    reverse(order, place, i, j)
    log[0, 0] += 1
    log[log[0, 0], 0] = i
    log[log[0, 0], 1] = j


@reverse_path.example
def _(n):
    return np.arange(4 * n + 1), np.arange(4 * n + 1), np.zeros((2, 2), np.int64), 0, 2 * n - 1, 3 * n


@kernel(cache=True, error_model="numpy")
def take_back(order, place, log, down_to):
    """Take back all reversals after the first ones, the last one first.

    >>> from mechkit import law
    >>> law(take_back, n=range(1, 9))["int"]["stores"]
    Polynomial('4n + 1')
    """
    for k in range(log[0, 0], down_to, -1):
        reverse(order, place, log[k, 0], log[k, 1])
    log[0, 0] = down_to


@take_back.example
def _(n):
    return np.arange(4 * n), np.arange(4 * n), np.array([[1, 0], [0, 2 * n - 1]]), 0
