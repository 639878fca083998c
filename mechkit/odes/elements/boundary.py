"""Which condition holds on which side of a mesh."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.odes.elements.conditions import Dirichlet, Neumann, Robin, condition


def parts_of(boundary: Any, facets: np.ndarray, points: np.ndarray) -> list[tuple[Any, np.ndarray]]:
    """The conditions, each with the facets (m, d) on which it holds.

    boundary : a condition, a number or a function, on the whole boundary; or a list of pairs (where, condition). There,
    where is a function of the coordinates of a side's middle, true on the sides meant, or None for all. The first pair
    that fits a side holds there; on what no pair fits, nothing flows.

    Raises TypeError and ValueError for anything else.

    >>> points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> facets = np.array([[0, 1], [0, 2], [1, 2]])
    >>> [(held, sides.tolist()) for held, sides in parts_of([(lambda x, y: y == 0.0, 1.0)], facets, points)]
    [(Dirichlet(value=1.0), [[0, 1]])]
    """
    listed = isinstance(boundary, list | tuple)
    pairs = boundary if listed else [(None, boundary)]
    middles = points[facets].mean(axis=1)
    left = np.ones(len(facets), bool)
    parts = []
    for i, pair in enumerate(pairs):
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(
                f"boundary[{i}] is {pair!r}; give a pair: a function of x, y that is true there, a condition"
            )
        where, given = pair
        held = condition(f"boundary[{i}]" if listed else "boundary", given)
        chosen = left if where is None else left & _true_at(where, middles, f"boundary[{i}]")
        if where is not None and not chosen.any():
            raise ValueError(f"boundary[{i}] holds on no side; its function is called with the middle of each side")
        parts.append((held, facets[chosen]))
        left = left & ~chosen
    return parts


def _true_at(where: Any, middles: np.ndarray, name: str) -> np.ndarray:
    """Where a function of the coordinates is true."""
    try:
        return np.array([bool(where(*middle)) for middle in middles], bool)
    except TypeError as error:
        letters = ", ".join("xyz"[: middles.shape[1]])
        raise TypeError(f"{name} begins with {where!r}; give a function of {letters}: {error}") from None


def holds_u(parts: list[tuple[Any, np.ndarray]]) -> np.ndarray:
    """The corners of sides where u is given, or is held by heat that is lost in proportion to it.

    >>> holds_u([(Dirichlet(0.0), np.array([[0, 1]])), (Neumann(1.0), np.array([[1, 2]]))])
    array([0, 1])
    """
    held = [
        sides.reshape(-1)
        for given, sides in parts
        if isinstance(given, Dirichlet) or (isinstance(given, Robin) and (callable(given.beta) or given.beta != 0))
    ]
    return np.unique(np.concatenate(held)) if held else np.empty(0, np.int64)


def flows(given: Dirichlet | Neumann | Robin) -> tuple[Any, Any]:
    """The beta and the load of a condition on the flux: a du/dn + beta u = load.

    >>> flows(Neumann(2.0))
    (0.0, 2.0)
    """
    if isinstance(given, Robin):
        return given.beta, given.value
    return 0.0, given.flux if isinstance(given, Neumann) else 0.0
