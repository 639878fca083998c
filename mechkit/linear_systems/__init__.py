"""Linear systems: one elimination densely, in a band and sparse; iterations, multigrid, and what precision costs.

Where SciPy has the function, its name, arguments and returns are SciPy's, of ``scipy.linalg`` and
``scipy.sparse.linalg``.
"""

from mechkit.linear_systems.banded import solve_banded
from mechkit.linear_systems.cholesky import cho_factor, cho_solve, cholesky
from mechkit.linear_systems.conjugate_gradients import cg, steepest_descent
from mechkit.linear_systems.dense import lu, lu_factor, lu_solve
from mechkit.linear_systems.gmres import gmres
from mechkit.linear_systems.incomplete_cholesky import incomplete_cholesky
from mechkit.linear_systems.least_squares import lstsq
from mechkit.linear_systems.limbs import from_limbs, long_multiply, multiply_limbs, to_limbs
from mechkit.linear_systems.multigrid import full_multigrid, multigrid, v_cycle
from mechkit.linear_systems.multiplication import multiply, strassen
from mechkit.linear_systems.operators import Operator, five_point_star, ic0_preconditioner, jacobi_preconditioner
from mechkit.linear_systems.ordering import Ordering, reduce_bandwidth, spsolve
from mechkit.linear_systems.pivoting import Elimination, gaussian_elimination
from mechkit.linear_systems.qr import qr
from mechkit.linear_systems.refinement import refine
from mechkit.linear_systems.result import IterativeResult
from mechkit.linear_systems.solve import solve
from mechkit.linear_systems.sparse import matvec, spsolve_triangular
from mechkit.linear_systems.stationary import gauss_seidel, jacobi, optimal_omega, sor
from mechkit.linear_systems.symmetric_banded import solveh_banded
from mechkit.linear_systems.triangular import solve_triangular
from mechkit.linear_systems.tridiagonal import solve_tridiagonal

__all__ = [
    "Elimination",
    "IterativeResult",
    "Operator",
    "Ordering",
    "cg",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "five_point_star",
    "from_limbs",
    "full_multigrid",
    "gauss_seidel",
    "gaussian_elimination",
    "gmres",
    "ic0_preconditioner",
    "incomplete_cholesky",
    "jacobi",
    "jacobi_preconditioner",
    "long_multiply",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_solve",
    "matvec",
    "multigrid",
    "multiply",
    "multiply_limbs",
    "optimal_omega",
    "qr",
    "reduce_bandwidth",
    "refine",
    "solve",
    "solve_banded",
    "solve_triangular",
    "solve_tridiagonal",
    "solveh_banded",
    "sor",
    "spsolve",
    "spsolve_triangular",
    "steepest_descent",
    "strassen",
    "to_limbs",
    "v_cycle",
]
