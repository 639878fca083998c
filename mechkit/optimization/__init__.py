"""Optimization and nonlinear equations: what each derivative buys.

The names, arguments and results are those of ``scipy.optimize``, where it has them.
"""

from mechkit.optimization.check_gradient import check_gradient
from mechkit.optimization.least_squares import least_squares
from mechkit.optimization.minimize import minimize
from mechkit.optimization.order import order_of_convergence
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.root import root
from mechkit.optimization.root_scalar import root_scalar

__all__ = [
    "OptimizeResult",
    "check_gradient",
    "least_squares",
    "minimize",
    "order_of_convergence",
    "root",
    "root_scalar",
]
