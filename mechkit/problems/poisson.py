"""The Poisson equation on a grid: the matrix that most of the history of linear solvers was tried on."""

from __future__ import annotations

import numpy as np
import scipy.sparse


def poisson_1d(n: int) -> scipy.sparse.csr_array:
    """-u'' on n inner points of a line with zero boundary values: tridiagonal (-1, 2, -1), not scaled by the step.

    Parameters
    ----------
    n : number of unknowns

    Returns a CSR array (n, n), symmetric positive definite, half-bandwidth 1; its eigenvalues are 2 - 2 cos(k pi / (n +
    1)). Raises ValueError for n < 1.

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 4.8.

    >>> poisson_1d(3).toarray()
    array([[ 2., -1.,  0.],
           [-1.,  2., -1.],
           [ 0., -1.,  2.]])
    """
    if n < 1:
        raise ValueError(f"n is {n}; a grid has at least 1 inner point")
    off = -np.ones(n - 1)
    return scipy.sparse.csr_array(scipy.sparse.diags_array([off, 2.0 * np.ones(n), off], offsets=[-1, 0, 1]))


def poisson_2d(rows: int, columns: int | None = None) -> scipy.sparse.csr_array:
    """-Laplace u on rows x columns inner points of a rectangle with zero boundary values: the five-point star.

    Parameters
    ----------
    rows, columns : inner points in each direction (columns: as many as rows where left out)

    Numbered row by row, so the half-bandwidth is the number of columns. Returns a CSR array of order rows * columns,
    symmetric positive definite. Raises ValueError for a grid without points.

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 4.8.4.

    >>> poisson_2d(2).toarray()
    array([[ 4., -1., -1.,  0.],
           [-1.,  4.,  0., -1.],
           [-1.,  0.,  4., -1.],
           [ 0., -1., -1.,  4.]])
    """
    columns = rows if columns is None else columns
    if rows < 1 or columns < 1:
        raise ValueError(f"the grid is {rows} x {columns}; it needs at least 1 x 1 inner points")
    down = scipy.sparse.kron(poisson_1d(rows), scipy.sparse.eye_array(columns))
    across = scipy.sparse.kron(scipy.sparse.eye_array(rows), poisson_1d(columns))
    star = scipy.sparse.csr_array(down + across)
    star.eliminate_zeros()  # which kron leaves in small ones
    return star
