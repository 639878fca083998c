"""Unknowns in no row: each goes to the bound where its own cost is least, however small that cost is beside others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mechkit.checking import is_sparse
from mechkit.optimization.programs.standard_form import LinearProgram
from mechkit.optimization.programs.verdict import NEGLIGIBLE, typical_size


def settled(p: LinearProgram) -> tuple[LinearProgram, np.ndarray | None]:
    """The program where each unknown that has a cost, but no row, is held at its best bound.

    Where such a bound is missing the cost may fall for ever, unless it is a rounding error beside the others. Then the
    costs are left out, because only the question remains whether a point meets the rows. The direction of the fall is
    returned as well, else None.

    >>> from mechkit.optimization.programs.standard_form import linear_program
    >>> q, fall = settled(linear_program([-1e-9, 1e9], [[0, 1]], [4], None, None, [(0, 3), (0, None)]))
    >>> q.lower, q.upper, fall is None
    (array([3., 0.]), array([ 3., inf]), True)
    >>> settled(linear_program([-1e-9, 1e9], [[0, 1]], [4], None, None, (0, None)))[1]
    array([1., 0.])
    """
    lone = (p.c != 0.0) & ~_have_rows(p) & (p.lower <= p.upper)
    if not lone.any():
        return p, None
    best = np.where(p.c > 0.0, p.lower, p.upper)
    endless = np.isinf(best)
    falls = lone & endless & (np.abs(p.c) > NEGLIGIBLE * typical_size(p.c))
    if falls.any():
        return replace(p, c=np.zeros_like(p.c)), np.where(falls, -np.sign(p.c), 0.0)
    held = lone & ~endless
    return replace(p, lower=np.where(held, best, p.lower), upper=np.where(held, best, p.upper)), None


def _have_rows(p: LinearProgram) -> np.ndarray:
    """Which columns of A hold a nonzero."""
    found: np.ndarray = (abs(p.A) if is_sparse(p.A) else np.abs(p.A)).sum(axis=0) > 0.0
    return np.asarray(found).reshape(-1)
