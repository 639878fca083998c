"""Optimization and nonlinear equations: what each derivative buys."""
