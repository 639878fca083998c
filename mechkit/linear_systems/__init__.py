"""Direct solvers of linear systems: one elimination, done densely and within a band.

The names, arguments and returns are those of ``scipy.linalg``.
"""

from mechkit.linear_systems.banded import solve_banded
from mechkit.linear_systems.cholesky import cho_factor, cho_solve, cholesky
from mechkit.linear_systems.dense import lu_factor, lu_solve, solve
from mechkit.linear_systems.symmetric_banded import solveh_banded
from mechkit.linear_systems.triangular import solve_triangular

__all__ = [
    "cho_factor",
    "cho_solve",
    "cholesky",
    "lu_factor",
    "lu_solve",
    "solve",
    "solve_banded",
    "solve_triangular",
    "solveh_banded",
]
