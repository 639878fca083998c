"""Optimization and nonlinear equations: what each derivative buys.

The names, arguments and results are those of ``scipy.optimize``, where it has them.
"""

from mechkit.optimization.annealing import simulated_annealing
from mechkit.optimization.branch_and_bound import MilpResult, branch_and_bound
from mechkit.optimization.check_gradient import check_gradient
from mechkit.optimization.least_squares import least_squares
from mechkit.optimization.linprog import LinprogResult, linprog
from mechkit.optimization.log_barrier import log_barrier, strictly_feasible
from mechkit.optimization.minimize import minimize
from mechkit.optimization.multistart import multistart
from mechkit.optimization.order import order_of_convergence
from mechkit.optimization.quadratic_program import quadratic_program
from mechkit.optimization.random_search import quasi_random_search, random_search
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.root import root
from mechkit.optimization.root_scalar import root_scalar

__all__ = [
    "LinprogResult",
    "MilpResult",
    "OptimizeResult",
    "branch_and_bound",
    "check_gradient",
    "least_squares",
    "linprog",
    "log_barrier",
    "minimize",
    "multistart",
    "order_of_convergence",
    "quadratic_program",
    "quasi_random_search",
    "random_search",
    "root",
    "root_scalar",
    "simulated_annealing",
    "strictly_feasible",
]
