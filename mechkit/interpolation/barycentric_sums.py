"""Barycentric weights, and the sums over the nodes that they make."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED

#: A point that is closer than this to a node, as a share of the interval, is that node: 1 / distance may overflow.
AT_A_NODE = 1e-290


@kernel(cache=True, error_model="numpy")
def barycentric_weights(x, scale, w):
    """w (n,) = 1 / the product of scale (x_i - x_j) over j other than i; with scale 4 / (b - a) it stays in range.

    >>> from mechkit import law
    >>> law(barycentric_weights, n=range(1, 6))
    sub    n^2/2 - n/2
    mul    3n^2/2 - 3n/2
    div    n
    neg    n^2/2 - n/2
    flops  2n^2 - n
    """
    # Berrut and Trefethen, Barycentric Lagrange interpolation, SIAM Review 46 (2004), section 3
    n = x.size
    for j in range(n):
        product = 1.0
        for i in range(j):
            d = scale * (x[j] - x[i])
            product = product * d
            w[i] = w[i] * -d
        w[j] = product
    for i in range(n):
        w[i] = 1.0 / w[i]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def barycentric_values(x, w, f, t, den, out):
    """out (m,) = sum w_i f_i / (t - x_i) over sum w_i / (t - x_i) at points t (m,) that are no nodes; den (m,) work.

    >>> from mechkit import law
    >>> def run(n, m):
    ...     barycentric_values(np.ones(n), np.ones(n), np.ones(n), np.zeros(m), np.ones(m), np.ones(m))
    >>> law(run, n=range(1, 6), m=range(1, 6)).flops
    Polynomial('5nm + m')
    """
    # Berrut and Trefethen, equation (4.2)
    for j in range(t.size):
        den[j] = 0.0
        out[j] = 0.0
    for i in range(x.size):
        node, weight, value = x[i], w[i], f[i]
        for j in range(t.size):
            q = weight / (t[j] - node)
            den[j] = den[j] + q
            out[j] = out[j] + q * value
    for j in range(t.size):
        out[j] = out[j] / den[j]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def first_barycentric_values(x, scale, w, f, t, product, out):
    """out (m,) = the product of (t - x_i), times sum w_i f_i / (t - x_i), at points t (m,) that are no nodes.

    scale : that of the weights; product (m,) work.

    >>> from mechkit import law
    >>> def run(n, m):
    ...     first_barycentric_values(np.ones(n), 1.0, np.ones(n), np.ones(n), np.zeros(m), np.ones(m), np.ones(m))
    >>> law(run, n=range(1, 6), m=range(1, 6)).flops
    Polynomial('5nm + n + m')
    """
    # Berrut and Trefethen, equation (3.3), each factor times the scale
    for j in range(t.size):
        product[j] = 1.0
        out[j] = 0.0
    for i in range(x.size):
        node, weighted = x[i], w[i] * f[i]
        for j in range(t.size):
            d = scale * (t[j] - node)
            product[j] = product[j] * d
            out[j] = out[j] + weighted / d
    for j in range(t.size):
        out[j] = out[j] * product[j]


@barycentric_weights.example
def _(n):
    return np.cos(np.pi * np.arange(n) / n), 2.0, np.zeros(n)


@barycentric_values.example
def _(n):
    x = np.cos(np.pi * np.arange(n) / n)
    return x, np.ones(n), np.arange(1.0, n + 1.0), np.array([0.1, 0.3]), np.zeros(2), np.zeros(2)


@first_barycentric_values.example
def _(n):
    x = np.cos(np.pi * np.arange(n) / n)
    return x, 2.0, np.ones(n), np.arange(1.0, n + 1.0), np.array([0.1, 0.3]), np.zeros(2), np.zeros(2)


def away_from_nodes(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Complex points, NaN where they are nodes: compiled code refuses to divide a complex number by zero."""
    if not np.iscomplexobj(t):
        return t
    return np.where(np.isin(t, x), np.nan, t)


def values_at_nodes(x: np.ndarray, f: np.ndarray, t: np.ndarray, out: np.ndarray) -> None:
    """Put the values f at nodes x where points t are nodes, and a division by zero has left no number."""
    for j in np.flatnonzero(~np.isfinite(out)):
        distances = np.abs(t[j] - x)
        nearest = int(np.argmin(distances))
        if distances[nearest] <= AT_A_NODE * float(np.abs(x - x[0]).max()):
            out[j] = f[nearest]


def weights_of(x: np.ndarray, scale: float) -> np.ndarray:
    """The barycentric weights of nodes, by their differences."""
    w = np.empty_like(x)
    with np.errstate(all="ignore"):
        barycentric_weights(x, scale, w)
    return w


def in_range(w: np.ndarray) -> bool:
    """Whether weights are numbers that lost no digit to the end of the range."""
    return bool(np.isfinite(w).all() and np.abs(w).min() > np.finfo(float).tiny)


def weights_from_logarithms(x: np.ndarray) -> np.ndarray:
    """Weights over the largest of them, where they leave the range; those that vanish beside it are zero."""
    differences = x[:, np.newaxis] - x
    np.fill_diagonal(differences, 1.0)
    logarithms = -np.log(np.abs(differences)).sum(axis=1)
    return np.asarray(np.prod(np.sign(differences), axis=1) * np.exp(logarithms - logarithms.max()))


def polynomial_at(x: np.ndarray, rows: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The polynomials with values rows (k, n) at nodes x, at real points t (m,) between the nodes: (k, m).

    >>> polynomial_at(np.array([-1.0, 0.0, 1.0]), np.array([[1.0, 0.0, 1.0]]), np.array([0.5]))
    array([[0.25]])
    """
    w = weights_of(x, 4.0 / (float(np.ptp(x)) or 4.0))
    if not in_range(w):
        w = weights_from_logarithms(x)
    out = np.empty((len(rows), t.size))
    work = np.empty_like(t)
    with np.errstate(all="ignore"):
        for f, found in zip(rows, out, strict=True):
            barycentric_values(x, w, f, t, work, found)
            values_at_nodes(x, f, t, found)
    return out
