"""Free variables, taken out of a linear program before an interior point solves it: each is what a row says it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.simplex import exchange
from mechkit.optimization.standard_form import LinearProgram, scaled_columns

#: Elements so small, beside 1, are rounding errors of the exchanges.
NOISE = np.float32(1e-11)


@kernel(cache=True, error_model="numpy")
def bring_in(T, basic, nonbasic, free):
    """Make free variables basic where a row of a slack has a pivot for them, the largest: see simplex.py for T.

    All n variables free, in n dense rows, n exchanges:

    >>> from mechkit import law
    >>> law(bring_in, n=range(1, 9)).flops
    Polynomial('2n^3 + 3n^2 + n')
    """
    m, n = basic.size, nonbasic.size
    for q in range(n):
        if not free[q]:
            continue
        r, largest = -1, NOISE
        for i in range(m):
            if basic[i] >= n and abs(T[i, q]) > largest:
                r, largest = i, abs(T[i, q])
        if r >= 0:
            exchange(T, r, q)
            basic[r], nonbasic[q] = nonbasic[q], basic[r]


@bring_in.example
def _(n):
    T = np.ones((n + 1, n + 1)) + n * np.eye(n + 1)
    return T, n + np.arange(n), np.arange(n), np.ones(n, np.bool_)


class WithoutFree:
    """A linear program without its free variables, and the way back.

    >>> from mechkit.optimization.standard_form import linear_program
    >>> p = linear_program([1, 1], [[-1, -1]], [-3], [[1, -1]], [1], [(None, None), (0, None)])
    >>> reduced = WithoutFree(p)
    >>> reduced.program.c, reduced.program.A, reduced.program.upper, reduced.cost
    (array([1., 0.]), array([[ 1., -2.]]), array([inf, inf]), 3.0)
    >>> reduced.point(np.array([0.0, 1.0]))
    array([2., 1.])
    """

    def __init__(self, p: LinearProgram) -> None:
        m, n = p.A.shape
        free = np.isneginf(p.lower) & np.isposinf(p.upper)
        *_, self.row_scale, self.column_scale = scaled_columns(p)
        T = np.zeros((m + 1, n + 1))
        T[:m, :n] = p.A * self.row_scale[:, np.newaxis] * self.column_scale
        T[:m, n], T[m, :n] = p.b * self.row_scale, p.c * self.column_scale
        self.basic, self.nonbasic = np.arange(n, n + m), np.arange(n)
        bring_in(T, self.basic, self.nonbasic, free)
        T[np.abs(T) < NOISE] = 0.0
        lower = np.concatenate((p.lower / self.column_scale, np.zeros(m)))
        upper = np.concatenate((p.upper / self.column_scale, np.full(m, np.inf)))
        upper[n + p.inequalities :] = 0.0
        # A free variable that no row holds may go where the cost falls, from zero.
        held = np.flatnonzero(np.isneginf(lower[self.nonbasic]) & np.isposinf(upper[self.nonbasic]))
        lower[self.nonbasic[held[T[m, held] <= 0.0]]] = 0.0
        upper[self.nonbasic[held[T[m, held] >= 0.0]]] = 0.0
        self.T, self.n, self.cost = T, n, float(-T[m, n])
        rows = np.flatnonzero(self.basic >= n)
        self.rows = rows[np.argsort(self.basic[rows], kind="stable")]
        inequalities = int(np.count_nonzero(self.basic[self.rows] < n + p.inequalities))
        x = self.nonbasic
        self.program = replace(
            p, c=T[m, :n].copy(), A=T[self.rows, :n], b=T[self.rows, n], inequalities=inequalities,
            lower=lower[x], upper=upper[x],
        )  # fmt: skip

    def point(self, x: np.ndarray) -> np.ndarray:
        """The variables of the whole program."""
        return self._whole(x, self.T[:-1, self.n])

    def direction(self, x: np.ndarray) -> np.ndarray:
        """The direction of the whole program."""
        return self._whole(x, np.zeros(self.basic.size))

    def _whole(self, x: np.ndarray, constant: np.ndarray) -> np.ndarray:
        values = np.empty(self.n + self.basic.size)
        values[self.nonbasic] = x
        values[self.basic] = constant - self.T[:-1, : self.n] @ x
        return values[: self.n] * self.column_scale

    def multipliers(self, y: np.ndarray) -> np.ndarray:
        """The multipliers of the rows of the whole program: the rows left are combinations of these."""
        whole = np.zeros(self.n + self.basic.size)
        whole[self.basic[self.rows]] = y
        whole[self.nonbasic] = y @ self.T[self.rows, : self.n]
        return whole[self.n :] * self.row_scale
