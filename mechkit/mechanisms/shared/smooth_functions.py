"""Functions to find a root or the minimum of, smooth, with all their derivatives, and known solutions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization import root
from mechkit.problems.more_garbow_hillstrom import problem

#: The most unknowns that `exponential` has data for.
MOST = 128
#: Its terms for each unknown.
TERMS = 4


@dataclass(frozen=True)
class Equations:
    """f(x) = 0, of a number or of a vector: f, its derivatives and the root, as far as they are known, and a start."""

    f: Any
    jac: Any
    x0: Any
    solution: Any = None
    hess: Any = None


@dataclass(frozen=True)
class Objective:
    """A function of any number of unknowns with its gradient and Hessian; its minimum is at (1, ..., 1)."""

    f: Any
    jac: Any
    hess: Any

    def start(self, n: int, seed: int = 0) -> np.ndarray:
        """A point at distance 1 from the minimum, in a random direction."""
        d = np.random.default_rng((seed, 1)).standard_normal(n)  # not the numbers that the data are made of
        return np.ones(n) + d / np.linalg.norm(d)


def cubic() -> Equations:
    """x^3 - 2x - 5, with the root that Newton found by his method in 1669."""

    def f(x):
        return x * x * x - 2.0 * x - 5.0

    def jac(x):
        return 3.0 * x * x - 2.0

    def hess(x):
        return 6.0 * x

    return Equations(f, jac, 2.0, 2.0945514815423265, hess)


def double_root() -> Equations:
    """(x - 1)^2 exp(x), whose root 1 is double."""

    def f(x):
        return (x - 1.0) ** 2 * np.exp(x)

    def jac(x):
        return (x - 1.0) * (x + 1.0) * np.exp(x)

    return Equations(f, jac, 2.0, 1.0)


def integral_equation(n: int) -> Equations:
    """Problem 29 of More, Garbow and Hillstrom, from 30 times its start: a dense Jacobian, regular at the root."""
    given = problem(29, n)
    return Equations(given.residual, given.jacobian, 30.0 * given.x0)


@cache
def root_of_integral_equation(n: int) -> np.ndarray:
    """Its root, to rounding."""
    given = integral_equation(n)
    return root(given.f, given.x0, jac=given.jac, tol=0.0).x


def powell_singular() -> Equations:
    """Problem 13 of More, Garbow and Hillstrom: four equations, whose Jacobian is singular at the root 0."""
    given = problem(13)
    return Equations(given.residual, given.jacobian, given.x0, given.minimizer)


@cache
def exponential() -> Objective:
    """The sum of exp(r_i) - r_i, r = A (x - 1), 4n terms with random A: a dense Hessian of 4n^3 flops.

    The logarithm of the likelihood has this form in a Poisson regression. The Hessian at the minimum is A'A.
    """
    A = np.random.default_rng(0).standard_normal((TERMS * MOST, MOST))

    @kernel(error_model="numpy")
    def term(row, x):
        r = row[0] * (x[0] - 1.0)
        for j in range(1, x.size):
            r += row[j] * (x[j] - 1.0)
        return r

    def f(x):
        s = 0.0
        for i in range(TERMS * x.size):
            r = term(A[i], x)
            s += np.exp(r) - r
        return s

    def jac(x):
        g = np.zeros(x.size)
        for i in range(TERMS * x.size):
            row = A[i]
            t = np.exp(term(row, x)) - 1.0
            for j in range(x.size):
                g[j] += t * row[j]
        return g

    def hess(x):
        H = np.zeros((x.size, x.size))
        for i in range(TERMS * x.size):
            row = A[i]
            w = np.exp(term(row, x))
            for j in range(x.size):
                of, t = H[j], w * row[j]
                for k in range(j + 1):
                    of[k] += t * row[k]
        for j in range(x.size):
            for k in range(j):
                H[k, j] = H[j, k]
        return H

    return Objective(f, jac, hess)


@cache
def coupled() -> Objective:
    """The sum of exp(r_i) - r_i, r = x - 1, and 5 / n times the square of the sum of r: a dense Hessian of 3n flops."""

    def f(x):
        s = t = 0.0
        for i in range(x.size):
            r = x[i] - 1.0
            s += np.exp(r) - r
            t += r
        return s + 5.0 / float(x.size) * (t * t)

    def jac(x):
        g, t = np.empty(x.size), 0.0
        for i in range(x.size):
            t += x[i] - 1.0
        t *= 10.0 / float(x.size)
        for i in range(x.size):
            g[i] = np.exp(x[i] - 1.0) - 1.0 + t
        return g

    def hess(x):
        H = np.full((x.size, x.size), 10.0 / float(x.size))
        for i in range(x.size):
            H[i, i] += np.exp(x[i] - 1.0)
        return H

    return Objective(f, jac, hess)


@cache
def quartic() -> Objective:
    """The sum of (x_i - 1)^4, whose Hessian is zero at the minimum."""

    def f(x):
        s = 0.0
        for i in range(x.size):
            s += (x[i] - 1.0) ** 4
        return s

    def jac(x):
        g = np.empty(x.size)
        for i in range(x.size):
            g[i] = 4.0 * (x[i] - 1.0) ** 3
        return g

    def hess(x):
        H = np.zeros((x.size, x.size))
        for i in range(x.size):
            H[i, i] = 12.0 * (x[i] - 1.0) ** 2
        return H

    return Objective(f, jac, hess)
