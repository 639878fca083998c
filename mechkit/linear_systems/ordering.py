"""Reordering: a sparse matrix with its unknowns renumbered is a narrow band, and a banded solver serves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError
from scipy.sparse.csgraph import reverse_cuthill_mckee

from mechkit.checking import float_array, one_of
from mechkit.linear_systems.banded import solve_banded
from mechkit.linear_systems.sparse import csr
from mechkit.linear_systems.symmetric_banded import solveh_banded

#: SciPy's names of numberings; all but the first let `reduce_bandwidth` choose.
NUMBERINGS = ("natural", "colamd", "mmd_ata", "mmd_at_plus_a")
#: More bytes than this are not allocated for a band.
MEMORY_LIMIT = 8e9


@dataclass(frozen=True, eq=False)
class Ordering:
    """A numbering of the unknowns: position k is taken by row and column permutation[k] of the matrix.

    lower, upper : the numbers of diagonals below and above the main one that hold nonzeros then.
    """

    permutation: np.ndarray
    lower: int
    upper: int


def reduce_bandwidth(A: Any) -> Ordering:
    """Renumber the unknowns so that the nonzeros are close to the diagonal: reverse Cuthill-McKee.

    Parameters
    ----------
    A : (n, n), sparse of any format, or dense; for an unsymmetric one the pattern of A + A' is taken

    Where the numbering that A comes with gives as narrow a band, it is kept.

    Returns
    -------
    Ordering
        the permutation, (n,), and the bandwidths that result.

    Raises
    ------
    ValueError, TypeError
        for what is no square real matrix.

    Operation count: none on numbers; a breadth-first search of the matrix's graph, in the time that it takes to read A.

    References: Cuthill and McKee, Proc. 24th ACM Nat. Conf. (1969) 157-172; George and Liu, Computer Solution of Large
    Sparse Positive Definite Systems, 1981, section 4.3.

    Examples
    --------
    A path through five points, numbered at random:

    >>> A = np.zeros((5, 5))
    >>> for i, j in [(3, 0), (0, 4), (4, 1), (1, 2)]:
    ...     A[i, j] = A[j, i] = 1.0
    >>> found = reduce_bandwidth(A)
    >>> found.permutation, found.lower, found.upper
    (array([2, 1, 4, 0, 3], dtype=int32), 1, 1)
    """
    return _ordering(csr("A", A))


def _ordering(A: scipy.sparse.csr_array) -> Ordering:
    n = A.shape[0]
    pattern = scipy.sparse.csr_array((np.ones(A.nnz, np.int8), A.indices, A.indptr), shape=A.shape)
    natural = np.arange(n, dtype=np.int32)
    candidates = [natural, reverse_cuthill_mckee(scipy.sparse.csr_matrix(pattern + pattern.T), symmetric_mode=True)]
    return min((Ordering(p, *_bandwidths(A, p)) for p in candidates), key=lambda o: o.lower + o.upper)


def _bandwidths(A: scipy.sparse.csr_array, permutation: np.ndarray) -> tuple[int, int]:
    row, column = _positions(A, permutation)
    below = row - column
    return int(max(0, below.max(initial=0))), int(max(0, -below.min(initial=0)))


def _positions(A: scipy.sparse.csr_array, permutation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows and columns of the nonzeros in the new numbering."""
    position = np.empty(permutation.size, np.int64)
    position[permutation] = np.arange(permutation.size)
    return np.repeat(position, np.diff(A.indptr)), position[A.indices]


def spsolve(A: Any, b: Any, permc_spec: str | None = None, use_umfpack: bool = True) -> Any:
    """Solve a sparse system directly: renumbered to a narrow band, by Cholesky's method in it or by elimination.

    Parameters
    ----------
    A : (n, n), sparse of any format, or dense
    b : (n,) or (n, k), dense, or sparse, which is worked on as dense
    permc_spec : "NATURAL" keeps the numbering of A, None or any other name of SciPy's takes that of `reduce_bandwidth`
    use_umfpack : accepted for SciPy's sake and ignored

    A symmetric matrix with a positive diagonal is given to `solveh_banded`; where it is not positive definite, and all
    others, to `solve_banded`.

    Returns
    -------
    ndarray
        x, shaped like b. A csc_array where b is sparse and has several columns, (n,) where it has one.

    Raises
    ------
    LinAlgError
        where the matrix is singular.
    MemoryError
        where the band would be too large.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix is ill-conditioned, and where x does not satisfy the
        equations; see `solve`.

    Operation count: that of the solver with the bandwidths of `reduce_bandwidth`. For the five-point star on n x n
    points it is Np^2 with N = n^2 and p = n, where the dense method needs N^3/3:

    >>> from mechkit import law
    >>> from mechkit.problems import poisson_2d
    >>> law(lambda n: spsolve(poisson_2d(n), np.ones(n * n)), n=range(3, 10)).flops
    Polynomial('n^4 + 16n^3/3 - n^2/2 - 17n/6')

    References: George and Liu, Computer Solution of Large Sparse Positive Definite Systems, 1981, chapter 4.

    Examples
    --------
    >>> spsolve([[4.0, 0.0, 1.0], [0.0, 2.0, 0.0], [1.0, 0.0, 3.0]], [5.0, 2.0, 4.0])
    array([1., 1., 1.])
    """
    if scipy.sparse.issparse(b):
        x = spsolve(A, b.toarray(), permc_spec, use_umfpack)
        return x.reshape(-1) if x.ndim == 2 and x.shape[1] == 1 else scipy.sparse.csc_array(x)
    matrix = csr("A", A, may_be_empty=True)
    right = float_array("b", b, (1, 2), may_be_empty=True)
    n = matrix.shape[0]
    numbering = one_of("permc_spec", "COLAMD" if permc_spec is None else permc_spec, NUMBERINGS)
    if right.shape[0] != n:
        raise ValueError(f"b has shape {right.shape}; it needs {n} rows, one an unknown")
    if not n:
        return np.empty(right.shape, np.result_type(matrix, right))
    natural = np.arange(n, dtype=np.int32)
    order = Ordering(natural, *_bandwidths(matrix, natural)) if numbering == "natural" else _ordering(matrix)
    p = order.permutation
    x = np.empty(right.shape, np.result_type(matrix, right))
    if (matrix.diagonal() > 0).all() and abs(matrix - matrix.T).nnz == 0:
        try:
            x[p] = solveh_banded(_band(matrix, order, 0), right[p])
            return x
        except LinAlgError:  # symmetric, but not positive definite
            pass
    band = _band(matrix, order, order.lower)
    try:
        x[p] = solve_banded((order.lower, order.upper), band, right[p])
    except LinAlgError as error:
        raise LinAlgError(f"{error} of the renumbered matrix") from None
    return x


def _band(A: scipy.sparse.csr_array, order: Ordering, lower: int) -> np.ndarray:
    """The renumbered matrix as `solve_banded` takes it, its first ``lower`` diagonals below the main one."""
    rows = lower + order.upper + 1
    n = A.shape[0]
    held = A.dtype.itemsize * n * (2 * rows + lower)  # the band, and the solver's copy with its fill-in
    if held > MEMORY_LIMIT:
        raise MemoryError(
            f"the narrowest band found ({order.lower} diagonals below, {order.upper} above, n = {n}) would take "
            f"{held / 1e9:.0f} GB; solve the system by cg or gmres, or by scipy.sparse.linalg.spsolve"
        )
    row, column = _positions(A, order.permutation)
    inside = row - column <= lower
    ab = np.zeros((rows, n), A.dtype)
    ab[(order.upper + row - column)[inside], column[inside]] = A.data[inside]
    return ab
