"""All exchanges of two edges in turn: a pair that makes the same moves, and differs in how a move is judged."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.tsp.cities import Cities, distance, length_of


@kernel(cache=True, error_model="numpy")
def turn(tour, i, j):
    """Reverse the part of a tour from position i to position j, where i is before j.

    >>> from mechkit import law
    >>> law(turn, n=range(1, 6))["int"]["stores"]
    Polynomial('2n')
    """
    for k in range((j - i + 1) // 2):
        a = tour[i + k]
        tour[i + k] = tour[j - k]
        tour[j - k] = a


@turn.example
def _(n):
    return np.arange(2 * n), 0, 2 * n - 1


@kernel(cache=True, error_model="numpy")
def sweep_by_recomputation(cities, tour, tiny):
    """Try each exchange of two edges, and keep it where the whole tour is then shorter. Returns what was gained.

    Where nothing can be gained:

    >>> from mechkit import law
    >>> law(sweep_by_recomputation, n=range(1, 9)).sqrt
    Polynomial('n^3/2 - n^2/2 + n')
    """
    n = tour.size
    length = length_of(cities, tour)
    first = length
    for i in range(n - 1):
        for j in range(i + 1, n):
            turn(tour, i, j)
            other = length_of(cities, tour)
            if other < length - tiny:
                length = other
            else:
                turn(tour, i, j)
    return first - length


@sweep_by_recomputation.example
def _(n):
    angle = 2.0 * np.pi * np.arange(n) / n
    return Cities(np.column_stack([np.cos(angle), np.sin(angle)]), 0), np.arange(n), 1e-12


@kernel(cache=True, error_model="numpy")
def sweep_by_difference(cities, tour, tiny):
    """Try each exchange of two edges, and make it where the new ones are shorter. Returns what was gained.

    Where nothing can be gained:

    >>> from mechkit import law
    >>> law(sweep_by_difference, n=range(1, 9)).sqrt
    Polynomial('2n^2 - 2n')
    """
    data, rounding = cities
    n = tour.size
    total = 0.0
    for i in range(n - 1):
        for j in range(i + 1, n):
            before = tour[(i + n - 1) % n]
            after = tour[(j + 1) % n]
            old = distance(data, rounding, before, tour[i]) + distance(data, rounding, tour[j], after)
            new = distance(data, rounding, before, tour[j]) + distance(data, rounding, tour[i], after)
            if old - new > tiny and j - i < n - 1:
                turn(tour, i, j)
                total = total + (old - new)
    return total


@sweep_by_difference.example
def _(n):
    return sweep_by_recomputation.example_arguments(n)
