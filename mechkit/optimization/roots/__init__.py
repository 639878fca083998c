"""Equations: one in one unknown, many such at once, and systems."""
