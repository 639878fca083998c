"""Whether an answer of a linear program is one, in the units in which the program was given.

Each row is judged by its own terms, each column by its own, so that one large number hides nothing elsewhere:

    row i:  |b_i| + sum_j |a_ij x_j|,    column j:  |c_j| + sum_i |a_ij y_i|.

x is optimal where, with some multipliers y of the rows and the reduced costs d = c - A'y,

    no row is off by more than a small share of its terms (x is within its bounds).
    No d_j has the wrong sign by more than a small share of its terms.
    No d_j that matters in its column belongs to an x_j whose way to its bound matters in its rows.
    No multiplier that matters in its columns belongs to a row of A_ub with room.
    The duality gap, the sum of what these products leave, is a small share of the terms of the cost.

Where all terms of a row are tiny, they are measured by the least size that b and the bounds name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from mechkit.optimization.programs.standard_form import LinearProgram

#: The share of its terms by which a row may be off, and a reduced cost; and the share of the least size named.
OF_ROW, OF_COLUMN, OF_LEAST = 1e-12, 1e-10, 1e-9
#: The least size excuses no more than such a share of the row's terms, or of the typical right-hand side as given.
MOST, OF_GIVEN = 0.5, 1e-8
#: What may be left of a share of a reduced cost times a share of the way to the bound; and of the gap.
PRODUCT, GAP = 1e-8, 1e-9
#: So many times these is still an answer, where rounding errors allow no better.
ROUGH = 1000.0
#: A right-hand side so small beside the other terms of its row is a rounding error of them.
ROUNDING = 1e-12
#: Sizes that are such a share of their median are rounding errors; they are looked for only where the range is wide.
NEGLIGIBLE, WIDE = 1e-13, 1e-10
#: The share of its terms by which a proof that no solution exists may be off.
OF_PROOF = 1e-8
#: How many such shares what a proof shows must be, beside its terms.
SAFE = 1000.0
#: By such a share of the typical size of x, rows contradict each other by rounding errors of their right-hand sides.
OF_TYPICAL = 1e-11
#: A row that a direction hardly touches is judged beside such a share of the largest term in scaled units.
OF_SCALED = 1e-3
#: Elements of a proof so small in scaled units, beside the largest, are rounding errors.
TINY = 1e-14
#: Added to divisors that may be zero.
TINIEST = 1e-300
#: What is off where a proof proves nothing.
SPOILT = "rounding errors spoil the proof that no solution exists"

Scales = tuple[np.ndarray, np.ndarray]


class Off(NamedTuple):
    """How far an answer is off.

    primal : the largest error of a row, divided by the error that is allowed; dual : the same of the reduced costs and
    of the products; words : the worst of them in words.

    at_most : how far the worst row is off, beside OF_LEAST of its terms and of the least size: the most for an answer.
    """

    primal: float
    dual: float
    words: str
    at_most: float = 0.0

    @property
    def excess(self) -> float:
        """The worse of the two."""
        return max(self.primal, self.dual)

    @property
    def rough(self) -> bool:
        """Whether rounding errors of an answer that is right may be as large."""
        return self.excess <= ROUGH and self.at_most <= 1.0


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
    if not math.isfinite(x.sum() + y.sum()):
        return Off(np.inf, np.inf, "x or a multiplier is no number")
    rows = _Rows(p, x, scales)
    primal, i = rows.worst()
    dual, column_words = _worst_column(p, x, y, rows, scales)
    if primal <= 1.0 and dual <= 1.0:
        return None
    return Off(primal, dual, rows.words(i) if primal > 1.0 else column_words(), rows.at_most())


def row_off(p: LinearProgram, x: np.ndarray, scales: Scales, exact: bool = False) -> str | None:
    """The row that x violates most, in words; or None where it violates none. exact : the least size excuses none.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> p = linear_program([1, 1], None, None, [[1e7, 1.0]], [1e7 - 2], (0, None))
    >>> row_off(p, np.array([1.0, 0.0]), (np.full(1, 1e-7), np.ones(2)))
    'row 0 of A_eq is off by 2, and its terms add up to 2e+07'
    """
    rows = _Rows(p, x, scales)
    excess, i = rows.worst(exact)
    return rows.words(i) if excess > 1.0 else None


class _Rows:
    """The rows at x: residuals b - Ax, what their terms add up to, and the least size in units of the row.

    least : the least size of a scaled x that b and the bounds name; excused : by how much rows may be off for it.
    """

    def __init__(self, p: LinearProgram, x: np.ndarray, scales: Scales) -> None:
        of_rows, of_columns = scales
        self.p, self.sizes = p, abs(p.A)
        b, terms = np.abs(p.b), self.sizes @ np.abs(x)
        named = (p.lower / of_columns, p.upper / of_columns, (b > ROUNDING * terms) * b * of_rows)
        self.least = _least(np.abs(np.concatenate(named)))
        self.residuals = p.b - p.A @ x
        self.terms, self.noise = b + terms, self.least / of_rows
        self.excused = np.minimum(OF_LEAST * self.noise, np.maximum(MOST * self.terms, OF_GIVEN * typical_size(b)))

    def worst(self, exact: bool = False) -> tuple[float, int]:
        """How many times more than it may be the worst row is off, and which row that is."""
        self.off, k = -self.residuals, self.p.inequalities
        if not self.off.size:
            return 0.0, 0
        np.abs(self.off[k:], out=self.off[k:])
        excess = self.off / (OF_ROW * self.terms + (0.0 if exact else 1.0) * self.excused + TINIEST)
        i = int(excess.argmax())
        return float(excess[i]), i

    def at_most(self) -> float:
        """How far the worst row is off, beside the most that rounding errors excuse."""
        return float((self.off / (OF_LEAST * self.terms + self.excused + TINIEST)).max(initial=0.0))

    def words(self, i: int) -> str:
        """How far a row is off."""
        return f"{_name(self.p, i)} is off by {self.off[i]:.2g}, and its terms add up to {self.terms[i]:.2g}"


def _worst_column(
    p: LinearProgram, x: np.ndarray, y: np.ndarray, rows: _Rows, scales: Scales
) -> tuple[float, Callable[[], str]]:
    """How many times more than it may be the worst reduced cost, product or gap is, and that in words."""
    k, sizes = p.inequalities, rows.sizes
    of_y, costs, of_rows = np.abs(y), np.abs(p.c), rows.terms + rows.noise
    least_cost = _least(costs * scales[1])
    terms = costs + of_y @ sizes + (OF_LEAST / OF_COLUMN * least_cost) / scales[1]

    d = p.c - y @ p.A  # 1  of columns: the sign where there is no bound, the product where there is one
    size = np.abs(d)
    share = size / terms
    bound = np.where(d > 0.0, p.lower, p.upper)
    endless = np.isinf(bound)
    way = np.where(endless, 0.0, np.abs(x - bound))
    in_rows = (1.0 / of_rows) @ sizes if y.size else np.zeros(d.size)
    if not in_rows.all():  # a column without rows
        in_rows = np.where(in_rows > 0.0, in_rows, 1.0 / (np.abs(x - way) + way + rows.least * scales[1]))
    column = share * np.where(endless, 1.0 / OF_COLUMN, way * in_rows / PRODUCT)
    j = int(column.argmax())
    excess = float(column[j])

    y, of_y, slack = y[:k], of_y[:k], rows.residuals[:k]  # 2  of rows of A_ub
    i = 0
    if k:
        in_columns = sizes[:k] @ (1.0 / terms) * of_y
        row = np.where(y > 0.0, in_columns / OF_LEAST, slack / of_rows[:k] * np.minimum(1.0, in_columns) / PRODUCT)
        i = int(row.argmax())

    gap = float(size @ (way * (share > OF_COLUMN)) + of_y @ (slack * (slack > OF_ROW * of_rows[:k])))  # 3  the gap
    cost = float(costs @ np.abs(x)) + rows.least * least_cost

    words = partial(_of_column, j, d[j], None if endless[j] else way[j])
    if k and row[i] > excess:
        excess, words = float(row[i]), partial(_of_multiplier, _name(p, i), slack[i], y[i])
    if excess <= 1.0:
        words = partial(_of_gap, gap, cost)
    return max(excess, gap / (GAP * cost)), words


def _of_column(j: int, d: float, way: float | None) -> str:
    if way is None:
        return f"the reduced cost of x[{j}] is {d:.2g}, and x[{j}] has no bound in its way"
    return f"x[{j}] is {way:.2g} from its bound, though its reduced cost is {d:.2g}"


def _of_multiplier(name: str, slack: float, y: float) -> str:
    if y > 0.0:
        return f"the multiplier of {name} is {y:.2g}, which is above 0"
    return f"{name} has room of {slack:.2g}, though its multiplier is {y:.2g}"


def _of_gap(gap: float, cost: float) -> str:
    return f"the duality gap is {gap:.2g}, and the terms of the cost add up to {cost:.2g}"


def _name(p: LinearProgram, i: int) -> str:
    return f"row {i} of A_ub" if i < p.inequalities else f"row {i - p.inequalities} of A_eq"


def _least(sizes: np.ndarray) -> float:
    """The least of the sizes that is neither zero nor a rounding error beside their median; 1 if there is none."""
    sizes = sizes[(sizes > 0.0) & (sizes < np.inf)]
    if not sizes.size:
        return 1.0
    least = float(sizes.min())
    if least < WIDE * sizes.max():
        least = float(sizes[sizes > NEGLIGIBLE * typical_size(sizes)].min())
    return least


def typical_size(*numbers: np.ndarray) -> float:
    """The median of the sizes that are neither zero nor infinite, of two the lower, and of several arrays the least.

    >>> typical_size(np.array([0.0, -1.0, 1e9, np.inf])), typical_size(np.full(3, 1e9), np.array([5.0])), typical_size()
    (1.0, 5.0, 1.0)
    """
    medians = []
    for sizes in map(np.abs, numbers):
        sizes = sizes[(sizes > 0.0) & (sizes < np.inf)]
        middle = (sizes.size - 1) // 2
        if sizes.size:
            medians.append(float(np.partition(sizes, middle)[middle]))
    return min(medians, default=1.0)


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
    of_rows, of_columns = scales
    proof /= largest
    scaled = np.abs(proof) / (of_rows if infeasible else of_columns)
    proof[scaled < TINY * scaled.max()] = 0.0
    sizes, size = abs(p.A), np.abs(proof)
    if infeasible:  # y'A x > y'b for all x within the bounds
        slope = proof @ p.A
        share = np.abs(slope) / (size @ sizes + (size / of_rows).max() / of_columns)
        bound = np.where(slope > 0.0, p.lower, np.where(slope < 0.0, p.upper, 0.0))
        endless = np.isinf(bound) & (share <= OF_PROOF)  # where a slope should be zero
        parts = np.append(slope * np.where(endless, 0.0, bound), -proof * p.b)
        enough = (ROUNDING + SAFE * np.where(endless, share, 0.0).max()) * np.abs(parts).sum()
        typical = typical_size(
            p.b * of_rows, np.concatenate((p.lower, p.upper)) / np.concatenate((of_columns, of_columns))
        )
        return proof if parts.sum() > max(enough, OF_TYPICAL * typical * (size / of_rows).max()) else None
    along = p.A @ proof
    along[p.inequalities :] = np.abs(along[p.inequalities :])
    terms = sizes @ size + OF_SCALED * (size / of_columns).max() / of_rows
    leaves = (along / terms).max(initial=0.0)
    enough = max(OF_PROOF, SAFE * leaves) * (np.abs(p.c) @ size)
    return proof if leaves <= OF_PROOF and p.c @ proof < -enough else None
