"""Minima under constraints: linear, integer and quadratic programs, and convex ones by a barrier."""
