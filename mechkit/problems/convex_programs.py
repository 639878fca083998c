"""Linear and quadratic programs of any size that have a solution, as arguments of linprog and quadratic_program."""

from __future__ import annotations

from typing import Any

import numpy as np


def random_linear_program(n: int, rng: Any = None) -> dict[str, Any]:
    """A dense linear program in n variables and n/2 inequalities, built around its one solution.

    n : variables, at least 2; rng : a seed or a numpy.random.Generator. Returns c, A_ub and b_ub, for x >= 0.

    At the solution a random quarter of the variables are positive, and as many inequalities hold with equality. The
    multipliers of these inequalities are positive, and so are those of the variables that are 0. So the solution is a
    vertex, and no other point is as good.

    >>> {name: array.shape for name, array in random_linear_program(6, rng=0).items()}
    {'c': (6,), 'A_ub': (3, 6), 'b_ub': (3,)}
    """
    rng, m = np.random.default_rng(rng), n // 2
    k = (m + 1) // 2
    A = rng.standard_normal((m, n))
    x, reduced, slack, multipliers = np.zeros(n), rng.random(n), rng.random(m), np.zeros(m)
    positive, active = rng.permutation(n)[:k], rng.permutation(m)[:k]
    x[positive], reduced[positive] = rng.random(k), 0.0
    multipliers[active], slack[active] = rng.random(k), 0.0
    return {"c": reduced - A.T @ multipliers, "A_ub": A, "b_ub": A @ x + slack}


def packing(n: int, rng: Any = None) -> dict[str, Any]:
    """What to make of n goods for the most profit, where each of n/2 stocks suffices for a quarter of all needs.

    n : variables, at least 2; rng : a seed or a numpy.random.Generator. Returns c, A_ub and b_ub, for x >= 0: needs and
    profits are random numbers between 0 and 1.

    >>> packing(8, rng=0)["b_ub"]
    array([2., 2., 2., 2.])
    """
    rng = np.random.default_rng(rng)
    return {"c": -rng.random(n), "A_ub": rng.random((n // 2, n)), "b_ub": np.full(n // 2, n / 4)}


def transport(k: int, rng: Any = None) -> dict[str, Any]:
    """The cheapest way from k stores to k shops at random costs: k² variables, 2k equations, almost all zeros.

    k : stores; rng : a seed or a numpy.random.Generator. Returns c, A_eq and b_eq, for x >= 0. Stocks and demands are
    whole numbers with the same sum.

    >>> transport(2, rng=0)["A_eq"].astype(int)
    array([[1, 1, 0, 0],
           [0, 0, 1, 1],
           [1, 0, 1, 0],
           [0, 1, 0, 1]])
    """
    rng = np.random.default_rng(rng)
    stock = rng.integers(1, 20, k)
    demand = rng.multinomial(stock.sum(), np.full(k, 1 / k))
    return {**_from_to(k), "c": rng.random(k * k), "b_eq": np.concatenate((stock, demand)).astype(float)}


def assignment(k: int, rng: Any = None) -> dict[str, Any]:
    """Who does what at the least cost: k workers, k tasks, random costs; all vertices are whole numbers.

    k : workers; rng : a seed or a numpy.random.Generator. Returns c, A_eq, b_eq and bounds (0, 1).

    References: Schrijver, Theory of Linear and Integer Programming, section 19.3: the matrix is totally unimodular.

    >>> assignment(2, rng=0)["b_eq"]
    array([1., 1., 1., 1.])
    """
    costs = np.random.default_rng(rng).random(k * k)
    return {**_from_to(k), "c": costs, "b_eq": np.ones(2 * k), "bounds": (0, 1)}


def _from_to(k: int) -> dict[str, Any]:
    return {"A_eq": np.vstack([np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))])}


def klee_minty(n: int) -> dict[str, Any]:
    """The cube of Klee and Minty, so bent that the simplex method by Dantzig's rule visits all its 2^n vertices.

    n : variables. Returns c, A_ub and b_ub, for x >= 0; the least cost is -5^n.

    References: Klee and Minty, How good is the simplex algorithm?, Inequalities III (1972).

    >>> klee_minty(3)["A_ub"].astype(int), klee_minty(3)["b_ub"], klee_minty(3)["c"]
    (array([[1, 0, 0],
           [4, 1, 0],
           [8, 4, 1]]), array([  5.,  25., 125.]), array([-4., -2., -1.]))
    """
    i = np.arange(n)
    A = np.tril(2.0 ** (i[:, np.newaxis] - i + 1), -1) + np.eye(n)
    return {"c": -(2.0 ** (n - 1 - i)), "A_ub": A, "b_ub": 5.0 ** (i + 1)}


def random_quadratic_program(n: int, rng: Any = None) -> dict[str, Any]:
    """A dense convex quadratic program in n variables between 0 and 1, with n/2 rows between -1 and 1.

    n : variables, at least 2; rng : a seed or a numpy.random.Generator. Returns P, q, A, l and u; x = 0 is feasible.

    >>> {name: array.shape for name, array in random_quadratic_program(4, rng=0).items()}
    {'P': (4, 4), 'q': (4,), 'A': (6, 4), 'l': (6,), 'u': (6,)}
    """
    rng, m = np.random.default_rng(rng), n // 2
    M, q, rows = rng.standard_normal((n, n)), rng.standard_normal(n), rng.standard_normal((m, n))
    lowest = np.concatenate((np.full(m, -1.0), np.zeros(n)))
    return {"P": M.T @ M / n, "q": q, "A": np.vstack((rows, np.eye(n))), "l": lowest, "u": np.ones(m + n)}


def portfolio(n: int, rng: Any = None) -> dict[str, Any]:
    """Shares of n assets, none negative, that weigh risk against expected return (Markowitz).

    n : assets, at least 2; rng : a seed or a numpy.random.Generator. Returns P, q, A, l and u. The risk P comes from
    n/5 common factors and one of each asset.

    >>> portfolio(5, rng=0)["A"].shape
    (6, 5)
    """
    rng = np.random.default_rng(rng)
    factors = rng.standard_normal((n, max(1, n // 5)))
    lowest, highest = np.append(1.0, np.zeros(n)), np.ones(n + 1)
    P = factors @ factors.T + np.diag(rng.random(n))
    return {"P": P, "q": -5.0 * rng.random(n), "A": np.vstack((np.ones(n), np.eye(n))), "l": lowest, "u": highest}
