"""Finite elements on a line, on triangles and on tetrahedra, and the global basis that they are the counterpart of."""

from mechkit.odes.elements.adaptive import adaptive_poisson_2d, residual_estimates
from mechkit.odes.elements.conditions import Dirichlet, Neumann, Robin
from mechkit.odes.elements.global_basis import legendre_galerkin
from mechkit.odes.elements.mesh_shapes import ball_mesh, disk_mesh, half_disk_mesh, l_shape_mesh
from mechkit.odes.elements.meshes import Mesh, rectangle_mesh, tetrahedron_mesh, triangle_mesh
from mechkit.odes.elements.on_line import poisson_1d
from mechkit.odes.elements.on_simplices import poisson_2d, poisson_3d
from mechkit.odes.elements.plane_solution import MeshSolution
from mechkit.odes.elements.solution import LineSolution

__all__ = [
    "Dirichlet",
    "LineSolution",
    "Mesh",
    "MeshSolution",
    "Neumann",
    "Robin",
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
    "residual_estimates",
    "tetrahedron_mesh",
    "triangle_mesh",
]
