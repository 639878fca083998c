"""Convex quadratic programs with sparse matrices by an interior point method: Newton's equations in sparse factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse

from mechkit.optimization.programs.minimum_degree import minimum_degree
from mechkit.optimization.programs.quadratic_interior_point import (
    LIMIT,
    SOLVED,
    STALLED,
    centered_start,
    longest_step,
)
from mechkit.optimization.programs.quadratic_preparation import INFINITE, USUAL, sides
from mechkit.optimization.programs.sparse_quasidefinite import count_factor, factor_ldl, solve_refined
from mechkit.optimization.programs.sparse_steps import (
    conditions,
    equilibrate_symmetric,
    newton_diagonal,
    products,
    right_side,
    side_steps,
    take_step,
    towards_center,
    weigh_objective,
)

#: What is added to the diagonal of P, and to that of the rows: much less where a wrong gradient would stay.
ADDED = 1e-12, -1e-8
#: A residual of Newton's equations that calls for more of it, and how often there may be more.
POOR, MORE = 1e-3, 4
#: The share of the way to the boundary, and the iterations without progress after which it ends.
SHARE, PATIENCE = 0.995, 20


@dataclass(frozen=True, eq=False)
class Factors:
    """The pattern of the factors of K, which is the same in each iteration, and their numbers, which are not.

    order : of elimination; values, indices, starts : the upper triangle of K in that order, by columns, without the
    diagonal; the rest as `factor_ldl` takes it.
    """

    order: np.ndarray
    values: np.ndarray
    indices: np.ndarray
    starts: np.ndarray
    signs: np.ndarray
    parent: np.ndarray
    counts: np.ndarray

    @property
    def flops(self) -> float:
        """What a factorization takes."""
        return float((self.counts.astype(float) ** 2).sum())


def pattern(K: scipy.sparse.csr_array, n: int) -> Factors:
    """The order of elimination for a symmetric matrix (CSR) whose first n pivots are positive, and what it leads to."""
    size = K.shape[0]
    coo = K.tocoo()
    off = coo.row != coo.col
    row, column, values = coo.row[off], coo.col[off], coo.data[off]
    neighbors = scipy.sparse.csr_array((values, (row, column)), shape=K.shape)
    order, room = np.zeros(size, np.int64), np.zeros(2 * neighbors.nnz + 2 * size + 2, np.int64)
    minimum_degree(neighbors.indices.astype(np.int64), neighbors.indptr.astype(np.int64), room, order)
    place = np.empty(size, np.int64)
    place[order] = np.arange(size)
    row, column = place[row], place[column]
    above = row < column
    upper = scipy.sparse.csc_array((values[above], (row[above], column[above])), shape=K.shape)
    upper.sort_indices()
    indices, starts = upper.indices.astype(np.uint32), upper.indptr.astype(np.uint32)
    parent, counts = np.empty(size, np.int64), np.empty(size, np.int64)
    count_factor(indices, starts, parent, counts)
    return Factors(order, upper.data, indices, starts, np.where(order < n, 1.0, -1.0), parent, counts)


class NewtonEquations:
    """The system (K + shift) v = b, K = [P, A'; A, 0], of which only the diagonal shift changes."""

    def __init__(self, K: scipy.sparse.csr_array, n: int) -> None:
        self.K = K.data, K.indices.astype(np.uint32), K.indptr.astype(np.uint32)
        self.of, size = pattern(K, n), K.shape[0]
        self.diagonal, self.shift = K.diagonal(), np.zeros(size)
        self.added = np.where(np.arange(size) < n, *ADDED)
        starts = np.append(0, np.cumsum(self.of.counts))
        self.factors = starts.astype(np.uint32), np.zeros(starts[-1], np.uint32), np.zeros(starts[-1]), np.zeros(size)
        self.work = np.zeros((3, size))

    def factor(self) -> None:
        """Factor what is there now, with a little added to the diagonal, which `solve` corrects for."""
        f = self.of
        diagonal = (self.diagonal + self.shift + self.added)[f.order]
        factor_ldl(f.values, f.indices, f.starts, diagonal, f.signs, f.parent, *self.factors)

    def solve(self, b: np.ndarray, v: np.ndarray) -> float:
        """Solve for v; returns the relative residual."""
        return solve_refined(*self.K, self.shift, *self.factors, self.of.order, b, v, *self.work)


def sparse_interior_point(
    P: scipy.sparse.csr_array,
    A: scipy.sparse.csr_array,
    q: np.ndarray,
    l: np.ndarray,
    u: np.ndarray,
    tol: float,
    maxiter: int,
    share: float = SHARE,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, int]:
    """Minimize x'Px/2 + q'x subject to l <= Ax <= u, until all errors are at most tol.

    Returns x, y, the scales d and e, the history (objective, and the errors that `conditions` tells), the status, the
    best iteration.
    """
    n, m = q.size, l.size
    K = scipy.sparse.block_array([[P, A.T], [A, None]], format="csr")
    K.sort_indices()
    q, (scale, root) = q.copy(), np.empty((2, n + m))
    indices, starts = K.indices.astype(np.uint32), K.indptr.astype(np.uint32)
    equilibrate_symmetric(K.data, indices, starts, scale, root)
    d, e = scale[:n], scale[n:]
    unit, c = _units(K, q * d, e, l, u)
    d = unit * d
    q *= d
    weigh_objective(K.data, indices, starts, q, unit * unit / c, 1.0 / c)
    e_unit = e / unit
    eq, of, target, both = np.empty(m, np.int64), np.empty(2 * m, np.int64), np.zeros(m), np.empty((8, 2 * m))
    _, count = sides(l, u, e_unit, eq, target, of, both[0], both[1])
    of, (sign, h, s, z, ds, dz, gap, rc) = of[:count], both[:, :count].copy()
    nearest = np.clip(0.0, np.where(l > -INFINITE, e_unit * l, -np.inf), np.where(u < INFINITE, e_unit * u, np.inf))
    free = (eq < 0) & ~((u < INFINITE) | (l > -INFINITE))
    newton = NewtonEquations(K, n)
    data, shift = newton.K, newton.shift
    w, v, b, F, sizes = np.zeros((5, n + m))
    weights, left, errors = np.ones(m), np.empty(m), np.empty(4)

    def newton_weights() -> None:
        shift[:] = 0.0
        newton_diagonal(s, z, of, eq, n, weights, shift)
        weights[free], shift[n:][free] = 1.0, -1.0

    def direction() -> float:
        right_side(F, eq, target, of, sign, s, z, gap, rc, weights, n, b)
        left_over = newton.solve(b, v)
        side_steps(of, sign, s, z, gap, rc, weights, n, b, v, left, ds, dz)
        return left_over

    # 1  start: the minimum of x'Px/2 + q'x + |t - Ax|^2 / 2, t the points between the limits that are nearest to 0
    s[:], z[:], rc[:], gap[:] = 1.0, 1.0, 0.0, -sign * nearest[of]
    newton_weights()
    newton.factor()
    F[:n], F[n:] = q, 0.0
    direction()
    centered_start(h, gap, dz, s, z)
    ds[:], dz[:] = 0.0, 0.0
    take_step(w, v, n, eq, of, sign, s, z, ds, dz, 1.0)

    history, best, least, status, more = [], 0, np.inf, LIMIT, 0
    x, y = np.zeros(n), np.zeros(m)
    for iteration in range(maxiter + 1):
        conditions(*data, q, eq, target, of, sign, h, w, s, z, F, sizes, gap, errors)
        history.append(errors.copy())
        error = errors[1:].max()
        if error < least:
            best, least, x, y = iteration, error, w[:n] * d, w[n:] * e_unit * c
        if not np.isfinite(error) or iteration - best > PATIENCE:
            status = STALLED
            break
        if error <= tol:
            status = SOLVED
            break
        if iteration == maxiter:
            break
        # 2  the equations of this iteration; 3  predictor
        newton_weights()
        newton.factor()
        products(s, z, rc)
        residual = direction()
        while residual > POOR and more < MORE:
            more += 1
            newton.added *= 10.0
            newton.factor()
            residual = direction()
        a = 1.0
        if count:  # 4  corrector
            towards_center(s, z, ds, dz, rc)
            direction()
            a = min(1.0, share * longest_step(s, ds, z, dz))
        take_step(w, v, n, eq, of, sign, s, z, ds, dz, a)
    table = np.array(history)
    table[:, 0] *= c
    return x, y, d, e_unit, table, status, best


def _units(
    K: scipy.sparse.csr_array, q: np.ndarray, e: np.ndarray, l: np.ndarray, u: np.ndarray
) -> tuple[float, float]:
    """The unit of x that brings its limits to about 1, and the unit of the objective."""
    n = q.size
    sizes = np.abs(np.concatenate([e * l, e * u]))
    sizes = sizes[(sizes > 0) & (np.abs(np.concatenate([l, u])) < INFINITE)]
    P = abs(K[:n, :n]).max(axis=1).toarray().ravel()
    slope, curvature = np.abs(q).max(), P.max()
    if slope * curvature > 0:  # where the objective has its least value
        sizes = np.append(sizes, slope / curvature)
    unit = 1.0
    if sizes.size and not (sizes.max() > USUAL[0] and sizes.min() < USUAL[1]):
        unit = 2.0 ** np.round((np.log2(sizes.min()) + np.log2(sizes.max())) / 2)
    return unit, max(unit * slope, unit * unit * P.mean()) or 1.0
