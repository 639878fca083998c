"""Whether a point solves a quadratic program: the conditions for a minimum, in the units and numbers of the user.

Each error is relative to the terms of its own sum, so that one large number hides nothing elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mechkit.optimization.programs.quadratic_input import Program

#: The share of the largest sum of its kind beside which a smaller one is judged: rounding errors come from there.
FLOOR = 1e-4
#: An objective is zero beside such a share of its coefficients.
NOTHING = 1e-12
#: Room, or a multiplier, counts as zero where it is such a share of its terms. Where neither need be zero, both may
#: be as large as the root of the usual tolerance, 1e-4; this is ten times that.
NEITHER = 1e-3
#: Where the least size named is less than this beside the largest, that share becomes smaller in proportion.
WIDE = 1e-6
#: The share becomes no smaller than this.
NONE = 1e-9
#: The least size that counts, as a share of the largest: less is rounding.
LEAST = 1e-13
#: Multipliers are judged beside such a share of the largest terms of a column too.
OF_COLUMNS = 1e-8
#: Added to divisors that may be zero.
TINIEST = 1e-300


class Errors(NamedTuple):
    """How far x and y are from a solution.

    fun : the objective; primal, dual, gap : the largest errors of rows, of the gradient Px + q + A'y, and the gap;
    row, component : the worst ones; excess : by how much the row breaks its limit; both : the row that has both room
    and a multiplier most, beside the least sizes that the program names, or -1; room, multiplier : of that row;
    hidden : whether that does not count beside the largest sizes.
    """

    fun: float
    primal: float
    dual: float
    gap: float
    row: int
    component: int
    excess: float
    both: int
    room: float
    multiplier: float
    hidden: bool

    @property
    def largest(self) -> float:
        """The largest of the three errors."""
        return max(self.primal, self.dual, self.gap)

    def words(self, of: Program, tol: float) -> str:
        """What is off by more than a tolerance."""
        if not self.largest < np.inf:
            return "at x, a number is too large for its format; scale the program"
        row, both = of.name(self.row), of.name(self.both)
        parts = []
        if self.primal > tol:
            parts.append(f"{row} breaks its limit by {self.excess:.1e} ({self.primal:.1e} of its terms)")
        if self.dual > tol:
            parts.append(f"component {self.component} of the gradient is {self.dual:.1e} of its terms")
        if self.gap > tol:
            parts.append(f"the gap is {self.gap:.1e} of the objective")
        if self.both >= 0:
            parts.append(
                f"{both} has room of {self.room:.1e} and a multiplier of {self.multiplier:.1e}: one must be zero"
            )
        return "at x, " + ", and ".join(parts)


def errors_of(of: Program, x: np.ndarray, y: np.ndarray, d: np.ndarray, e: np.ndarray) -> Errors:
    """The errors of x and y, after each x[j] that is outside its own bounds by rounding was put onto the bound.

    d, e : units of x and scales of the rows, to compare sums of different units.

    >>> from mechkit.optimization.programs.quadratic_input import program
    >>> of, ones = program(np.eye(2), [-5.0, -1e5], None, [0, 0], None), np.ones(2)
    >>> errors_of(of, np.array([8.84, 1e5]), np.array([-3.84, 0.0]), ones, ones).both
    0
    >>> found = errors_of(of, np.array([5.0, 1e5]), np.zeros(2), ones, ones)
    >>> found.both, found.largest
    (-1, 0.0)
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (16.37)
    P, A, of_P, of_A = of.matrices
    l, u, q = of.l, of.u, np.abs(of.q)
    np.clip(x, *of.box, out=x)
    size_x, size_y = np.abs(x), np.abs(y)
    Px, rows, row_sizes = P @ x, A @ x, of_A @ size_x
    columns = of_P @ size_x + q + size_y @ of_A
    quadratic, linear = float(x @ Px), float(x @ of.q)
    fun = 0.5 * quadratic + linear
    g = Px + of.q + y @ A
    most, weight = float((columns * d).max()), float((np.maximum(q, of_P @ d) * d).max())

    size = np.abs(g)  # 1  the gradient
    dual = size / (columns + FLOOR * most / d + TINIEST)
    j = int(dual.argmax())
    if not y.size:
        gap = _relative_gap(abs(float(x @ g)), fun, abs(quadratic), abs(linear), weight)
        return Errors(fun, 0.0, float(dual[j]), gap, -1, j, 0.0, -1, 0.0, 0.0, True)

    limit = np.minimum(np.maximum(rows, l), u)  # 2  rows
    excess = np.abs(rows - limit)
    most_rows = float((row_sizes * e).max())
    primal = excess / (row_sizes + np.abs(limit) + FLOOR * most_rows / e + TINIEST)
    i = int(primal.argmax())

    limit = np.where(y > 0.0, u, np.where(y < 0.0, l, rows))  # 3  complementarity: the limit that a multiplier holds
    size_limit, way = np.abs(limit), limit - rows
    held = float(size_y @ size_limit)
    gap = _relative_gap(abs(float(x @ g + y @ way)), fun, abs(quadratic), max(abs(linear), held), weight)
    if not gap < np.inf:
        return Errors(fun, np.inf, np.inf, np.inf, i, j, 0.0, -1, 0.0, 0.0, True)
    way, row_sizes = np.abs(way), row_sizes + size_limit
    least_cost = _least(q * d) if q.any() else weight
    in_columns = size_y * (of_A @ (1.0 / (columns + (OF_COLUMNS * (most + weight) + least_cost) / d + TINIEST)))
    hidden = np.minimum(way / (row_sizes + FLOOR * (most_rows + 1.0) / e), in_columns).max() <= NEITHER
    least = _least(np.concatenate((of.sizes_of_limits[0] * e[of.sizes_of_limits[1]], of.sizes_of_x / d)))
    largest = max(most_rows, float((size_x / d).max()))
    share = np.minimum(way / (row_sizes + least / e), in_columns)
    k = int(share.argmax())
    both = k if share[k] > max(NONE, NEITHER * min(1.0, least / (WIDE * largest + TINIEST))) else -1
    found = float(primal[i]), float(dual[j]), gap, i, j, float(excess[i])
    return Errors(fun, *found, both, float(way[k]), float(y[k]), bool(hidden))


def _relative_gap(gap: float, fun: float, quadratic: float, linear: float, weight: float) -> float:
    if gap == 0.0:
        return 0.0
    return gap / max(abs(fun), FLOOR * max(quadratic, linear), NOTHING * weight, TINIEST)


def _least(sizes: np.ndarray) -> float:
    """The least of the sizes that is neither zero nor, beside the largest, a rounding error."""
    sizes = sizes[(sizes > 0.0) & (sizes < np.inf)]
    return float(sizes[sizes >= LEAST * sizes.max()].min()) if sizes.size else 1.0
