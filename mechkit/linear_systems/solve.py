"""Dense systems: elimination, or the method that the structure of the matrix suggests, and a look at the solution."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import (
    euclidean_norm,
    float_array_and_norm,
    in_shape_of,
    is_finite,
    one_of,
    right_hand_sides,
    square,
)
from mechkit.linear_systems.conditioning import (
    ADVICE,
    ROOM,
    Pair,
    absolute_products,
    backward_error,
    bound_by_diagonal,
    check_solution,
    epsilon,
    growth_of_a_trial,
    is_certain,
    near_the_top,
    product_of,
)
from mechkit.linear_systems.dense import factored, inverse_of, order_of_rows, substitute
from mechkit.linear_systems.structures import STRUCTURES, mirrored, solve_structured


def solve(
    a: Any,
    b: Any,
    lower: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    assume_a: str | None = None,
    transposed: bool = False,
) -> np.ndarray:
    """Solve a dense linear system.

    Parameters
    ----------
    a : (n, n)
    b : (n,) or (n, k)
    transposed : solve a' x = b
    overwrite_a, overwrite_b : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first
    assume_a : what a is taken for

    "general" or "gen", the default, eliminates with partial pivoting. "positive definite" or "pos" factors by
    Cholesky's method. "symmetric" or "sym" ("hermitian", "her") eliminates like "general". These read one triangle of
    a, the lower one if ``lower``. "upper triangular", "lower triangular", "tridiagonal" and "diagonal" read that part
    and no other, and "banded" what its nonzeros span. SciPy looks for these structures where assume_a is left out,
    mechkit does not: the operations are those that were asked for.

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where the matrix is singular, or with "pos" not positive definite.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix is ill-conditioned: the message has rcond, the reciprocal
        of the condition number by estimate. It is that of the matrix with rows and columns scaled to one size, because
        scaling by powers of two changes no digit of x. SciPy does not scale, and warns of diag(1e-10, 1e10) as well.
        Also where x does not satisfy the equations: partial pivoting suffers from rows of very unequal size, and in
        rare matrices elements grow. These checks are not counted.

    Operation count, exact, for one right-hand side:

    >>> from mechkit import law
    >>> law(lambda n: solve(np.eye(n) + 1.0, np.ones(n)), n=range(2, 8))
    sub      n^3/3 + n^2/2 - 5n/6
    mul      n^3/3 + n^2/2 - 5n/6
    div      n^2/2 + n/2
    abs      n^2/2 + n/2
    compare  n^2/2 + n/2
    flops    2n^3/3 + 3n^2/2 - 7n/6

    References: Golub and Van Loan, Matrix Computations, 4th ed., sections 2.6.2 and 3.4; Higham, Accuracy and Stability
    of Numerical Algorithms, 2nd ed., sections 7.2 and 15.3.

    Examples
    --------
    >>> solve([[1.0, 2.0], [4.0, 4.0]], [3.0, 8.0])
    array([1., 1.])
    """
    structure = STRUCTURES[one_of("assume_a", "general" if assume_a is None else assume_a, STRUCTURES)]
    matrix, size = float_array_and_norm("a", a, (2,), check_finite, may_be_empty=True)
    n = square("a", matrix)
    right = right_hand_sides(b, n, matrix.dtype, check_finite)
    if not right.size:
        return in_shape_of(b, right)
    matrix = matrix.astype(right.dtype, copy=False)
    if near_the_top(size, matrix):  # the same equations, with room for sums
        matrix, right = np.ldexp(matrix, -ROOM), np.ldexp(right, -ROOM)
        x = solve(matrix, right.T, lower, assume_a=structure, transposed=transposed, check_finite=check_finite)
        return in_shape_of(b, np.ascontiguousarray(x.T))
    if structure == "symmetric":
        matrix = mirrored(matrix, lower)
        size = euclidean_norm(matrix)
    elif structure != "general":
        return solve_structured(structure, matrix, b, lower, transposed, check_finite)
    lu, piv = factored(matrix)
    x = right.copy()
    substitute(lu, piv, x, transposed)
    if check_finite or is_finite(x):
        _check_solution(matrix, size, lu, piv, right, x, transposed)
    return in_shape_of(b, x)


def _check_solution(
    matrix: np.ndarray, size: float, lu: np.ndarray, piv: np.ndarray, right: np.ndarray, x: np.ndarray, transposed: bool
) -> None:
    """Warn of a solution that may have no correct digit, and of one that does not satisfy the equations."""
    n = len(matrix)
    eps = epsilon(lu.dtype)
    if is_certain(bound_by_diagonal(size, np.diagonal(matrix)), x.dtype) and is_finite(x):
        return
    inverse = inverse_of(lu)
    with np.errstate(all="ignore"):
        rest = right - (x @ matrix if transposed else x @ matrix.T)
    error = backward_error(size, x, rest, right)
    kappa = growth_of_a_trial(size, inverse[0], n, lu.dtype) * (1.0 + error / eps)

    def parts() -> tuple[Pair, Pair]:
        rows = order_of_rows(piv, n)
        back = np.argsort(rows)
        whole = product_of((lambda v: v[rows], lambda v: v[back]), inverse)
        absolute = absolute_products(matrix)
        return (whole[::-1], absolute[::-1]) if transposed else (whole, absolute)

    check_solution(x, kappa, parts, rest, ADVICE)
