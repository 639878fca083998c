"""Boundary value problems: by collocation, all nodes at once, and by shooting from one end."""

from mechkit.odes.boundary_values.result import BVPResult
from mechkit.odes.boundary_values.shooting import shooting
from mechkit.odes.boundary_values.solve_bvp import solve_bvp

__all__ = ["BVPResult", "shooting", "solve_bvp"]
