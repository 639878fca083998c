"""The integrals of each element: stiffness, mass and load, by quadrature.

t elements with k shape functions in d dimensions, and rules of q points. `slopes` (q, k, d) and `values` (q, k) are
the shape functions on the reference cell, `inverse` (t, d, d) and `size` (t,) its map to each element.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def add_stiffness(inverse, size, slopes, weights, a, gradients, E):
    """E (t, k, k) += the integrals of a grad N_i . grad N_j; a (t, q), gradients (k, d) : room.

    Hat functions on a line; half of each symmetric matrix is copied:

    >>> from mechkit import law
    >>> law(add_stiffness, n=range(1, 6)).flops
    Polynomial('13n')
    """
    # Strang and Fix, An Analysis of the Finite Element Method, section 1.8
    q, k, d = slopes.shape
    for t in range(size.size):
        for m in range(q):
            factor = weights[m] * size[t] * a[t, m]
            for i in range(k):  # 1  gradients on this element, by the chain rule
                for b in range(d):
                    s = slopes[m, i, 0] * inverse[t, 0, b]
                    for c in range(1, d):
                        s = s + slopes[m, i, c] * inverse[t, c, b]
                    gradients[i, b] = s

            for i in range(k):  # 2  their products, the lower triangle
                for j in range(i + 1):
                    s = gradients[i, 0] * gradients[j, 0]
                    for b in range(1, d):
                        s = s + gradients[i, b] * gradients[j, b]
                    E[t, i, j] = E[t, i, j] + factor * s

        for i in range(k):  # 3  the upper triangle
            for j in range(i):
                E[t, j, i] = E[t, i, j]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def add_mass(size, values, weights, c, E):
    """E (t, k, k) += the integrals of c N_i N_j; c (t, q).

    >>> from mechkit import law
    >>> law(add_mass, n=range(1, 6)).flops
    Polynomial('20n')
    """
    q, k = values.shape
    for t in range(size.size):
        for m in range(q):
            factor = weights[m] * size[t] * c[t, m]
            for i in range(k):
                part = factor * values[m, i]
                for j in range(i + 1):
                    E[t, i, j] = E[t, i, j] + part * values[m, j]

        for i in range(k):
            for j in range(i):
                E[t, j, i] = E[t, i, j]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def add_loads(size, values, weights, f, F):
    """F (t, k) += the integrals of f N_i; f (t, q).

    >>> from mechkit import law
    >>> law(add_loads, n=range(1, 6)).flops
    Polynomial('12n')
    """
    q, k = values.shape
    for t in range(size.size):
        for m in range(q):
            factor = weights[m] * size[t] * f[t, m]
            for i in range(k):
                F[t, i] = F[t, i] + factor * values[m, i]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def scale_elements(S, E, F):
    """Measure the degrees of freedom of each element in other units, S (t, k): S E S and S F in place of E and F.

    >>> from mechkit import law
    >>> law(scale_elements, n=range(1, 6)).flops  # k = 2
    Polynomial('10n')
    """
    k = F.shape[1]
    for t in range(F.shape[0]):
        for i in range(k):
            F[t, i] = S[t, i] * F[t, i]
            for j in range(k):
                E[t, i, j] = S[t, i] * E[t, i, j] * S[t, j]


@add_stiffness.example
def _(n):
    return (
        np.full((n, 1, 1), float(n)),
        np.full(n, 1.0 / n),
        np.array([[[-1.0], [1.0]]]),
        np.ones(1),
        np.ones((n, 1)),
        np.zeros((2, 1)),
        np.zeros((n, 2, 2)),
    )


def _two_points(n):
    return np.full(n, 1.0 / n), np.array([[0.75, 0.25], [0.25, 0.75]]), np.full(2, 0.5), np.ones((n, 2))


@add_mass.example
def _(n):
    return *_two_points(n), np.zeros((n, 2, 2))


@add_loads.example
def _(n):
    return *_two_points(n), np.zeros((n, 2))


@scale_elements.example
def _(n):
    return np.full((n, 2), 2.0), np.ones((n, 2, 2)), np.ones((n, 2))
