"""Hermite interpolation: values and derivatives, of any order and as many at each node as there are."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.data import Values, nodes, true_or_false, values_at
from mechkit.interpolation.newton import NewtonForm, order_of, unit_of
from mechkit.interpolation.polynomials import warn_of_growth


@kernel(cache=True, error_model="numpy")
def repeated_differences(z, D, c):
    """c (N,) = the divided differences at nodes z (N,), equal ones side by side; D[k, i] is y^(k) at z[i].

    Where all nodes differ, and where all are equal (Taylor's series):

    >>> from mechkit import law
    >>> def run(n, node):
    ...     repeated_differences(node * np.arange(n), np.ones((n, n)), np.ones(n))
    >>> law(lambda n: run(n, 1.0), n=range(1, 6)).flops
    Polynomial('3n^2/2 - n/2 - 1')
    >>> law(lambda n: run(n, 0.0), n=range(1, 6)).flops
    Polynomial('n^2/2 + n/2 - 1')
    """
    # Stoer and Bulirsch, Introduction to Numerical Analysis, 3rd ed., section 2.1.5
    n = z.size
    for i in range(n):
        c[i] = D[0, i]
    factorial = 1.0
    for k in range(1, n):
        factorial = factorial * k
        left = c[k - 1]
        for i in range(k, n):
            right = c[i]
            if z[i] == z[i - k]:  # nodes i - k to i are one: the difference is y^(k) / k!
                c[i] = D[k, i] / factorial
            else:
                c[i] = (right - left) / (z[i] - z[i - k])
            left = right


@repeated_differences.example
def _(n):
    return np.sort(np.arange(n) // 2).astype(float), np.ones((2, n)), np.zeros(n)


def hermite(x: Any, data: Any, extrapolate: bool = True) -> NewtonForm:
    """The polynomial of least degree with given values and derivatives at nodes.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, in any order.
    data : sequence of rows
        Row k holds the derivatives of order k: ``[y, dy, ddy]``. A node has as many derivatives as there are data for
        it: None marks one that is missing, and a short row leaves out the last nodes. Row 0 must be complete. An entry
        is a real or complex number, or an array.
    extrapolate : bool
        Whether it is evaluated outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    NewtonForm
        Callable at points of any shape; with ``coefficients`` and ``centers``, ``nodes``, ``values``, ``degree``,
        ``derivative()``, ``integral()``. Its degree is the number of data, less one.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, what is not finite, rows that are too long, and a derivative at a node without the one of
        the order below.

    Operation count, exact, n nodes with m data each, one value a node: the order of the nodes, 3n^2/2 + n/2, and the
    differences:

    >>> from mechkit import law
    >>> def run(n, m):
    ...     return hermite(np.arange(n), np.ones((m, n)))
    >>> law(run, n=range(1, 6), m=range(1, 6)).div
    Polynomial('n^2m^2/2 - nm/2')
    >>> law(run, n=range(1, 6), m=range(1, 6)).flops
    Polynomial('3n^2m^2/2 - nm^2 + 3n^2/2 + nm/2 + n/2 - 1')

    References: Stoer and Bulirsch, Introduction to Numerical Analysis, 3rd ed., section 2.1.5; Krogh, Efficient
    algorithms for polynomial interpolation and numerical differentiation, Mathematics of Computation 24 (1970).

    Examples
    --------
    >>> p = hermite([0.0, 1.0], [[0.0, 1.0], [0.0, 3.0]])  # t^3
    >>> p, p(2.0)
    (<polynomial of degree 3 on [0, 1] in Newton's form>, np.float64(8.0))
    >>> hermite([0.0, 1.0], [[0.0, 1.0], [None, 2.0]])([2.0, 3.0])  # t^2: no derivative at 0
    array([4., 9.])
    """
    where = nodes(x)
    n = where.size
    rows, present = _rows_of_derivatives(data, where)
    often = present.sum(axis=0)
    largest = int(often.max())
    warn_of_growth(where)
    turn = order_of(where)
    at = np.repeat(turn, often[turn])  # the node that each place of the form stands for
    scale = unit_of(where, at.size)
    centers = scale * where[at]
    k = len(rows[0].rows)
    c = np.empty((k, centers.size))
    for component, differences in enumerate(c):
        D = np.zeros((largest, n))
        for order in range(largest):
            D[order, present[order]] = rows[order].rows[component] / scale**order
        repeated_differences(centers, np.ascontiguousarray(D[:, at]), differences)
    return NewtonForm(where, rows[0], true_or_false("extrapolate", extrapolate), centers, rows[0].like(c), scale)


def _rows_of_derivatives(data: Any, x: np.ndarray) -> tuple[list[Values], np.ndarray]:
    """The derivatives of each order where they are given, and where that is (orders, n)."""
    n = x.size
    rows = _as_list(data)
    if not rows:
        raise ValueError("data is empty; give rows of derivatives by order: [y, dy]")
    present = np.zeros((len(rows), n), bool)
    found = []
    for order, row in enumerate(rows):
        name = f"data[{order}]"
        entries = _as_list(row)
        if entries is None:
            raise ValueError(f"{name} is {row!r}; data must hold rows by order of derivative: [y, dy]")
        if len(entries) > n:
            raise ValueError(f"{name} has {len(entries)} entries; there are {n} nodes")
        present[order, : len(entries)] = [entry is not None for entry in entries]
        lacking = present[order] & ~present[order - 1] if order else ~present[0]
        if lacking.any():
            i = int(np.argmax(lacking))
            if not order:
                raise ValueError(f"data[0] has no value at x[{i}] = {x[i]:g}; a value is needed at each node")
            raise ValueError(
                f"{name} has a derivative of order {order} at x[{i}] = {x[i]:g}, which has none of order {order - 1}; "
                "a node needs all lower derivatives: give that one too, or None"
            )
        if present[order].any():
            given = [entry for entry in entries if entry is not None]
            found.append(values_at(name, given, len(given)))
    for order, row in enumerate(found):
        if row.shape != found[0].shape:
            raise ValueError(f"data[{order}] has entries of shape {row.shape}; those of data[0] have {found[0].shape}")
    if any(row.is_complex for row in found):
        found = [row.as_complex() for row in found]
    return found, present[: len(found)]


def _as_list(row: Any) -> Any:
    """The entries of a row, or None for what is none."""
    try:
        return list(row)
    except TypeError:
        return None
