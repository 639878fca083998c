"""Orthogonal factors by Householder's reflections."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.checking import float_array
from mechkit.counting import kernel
from mechkit.linear_systems.constants import ORIGIN
from mechkit.linear_systems.pivoting import interchange_rows
from mechkit.linear_systems.vectors import norm


@kernel(cache=True, error_model="numpy")
def householder_qr(A, tau, w):
    """A = QR in place of A (m, n): R in its upper triangle, the vectors of the reflections below.

    tau : (min(m, n),) their factors; w : (n,) work.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     householder_qr(np.eye(m, n) + 1.0, np.zeros(n), np.zeros(n))
    >>> law(run, m=range(7, 11), n=range(2, 7)).flops
    Polynomial('2mn^2 - 2n^3/3 + 2mn - n^2 + 11n/3')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 5.2.1
    for j in range(tau.size):
        annihilate(A, j, tau)
        reflect(A, tau, j, A, j + 1, w)


@kernel(cache=True, error_model="numpy")
def householder_qr_pivoted(A, tau, w, piv, norms, tolerance):
    """A[:, piv] = QR in place of A (m, n), each step with the longest column that is left.

    tau : (min(m, n),); w : (n,); piv : (n,); norms : (2, n), of what is left of the columns, and when last computed;
    tolerance : the share of a squared norm below which it is computed anew, not updated.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     A, w, norms = np.random.default_rng(0).random((m, n)), np.zeros(n), np.zeros((2, n))
    ...     householder_qr_pivoted(A, w.copy(), w, np.arange(n), norms, 0.0)
    >>> law(run, m=range(8, 12), n=range(2, 7)).flops
    Polynomial('2mn^2 - 2n^3/3 + 5mn + 4n^2 - n/3')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 5.4.1; LAPACK's dlaqp2
    m, n = A.shape
    for k in range(n):  # 1  the norms of the columns
        piv[k] = k
        norms[0, k] = norms[1, k] = norm(A[:, k])
    for j in range(tau.size):
        p = j  # 2  bring the longest column to the front
        for k in range(j + 1, n):
            if norms[0, k] > norms[0, p]:
                p = k
        interchange_rows(A.T, piv, j, p)
        norms[0, p], norms[1, p] = norms[0, j], norms[1, j]

        annihilate(A, j, tau)  # 3  as without pivoting
        reflect(A, tau, j, A, j + 1, w)

        for k in range(j + 1, n):  # 4  the norms without row j, unless cancellation spoils them
            c, r = norms[0, k], A[j, k]
            if c > 0.0:
                left = ((c - r) / c) * ((c + r) / c)
                then = c / norms[1, k]
                if left * then * then > tolerance:
                    norms[0, k] = c * math.sqrt(left)
                elif j + 1 < m:
                    norms[0, k] = norms[1, k] = norm(A[j + 1 :, k])


@kernel(cache=True, error_model="numpy")
def annihilate(A, j, tau):
    """Make column j zero below the diagonal by the reflection I - tau[j] v v', v[j] = 1; v is kept in its place.

    >>> from mechkit import law
    >>> law(lambda m: annihilate(np.ones((m, 1)), 0, np.ones(1)), m=range(2, 8)).flops
    Polynomial('4m + 2')
    """
    # Golub and Van Loan, algorithm 5.1.1; as in LAPACK's dlarfg, the sign of R[j, j] is not that of A[j, j]
    tau[j] = 0.0
    x = A[j:, j]
    scale = abs(x[x.size - 1])  # 1  scale the column, so that no square is out of range
    for i in range(1, x.size - 1):
        scale = max(scale, abs(x[i]))
    if scale == 0.0 or x.size == 1:
        return
    scale = max(scale, abs(x[0]))
    x[0] = x[0] / scale
    s = x[0] * x[0]
    for i in range(1, x.size):
        x[i] = x[i] / scale
        s = s + x[i] * x[i]
    r = math.copysign(math.sqrt(s), -x[0])  # 2  (r, 0 ... 0) is its mirror image
    d = x[0] - r
    for i in range(1, x.size):
        x[i] = x[i] / d
    x[0] = scale * r
    tau[j] = -d / r


@kernel(cache=True, error_model="numpy")
def reflect(V, tau, j, B, first, w):
    """B = (I - tau[j] v v')B on columns first and up, v the vector kept in column j of V; w : (n,) work for B (m, n).

    >>> from mechkit import law
    >>> def run(m, n):
    ...     reflect(np.ones((m, 1)), np.ones(1), 0, np.ones((m, n)), 0, np.ones(n))
    >>> law(run, m=range(2, 6), n=range(2, 6)).flops
    Polynomial('4mn - 2n')
    """
    # Golub and Van Loan, section 5.1.4, by rows
    t = tau[j]
    top = B[j, first:]
    s = w[first:]
    for k in range(top.size):  # 1  s = v'B
        s[k] = top[k]
    for i in range(j + 1, V.shape[0]):
        v, row = V[i, j], B[i, first:]
        for k in range(row.size):
            s[k] = s[k] + v * row[k]

    for k in range(top.size):  # 2  B = B - tau v s
        s[k] = t * s[k]
        top[k] = top[k] - s[k]
    for i in range(j + 1, V.shape[0]):
        v, row = V[i, j], B[i, first:]
        for k in range(row.size):
            row[k] = row[k] - v * s[k]


@kernel(cache=True)
def apply_q_transposed(V, tau, B, w):
    """B = Q'B in place of B (m, k); V, tau : what `householder_qr` left; w : (k,) work.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     apply_q_transposed(np.ones((m, n)), np.ones(n), np.ones((m, 1)), np.ones(1))
    >>> law(run, m=range(6, 10), n=range(1, 6)).flops
    Polynomial('4mn - 2n^2')
    """
    for j in range(tau.size):
        reflect(V, tau, j, B, ORIGIN, w)


@kernel(cache=True)
def apply_q(V, tau, B, w):
    """B = QB in place of B, like `apply_q_transposed` and at its cost: the same reflections, last to first.

    >>> from mechkit import law
    >>> law(apply_q, n=range(1, 8)).flops == law(apply_q_transposed, n=range(1, 8)).flops
    True
    """
    for i in range(tau.size):
        reflect(V, tau, tau.size - 1 - i, B, ORIGIN, w)


@kernel(cache=True)
def accumulate_q(V, tau, Q, w):
    """Q = the orthogonal factor, or its first columns, in place of Q (m, k), which is the identity before.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     accumulate_q(np.ones((m, n)), np.ones(n), np.eye(m), np.ones(m))
    >>> law(run, m=range(6, 11), n=range(1, 6)).flops
    Polynomial('4m^2n - 4mn^2 + 4n^3/3 + 2mn - n^2 - n/3')
    """
    # Golub and Van Loan, section 5.1.6: backwards, so that the zeros of the identity last
    for i in range(tau.size):
        j = tau.size - 1 - i
        reflect(V, tau, j, Q, j, w)


def _tall(n):
    return np.random.default_rng(0).standard_normal((n + 2, n))


@householder_qr.example
def _(n):
    return _tall(n), np.zeros(n), np.zeros(n)


@householder_qr_pivoted.example
def _(n):
    return _tall(n), np.zeros(n), np.zeros(n), np.zeros(n, np.int32), np.zeros((2, n)), 1e-8


@annihilate.example
def _(n):
    return _tall(n), 0, np.zeros(n)


@reflect.example
def _(n):
    return _tall(n), np.ones(n), 0, _tall(n), 0, np.zeros(n)


@apply_q_transposed.example
@apply_q.example
@accumulate_q.example
def _(n):
    A, tau, w = householder_qr.example_arguments(n)
    householder_qr(A, tau, w)
    return A, tau, np.eye(n + 2), np.zeros(n + 2)


def qr(
    a: Any,
    overwrite_a: bool = False,
    lwork: int | None = None,
    mode: str = "full",
    pivoting: bool = False,
    check_finite: bool = True,
) -> tuple[Any, ...]:
    """Factor a matrix of any shape as QR, Q orthogonal and R upper triangular.

    Parameters
    ----------
    a : (m, n)
    mode : "full" for a square Q, "economic" for its first min(m, n) columns, "r" for R alone, "raw" for the reflections
        instead of Q
    pivoting : take the longest column that is left at each step, so that the diagonal of R falls in size
    overwrite_a, lwork : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    Q : (m, m), or (m, min(m, n)) if economic; left out with "r"; the pair (qr, tau) if raw. Below the diagonal of
        qr (m, n) are the vectors of the reflections, and tau (min(m, n),) has their factors, as LAPACK holds them
    R : (m, n), or (min(m, n), n) if economic or raw
    P : (n,) int32 array, only with pivoting: ``a[:, P]`` is Q R

    Raises
    ------
    ValueError, TypeError
        for input that is no real matrix, and where the norm of a column is beyond the range of its numbers.

    Operation count, exact, m > n. Q takes as much again, and more where it is square:

    >>> from mechkit import law
    >>> def found(mode):
    ...     return law(lambda m, n: qr(np.eye(m, n) + 1.0, mode=mode), m=range(7, 11), n=range(2, 7)).flops
    >>> found("r")
    Polynomial('2mn^2 - 2n^3/3 + 2mn - n^2 + 11n/3')
    >>> found("economic").leading, found("full").leading
    (Polynomial('4mn^2 - 4n^3/3'), Polynomial('4m^2n - 2mn^2 + 2n^3/3'))

    References: Golub and Van Loan, Matrix Computations, 4th ed., sections 5.2.2 and 5.4.2.

    Examples
    --------
    >>> Q, R = qr([[3.0, 1.0], [4.0, 2.0]])
    >>> R
    array([[-5. , -2.2],
           [ 0. ,  0.4]])
    """
    if mode not in ("full", "qr", "economic", "r", "raw"):
        raise ValueError(f"mode is {mode!r}; it must be 'full', 'economic', 'r' or 'raw'")
    A = float_array("a", a, (2,), copy=True, check_finite=check_finite, may_be_empty=True)
    tau, piv = factor_in_place(A, pivoting, check_finite)
    m = A.shape[0]
    k = min(A.shape) if mode in ("economic", "raw") else A.shape[0]
    R = np.triu(A[:k])
    factors: tuple[np.ndarray, ...] = (R, piv) if pivoting else (R,)
    if mode == "r":
        return factors
    if mode == "raw":
        return ((A, tau), *factors)
    Q = np.eye(m, k, dtype=A.dtype)
    if not A.size:
        return (Q, *factors)
    accumulate_q(A, tau, Q, np.empty_like(Q[0]))
    return (Q, *factors)


def factor_in_place(A: np.ndarray, pivoting: bool, check_finite: bool) -> tuple[np.ndarray, np.ndarray]:
    """Factor A in place; the factors of the reflections and the order of the columns."""
    m, n = A.shape
    tau = np.empty(min(m, n), A.dtype)
    w = np.empty(n, A.dtype)
    piv = np.arange(n, dtype=np.int32)
    if not A.size:
        return tau, piv
    with np.errstate(over="ignore", invalid="ignore"):
        if pivoting:
            householder_qr_pivoted(A, tau, w, piv, np.empty((2, n), A.dtype), np.sqrt(np.finfo(A.dtype).eps))
        else:
            householder_qr(A, tau, w)
    if check_finite and not np.isfinite(A).all():
        raise ValueError(f"the columns of a are too long for {A.dtype}; divide a by a power of two")
    return tau, piv
