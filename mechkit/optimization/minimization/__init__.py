"""Minima of functions of several variables, without constraints."""
