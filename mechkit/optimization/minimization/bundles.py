"""What the kernels of `minimize` are given, in bundles: each kernel unpacks them in its first lines.

Functions are given one by one: to find the type of a bundle that holds one takes longer than a small problem.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Trace(NamedTuple):
    """f (steps + 1,), the largest element of its gradient (steps + 1,), and the iterates (steps + 1, n) or no rows.

    The first entry of each is given. For a simplex, norms holds its sizes.
    """

    fun: np.ndarray
    norms: np.ndarray
    xs: np.ndarray


class Learning(NamedTuple):
    """What BFGS keeps for a call that goes on where this one ends: p (n,), the direction, and fresh and reach (1,).

    fresh : whether nothing is known of curvature; reach : how far the first step may lead. Both are 1 at first. The
    rest, (n,) each, is memory to work in: the step s, its change y of the gradient, u, and a trial and its gradient.
    """

    p: np.ndarray
    s: np.ndarray
    y: np.ndarray
    u: np.ndarray
    trial: np.ndarray
    g_new: np.ndarray
    fresh: np.ndarray
    reach: np.ndarray


class Pairs(NamedTuple):
    """The pairs s, y that L-BFGS keeps, rows of S and Y (m, n), with 1 / s'y and s'y / y'y of each (m,).

    newest, known (1,) : the number of the newest pair, and how many there are, at first 0.
    """

    S: np.ndarray
    Y: np.ndarray
    rho: np.ndarray
    gamma: np.ndarray
    newest: np.ndarray
    known: np.ndarray


class PairsWork(NamedTuple):
    """Memory to work in with pairs: a (m,), the direction p, a trial and its gradient (n,).

    reach (1,) : how far the first step may lead, at first 1, kept from call to call.
    """

    a: np.ndarray
    p: np.ndarray
    trial: np.ndarray
    g_new: np.ndarray
    reach: np.ndarray


class NewtonWork(NamedTuple):
    """Memory to work in: the Hessian (n, n), the diagonal d of its factors, the step p, a trial and its gradient."""

    H: np.ndarray
    d: np.ndarray
    p: np.ndarray
    trial: np.ndarray
    g_new: np.ndarray


class Best(NamedTuple):
    """The best point yet (n,), the gradient there (n,), and the value (1,): kept from call to call."""

    x: np.ndarray
    g: np.ndarray
    value: np.ndarray


class Descent(NamedTuple):
    """Where the last step down the gradient led, z (n,), the momentum's t and the last step (1,), both 1 at first.

    These are kept from call to call. p and z_new (n,) are memory to work in.
    """

    z: np.ndarray
    t: np.ndarray
    step: np.ndarray
    p: np.ndarray
    z_new: np.ndarray


class Simplex(NamedTuple):
    """The vertices (n + 1, n), the values there (n + 1,), and the order of the vertices, best first."""

    vertices: np.ndarray
    values: np.ndarray
    order: np.ndarray


class SimplexWork(NamedTuple):
    """Memory to work in (n,): the center of all vertices but the worst, its reflection, and a second point."""

    center: np.ndarray
    reflected: np.ndarray
    second: np.ndarray


def trace(steps: int, fun: float, norm: float, x: np.ndarray, with_points: bool = True) -> Trace:
    """Room for so many steps, with the start in it.

    >>> trace(2, 3.0, 1.0, np.ones(2)).xs.shape
    (3, 2)
    """
    made = Trace(np.empty(steps + 1), np.empty(steps + 1), np.empty((steps + 1 if with_points else 0, x.size)))
    made.fun[0], made.norms[0], made.xs[:1] = fun, norm, x
    return made


def learning(n: int) -> Learning:
    """What BFGS keeps, where nothing is learned yet."""
    p, s, y, u, trial, g_new = np.empty((6, n))
    return Learning(p, s, y, u, trial, g_new, fresh=np.ones(1), reach=np.ones(1))


def no_pairs(n: int, m: int) -> Pairs:
    """Room for m pairs."""
    S, Y = np.empty((2, m, n))
    rho, gamma = np.empty((2, m))
    newest, known = np.zeros((2, 1), np.int64)
    return Pairs(S, Y, rho, gamma, newest, known)


def pairs_work(n: int, m: int) -> PairsWork:
    """Memory to work in, for n unknowns and m pairs."""
    p, trial, g_new = np.empty((3, n))
    return PairsWork(np.empty(m), p, trial, g_new, reach=np.ones(1))


def newton_work(n: int) -> NewtonWork:
    """Memory to work in, for n unknowns."""
    d, p, trial, g_new = np.empty((4, n))
    return NewtonWork(np.empty((n, n)), d, p, trial, g_new)


def best(x: np.ndarray, g: np.ndarray, value: float) -> Best:
    """The start as the best point yet."""
    return Best(x.copy(), g.copy(), np.array([value]))


def descent(x: np.ndarray) -> Descent:
    """A descent that begins at x."""
    p, z_new = np.empty((2, x.size))
    return Descent(x.copy(), t=np.ones(1), step=np.ones(1), p=p, z_new=z_new)


def simplex_work(n: int) -> SimplexWork:
    """Memory to work in, for n unknowns."""
    center, reflected, second = np.empty((3, n))
    return SimplexWork(center, reflected, second)
