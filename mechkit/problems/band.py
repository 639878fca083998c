"""Sparse matrices in the band storage of ``scipy.linalg.solve_banded`` and ``solveh_banded``."""

from __future__ import annotations

import numpy as np
import scipy.sparse


def to_band(array: scipy.sparse.sparray, lower: int, upper: int) -> np.ndarray:
    """The diagonals from -lower to upper as rows: ab[upper + i - j, j] = a[i, j], shape (lower + upper + 1, n).

    array : (n, n), with no nonzero outside the band. Raises ValueError where there is one. With ``lower = 0`` this is
    the upper form of ``solveh_banded``; then what lies below the diagonal is left out.

    >>> from mechkit.problems import poisson_1d
    >>> to_band(poisson_1d(3), 1, 1)
    array([[ 0., -1., -1.],
           [ 2.,  2.,  2.],
           [-1., -1.,  0.]])
    """
    entries = scipy.sparse.coo_array(scipy.sparse.triu(array) if lower == 0 else array)
    row, column = entries.coords
    if np.max(row - column, initial=0) > lower or np.max(column - row, initial=0) > upper:
        raise ValueError(f"the matrix has nonzeros outside the band of {lower} diagonals below and {upper} above")
    ab = np.zeros((lower + upper + 1, entries.shape[1]))
    np.add.at(ab, (upper + row - column, column), entries.data)
    return ab


def dominant_band(n: int, l: int, u: int) -> np.ndarray:
    """A band of ones with a diagonal that dominates each row, so that no rows are interchanged.

    >>> dominant_band(3, 1, 1)
    array([[1., 1., 1.],
           [5., 5., 5.],
           [1., 1., 1.]])
    """
    ab = np.ones((l + u + 1, n))
    ab[u] = 2.0 * (l + u) + 1.0
    return ab
