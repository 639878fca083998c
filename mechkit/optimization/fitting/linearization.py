"""What methods of least squares share: the linear problem at a point, the tests that end a search, and the history."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import ANY_ORDER
from mechkit.linear_systems.pivoting import interchange_rows
from mechkit.linear_systems.qr import annihilate
from mechkit.linear_systems.vectors import norm

#: The part of a parameter's size at the start below which steps of differences do not shrink with it.
LEAST_SIZE = 2.0**-13
#: Below this share of a squared column norm, what is left of it in QR is computed anew.
RENEW = np.float32(2.0**-26)

#: How a search ends: SciPy's numbers, and negative ones where it breaks off.
GOING_ON = -9
TOO_MANY, GRADIENT, REDUCTION, STEP, BOTH = 0, 1, 2, 3, 4
NOT_FINITE_AROUND, JACOBIAN_NOT_FINITE, NO_DESCENT = -1, -2, -3
#: And what a look at the end finds; the last is a success.
WRONG_JACOBIAN, HIDDEN, PLATEAU, SADDLE, REDUCTION_HIDDEN = -4, -5, -6, -7, 5
#: The function has returned a vector of another length.
CHANGED_LENGTH = -8


@kernel(cache=True)
def all_finite(x):
    """Whether no element of x is NaN or infinite.

    >>> from mechkit import law
    >>> law(all_finite, n=range(1, 6)).compare
    Polynomial('n')
    """
    for i in range(x.size):  # noqa: SIM110
        if not math.isfinite(x[i]):
            return False
    return True


@kernel(cache=True)
def rows_are_finite(J):
    """Whether no element of J is NaN or infinite.

    >>> from mechkit import law
    >>> law(rows_are_finite, n=range(1, 6)).compare
    Polynomial('n^2')
    """
    for i in range(J.shape[0]):  # noqa: SIM110
        if not all_finite(J[i]):
            return False
    return True


@kernel(cache=True)
def transposed_product(J, r, g):
    """g = J'r. J : (m, n); r : (m,), both not empty. Returns the largest element of g.

    >>> from mechkit import law
    >>> law(transposed_product, n=range(1, 6)).flops
    Polynomial('2n^2 - n')
    """
    for j in range(g.size):
        g[j] = J[0, j] * r[0]
    for i in range(1, r.size):
        row, t = J[i], r[i]
        for j in range(row.size):
            g[j] = g[j] + row[j] * t
    largest = abs(g[0])
    for j in range(1, g.size):
        largest = max(largest, abs(g[j]))
    return largest


@kernel(cache=True)
def record(history, k, x, cost, optimality, control):
    """Row k of history (rows, 3 + n) = (cost, optimality, control, x), where it has one.

    >>> from mechkit import law
    >>> law(record, n=range(1, 6)).stores
    Polynomial('n + 3')
    """
    if k < history.shape[0]:
        row = history[k]
        row[0], row[1], row[2] = cost, optimality, control
        for j in range(x.size):
            row[3 + j] = x[j]


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def reflect_column(v, t, c):
    """c = (I - t v v')c, where v[0] is taken as 1.

    >>> from mechkit import law
    >>> law(reflect_column, n=range(2, 7)).flops
    Polynomial('4n - 2')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 5.1.4
    s = c[0]
    for i in range(1, c.size):
        s = s + v[i] * c[i]
    s = t * s
    c[0] = c[0] - s
    for i in range(1, c.size):
        c[i] = c[i] - v[i] * s


@kernel(cache=True, error_model="numpy")
def factor_columns(J, r, A, piv, X, R, cutoff):
    """J[:, piv] = QR in the first n columns of R (n, n + 1), upper triangular, and Q'r in the last. J : (m, n), m >= n.

    Returns the rank of R: how many diagonal elements are above cutoff times the first. A (n + 1, m), piv (n,) and the
    first three rows of X (3, n) are work. The rows of A are the columns of J, and r, so that each lies in one piece.

    >>> from mechkit import law
    >>> law(factor_columns, n=range(1, 7)).flops
    Polynomial('4n^3/3 + 11n^2 + 2n/3 - 6')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 5.4.1; LAPACK's dlaqp2
    m, n = J.shape
    tau, left, last = X[0], X[1], X[2]  # left, last : what is left of the norms, and what was when last computed
    for i in range(m):
        A[n, i] = r[i]
        for k in range(n):
            A[k, i] = J[i, k]
    for k in range(n):  # 1  the norms of the columns
        piv[k] = k
        left[k] = last[k] = norm(A[k])
    for j in range(n):
        p = j  # 2  bring the longest column to the front
        for k in range(j + 1, n):
            if left[k] > left[p]:
                p = k
        interchange_rows(A, piv, j, p)
        left[p], last[p] = left[j], last[j]

        annihilate(A.T, j, tau)  # 3  and reflect the others, and r
        for k in range(j + 1, n + 1):
            reflect_column(A[j, j:], tau[j], A[k, j:])

        for k in range(j + 1, n):  # 4  the norms without row j, unless cancellation spoils them
            c, s = left[k], A[k, j]
            if c > 0.0:
                share = ((c - s) / c) * ((c + s) / c)
                then = c / last[k]
                if share * then * then > RENEW:
                    left[k] = c * math.sqrt(share)
                elif j + 1 < m:
                    left[k] = last[k] = norm(A[k, j + 1 :])
    for i in range(n):
        for k in range(i, n + 1):
            R[i, k] = A[k, i]
    rank = 0
    while rank < n and abs(R[rank, rank]) > cutoff * abs(R[0, 0]):
        rank += 1
    return rank


@kernel(cache=True, error_model="numpy")
def largest_cosine(A, piv, g, length, columns):
    """The largest |g[j]| / (length |J_j|): the cosine of the angle of the residuals and a column. columns[j] = |J_j|.

    A, piv : as `factor_columns` leaves them: row k of A begins with column k of R.

    >>> from mechkit import law
    >>> law(largest_cosine, n=range(1, 6)).flops
    Polynomial('3n^2/2 + 9n/2')
    """
    largest = 0.0
    for k in range(g.size):
        j = piv[k]
        columns[j] = norm(A[k, : k + 1])
        if columns[j] > 0.0:
            largest = max(largest, abs(g[j] / columns[j] / length))
    return largest


def work_of(m: int, n: int) -> tuple[np.ndarray, ...]:
    """Memory to work in, for m residuals and n unknowns: A, piv, X and R, as `factor_columns` takes them."""
    return np.zeros((n + 1, m)), np.zeros(n, np.int64), np.zeros((8, n)), np.zeros((n, n + 1))


def valley(x):
    """Residuals for examples: Rosenbrock's for each two neighbors."""
    n = x.size
    r = np.empty(2 * n)
    for i in range(n):
        r[i] = 1.0 - x[i]
        r[n + i] = 10.0 * (x[i] - x[i - 1] ** 2) if i > 0 else 0.0
    return r


def valley_jac(x):
    """Their derivatives."""
    n = x.size
    J = np.zeros((2 * n, n))
    for i in range(n):
        J[i, i] = -1.0
        if i > 0:
            J[n + i, i], J[n + i, i - 1] = 10.0, -20.0 * x[i - 1]
    return J


@all_finite.example
def _(n):
    return (np.ones(n),)


@rows_are_finite.example
def _(n):
    return (np.ones((n, n)),)


@transposed_product.example
def _(n):
    return np.ones((n, n)), np.ones(n), np.zeros(n)


@record.example
def _(n):
    return np.zeros((2, 3 + n)), 1, np.ones(n), np.float64(1.0), np.float64(2.0), np.float64(3.0)


@reflect_column.example
def _(n):
    return np.ones(n), np.float64(0.5), np.ones(n)


@factor_columns.example
def _(n):
    J = np.random.default_rng(0).random((n, n)) + np.eye(n)
    work = np.zeros((n + 1, n)), np.arange(n), np.zeros((3, n)), np.zeros((n, n + 1))
    return J, np.ones(n), *work, np.float64(0.0)


@largest_cosine.example
def _(n):
    return np.tril(np.ones((n, n))), np.arange(n), np.ones(n), np.float64(2.0), np.zeros(n)
