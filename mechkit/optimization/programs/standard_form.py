"""Linear programs as their solvers take them: checked, scaled, and with simple bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse

from mechkit.checking import float_array, is_sparse
from mechkit.counting import kernel

ZERO, ONE, INFINITY = np.float32(0), np.float32(1), np.float32(np.inf)
HALF = np.float32(0.5)
#: Beyond any size of an element.
HUGE, TINY = np.float32(1e30), np.float32(1e-30)
#: A bound so large is none.
NO_BOUND = 1e20
#: The least size that is looked at, beside the largest.
NARROW = np.float32(1e-4)
#: How often rows and columns are equilibrated in turn.
PASSES = 3


@dataclass(frozen=True)
class LinearProgram:
    """minimize c'x where Ax <= b in the first `inequalities` rows and Ax = b in the others, lower <= x <= upper.

    A : an array, or a csc_array of SciPy where a sparse matrix was given.
    unlimited : the rows of A_ub whose b_ub was infinite, if there are any; they are 0 <= 1 here.
    """

    c: np.ndarray
    A: Any
    b: np.ndarray
    inequalities: int
    lower: np.ndarray
    upper: np.ndarray
    unlimited: np.ndarray | None = None


def linear_program(c: Any, A_ub: Any, b_ub: Any, A_eq: Any, b_eq: Any, bounds: Any) -> LinearProgram:
    """Check what linprog was given. Raises ValueError and TypeError, in one sentence.

    >>> linear_program([1, 1], [[1, 2]], [3], None, None, (0, 1)).upper
    array([1., 1.])
    """
    cost = _double("c", c, (1,))
    n = cost.size
    A1, b1 = _rows("A_ub", A_ub, "b_ub", b_ub, n)
    A2, b2 = _rows("A_eq", A_eq, "b_eq", b_eq, n)
    lower, upper = _bounds(bounds, n)
    b, unlimited = np.concatenate((b1, b2)), None
    if is_sparse(A1) or is_sparse(A2):
        A = scipy.sparse.csc_array(scipy.sparse.vstack((A1, A2), dtype=np.float64))
    else:
        A = np.concatenate((A1, A2))
    with np.errstate(all="ignore"):
        total = cost.sum() + A.sum() + b2.sum()
    if not math.isfinite(total):  # some element is not finite, unless they are huge
        for name, given in ("c", cost), ("A_ub", A1), ("A_eq", A2), ("b_eq", b2):
            if is_sparse(given):
                name, given = f"{name}.data", given.data
            if given.size:
                float_array(name, given, (1, 2))
    if b1.size and b1.max() == np.inf:
        unlimited = np.flatnonzero(b1 == np.inf)
        A = scipy.sparse.diags_array((b < np.inf) * 1.0) @ A
        b[unlimited] = 1.0
    return LinearProgram(cost, A, b, b1.size, lower, upper, unlimited)


def _double(name: str, value: Any, dimensions: tuple[int, ...]) -> np.ndarray:
    return float_array(name, value, dimensions, check_finite=False).astype(np.float64, copy=False)


def _rows(matrix_name: str, A: Any, vector_name: str, b: Any, n: int) -> tuple[Any, np.ndarray]:
    sparse = is_sparse(A)
    without_rows = A.shape[:1] == (0,) if sparse or isinstance(A, np.ndarray) else isinstance(A, list) and not A
    if A is None or without_rows:
        if b is not None and np.size(b) > 0:
            raise ValueError(f"{vector_name} is given without {matrix_name}; give both, or neither")
        return np.empty((0, n)), np.empty(0)
    if b is None:
        raise ValueError(f"{matrix_name} is given without {vector_name}; give both, or neither")
    matrix = scipy.sparse.coo_array(A) if sparse else _double(matrix_name, A, (2,))
    if sparse and A.nnz:
        _double(f"{matrix_name}.data", matrix.data, (1,))
    vector = _double(vector_name, b if np.ndim(b) else [b], (1,))
    if matrix.shape[1] != n:
        raise ValueError(f"{matrix_name} has shape {matrix.shape}; it needs {n} columns, one for each element of c")
    if vector.size != matrix.shape[0]:
        raise ValueError(
            f"{vector_name} has shape {vector.shape}; it needs {matrix.shape[0]} elements, one a row of {matrix_name}"
        )
    if vector_name == "b_ub" and not vector.min() > -np.inf:  # NaN too
        i = int(np.argmin(vector > -np.inf))
        raise ValueError(f"{vector_name}[{i}] is {vector[i]}; only finite numbers, and inf for no limit, can be used")
    return matrix, vector


def _bounds(bounds: Any, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bounds, infinite where there is none."""
    if bounds is None or (type(bounds) is tuple and bounds == (0, None)):
        return np.zeros(n), np.full(n, np.inf)
    try:
        if hasattr(bounds, "lb") and hasattr(bounds, "ub"):  # SciPy's Bounds
            bounds = np.column_stack(np.broadcast_arrays(bounds.lb, bounds.ub, np.zeros(n))[:2])
        pairs = np.array(bounds, np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"bounds are {bounds!r:.80}; give one pair (lowest, highest) or one a variable; None means no bound"
        ) from None
    if pairs.size == 0:  # as in SciPy, the same as none given
        return _bounds(None, n)
    if pairs.shape not in ((2,), (1, 2), (n, 2)):
        raise ValueError(f"bounds have shape {pairs.shape}; give one pair (lowest, highest), or {n} pairs")
    pairs = np.broadcast_to(pairs, (n, 2))
    lower, upper = pairs[:, 0], pairs[:, 1]
    lower = np.where(lower > -NO_BOUND, lower, -np.inf)  # NaN, which is what None became, fails either comparison
    upper = np.where(upper < NO_BOUND, upper, np.inf)
    return lower, upper


def contradiction(p: LinearProgram) -> str | None:
    """The first variable that has no room between its bounds, in words; or None.

    >>> contradiction(linear_program([1, 1], None, None, None, None, [(0, 1), (2, 1)]))
    'variable 1 must be at least 2.0 and at most 1.0'
    """
    wrong = (p.lower > p.upper) | (p.lower >= NO_BOUND) | (p.upper <= -NO_BOUND)
    if not wrong.any():
        return None
    j = int(np.argmax(wrong))
    return f"variable {j} must be at least {p.lower[j]} and at most {p.upper[j]}"


def scaled_columns(p: LinearProgram) -> tuple[np.ndarray, ...]:
    """A by columns, equilibrated: values, rows, starts, and the scales of its rows and columns."""
    m, n = p.A.shape
    if is_sparse(p.A):
        A = p.A.tocsc(copy=True)
        A.sum_duplicates()
        A.eliminate_zeros()
        values, rows, starts = A.data, A.indices.astype(np.uint32), A.indptr.astype(np.uint32)
    else:
        nonzeros = int(np.count_nonzero(p.A))
        values, rows, starts = np.empty(nonzeros), np.empty(nonzeros, np.uint32), np.empty(n + 1, np.uint32)
        compress(p.A, values, rows, starts)
    row_scale, column_scale = np.empty(m), np.empty(n)
    equilibrate(values, rows, starts, row_scale, column_scale, np.empty(m), np.empty(m))
    return values, rows, starts, row_scale, column_scale


@kernel(cache=True, error_model="numpy")
def compress(A, values, rows, starts):
    """The nonzeros of A (m, n) column by column: column j has values[starts[j]:starts[j + 1]] in rows[...].

    >>> from mechkit import law
    >>> law(compress, n=range(1, 6)).compare
    Polynomial('2n^2')
    """
    found = 0
    for j in range(A.shape[1]):
        starts[j] = found
        for i in range(A.shape[0]):
            if A[i, j] != 0.0:
                values[found] = A[i, j]
                rows[found] = i
                found += 1
    starts[A.shape[1]] = found


@compress.example
def _(n):
    return np.ones((n, 2 * n)), np.empty(2 * n * n), np.empty(2 * n * n, np.int64), np.empty(2 * n + 1, np.int64)


@kernel(cache=True, error_model="numpy")
def equilibrate(values, rows, starts, row_scale, column_scale, least, largest):
    """Scale rows and columns, in place, by powers of two, so that their nonzeros are of size about 1.

    Each in turn is divided by the geometric mean of its least and its largest size, the columns at last by their
    largest where it is above 1; least, largest : work, (m,).

    >>> from mechkit import law
    >>> found = law(equilibrate, n=range(1, 6))
    >>> found.flops, found.sqrt
    (Polynomial('18n^2 + 63n'), Polynomial('9n'))
    """
    # Tomlin, On scaling linear programming problems, Mathematical Programming Study 4 (1975)
    m, n = row_scale.size, column_scale.size
    for i in range(m):
        row_scale[i] = ONE
    for j in range(n):
        column_scale[j] = ONE
    for _ in range(PASSES):
        for i in range(m):  # 1  rows
            least[i], largest[i] = HUGE, TINY
        for j in range(n):
            for a in range(starts[j], starts[j + 1]):
                size = abs(values[a]) * column_scale[j]
                least[rows[a]] = min(least[rows[a]], size)
                largest[rows[a]] = max(largest[rows[a]], size)
        for i in range(m):
            row_scale[i] = ONE / math.sqrt(max(least[i], NARROW * largest[i]) * largest[i])
        for j in range(n):  # 2  columns
            low, high = HUGE * column_scale[j], TINY * column_scale[j]
            for a in range(starts[j], starts[j + 1]):
                size = abs(values[a]) * row_scale[rows[a]]
                low, high = min(low, size), max(high, size)
            column_scale[j] = ONE / math.sqrt(max(low, NARROW * high) * high)
    for j in range(n):  # 3  no element of a column is much above 1
        high = TINY * column_scale[j]
        for a in range(starts[j], starts[j + 1]):
            high = max(high, abs(values[a]) * row_scale[rows[a]])
        column_scale[j] = ONE / max(high, ONE / column_scale[j])
    for i in range(m):
        row_scale[i] = np.exp2(np.floor(np.log2(row_scale[i]) + HALF))
    for j in range(n):
        column_scale[j] = np.exp2(np.floor(np.log2(column_scale[j]) + HALF))
        for a in range(starts[j], starts[j + 1]):
            values[a] = values[a] * row_scale[rows[a]] * column_scale[j]


@equilibrate.example
def _(n):
    A = np.random.default_rng(0).standard_normal((n, 2 * n))
    starts, rows = n * np.arange(2 * n + 1), np.tile(np.arange(n), 2 * n)
    return A.T.ravel(), rows, starts, np.empty(n), np.empty(2 * n), np.empty(n), np.empty(n)


@kernel(cache=True, error_model="numpy")
def classify(lower, upper, scale, inequalities, order, sign, shift, width):
    """Each variable as sign (x / scale - shift) >= 0. Returns how many move, how many of these are free, and
    how many have two bounds.

    order : the variables that move, and the slacks n, n + 1 ..., in this order: free, with one bound, slacks, with two,
    width (as scaled) apart.

    >>> from mechkit import law
    >>> law(classify, n=range(1, 6)).div
    Polynomial('2n')
    """
    n, moving = lower.size, 0
    for j in range(n):
        sign[j], shift[j], width[j] = ONE, ZERO, ZERO
        if lower[j] > -INFINITY:
            shift[j] = lower[j] / scale[j]
        elif upper[j] < INFINITY:
            sign[j], shift[j] = -ONE, upper[j] / scale[j]
        else:
            order[moving] = j
            moving += 1
    free = moving
    for j in range(n):
        if (lower[j] > -INFINITY) != (upper[j] < INFINITY):
            order[moving] = j
            moving += 1
    for i in range(inequalities):
        order[moving] = n + i
        moving += 1
    single = moving
    for j in range(n):
        if lower[j] > -INFINITY and upper[j] < INFINITY and lower[j] < upper[j]:
            width[moving - single] = (upper[j] - lower[j]) / scale[j]
            order[moving] = j
            moving += 1
    return moving, free, moving - single


@classify.example
def _(n):
    return (np.zeros(n), np.ones(n), np.ones(n), n, np.empty(2 * n, np.int64), *np.empty((3, n)))


@kernel(cache=True, error_model="numpy")
def standardise(
    values, rows, starts, order, sign, shift, position, row_scale, column_scale, b, c, u,
    new_values, new_rows, new_starts, new_b, new_c,
):  # fmt: skip
    """The standard form of a scaled program: columns as `classify` orders them, rows as position says.

    new_b is b less what the shifts take; it and u, which is changed, are divided by the largest of the one (or the
    other, or 1), new_c likewise. Returns the two divisors, of x and of the cost.

    For a dense A, n by n, and n slacks:

    >>> from mechkit import law
    >>> law(standardise, n=range(1, 6)).flops
    Polynomial('3n^2 + 6n + 1')
    """
    n, found = sign.size, 0
    for i in range(b.size):
        new_b[position[i]] = b[i] * row_scale[i]
    for j in range(n):
        if shift[j] != ZERO:
            for a in range(starts[j], starts[j + 1]):
                i = position[rows[a]]
                new_b[i] = new_b[i] - values[a] * shift[j]
    of_x = of_cost = ZERO * c[0]
    for k in range(order.size):
        j = order[k]
        new_starts[k] = found
        if j >= n:
            new_values[found], new_rows[found], new_c[k] = ONE, position[j - n], ZERO
            found += 1
        else:
            first = found
            new_c[k] = sign[j] * c[j] * column_scale[j]
            of_cost = max(of_cost, abs(new_c[k]))
            for a in range(starts[j], starts[j + 1]):
                i, t = position[rows[a]], values[a] * sign[j]
                at = found
                while at > first and new_rows[at - 1] > i:
                    new_rows[at], new_values[at] = new_rows[at - 1], new_values[at - 1]
                    at -= 1
                new_rows[at], new_values[at] = i, t
                found += 1
    new_starts[order.size] = found
    for i in range(new_b.size):
        of_x = max(of_x, abs(new_b[i]))
    if of_x == ZERO:
        for k in range(u.size):
            of_x = max(of_x, u[k])
    if of_x == ZERO:
        of_x = ONE + of_x
    if of_cost == ZERO:
        of_cost = ONE + of_cost
    for i in range(new_b.size):
        new_b[i] = new_b[i] / of_x
    for k in range(u.size):
        u[k] = u[k] / of_x
    for k in range(order.size):
        new_c[k] = new_c[k] / of_cost
    return of_x, of_cost


@standardise.example
def _(n):
    starts, rows = n * np.arange(n + 1, dtype=np.uint32), np.tile(np.arange(n, dtype=np.uint32), n)
    made = np.ones(n * n + n), np.ones(n * n + n, np.uint32), np.ones(2 * n + 1, np.uint32), np.ones(n)
    given = np.arange(2 * n), np.ones(n), -np.ones(n), np.arange(n), *np.ones((3, n)), np.ones(n), np.ones(0)
    return np.ones(n * n), rows, starts, *given, *made, np.ones(2 * n)
