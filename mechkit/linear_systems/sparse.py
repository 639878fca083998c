"""Sparse matrices by rows (CSR): products and triangular solves that touch the nonzeros only.

A matrix is three arrays. Row i has the values ``data[indptr[i]:indptr[i + 1]]``, and ``indices`` has their columns at
the same places, in ascending order. The kernels take unsigned integers: these cannot be negative, so that no time is
spent on a test whether an index counts from the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, in_shape_of, right_hand_sides
from mechkit.counting import kernel
from mechkit.linear_systems.constants import ONE, ZERO
from mechkit.linear_systems.flags import FUSED
from mechkit.linear_systems.sparse_conditioning import check_sparse_triangle
from mechkit.linear_systems.triangular import require_pivots


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def csr_product(data, indices, indptr, x, y):
    """y = Ax.

    For the tridiagonal matrix, which has 3n - 2 nonzeros; two operations for each of them:

    >>> from mechkit import law
    >>> found = law(csr_product, n=range(2, 7))
    >>> found.add, found.mul, found.flops
    (Polynomial('3n - 2'), Polynomial('3n - 2'), Polynomial('6n - 4'))
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 3.5
    for i in range(y.size):
        s = ZERO
        for k in range(indptr[i], indptr[i + 1]):
            s = s + data[k] * x[indices[k]]
        y[i] = s


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def csr_forward_substitution(data, indices, indptr, b):
    """Solve Lx = b in place of b, L lower triangular: the diagonal element is the last of its row.

    For two diagonals, 2n - 1 nonzeros:

    >>> from mechkit import law
    >>> found = law(csr_forward_substitution, n=range(2, 7))
    >>> found.sub, found.mul, found.div, found.flops
    (Polynomial('n - 1'), Polynomial('n - 1'), Polynomial('n'), Polynomial('3n - 2'))
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 3.1.1, on the nonzeros; as are the next ones
    for i in range(b.size):
        last = indptr[i + 1] - ONE
        s = b[i]
        for k in range(indptr[i], last):
            s = s - data[k] * b[indices[k]]
        b[i] = s / data[last]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def csr_forward_substitution_unit(data, indices, indptr, b):
    """Solve (I + L)x = b in place of b, L strictly lower triangular.

    >>> from mechkit import law
    >>> law(csr_forward_substitution_unit, n=range(2, 7)).flops
    Polynomial('2n - 2')
    """
    for i in range(b.size):
        s = b[i]
        for k in range(indptr[i], indptr[i + 1]):
            s = s - data[k] * b[indices[k]]
        b[i] = s


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def csr_back_substitution(data, indices, indptr, b):
    """Solve Ux = b in place of b, U upper triangular: the diagonal element is the first of its row.

    >>> from mechkit import law
    >>> law(csr_back_substitution, n=range(2, 7)).flops
    Polynomial('3n - 2')
    """
    n = b.size
    for j in range(n):
        i = n - 1 - j
        first = indptr[i]
        s = b[i]
        for k in range(first + ONE, indptr[i + 1]):
            s = s - data[k] * b[indices[k]]
        b[i] = s / data[first]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def csr_back_substitution_unit(data, indices, indptr, b):
    """Solve (I + U)x = b in place of b, U strictly upper triangular.

    >>> from mechkit import law
    >>> law(csr_back_substitution_unit, n=range(2, 7)).flops
    Polynomial('2n - 2')
    """
    n = b.size
    for j in range(n):
        i = n - 1 - j
        s = b[i]
        for k in range(indptr[i], indptr[i + 1]):
            s = s - data[k] * b[indices[k]]
        b[i] = s


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def csr_back_substitution_transposed(data, indices, indptr, b):
    """Solve L'x = b in place of b, L lower triangular as in `csr_forward_substitution`: column by column of L'.

    >>> from mechkit import law
    >>> law(csr_back_substitution_transposed, n=range(2, 7)).flops
    Polynomial('3n - 2')
    """
    n = b.size
    for j in range(n):
        i = n - 1 - j
        last = indptr[i + 1] - ONE
        b[i] = b[i] / data[last]
        for k in range(indptr[i], last):
            b[indices[k]] = b[indices[k]] - data[k] * b[i]


def _tridiagonal(n: int, *offsets: int) -> tuple[np.ndarray, ...]:
    """The chosen diagonals of (-1, 2.5, -1), for examples."""
    return csr_arrays(csr("A", sum((-1.0 if k else 2.5) * np.eye(n, k=k) for k in offsets)))


@csr_product.example
def _(n):
    return *_tridiagonal(n, -1, 0, 1), np.ones(n), np.zeros(n)


@csr_forward_substitution.example
@csr_back_substitution_transposed.example
def _(n):
    return *_tridiagonal(n, -1, 0), np.ones(n)


@csr_forward_substitution_unit.example
def _(n):
    return *_tridiagonal(n, -1), np.ones(n)


@csr_back_substitution.example
def _(n):
    return *_tridiagonal(n, 0, 1), np.ones(n)


@csr_back_substitution_unit.example
def _(n):
    return *_tridiagonal(n, 1), np.ones(n)


def csr(name: str, A: Any, may_be_empty: bool = False) -> scipy.sparse.csr_array:
    """A sparse or dense square matrix by rows: sorted, without duplicates, finite, float32 or float64.

    Shares memory with A where A is like that already; A is not changed. Raises TypeError and ValueError for what is no
    square real matrix.

    >>> csr("A", [[2, 0], [1, 3]]).indices
    array([0, 0, 1], dtype=int32)
    """
    if not scipy.sparse.issparse(A):
        A = float_array(name, A, (2,), may_be_empty=may_be_empty)
    elif A.dtype.kind not in "biuf":
        raise TypeError(f"{name} holds {A.dtype} values; give it real numbers")
    elif A.ndim != 2 or (0 in A.shape and not may_be_empty):
        raise ValueError(f"{name} has shape {A.shape}; it must be 2-dimensional, and not empty")
    if A.shape[0] != A.shape[1]:
        raise ValueError(f"{name} has shape {A.shape}; it must be square")
    rows = scipy.sparse.csr_array(A)
    if rows.nnz >= 2**32:
        raise ValueError(f"{name} has {rows.nnz} nonzeros; the kernels number them in 32 bits: at most {2**32 - 1}")
    if rows.nnz:
        values = float_array(f"{name}.data", rows.data, (1,))
        rows = scipy.sparse.csr_array((values, rows.indices, rows.indptr), shape=rows.shape)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    return rows


def csr_arrays(A: scipy.sparse.csr_array, dtype: Any = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the kernels take, from what `csr` returned: data in the dtype, indices and indptr as unsigned integers."""
    data = A.data if dtype is None else A.data.astype(dtype, copy=False)
    indices, indptr = (k.view(np.uint32) if k.dtype == np.int32 else k.astype(np.uint32) for k in (A.indices, A.indptr))
    return data, indices, indptr


def matvec(A: Any, x: Any) -> np.ndarray:
    """The product of a sparse matrix and a vector.

    Parameters
    ----------
    A : (n, n), sparse of any format, or dense
    x : (n,) or (n, k)

    Returns
    -------
    ndarray
        Ax, shaped like x.

    Raises
    ------
    ValueError, TypeError
        for input that does not fit.

    Operation count: two for each nonzero, where the dense product has two for each element.

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> law(lambda n: matvec(poisson_2d(n), np.ones(n * n)), n=range(3, 8)).flops  # 5n^2 - 4n nonzeros
    Polynomial('10n^2 - 8n')

    References: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 3.5.

    Examples
    --------
    >>> matvec([[2.0, 0.0], [1.0, 3.0]], [1.0, 1.0])
    array([2., 4.])
    """
    matrix = csr("A", A)
    columns = right_hand_sides(x, matrix.shape[0], matrix.dtype)
    arrays = csr_arrays(matrix, columns.dtype)
    y = np.empty_like(columns)
    for column, product in zip(columns, y, strict=True):
        csr_product(*arrays, column, product)
    return in_shape_of(x, y)


def spsolve_triangular(
    A: Any,
    b: Any,
    lower: bool = True,
    overwrite_A: bool = False,
    overwrite_b: bool = False,
    unit_diagonal: bool = False,
) -> np.ndarray:
    """Solve a sparse triangular system by substitution.

    Parameters
    ----------
    A : (n, n), triangular, sparse of any format, or dense
    b : (n,) or (n, k)
    lower : which triangle
    unit_diagonal : take the diagonal as ones
    overwrite_A, overwrite_b : accepted for SciPy's sake and ignored

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where a diagonal element is zero, or an element of the other triangle is not, naming it.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the triangle is ill-conditioned; see `solve`.

    Operation count: two for each nonzero off the diagonal, one division for each on it.

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> law(lambda n: spsolve_triangular(scipy.sparse.tril(poisson_2d(n)), np.ones(n * n)), n=range(3, 8)).flops
    Polynomial('5n^2 - 4n')

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 3.1; Saad, Iterative Methods for Sparse Linear
    Systems, 2nd ed., section 3.5.

    Examples
    --------
    >>> spsolve_triangular([[2.0, 0.0], [1.0, 4.0]], [4.0, 10.0])
    array([2., 2.])
    """
    matrix = csr("A", A, may_be_empty=True)
    n = matrix.shape[0]
    _require_triangle(matrix, lower)
    if not unit_diagonal:
        require_pivots(matrix.diagonal(), "divide by the diagonal")
    x = right_hand_sides(b, n, matrix.dtype)
    if not x.size:
        return in_shape_of(b, x)
    offset = int(unit_diagonal)
    triangle = scipy.sparse.tril(matrix, -offset) if lower else scipy.sparse.triu(matrix, offset)
    arrays = csr_arrays(csr("A", triangle), x.dtype)
    if lower:
        substitute = csr_forward_substitution_unit if unit_diagonal else csr_forward_substitution
    else:
        substitute = csr_back_substitution_unit if unit_diagonal else csr_back_substitution
    for column in x:
        substitute(*arrays, column)
    check_sparse_triangle(x, matrix, lower, unit_diagonal)
    return in_shape_of(b, x)


def _require_triangle(A: scipy.sparse.csr_array, lower: bool) -> None:
    other = scipy.sparse.coo_array(scipy.sparse.triu(A, 1) if lower else scipy.sparse.tril(A, -1))
    wrong = np.flatnonzero(other.data)
    if wrong.size:
        i, j = (int(k[wrong[0]]) for k in other.coords)
        kind = "lower" if lower else "upper"
        raise LinAlgError(f"A is not {kind} triangular: A[{i}, {j}] is {other.data[wrong[0]]}; use spsolve")
