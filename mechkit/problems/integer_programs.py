"""Integer programs of any size, easy and hard, as the arguments of branch_and_bound; every variable is 0 or 1."""

from __future__ import annotations

from typing import Any

import numpy as np


def odd_sum(n: int) -> dict[str, Any]:
    """Choose some of n twos that add up to n, an odd number: impossible, but no bound tells before n/2 are fixed.

    n : variables, odd. Returns c, A_eq, b_eq and bounds. Raises ValueError for an even n, which has a solution.

    References: Jeroslow, Trivial integer programs unsolvable by branch-and-bound, Mathematical Programming 6 (1974).

    >>> odd_sum(3)["A_eq"], odd_sum(3)["b_eq"]
    (array([[2., 2., 2.]]), array([3.]))
    """
    if n % 2 == 0:
        raise ValueError(f"n is {n}; it must be odd")
    return {"c": np.zeros(n), "A_eq": np.full((1, n), 2.0), "b_eq": np.array([float(n)]), "bounds": (0, 1)}


def subset_sum(n: int, rng: Any = None) -> dict[str, Any]:
    """Fill an odd space as far as possible with some of n even weights up to 1000, of about half their sum.

    n : variables; rng : a seed or a numpy.random.Generator. Returns c, A_ub, b_ub and bounds. The relaxation always
    fills the space, which no choice does.

    References: Chvatal, Hard knapsack problems, Operations Research 28 (1980).

    >>> program = subset_sum(3, rng=0)
    >>> program["A_ub"], program["b_ub"]
    (array([[852., 638., 512.]]), array([1001.]))
    """
    weights = 2.0 * np.random.default_rng(rng).integers(1, 501, n)
    return {
        "c": -weights,
        "A_ub": weights[np.newaxis],
        "b_ub": np.array([weights.sum() // 4 * 2 + 1]),
        "bounds": (0, 1),
    }


def knapsack(n: int, rng: Any = None, limits: int = 1, correlated: bool = False) -> dict[str, Any]:
    """The most valuable of n things whose weights, 1 to 100, stay within half of the weight of all.

    n : variables; rng : a seed or a numpy.random.Generator; limits : the kinds of weight, each with its own limit;
    correlated : whether a value is the mean weight and 10 more, and not any number from 1 to 100. Returns c, A_ub,
    b_ub and bounds.

    References: Martello and Toth, Knapsack Problems, section 2.10; Pisinger, Where are the hard knapsack problems?,
    Computers and Operations Research 32 (2005).

    >>> program = knapsack(4, rng=0, correlated=True)
    >>> program["A_ub"], program["b_ub"], program["c"]
    (array([[86., 64., 52., 27.]]), array([114.]), array([-96., -74., -62., -37.]))
    """
    rng = np.random.default_rng(rng)
    weights = rng.integers(1, 101, (limits, n)).astype(float)
    values = np.rint(weights.mean(axis=0)) + 10.0 if correlated else rng.integers(1, 101, n).astype(float)
    return {"c": -values, "A_ub": weights, "b_ub": weights.sum(axis=1) // 2, "bounds": (0, 1)}
