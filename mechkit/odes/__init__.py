"""Differential equations: stability against resolution, explicit and implicit steps, finite elements.

Initial value problems, boundary value problems, and finite elements in one and two dimensions.
"""

__all__: list[str] = []
