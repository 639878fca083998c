"""The sizes of the sums that products of matrices are made of: an error is judged beside the terms of its own sum."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.optimization.programs.quasidefinite import full_rows


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


@product_sizes.example
def _(n):
    return *full_rows(n), np.ones(n), np.zeros(n)
