"""Optimization and nonlinear equations: what each derivative buys.

The names, arguments and results are those of ``scipy.optimize``, where it has them. The folders: ``roots`` of
equations, ``minimization`` without constraints, ``fitting`` by least squares, ``programs`` with constraints, and
``sampling``; beside them what they share: the user's functions, their derivatives by differences, the result.
"""

from mechkit.optimization.check_gradient import check_gradient
from mechkit.optimization.fitting.least_squares import least_squares
from mechkit.optimization.minimization.minimize import minimize
from mechkit.optimization.order import order_of_convergence
from mechkit.optimization.programs.branch_and_bound import MilpResult, branch_and_bound
from mechkit.optimization.programs.linprog import LinprogResult, linprog
from mechkit.optimization.programs.log_barrier import log_barrier, strictly_feasible
from mechkit.optimization.programs.quadratic_program import quadratic_program
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.roots.root import root
from mechkit.optimization.roots.root_scalar import root_scalar
from mechkit.optimization.sampling.annealing import simulated_annealing
from mechkit.optimization.sampling.multistart import multistart
from mechkit.optimization.sampling.random_search import quasi_random_search, random_search

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
