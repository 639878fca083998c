"""Differential equations: stability against resolution, explicit and implicit steps, finite elements.

Initial value problems, boundary value problems, and finite elements in one and two dimensions.
"""

from mechkit.odes.adams import adams_bashforth, adams_bashforth_moulton
from mechkit.odes.boundary_values import BVPResult, shooting, solve_bvp
from mechkit.odes.dense_output import DenseOutput
from mechkit.odes.elements import (
    Dirichlet,
    Mesh,
    Neumann,
    Robin,
    adaptive_poisson_2d,
    ball_mesh,
    disk_mesh,
    half_disk_mesh,
    l_shape_mesh,
    legendre_galerkin,
    poisson_1d,
    poisson_2d,
    poisson_3d,
    rectangle_mesh,
    tetrahedron_mesh,
    triangle_mesh,
)
from mechkit.odes.equal_implicit_steps import backward_euler, implicit_trapezoid
from mechkit.odes.fixed_steps import euler, heun, midpoint, rk3, rk4
from mechkit.odes.order_conditions import order_of
from mechkit.odes.result import OdeResult
from mechkit.odes.solve_ivp import solve_ivp
from mechkit.odes.stability import (
    is_a_stable,
    is_l_stable,
    stability_angle,
    stability_function,
    stability_interval,
    stability_region,
)
from mechkit.odes.symplectic import leapfrog, runge_kutta_nystrom, symplectic_euler, yoshida4
from mechkit.odes.tableaus import TABLEAUS, Tableau

__all__ = [
    "TABLEAUS",
    "BVPResult",
    "DenseOutput",
    "Dirichlet",
    "Mesh",
    "Neumann",
    "OdeResult",
    "Robin",
    "Tableau",
    "adams_bashforth",
    "adams_bashforth_moulton",
    "adaptive_poisson_2d",
    "backward_euler",
    "ball_mesh",
    "disk_mesh",
    "euler",
    "half_disk_mesh",
    "heun",
    "implicit_trapezoid",
    "is_a_stable",
    "is_l_stable",
    "l_shape_mesh",
    "leapfrog",
    "legendre_galerkin",
    "midpoint",
    "order_of",
    "poisson_1d",
    "poisson_2d",
    "poisson_3d",
    "rectangle_mesh",
    "rk3",
    "rk4",
    "runge_kutta_nystrom",
    "shooting",
    "solve_bvp",
    "solve_ivp",
    "stability_angle",
    "stability_function",
    "stability_interval",
    "stability_region",
    "symplectic_euler",
    "tetrahedron_mesh",
    "triangle_mesh",
    "yoshida4",
]
