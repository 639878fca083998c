"""The check of `conditioning` for sparse triangles; not counted."""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from mechkit.checking import is_finite
from mechkit.linear_systems.conditioning import check_condition, growth_of_a_trial, is_certain


def check_sparse_triangle(x: np.ndarray, A: scipy.sparse.csr_array, lower: bool, unit: bool) -> None:
    """Warn where the solutions x (k, n) with an ill-conditioned triangle need not have a correct digit."""
    n = A.shape[0]
    sizes = abs(A)
    if unit:
        sizes = (scipy.sparse.tril(sizes, -1) if lower else scipy.sparse.triu(sizes, 1)) + scipy.sparse.eye_array(n)
    with np.errstate(all="ignore"):  # an infinite norm, or NaN, is no bound
        sums = sizes.sum(axis=1)
        on = sizes.diagonal()
        margin = float((on + on - sums).min())
        norm = float(sums.max())
    kappa = norm / margin if margin > 0.0 else math.inf
    if is_certain(kappa, x.dtype) and is_finite(x):
        return
    T = scipy.sparse.csc_array(A, dtype=np.float64)
    if unit:
        T = scipy.sparse.csc_array(T + scipy.sparse.diags_array(1.0 - A.diagonal()))
    factors = scipy.sparse.linalg.splu(T, permc_spec="NATURAL", diag_pivot_thresh=0.0)
    inverse = (factors.solve, lambda v: factors.solve(v, trans="T"))
    absolute = (lambda v: sizes @ v, lambda v: sizes.T @ v)
    check_condition(x, growth_of_a_trial(norm, inverse[0], n, x.dtype), lambda: (inverse, absolute))
