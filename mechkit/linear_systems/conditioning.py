"""Whether a solution can be relied on: the condition of a matrix, estimated from its factors after they have served.

The condition number is that of Bauer and Skeel, || C |inverse of A| |A| (inverse of C) ||, in the norm of the largest
sum of a row. It says by how much relative errors of the elements of A, each as large as its rounding, may grow in x.
Scaling the rows of A does not change this number. The diagonal matrix C scales the columns of A, and with them the
unknowns, to one size. So a diagonal matrix has the condition number 1, whatever its elements are.

These are checks, not parts of the algorithms: they are made with NumPy, BLAS and LAPACK, and nothing of them is
counted.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import numpy as np
from scipy.linalg import LinAlgWarning, blas

from mechkit.checking import euclidean_norm, is_finite

#: A function of a vector, and the one of the transposed matrix.
Pair = tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]

#: A solution for which one trial leaves a relative error below this is not looked at closer. The trial may miss a
#: factor of 1000 with a probability of 1 in 1000.
CERTAIN = 1e-3
#: Equations that are satisfied to this many units of rounding, or better, show nothing but rounding.
ROUNDING = 1e3
#: Equations near the top of the range are divided by 2 to this power.
ROOM = 64
#: Elements of which the exponents are larger than this, in size, may leave the range in the estimate.
NEAR_THE_ENDS = 100
#: What helps where elimination with partial pivoting loses digits.
ADVICE = "divide each row by its largest element, or use gaussian_elimination with complete pivoting"


@lru_cache
def epsilon(dtype: Any) -> float:
    """The distance from 1 to the next number.

    >>> epsilon(np.dtype(float))
    2.220446049250313e-16
    """
    return float(np.finfo(dtype).eps)


# -- the estimate ----------------------------------------------------------------------------------------------------


def one_norm(product: Pair, n: int) -> float:
    """An estimate from below of the 1-norm of a matrix (n, n), by a few products with it and its transpose.

    >>> A = np.array([[1.0, 2.0], [3.0, -4.0]])
    >>> one_norm((lambda v: A @ v, lambda v: A.T @ v), 2)
    6.0
    """
    # Hager's method: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., algorithm 15.4
    apply, transposed = product
    x = np.full(n, 1.0 / n)
    estimate = 0.0
    with np.errstate(all="ignore"):
        for _ in range(5):
            y = apply(x)
            size = float(np.abs(y).sum())
            if not math.isfinite(size):
                return math.inf
            if size <= estimate:
                break
            estimate = size
            z = np.abs(transposed(np.where(y < 0, -1.0, 1.0)))
            x = np.zeros(n)
            x[np.argmax(z)] = 1.0
        signs = np.where(np.arange(n) % 2, -1.0, 1.0) * (1.0 + np.arange(n) / max(1, n - 1))
        last = 2.0 * float(np.abs(apply(signs)).sum()) / (3.0 * n)
    return max(estimate, last) if math.isfinite(last) else math.inf


def condition(inverse: Pair, absolute: Pair, n: int) -> tuple[float, np.ndarray, np.ndarray]:
    """The condition number by estimate, infinite where it overflows; the sizes of the rows, and those of the columns.

    inverse : v -> the solution of Ax = v, and of A'x = v; absolute : v -> |A| v, and |A|' v.

    >>> d = np.array([1e-10, 1.0, 1e10])
    >>> condition((lambda v: v / d, lambda v: v / d), (lambda v: d * v, lambda v: d * v), 3)[0]
    1.0
    """
    kappa, rows, columns = _condition(inverse, absolute, n)
    if math.isfinite(kappa):
        return kappa, rows, columns
    with np.errstate(all="ignore"):
        top = [math.frexp(float(absolute[0](np.full(n, 2.0**k)).max())) for k in (100, -100)]
        exponent = top[0][1] - 100 if math.isfinite(top[0][0]) else top[1][1] + 100
        if abs(exponent) <= NEAR_THE_ENDS:
            return kappa, rows, columns
        half = exponent // 2  # as if the matrix were divided by 2^exponent
        solutions = _times_powers(inverse, half, exponent - half)
        kappa, rows, columns = _condition(solutions, _times_powers(absolute, -half, half - exponent), n)
        return kappa, np.ldexp(rows, exponent), columns


def near_the_top(size: float, A: np.ndarray) -> bool:
    """Whether sums of elements may leave the range, and dividing A by 2^ROOM changes no digit; size : a norm of A."""
    if not size > math.ldexp(float(np.finfo(A.dtype).max), -ROOM // 2):
        return False
    return is_finite(A) and np.array_equal(np.ldexp(np.ldexp(A, -ROOM), ROOM), A)


def _times_powers(product: Pair, before: int, after: int) -> Pair:
    """A matrix times 2^(before + after), without numbers out of range between."""
    return (
        lambda v: np.ldexp(product[0](np.ldexp(v, before)), after),
        lambda v: np.ldexp(product[1](np.ldexp(v, before)), after),
    )


def _condition(inverse: Pair, absolute: Pair, n: int) -> tuple[float, np.ndarray, np.ndarray]:
    with np.errstate(all="ignore"):
        rows = absolute[0](np.ones(n))
        columns = absolute[1](1.0 / rows)
        rows = absolute[0](1.0 / columns)
        transposed = (lambda v: rows * inverse[1](columns * v), lambda v: columns * inverse[0](rows * v))
        return one_norm(transposed, n), rows, columns


# -- what need not be looked at closer -------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _trial(n: int, dtype: Any) -> tuple[np.ndarray, float]:
    vector = np.random.default_rng(0).standard_normal(n).astype(dtype)
    vector.flags.writeable = False
    return vector, euclidean_norm(vector)


def growth_of_a_trial(size: float, solve: Callable[[np.ndarray], np.ndarray], n: int, dtype: Any) -> float:
    """A condition number that the solution for one random right-hand side suggests; size : a norm of A.

    A random vector is seldom at right angles to the one that A shrinks most (Dixon, SIAM J. Numer. Anal. 20 (1983)
    812-814): so this tells a good matrix from a bad one at the price of one solution, by BLAS or LAPACK.
    """
    vector, length = _trial(n, dtype)
    return size * euclidean_norm(solve(vector)) / length


def bound_by_diagonal(size: float, diagonal: np.ndarray) -> float:
    """A bound of the condition number where the diagonal outweighs all other elements together, otherwise infinity.

    size : the root of the sum of the squares of all elements.

    >>> bound_by_diagonal(math.sqrt(4.0 + 4.0 + 1.0), np.array([2.0, -2.0]))
    3.0...
    """
    on = np.abs(diagonal).astype(np.float64)
    least = float(on.min())
    if not 1e-150 < size < 1e150:  # beyond, squares overflow or underflow
        return math.inf
    allowance = 1.0 + on.size * epsilon(diagonal.dtype)
    rest = math.sqrt(max(size * size * allowance - float(on.dot(on)), 0.0))
    return size / (least - rest) if rest < least else math.inf


def bound_by_extremes(lowest: np.ndarray, highest: np.ndarray, u: int, n: int) -> tuple[float, float]:
    """A norm of a band (n, n), and a bound of its condition number where its diagonal outweighs the rest.

    lowest, highest : of the elements of each diagonal, the uppermost first, u : the place of the main one. Compared are
    the least |a[i, i]| and the sum of the largest elements of the other diagonals. The bound is finite where the first
    is larger. It is finite as well where both are equal, and the two diagonals at each distance count as the larger of
    them. Second differences are an example.

    >>> norm, bound = bound_by_extremes(np.array([-1.0, 2.0, -1.0]), np.array([-1.0, 2.0, -1.0]), 1, 100)
    >>> norm, bound
    (4.0, 5304.5)
    """
    # Varah, Lin. Algebra Appl. 11 (1975) 3-5; then with the rows weighed by a parabola that is positive in all the band
    sizes = np.maximum(highest, -lowest).tolist()
    norm = sum(sizes)
    least = max(float(lowest[u]), -float(highest[u]))
    rest = norm - sizes[u]
    if rest < least:
        return norm, norm / (least - rest)
    larger = [max(pair) for pair in zip_longest(sizes[u + 1 :], sizes[:u][::-1], fillvalue=0.0)]
    bend = 2.0 * sum(k * k * size for k, size in enumerate(larger, 1))
    if 2.0 * sum(larger) <= least and bend > 0.0:
        return norm, norm * (0.5 * (n + 1) + len(larger)) ** 2 / bend
    return norm, math.inf


# -- the checks --------------------------------------------------------------------------------------------------------


def check_condition(x: np.ndarray, kappa: float, parts: Callable[[], tuple[Pair, Pair]]) -> None:
    """Warn where the solutions x (k, n) need not have a correct digit, because the matrix is ill-conditioned.

    kappa : what `growth_of_a_trial` or a bound says; parts : makes the arguments of `condition`, where that is much.
    """
    if not warn_of_overflow(x) and not is_certain(kappa, x.dtype):
        warn_of_condition(condition(*parts(), x.shape[1])[0], x.dtype)


def is_certain(kappa: float, dtype: Any) -> bool:
    """Whether a condition number, by a bound or by a trial, is far below what the precision allows."""
    return kappa * epsilon(dtype) < CERTAIN


def check_solution(
    x: np.ndarray,
    kappa: float,
    parts: Callable[[], tuple[Pair, Pair]],
    rest: np.ndarray,
    advice: str,
) -> None:
    """Warn like `check_condition`, and of solutions x (k, n) that do not satisfy the equations; rest : b - Ax."""
    n = x.shape[1]
    eps = epsilon(x.dtype)
    if warn_of_overflow(x) or is_certain(kappa, x.dtype):
        return
    inverse, absolute = parts()
    kappa, rows, columns = condition(inverse, absolute, n)
    if warn_of_condition(kappa, x.dtype):
        return
    with np.errstate(all="ignore"):
        left = np.fmax.reduce(np.abs(rest) / (rows * np.abs(columns * x).max(axis=1, keepdims=True)), axis=1)
    worst = int(np.argmax(left))
    error = float(left[worst])
    if (
        error > ROUNDING * n * eps
        and min(kappa * error, _error_of_each(inverse, absolute, x[worst], rest[worst])) > CERTAIN
    ):
        warn(f"elimination loses digits: x satisfies the equations only to {error:.1e} of their terms; {advice}")


def _error_of_each(inverse: Pair, absolute: Pair, x: np.ndarray, rest: np.ndarray) -> float:
    """The largest relative error of an element of x by estimate, which does not depend on scales at all."""
    with np.errstate(all="ignore"):
        sizes = np.abs(x)
        terms = absolute[0](np.abs(x))
        transposed = (lambda v: terms * inverse[1](v / sizes), lambda v: inverse[0](terms * v) / sizes)
        return one_norm(transposed, x.size) * float(np.fmax.reduce(np.abs(rest) / terms))


def backward_error(size: float, x: np.ndarray, rest: np.ndarray, right: np.ndarray) -> float:
    """How large b - Ax is beside |A| |x| + |b|, in norm.

    >>> backward_error(2.0, np.array([[1.0]]), np.array([[0.5]]), np.array([[3.0]]))
    0.1
    """
    scale = size * euclidean_norm(x) + euclidean_norm(right)
    return euclidean_norm(rest) / scale if scale > 0.0 else 0.0


# -- what is reported --------------------------------------------------------------------------------------------------


def warn_of_condition(kappa: float, dtype: Any) -> bool:
    """Warn where the condition number is beyond the precision, and tell whether it is."""
    eps = epsilon(np.dtype(dtype))
    if kappa * eps < 1.0:
        return False
    advice = "use float64" if np.dtype(dtype) == np.float32 else "look at its rows for near copies, or use lstsq"
    warn(
        f"the matrix is ill-conditioned: rcond = {1.0 / kappa:.1e}, the reciprocal of its condition number by "
        f"estimate, rows and columns scaled, is below {eps:.1e}, the precision of {np.dtype(dtype)}; "
        f"x may have no correct digit: {advice}"
    )
    return True


def warn_of_overflow(x: np.ndarray) -> bool:
    """Warn of a solution beyond the range of its numbers, and tell whether it is."""
    if is_finite(x):
        return False
    warn(f"x overflows {x.dtype}: the matrix is nearly singular, or its elements are too small beside those of b")
    return True


def warn(message: str) -> None:
    """Warn by SciPy's class of such warnings, at the line outside this package that led here."""
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("mechkit."):
        level = level + 1
        frame = frame.f_back
    warnings.warn(message, LinAlgWarning, stacklevel=level)


# -- the inverses of factors -------------------------------------------------------------------------------------------


def triangular_inverse(T: np.ndarray, lower: bool, unit: bool = False) -> Pair:
    """The solutions with a triangle of T, and with its transpose; unit : take the diagonal as ones.

    >>> solve, transposed = triangular_inverse(np.array([[2.0, 1.0], [9.0, 4.0]]), lower=False)
    >>> solve(np.array([4.0, 8.0])), transposed(np.array([2.0, 9.0]))
    (array([1., 2.]), array([1., 2.]))
    """
    trsv = blas.strsv if T.dtype == np.float32 else blas.dtrsv
    by_columns = T.flags.f_contiguous
    matrix, low = (T, lower) if by_columns else (T.T, not lower)
    return (
        lambda v: trsv(matrix, v, lower=low, trans=not by_columns, diag=unit),
        lambda v: trsv(matrix, v, lower=low, trans=by_columns, diag=unit),
    )


def product_of(first: Pair, second: Pair) -> Pair:
    """The functions one after the other, and so those of the transposed: v -> second(first(v)).

    >>> twice, thrice = (lambda v: 2.0 * v,) * 2, (lambda v: 3.0 * v,) * 2
    >>> product_of(twice, thrice)[0](1.0)
    6.0
    """
    return lambda v: second[0](first[0](v)), lambda v: first[1](second[1](v))


def absolute_products(A: np.ndarray) -> Pair:
    """The products of |A| and of its transpose with a vector.

    >>> absolute_products(np.array([[1.0, -2.0], [0.0, 3.0]]))[0](np.ones(2))
    array([3., 3.])
    """
    sizes = np.abs(A)
    return lambda v: sizes @ v, lambda v: v @ sizes
