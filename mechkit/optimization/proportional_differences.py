"""The Jacobian by differences whose steps are in proportion to each unknown: for unknowns of any size."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.differences import FORWARD, GIVEN, ONE_SIDED, TWO_SIDED, bowl_hess, bowl_jac, given_jacobian
from mechkit.optimization.functions import MATRIX, VECTOR, function

#: Starts below this are taken for zero: parts of them would not be numbers any more.
LEAST_START = 1e-150


def sizes_of(x0: np.ndarray) -> np.ndarray:
    """How large the unknowns are, by their start; those that start at zero are taken to be of size 1.

    >>> sizes_of(np.array([-3.0, 0.0]))
    array([3., 1.])
    """
    size = np.abs(x0)
    return np.where(size < LEAST_START, 1.0, size)


@kernel(cache=True, error_model="numpy")
def proportional_jacobian(F, jac, how, x, sizes, least, Fx, J):
    """J (m, n) = the Jacobian of F at x: by jac, or by differences whose steps are in proportion to each x[j].

    Parameters of a model may be of any size: a step for 1 is far too long for one of 10^-7. sizes (n,) : those at the
    start; least : the part of them that is the least that counts, as a step in proportion to what is nearly 0 would be
    lost in rounding. By jac, without a flop; by differences to one side, beside n calls of F, here of n flops:

    >>> from mechkit import law
    >>> def run(n):
    ...     F, jac, _, *rest = proportional_jacobian.example_arguments(n)
    ...     proportional_jacobian(F, jac, FORWARD, *rest)
    >>> law(run, n=range(2, 7)).flops
    Polynomial('3n^2 + 5n')
    """
    # MINPACK's fdjac2; Nocedal and Wright, Numerical Optimization, 2nd ed., (8.5) and (8.7)
    if how == GIVEN:
        given_jacobian(jac, x, J)
        return
    share = ONE_SIDED if how == FORWARD else TWO_SIDED
    for j in range(x.size):
        here = x[j]
        h = share * (sizes[j] if here == 0.0 else max(abs(here), least * sizes[j]))
        x[j] = here - h
        below, F_below = (here, Fx) if how == FORWARD else (x[j], F(x))
        x[j] = here + h
        y, step = F(x), x[j] - below
        x[j] = here
        if y.size != Fx.size or F_below.size != Fx.size:
            raise ValueError("the vector that fun returns has changed its length; it must be the same at every x")
        for i in range(y.size):
            J[i, j] = (y[i] - F_below[i]) / step


@proportional_jacobian.example
def _(n):
    F, jac = function(bowl_jac, VECTOR), function(bowl_hess, MATRIX, "jac")
    return F, jac, GIVEN, np.ones(n), np.ones(n), 1.0, np.zeros(n), np.zeros((n, n))
