"""A linear program as the interior point takes it, and what is found, in the units in which it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mechkit.optimization.programs.dependent_rows import dependent_rows
from mechkit.optimization.programs.interior_point import (
    MEASURES,
    PATIENCE,
    follow_path,
)
from mechkit.optimization.programs.normal_equations import link_rows, list_fill, order_by_degree
from mechkit.optimization.programs.normal_factor import factorization
from mechkit.optimization.programs.path_arrays import INFEASIBLE, UNBOUNDED, Limits, start_of
from mechkit.optimization.programs.standard_form import LinearProgram, classify, scaled_columns, standardise
from mechkit.optimization.programs.verdict import Scales

#: What is still called optimal where rounding errors allow no better.
LOOSE = 1e-8
#: What is added to the weights of free variables, as a share of mu; to the others and to the normal equations; and to
#: the diagonal of these, as a share of it.
OF_FREE, ADDED, RELATIVE = 0.01, 1e-8, 1e-13


class Ended(NamedTuple):
    """Where the interior point ended: x and the multipliers y, or a proof; error : the largest measure at the end."""

    status: int
    x: np.ndarray
    y: np.ndarray
    proof: np.ndarray
    nit: int
    history: dict[str, np.ndarray]
    error: float
    scales: Scales


def by_interior_point(p: LinearProgram, maxiter: int, tol: float) -> Ended:
    """Solve a program by the interior point. Equations that follow from others are left out.

        >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> found = by_interior_point(linear_program([1, 2], None, None, [[1, 1]], [3], (0, None)), 100, 1e-10)
        >>> found.status, found.x.round(6), found.y.round(6)
        (0, array([3., 0.]), array([1.]))
    """
    (m, n), slacks = p.A.shape, p.inequalities
    values, rows, starts, row_scale, column_scale = scaled_columns(p)
    scales = row_scale, column_scale
    position, fill_starts, fill = _order_of_rows(rows, starts, m)
    factor_of = fill_starts, fill, np.empty((m, m)), factorization(m + 1 - fill_starts.size)
    columns = np.empty(n + slacks, np.int64)  # the standard form
    sign, shift, width = np.empty((3, n))
    moving, free, bounded = classify(p.lower, p.upper, column_scale, slacks, columns, sign, shift, width)
    X, W, Y = start_of(m, moving, bounded, free)
    columns, u, b, c = columns[:moving], W[6], Y[8], X[14]
    u[:] = width[:bounded]
    nonzeros = values.size + slacks
    A = np.empty(nonzeros), np.empty(nonzeros, np.uint32), np.empty(moving + 1, np.uint32)
    given = values, rows, starts, columns, sign, shift, position, row_scale, column_scale
    of_x, of_cost = standardise(*given, p.b, p.c, u, *A, b, c)
    nothing = np.empty(0)
    if slacks < m and moving:
        equations, dependent, found = np.ones(m, np.uint8), np.empty(m, np.uint8), np.empty((3, m))
        equations[position[:slacks]] = 0
        vectors = np.ones((5, moving))
        vectors[3] = 0.0
        wrong = dependent_rows(*A, b, equations, *factor_of, vectors, found, dependent)
        if wrong >= 0:
            proof = -np.sign(found[0] @ b) * found[0][position] * row_scale
            return Ended(INFEASIBLE, nothing, nothing, proof, 0, {}, 0.0, scales)
        if dependent.any():
            return _without_rows(p, dependent[position] == 1, maxiter, tol)._replace(scales=scales)
    measures, history = np.empty(MEASURES + 1), np.empty((maxiter + 1, 6))
    share = 1.0 / (moving - free + bounded + 1)
    offset = float(p.c @ (shift * column_scale)) / (of_x * of_cost)
    limits = np.array(Limits(offset, share, OF_FREE, ADDED, RELATIVE, tol, max(LOOSE, tol)))
    with np.errstate(all="ignore"):  # what is no number is no short step, and ends the iterations
        status, nit = follow_path(*A, free, *factor_of, X, W, Y, measures, history, limits)
    record = dict(zip(("mu", "primal", "dual", "gap", "step", "fun"), history[: nit + 1].T, strict=True))
    record["fun"] = record["fun"] * (of_x * of_cost)
    y = Y[0][position] * row_scale
    if status == INFEASIBLE:
        return Ended(status, nothing, nothing, -y, nit, record, 0.0, scales)
    x = np.zeros(n + slacks)
    x[columns] = X[0]
    found = sign * x[:n] * column_scale
    if status == UNBOUNDED:
        return Ended(status, nothing, nothing, found, nit, record, 0.0, scales)
    x = np.clip(found * (of_x / measures[MEASURES]) + shift * column_scale, p.lower, p.upper)
    error = min(map(max, *(record[name][-PATIENCE - 2 :].tolist() for name in ("primal", "dual", "gap"))))
    return Ended(status, x, y * (of_cost / measures[MEASURES]), nothing, nit, record, error, scales)


def _order_of_rows(rows: np.ndarray, starts: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each row goes in an order in which the factor has few nonzeros, and the lists of these.

    >>> _order_of_rows(np.array([0, 1], np.uint32), np.array([0, 2], np.uint32), 2)
    (array([0, 1]), array([0], dtype=uint32), array([], dtype=uint32))
    """
    if np.diff(starts).max(initial=0) == m:  # a column without a zero links all rows, so that no order helps
        return np.arange(m), np.zeros(1, np.uint32), np.empty(0, np.uint32)
    linked = np.zeros((m, m), np.uint8)
    order, position, *work = np.empty((4, m), np.int64)
    link_rows(rows, starts, linked)
    q, nonzeros = order_by_degree(linked, order, position, *work)
    fill_starts, fill = np.empty(q + 1, np.uint32), np.empty(nonzeros, np.uint32)
    list_fill(linked, order, fill_starts, fill)
    return position, fill_starts, fill


def _without_rows(p: LinearProgram, dependent: np.ndarray, maxiter: int, tol: float) -> Ended:
    """The end for a program some equations of which follow from the others."""
    kept = np.flatnonzero(~dependent)
    found = by_interior_point(replace(p, A=p.A[kept], b=p.b[kept]), maxiter, tol)
    of_rows = np.zeros(p.b.size)
    if found.status == INFEASIBLE:
        of_rows[kept] = found.proof
        return found._replace(proof=of_rows)
    if found.x.size:
        of_rows[kept] = found.y
        return found._replace(y=of_rows)
    return found
