"""Whether an answer of a linear program is one, in the units in which the program was given.

Each row is judged by its own terms, each column by its own, so that one large number hides nothing elsewhere:

    row i:  |b_i| + sum_j |a_ij x_j|,    column j:  |c_j| + sum_i |a_ij y_i|.

x is optimal where, with some multipliers y of the rows and the reduced costs d = c - A'y,

    no row is off by more than a small share of its terms (x is within its bounds);
    no d_j has the wrong sign by more than a small share of its terms;
    no d_j that matters in its column belongs to an x_j whose way to its bound matters in its rows, and no multiplier
    that matters in its columns to a row of A_ub with room;
    and the duality gap, the sum of what these products leave, is a small share of the terms of the cost.

Where all terms of a row are tiny, they are measured by the least size that b and the bounds name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from mechkit.checking import is_sparse
from mechkit.optimization.programs.standard_form import LinearProgram

#: The share of its terms by which a row may be off, and a reduced cost; and the share of the least size named.
OF_ROW, OF_COLUMN, OF_LEAST = 1e-12, 1e-10, 1e-9
#: What may be left of a share of a reduced cost times a share of the way to the bound; and of the gap.
PRODUCT, GAP = 1e-8, 1e-9
#: So many times these is still an answer, where rounding errors allow no better.
ROUGH = 1000.0
#: A right-hand side so small beside the other terms of its row is a rounding error of them.
ROUNDING = 1e-12
#: The share of its terms by which a proof that there is no solution may be off.
OF_PROOF = 1e-8
#: How many such shares what a proof shows must be, beside its terms.
SAFE = 10.0
#: Elements of a proof so small, beside the largest, are rounding errors.
TINY = 1e-14
#: What is off where a proof proves nothing.
SPOILT = "rounding errors spoil the proof that there is no solution"

Scales = tuple[np.ndarray, np.ndarray]


class Off(NamedTuple):
    """What is wrong with an answer: how many times more than it may be rows are off (primal), and reduced costs or
    products (dual); and the worst of it in words."""

    primal: float
    dual: float
    words: str

    @property
    def excess(self) -> float:
        """The worse of the two."""
        return max(self.primal, self.dual)

    @property
    def rough(self) -> bool:
        """Whether rounding errors of an answer that is right may be as large."""
        return self.excess <= ROUGH


def what_is_off(p: LinearProgram, x: np.ndarray, y: np.ndarray, scales: Scales) -> Off | None:
    """None where x, within its bounds, is optimal for the program, as the multipliers y of its rows prove.

    y : c = A'y + d, where y <= 0 for rows of A_ub; scales : of rows and columns, by which A is equilibrated.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p, ones = linear_program([1, 1], [[-1, 0], [0, 1]], [-1, 1e9], None, None, (0, None)), (np.ones(2), np.ones(2))
    >>> what_is_off(p, np.array([1.0, 0.0]), np.array([-1.0, 0.0]), ones) is None
    True
    >>> what_is_off(p, np.zeros(2), np.zeros(2), ones).words
    'row 0 of A_ub is off by 1, and its terms add up to 1'
    """
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return Off(np.inf, np.inf, "x or a multiplier is no number")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rows = _Rows(p, x, scales)
        primal, row_words = rows.worst()
        dual, column_words = _worst_column(p, x, y, rows, scales)
    if max(primal, dual) <= 1.0:
        return None
    return Off(primal, dual, row_words() if primal > 1.0 else column_words())


def row_off(p: LinearProgram, x: np.ndarray, scales: Scales, of_least: float = OF_LEAST) -> str | None:
    """The row that x violates most, in words; or None where it violates none. of_least : 0 where x has no noise.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1, 1], None, None, [[1e7, 1.0]], [1e7 - 2], (0, None))
    >>> row_off(p, np.array([1.0, 0.0]), (np.full(1, 1e-7), np.ones(2)))
    'row 0 of A_eq is off by 2, and its terms add up to 2e+07'
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        excess, words = _Rows(p, x, scales).worst(of_least)
    return words() if excess > 1.0 else None


class _Rows:
    """The rows at x: residuals b - Ax, what their terms add up to, and the least size in units of the row.

    least : the least size of a scaled x that b and the bounds name.
    """

    def __init__(self, p: LinearProgram, x: np.ndarray, scales: Scales) -> None:
        of_rows, of_columns = scales
        self.p, self.sizes = p, abs(p.A)
        b, terms = np.abs(p.b), self.sizes @ np.abs(x)
        named = np.concatenate((p.lower, p.upper)) / np.concatenate((of_columns, of_columns))
        named = np.abs(np.concatenate((named, (b * of_rows)[b > ROUNDING * terms])))
        named = named[named > 0.0]
        self.least = float(named.min()) if named.size else 1.0
        if self.least == np.inf:
            self.least = 1.0
        self.residuals = p.b - p.A @ x
        self.terms, self.noise = b + terms, self.least / of_rows

    def worst(self, of_least: float = OF_LEAST) -> tuple[float, Callable[[], str]]:
        """How many times more than it may be the worst row is off, and that in words."""
        off, k = -self.residuals, self.p.inequalities
        off[k:] = np.abs(off[k:])
        excess = off / (OF_ROW * self.terms + of_least * self.noise)
        excess[off <= 0.0] = 0.0  # where there are no terms either
        if not excess.size:
            return 0.0, str
        i = int(excess.argmax())
        return float(
            excess[i]
        ), lambda: f"{_name(self.p, i)} is off by {off[i]:.2g}, and its terms add up to {self.terms[i]:.2g}"


def _worst_column(
    p: LinearProgram, x: np.ndarray, y: np.ndarray, rows: _Rows, scales: Scales
) -> tuple[float, Callable[[], str]]:
    k, sizes = p.inequalities, rows.sizes
    of_y, costs, of_rows = np.abs(y), np.abs(p.c), rows.terms + rows.noise
    named = (costs * scales[1])[costs > 0.0]
    least_cost = float(named.min()) if named.size else 1.0
    terms, noise = costs + of_y @ sizes, least_cost / scales[1]
    enough = OF_COLUMN * terms + OF_LEAST * noise
    terms = terms + noise

    d = p.c - y @ p.A  # 1  signs
    size = np.abs(d)
    bound = np.where(d > 0.0, p.lower, p.upper)
    endless = np.isinf(bound)
    sign = np.where(endless, size / enough, 0.0)
    slope = _largest(sizes[:k].T, 1.0 / terms) if k else np.empty(0)
    row_sign = np.maximum(y[:k], 0.0) * slope / OF_LEAST

    way = np.where(endless, 0.0, np.abs(x - bound))  # 2  products
    of_way = np.minimum(way / (np.abs(x) + np.abs(bound)), way * _largest(sizes, 1.0 / of_rows))
    product = np.where(way > 0.0, size / terms * of_way, 0.0) / PRODUCT
    slack = np.maximum(rows.residuals[:k], 0.0)
    row_product = slack / of_rows[:k] * np.minimum(1.0, of_y[:k] * slope) / PRODUCT

    gap = size @ np.where(size > enough, way, 0.0) + of_y[:k] @ np.where(slack > OF_ROW * of_rows[:k], slack, 0.0)
    cost = costs @ np.abs(x) + rows.least * least_cost  # 3  the gap
    found: list[tuple[np.ndarray, Callable[[int], str]]] = [
        (sign, lambda j: f"the reduced cost of x[{j}] is {d[j]:.2g}, and x[{j}] has no bound in its way"),
        (row_sign, lambda i: f"the multiplier of {_name(p, i)} is {y[i]:.2g}, which is above 0"),
        (product, lambda j: f"x[{j}] is {way[j]:.2g} from its bound, though its reduced cost is {d[j]:.2g}"),
        (row_product, lambda i: f"{_name(p, i)} has room of {slack[i]:.2g}, though its multiplier is {y[i]:.2g}"),
        (
            np.array([gap / (GAP * cost)]),
            lambda _: f"the duality gap is {gap:.2g}, and the terms of the cost add up to {cost:.2g}",
        ),
    ]
    excess, words = max(found, key=lambda pair: pair[0].max(initial=0.0))
    return float(excess.max(initial=0.0)), lambda: words(int(excess.argmax()))


def _largest(sizes: Any, factors: np.ndarray) -> np.ndarray:
    """The largest element of each column, the rows being multiplied by the factors."""
    if not sizes.shape[0]:
        return np.full(sizes.shape[1], np.inf)
    if is_sparse(sizes):
        return sizes.multiply(factors[:, np.newaxis]).max(axis=0).toarray().ravel()
    return (sizes * factors[:, np.newaxis]).max(axis=0)


def _name(p: LinearProgram, i: int) -> str:
    return f"row {i} of A_ub" if i < p.inequalities else f"row {i - p.inequalities} of A_eq"


def proof_of(p: LinearProgram, found: np.ndarray, infeasible: bool, scales: Scales) -> np.ndarray | None:
    """Multipliers that prove the program infeasible, or a direction in which the cost falls for ever; of largest
    element 1. None where they prove nothing.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p, ones = linear_program([1], [[1], [-1]], [1, -2], None, None, (0, None)), (np.ones(2), np.ones(1))
    >>> proof_of(p, np.array([2.0, 2.0]), True, ones), proof_of(p, np.array([3.0, 1.0]), True, ones)
    (array([1., 1.]), None)
    """
    proof = np.array(found)
    if infeasible:
        np.maximum(proof[: p.inequalities], 0.0, out=proof[: p.inequalities])
    else:
        np.maximum(proof, 0.0, out=proof, where=p.lower > -np.inf)
        np.minimum(proof, 0.0, out=proof, where=p.upper < np.inf)
    largest = np.abs(proof).max(initial=0.0)
    if not 0.0 < largest < np.inf:
        return None
    proof /= largest
    proof[np.abs(proof) < TINY] = 0.0
    sizes, size = abs(p.A), np.abs(proof)
    of_rows, of_columns = scales
    if infeasible:  # y'A x > y'b for all x within the bounds
        slope = proof @ p.A
        share = np.abs(slope) / (size @ sizes + (size / of_rows).max() / of_columns)
        bound = np.where(slope > 0.0, p.lower, np.where(slope < 0.0, p.upper, 0.0))
        endless = np.isinf(bound) & (share <= OF_PROOF)  # where a slope should be zero
        parts = np.append(slope * np.where(endless, 0.0, bound), -proof * p.b)
        enough = ROUNDING + SAFE * np.where(endless, share, 0.0).max()
        return proof if parts.sum() > enough * np.abs(parts).sum() else None
    along = p.A @ proof
    along[p.inequalities :] = np.abs(along[p.inequalities :])
    stays = (along <= OF_PROOF * (sizes @ size + (size / of_columns).max() / of_rows)).all()
    return proof if stays and p.c @ proof < -OF_PROOF * (np.abs(p.c) @ size) else None
