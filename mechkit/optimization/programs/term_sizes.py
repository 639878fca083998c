"""The sizes of the sums that products of matrices are made of: an error is judged beside the terms of its own sum."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.optimization.programs.quasidefinite import full_rows


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def symmetric_sizes(P, x, sizes):
    """sizes = |P||x|, the sizes of the sums in a product Px.

    >>> from mechkit import law
    >>> law(symmetric_sizes, n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    for i in range(P.shape[0]):
        row, s = P[i], ZERO
        for j in range(row.size):
            s = s + abs(row[j] * x[j])
        sizes[i] = s


@symmetric_sizes.example
def _(n):
    return np.eye(n) + 1.0, np.ones(n), np.zeros(n)


@kernel(cache=True, error_model="numpy")
def product_sizes(data, indices, starts, x, sizes):
    """sizes = |A||x|, the sizes of the sums in a product Ax, A by rows (CSR).

    >>> from mechkit import law
    >>> law(product_sizes, n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    for i in range(sizes.size):
        s = ZERO
        for k in range(starts[i], starts[i + 1]):
            s = s + abs(data[k] * x[indices[k]])
        sizes[i] = s


@kernel(cache=True, error_model="numpy")
def add_transposed_sizes(data, indices, starts, y, sizes):
    """sizes += |A|'|y|, A by rows (CSR).

    >>> from mechkit import law
    >>> law(add_transposed_sizes, n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    for i in range(y.size):
        for k in range(starts[i], starts[i + 1]):
            sizes[indices[k]] += abs(data[k] * y[i])


@product_sizes.example
@add_transposed_sizes.example
def _(n):
    return *full_rows(n), np.ones(n), np.zeros(n)
