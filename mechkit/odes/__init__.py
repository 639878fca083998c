"""Differential equations: stability against resolution, explicit and implicit steps, finite elements.

Initial value problems, boundary value problems, and finite elements in one and two dimensions.
"""

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
    stiffness_and_mass,
    tetrahedron_mesh,
    triangle_mesh,
)
from mechkit.odes.result import OdeResult
from mechkit.odes.solve_ivp import solve_ivp
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
    "adaptive_poisson_2d",
    "ball_mesh",
    "disk_mesh",
    "half_disk_mesh",
    "l_shape_mesh",
    "legendre_galerkin",
    "poisson_1d",
    "poisson_2d",
    "poisson_3d",
    "rectangle_mesh",
    "shooting",
    "solve_bvp",
    "solve_ivp",
    "stiffness_and_mass",
    "tetrahedron_mesh",
    "triangle_mesh",
]
