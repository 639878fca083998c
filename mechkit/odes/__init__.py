"""Differential equations: stability against resolution, explicit and implicit steps, finite elements.

Initial value problems, boundary value problems, and finite elements in one and two dimensions.
"""

from mechkit.odes.dense_output import DenseOutput
from mechkit.odes.equal_implicit_steps import backward_euler, implicit_trapezoid
from mechkit.odes.result import OdeResult
from mechkit.odes.solve_ivp import solve_ivp
from mechkit.odes.tableaus import TABLEAUS, Tableau

__all__ = ["TABLEAUS", "DenseOutput", "OdeResult", "Tableau", "backward_euler", "implicit_trapezoid", "solve_ivp"]
