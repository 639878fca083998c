"""The order of convergence, measured from what an iteration did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array

#: Errors below this, relative to the root, are rounding.
ROUNDING = 64 * np.finfo(float).eps


@dataclass(frozen=True)
class Order:
    """Errors e_k that shrink as e_{k+1} = factor e_k^order.

    order, factor : from the last errors; orders : from each three errors in a row, which settle as the root comes near;
    errors : those used.
    """

    order: float
    factor: float
    orders: np.ndarray
    errors: np.ndarray


def order_of_convergence(iterates: Any, root: Any = None) -> Order:
    """The order of convergence that a list of iterates shows.

    iterates : (k,) numbers or (k, n) points, such as ``result.history["x"]``; root : what they converge to, a number or
    (n,). Without it, the steps from each iterate to the next stand for the errors: near the root they differ little,
    for an order of 1 by a factor.

    Three errors in a row give an order: p = log(e_{k+1} / e_k) / log(e_k / e_{k-1}). Only the run of shrinking errors
    at the end counts, without what rounding hides. The order is that of its last three errors: asymptotic, as far as
    double precision lets it be; look at orders to see whether it has settled.

    Returns
    -------
    Order

    Raises
    ------
    ValueError
        where fewer than three errors are usable: start further from the root, or ask for a smaller tolerance.

    Operation count: no operation is counted.

    References: Nocedal and Wright, Numerical Optimization, 2nd ed., appendix A.2; Ortega and Rheinboldt, Iterative
    Solution of Nonlinear Equations in Several Variables, chapter 9.

    Examples
    --------
    >>> found = order_of_convergence([2.0**-k for k in range(20)], root=0.0)
    >>> found.order, found.factor
    (1.0, 0.5)
    >>> from mechkit.optimization.roots.root_scalar import root_scalar
    >>> r = root_scalar(lambda x: x * x - 2.0, x0=3.0, fprime=lambda x: 2.0 * x)
    >>> round(order_of_convergence(r.history["x"], 2**0.5).order, 2)
    1.99
    """
    points = float_array("iterates", iterates, (1, 2)).astype(np.float64)
    points = points.reshape(points.shape[0], -1)
    if root is None:
        differences = np.diff(points, axis=0)
        size = np.linalg.norm(points[-1])
    else:
        limit = float_array("root", root, (0, 1)).astype(np.float64)
        if limit.size != points.shape[1]:
            raise ValueError(f"root has {limit.size} elements; the iterates have {points.shape[1]}")
        differences = points - limit
        size = np.linalg.norm(limit)
    errors = _shrinking(np.linalg.norm(differences, axis=1), ROUNDING * size)
    if errors.size < 3:
        raise ValueError(
            f"only {errors.size} errors shrink towards the root and are above rounding, and an order takes three; "
            "start further away, or ask for a smaller tolerance"
        )
    rates = np.diff(np.log(errors))
    orders = rates[1:] / rates[:-1]
    order = float(orders[-1])
    return Order(order, float(errors[-1] / errors[-2] ** order), orders, errors)


def _shrinking(errors: np.ndarray, floor: float) -> np.ndarray:
    """The last run of errors, each below the one before, ahead of the first that is not above the floor."""
    low = np.flatnonzero(errors <= floor)
    usable = errors[: low[0]] if low.size else errors
    grows = np.flatnonzero(np.diff(usable) >= 0)
    return usable[grows[-1] + 1 :] if grows.size else usable
