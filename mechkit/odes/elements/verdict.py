"""Whether a solution satisfies its equations, judged on the solution itself."""

from __future__ import annotations

import numpy as np
import scipy.sparse

#: The largest residual, as a share of the terms that it is a sum of, that counts as rounding: about 1e4 eps.
ROUNDING = 1e-12


def judged(ab: np.ndarray, b: np.ndarray, x: np.ndarray) -> tuple[bool, str]:
    """Whether a symmetric band, its lower triangle in ab, and b are satisfied by x; and a sentence on that.

    >>> judged(np.array([[2.0, 2.0], [-1.0, 0.0]]), np.ones(2), np.ones(2))
    (True, 'the equations hold, with a residual of 0 of their terms')
    """
    n = b.size
    lower = scipy.sparse.dia_array((ab, -np.arange(len(ab))), shape=(n, n)).tocsr()
    return judged_rows(lower + scipy.sparse.tril(lower, -1).T, b, x, ROUNDING)


def judged_rows(A: scipy.sparse.csr_array, b: np.ndarray, x: np.ndarray, tolerance: float) -> tuple[bool, str]:
    """As `judged`, for a matrix by rows: the norm of the residual over that of its terms must be within a tolerance."""
    if not b.size:
        return True, "every value is given: there is no unknown"
    with np.errstate(all="ignore"):
        residual = np.abs(b - A @ x).max()
        terms = (abs(A) @ np.abs(x) + np.abs(b)).max()
    share = float(residual / terms) if terms > 0.0 else 0.0
    if share <= tolerance:
        return True, f"the equations hold, with a residual of {share:.1g} of their terms"
    return False, f"the residual is {share:.1g} of its terms, and the solution is not confirmed"
