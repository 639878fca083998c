"""Linear least squares by orthogonal factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array, in_shape_of, one_of
from mechkit.linear_systems.conditioning import warn
from mechkit.linear_systems.qr import apply_q, apply_q_transposed, factor_in_place, householder_qr
from mechkit.linear_systems.triangular import back_substitution, forward_substitution
from mechkit.linear_systems.vectors import sum_of_squares

#: A diagonal element of R must be this many times as large as rounding, or the rank is unclear.
UNCLEAR = 100.0


def lstsq(
    a: Any,
    b: Any,
    cond: float | None = None,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    lapack_driver: str | None = None,
) -> tuple[np.ndarray, np.ndarray, int, None]:
    """Find the x that makes the 2-norm of b - a x least, and of several such x the shortest.

    Parameters
    ----------
    a : (m, n), of any shape and rank
    b : (m,) or (m, k)
    cond : diagonal elements of R, factored with pivoting, count as zero up to cond times the first of them. By default
        this is machine epsilon times the first, and what may be rounding
    overwrite_a, overwrite_b : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first
    lapack_driver : "gelsy", whose method this is, or "gelsd" or "gelss", which give the same x by singular values

    Returns
    -------
    x : (n,) or (n, k)
    residues : the sums of squares of b - a x, of shape () or (k,), where m > n and a has full rank; otherwise empty
    rank : of a
    s : None, in the place of the singular values that other drivers of SciPy find

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where the rank is unclear and cond is left out. Then the last diagonal element of R that counts is little larger
        than what rounding may leave of zero. Another rank would do as well, and give quite another x.

    Operation count, exact, m > n, full rank and one right-hand side: R, Q'b, substitution and the residue. Where the
    rank r is less than n, the first r rows of R are factored once more.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     lstsq(np.random.default_rng(0).random((m, n)), np.ones(m))
    >>> law(run, m=range(8, 12), n=range(2, 7)).flops
    Polynomial('2mn^2 - 2n^3/3 + 9mn + 3n^2 + 2m - 7n/3 - 1')

    References: Golub and Van Loan, Matrix Computations, 4th ed., sections 5.3.3 and 5.5; LAPACK's dgelsy.

    Examples
    --------
    >>> x, residues, rank, _ = lstsq([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 2.0, 6.0])
    >>> np.round(x, 12), np.round(residues, 12), rank
    (array([0.5, 2.5]), np.float64(1.5), 2)
    >>> x, residues, rank, _ = lstsq([[1.0, 1.0]], [2.0])  # of all x on a line, the shortest
    >>> np.round(x, 12), residues, rank
    (array([1., 1.]), array([], dtype=float64), 1)
    """
    one_of("lapack_driver", "gelsy" if lapack_driver is None else lapack_driver, ("gelsy", "gelsd", "gelss"))
    number = isinstance(cond, int | float | np.integer | np.floating)
    if cond is not None and not (number and 0.0 <= cond < 1.0):
        raise ValueError(f"cond is {cond!r}; it must be None, or a number at least 0 and less than 1")
    matrix, right = _problem(a, b, check_finite)
    (m, n) = matrix.shape
    A = matrix.copy()
    if not A.size or not right.size:
        return _of_nothing(matrix, right, b, cond, check_finite)
    tau, piv = factor_in_place(A, True, check_finite)
    rank = _rank(A, np.abs(matrix).max(axis=0)[piv], cond)
    apply_q_transposed(A, tau, right, np.empty_like(right[0]))
    residues = np.empty(0, A.dtype)
    if m > n == rank:
        columns = np.array(right[n:].T, order="C")
        residues = in_shape_of(b, np.array([sum_of_squares(column) for column in columns], A.dtype))
    x = np.zeros((n, right.shape[1]), A.dtype)
    if rank == n:
        x[:] = _substitute(back_substitution, A[:n, :n], right[:n])
    else:  # R = (S' 0) Z', S upper triangular: the shortest solution is Z (y, 0) with S'y = Q'b
        Z = np.triu(A[:rank]).T.copy()
        s = np.empty(rank, A.dtype)
        householder_qr(Z, s, np.empty_like(s))
        x[:rank] = _substitute(forward_substitution, Z[:rank].T, right[:rank])
        apply_q(Z, s, x, np.empty_like(x[0]))
    x[piv] = x.copy()
    return in_shape_of(b, x.T), residues, rank, None


def _problem(a: Any, b: Any, check_finite: bool) -> tuple[np.ndarray, np.ndarray]:
    """The matrix, and the right-hand sides as columns in fresh memory."""
    matrix = float_array("a", a, (2,), check_finite=check_finite, may_be_empty=True)
    right = float_array("b", b, (1, 2), check_finite=check_finite, may_be_empty=True)
    if right.shape[0] != matrix.shape[0]:
        raise ValueError(f"b has shape {right.shape}; it needs {matrix.shape[0]} rows, as many as a")
    dtype = np.result_type(matrix, right)
    return matrix.astype(dtype, copy=False), np.array(
        right[:, np.newaxis] if right.ndim == 1 else right, dtype, order="C"
    )


def _of_nothing(
    matrix: np.ndarray, right: np.ndarray, b: Any, cond: float | None, check_finite: bool
) -> tuple[np.ndarray, np.ndarray, int, None]:
    """What there is to say without equations, without unknowns, or without right-hand sides."""
    (m, n) = matrix.shape
    A = matrix.copy()
    x = np.zeros((right.shape[1], n), A.dtype)
    nothing = np.empty(0, A.dtype)
    if not m:
        return in_shape_of(b, x), nothing, 0, None
    if not A.size:
        sums = np.einsum("ij,ij->j", right, right)
        return in_shape_of(b, x), sums[0] if np.ndim(b) == 1 else sums, 0, None
    _, piv = factor_in_place(A, True, check_finite)
    return in_shape_of(b, x), nothing, _rank(A, np.abs(matrix).max(axis=0)[piv], cond), None


def _rank(R: np.ndarray, largest: np.ndarray, cond: float | None) -> int:
    """The number of diagonal elements of R before one that is zero; largest : of each column of what R factors."""
    diagonal = np.abs(np.diagonal(R))
    eps = np.finfo(R.dtype).eps
    zero = diagonal <= (eps if cond is None else cond) * diagonal[0]
    if cond is None:  # an error of a column is as large as the column: it does not matter how it is scaled
        zero |= diagonal <= max(R.shape) * eps * largest[: diagonal.size]
    rank = int(np.argmax(zero)) if zero.any() else diagonal.size
    if cond is None and rank > 1:
        noise = max(eps * diagonal[0], max(R.shape) * eps * largest[rank - 1])
        if diagonal[rank - 1] < UNCLEAR * noise:
            warn(
                f"the rank is unclear: it is taken as {rank}, but diagonal element {rank - 1} of R, "
                f"{diagonal[rank - 1]:.1e}, is less than {UNCLEAR:g} times what rounding may leave of zero, "
                f"{noise:.1e}; say by cond what counts as zero"
            )
    return rank


def _substitute(substitution: Any, triangle: np.ndarray, right: np.ndarray) -> np.ndarray:
    columns = np.array(right.T, order="C")
    triangle = np.ascontiguousarray(triangle)
    for column in columns:
        substitution(triangle, column)
    return columns.T
