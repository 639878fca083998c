"""The grids of multigrid: how they are held, and what is allowed as one.

A grid of n inner points a side, n odd, is held with its zero boundary as u (n + 2,) or (n + 2, n + 2). In each row
the even columns come before the odd ones. With m = (n + 1) / 2, u[i, j] is the value at the point (i, 2j) for j <= m,
and u[i, m + 1 + j] is the value at (i, 2j + 1).
So the points of one color, and their neighbors, lie side by side in memory, and the compiler treats several at once.
Right-hand sides f have no boundary and are in their natural order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array

#: The grids, finest first: the values u and the right-hand side f of each.
Grids = list[tuple[np.ndarray, np.ndarray]]

#: So many rows are moved at a time.
ROWS = 16


def checked(f: Any, x0: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """f and x0 checked, as arrays of one type."""
    right = float_array("f", f, (1, 2))
    n = right.shape[0]
    if right.shape != (n,) * right.ndim:
        raise ValueError(f"f has shape {right.shape}; a grid on the square has as many rows as columns")
    if n & (n + 1):
        nearest = 2 ** n.bit_length() - 1
        raise ValueError(f"f has {n} points a side; multigrid needs 2^k - 1, such as {nearest // 2} or {nearest}")
    if x0 is None:
        return right, None
    start = float_array("x0", x0, (1, 2))
    if start.shape != right.shape:
        raise ValueError(f"x0 has shape {start.shape}; it must be that of f, {right.shape}")
    return right.astype(np.result_type(right, start), copy=False), start


def grids_for(f: np.ndarray) -> Grids:
    """The grids for f, with zero for u."""
    grids = []
    while f.size:
        grids.append((np.zeros([n + 2 for n in f.shape], f.dtype), f))
        f = np.empty([n // 2 for n in f.shape], f.dtype)
    return grids


def fill(u: np.ndarray, x: np.ndarray) -> None:
    """Set the inner points of u: the even columns of a row come first."""
    m = u.shape[0] // 2
    inside = u if u.ndim == 1 else u[1:-1]
    inside[..., 1:m], inside[..., m + 1 :] = x[..., 1::2], x[..., ::2]


def natural(grids: Grids) -> np.ndarray:
    """The inner points of the finest u in their natural order, in its own memory; the grids are given up for that."""
    u = grids[0][0]
    grids.clear()
    n, m = u.shape[0] - 2, u.shape[0] // 2
    inside = u[None] if u.ndim == 1 else u[1:-1]
    x = u.reshape(-1)[: n**u.ndim].reshape(-1, n)
    for i in range(0, len(x), ROWS):
        rows = inside[i : i + ROWS].copy()
        x[i : i + ROWS, 1::2], x[i : i + ROWS, ::2] = rows[:, 1:m], rows[:, m + 1 :]
    return x.reshape((n,) * u.ndim)
