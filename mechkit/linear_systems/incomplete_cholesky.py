"""Incomplete Cholesky: the factor without its fill-in, an approximation that costs as little as the matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ONE
from mechkit.linear_systems.sparse import csr, csr_arrays
from mechkit.linear_systems.triangular import require_positive


@kernel(cache=True, error_model="numpy")
def factor_incompletely(data, indices, indptr):
    """A = LL' + R in place of the lower triangle of A, R zero where L is not. Returns the number of positive pivots.

    The tridiagonal matrix has no fill-in, so that this is its Cholesky factor:

    >>> from mechkit import law
    >>> found = law(factor_incompletely, n=range(2, 7))
    >>> found.sub, found.mul, found.div, found.sqrt
    (Polynomial('n - 1'), Polynomial('n - 1'), Polynomial('n - 1'), Polynomial('n'))
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 11.5.8, row by row; Saad, section 10.3.2
    n = indptr.size - 1
    for i in range(n):
        first, last = indptr[i], indptr[i + 1] - ONE
        for k in range(first, last):  # 1  l[i, j] = (a[i, j] - sum of l[i, m] l[j, m]) / l[j, j]
            j = indices[k]
            s = data[k]
            p = first
            q = indptr[j]
            last_j = indptr[j + 1] - ONE
            while p < k and q < last_j:
                if indices[p] == indices[q]:
                    s = s - data[p] * data[q]
                    p, q = p + ONE, q + ONE
                elif indices[p] < indices[q]:
                    p = p + ONE
                else:
                    q = q + ONE
            data[k] = s / data[last_j]

        s = data[last]  # 2  the pivot
        for k in range(first, last):
            s = s - data[k] * data[k]
        data[last] = s
        if not s > 0.0:
            return i
        data[last] = math.sqrt(s)
    return n


@factor_incompletely.example
def _(n):
    return csr_arrays(csr("A", 2.5 * np.eye(n) - np.eye(n, k=-1)))


def incomplete_cholesky(A: Any) -> scipy.sparse.csr_array:
    """Factor a symmetric positive definite matrix approximately: LL' = A, wherever A is not zero. Known as IC(0).

    Parameters
    ----------
    A : (n, n), sparse of any format, or dense; only its lower triangle is read

    Returns
    -------
    csr_array
        L, lower triangular, with the nonzeros of A's lower triangle.

    Raises
    ------
    LinAlgError
        where a pivot is not positive, naming its row. For M-matrices (such as Poisson's) that never happens; other
        positive definite matrices may need a larger diagonal first.
    ValueError, TypeError
        for what is no square real matrix.

    Operation count, exact, for the five-point star on an n x n grid, N = n^2 unknowns: about 7N, where the banded
    Cholesky factor costs N^2.

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> found = law(lambda n: incomplete_cholesky(poisson_2d(n)), n=range(3, 8))
    >>> found.sub, found.div, found.sqrt, found.flops
    (Polynomial('2n^2 - 2n'), Polynomial('2n^2 - 2n'), Polynomial('n^2'), Polynomial('7n^2 - 6n'))

    References: Meijerink and van der Vorst, Math. Comp. 31 (1977) 148-162; Golub and Van Loan, Matrix Computations,
    4th ed., section 11.5.8; Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 10.3.2.

    Examples
    --------
    >>> incomplete_cholesky([[4.0, 2.0], [2.0, 5.0]]).toarray()
    array([[2., 0.],
           [1., 2.]])
    """
    L = csr("A", scipy.sparse.tril(csr("A", A), format="csr")).copy()
    require_positive(L.diagonal())
    done = factor_incompletely(*csr_arrays(L))
    if done < L.shape[0]:
        pivot = L.data[L.indptr[done + 1] - 1]
        raise LinAlgError(
            f"incomplete Cholesky breaks down in row {done}, where the pivot is {pivot}; enlarge the diagonal, for "
            "example A + 0.1 * scipy.sparse.diags_array(A.diagonal()), or precondition otherwise"
        )
    return L
