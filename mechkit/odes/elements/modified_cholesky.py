"""Modified incomplete Cholesky: what a sparse factor drops is taken from the diagonal, so that row sums stay right."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError

from mechkit.counting import kernel
from mechkit.linear_systems.operators import Operator, cholesky_solve
from mechkit.linear_systems.sparse import csr, csr_arrays

#: The shares of what is dropped that go to the diagonal: nearly all, which is fastest; less; and nothing, as in IC(0),
#: where pivots would not be positive.
KEPT = (0.99, 0.9, 0.0)


@kernel(cache=True, error_model="numpy")
def factor_modified(data, indices, indptr, kept):
    """A = U'U + R in place of the upper triangle of A, by rows. Returns the number of positive pivots.

    An entry of U'U outside the pattern of A is dropped, and `kept` times it is added to both diagonal elements. The
    tridiagonal matrix drops nothing:

    >>> from mechkit import law
    >>> found = law(factor_modified, n=range(2, 7))
    >>> found.sub, found.mul, found.div, found.sqrt
    (Polynomial('n - 1'), Polynomial('n - 1'), Polynomial('n - 1'), Polynomial('n'))
    """
    # Gustafsson, BIT 18 (1978) 142-156; Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 10.3.5
    n = indptr.size - 1
    for k in range(n):
        first, last = indptr[k], indptr[k + 1]
        if not data[first] > 0.0:
            return k
        data[first] = math.sqrt(data[first])  # 1  the row of U
        for p in range(first + 1, last):
            data[p] = data[p] / data[first]

        for p in range(first + 1, last):  # 2  its outer product, where A has a place for it
            i = indices[p]
            place = indptr[i]
            data[place] = data[place] - data[p] * data[p]
            end = indptr[i + 1]
            for q in range(p + 1, last):
                product = data[p] * data[q]
                j = indices[q]
                while place < end and indices[place] < j:
                    place += 1
                if place < end and indices[place] == j:
                    data[place] = data[place] - product
                else:  # 3  no place: the diagonal
                    data[indptr[i]] = data[indptr[i]] - kept * product
                    data[indptr[j]] = data[indptr[j]] - kept * product
    return n


@factor_modified.example
def _(n):
    A = csr("A", 2.5 * np.eye(n) - np.eye(n, k=1))
    return A.data, A.indices.astype(np.int64), A.indptr.astype(np.int64), np.float64(KEPT[0])


def modified_preconditioner(A: Any) -> Operator:
    """The inverse of U'U, U the modified incomplete factor of A, as the M of `cg`.

    For Poisson's equation on n points a side it takes of the order of the root of n steps, and `ic0_preconditioner` of
    the order of n.

    Parameters
    ----------
    A : (n, n), sparse, symmetric positive definite

    Raises LinAlgError where a pivot is not positive, even if nothing of what is dropped goes to the diagonal.

    References: Gustafsson, BIT 18 (1978) 142-156.

    >>> from mechkit.linear_systems import cg, ic0_preconditioner
    >>> from mechkit.problems import poisson_2d
    >>> for n in (32, 128):
    ...     A, b = poisson_2d(n), np.ones(n * n)
    ...     print(n, *(cg(A, b, M=M(A)).nit for M in (ic0_preconditioner, modified_preconditioner)))
    32 19 15
    128 66 29
    """
    U = csr("A", scipy.sparse.triu(A, format="csr"))
    for kept in KEPT:
        data = U.data.copy()
        done = factor_modified(data, U.indices.astype(np.int64), U.indptr.astype(np.int64), kept)
        if done == U.shape[0]:
            break
    else:
        raise LinAlgError(f"the incomplete factor breaks down in row {done}; use jacobi_preconditioner")
    L = scipy.sparse.csr_array((data, U.indices, U.indptr), shape=U.shape).T.tocsr()
    return Operator(cholesky_solve, csr_arrays(L), L.shape[0])
