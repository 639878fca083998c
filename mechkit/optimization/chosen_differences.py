"""Which kernel finds a derivative: the driver chooses one, and hands it on by address. No other is compiled.

Kernels take it beside the functions: f, jac, how, gradient_of for a gradient, and f, jac, hess, hessian_of for a
Hessian. What finds a derivative takes all of these, whichever it calls.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64, types, void

from mechkit.counting import by_address, kernel
from mechkit.optimization.differences import (
    FORWARD,
    GIVEN,
    bowl,
    bowl_hess,
    bowl_jac,
    central_jacobian,
    forward_jacobian,
    given_jacobian,
    gradient_by_differences,
    gradient_by_jac,
    hessian_of_values,
    symmetrize,
)
from mechkit.optimization.functions import MATRIX, OBJECTIVE, VECTOR, function

_F, _JAC, _HESS = (types.FunctionType(signature) for signature in (OBJECTIVE, VECTOR, MATRIX))
#: What the kernels for a gradient are compiled for: f, jac, how, x, f(x), g.
GRADIENT = void(_F, _JAC, int64, float64[::1], float64, float64[::1])
#: What those for a Hessian are compiled for: f, jac, hess, x, f(x), the gradient at x, H.
HESSIAN = void(_F, _JAC, _HESS, float64[::1], float64, float64[::1], float64[:, ::1])


@kernel(cache=True, error_model="numpy")
def hessian_by_hess(f, jac, hess, x, fx, g, H):
    """H = hess(x).

    >>> from mechkit import law
    >>> law(hessian_by_hess, n=range(1, 6)).stores
    Polynomial('n^2 + n')
    """
    given_jacobian(hess, x, H)


@kernel(cache=True, error_model="numpy")
def hessian_to_one_side(f, jac, hess, x, fx, g, H):
    """H = the Hessian by differences of jac to one side; g is the gradient at x.

    Beside n calls of jac (here n flops each):

    >>> from mechkit import law
    >>> law(hessian_to_one_side, n=range(1, 6)).flops
    Polynomial('4n^2 + 2n')
    """
    forward_jacobian(jac, x, g, H)
    symmetrize(H)


@kernel(cache=True, error_model="numpy")
def hessian_to_both_sides(f, jac, hess, x, fx, g, H):
    """H = the Hessian by differences of jac to both sides.

    Beside 2n calls of jac (here n flops each):

    >>> from mechkit import law
    >>> law(hessian_to_both_sides, n=range(1, 6)).flops
    Polynomial('6n^2 + 2n')
    """
    central_jacobian(jac, x, H)
    symmetrize(H)


@kernel(cache=True, error_model="numpy")
def hessian_by_values(f, jac, hess, x, fx, g, H):
    """H = the Hessian by differences of f, whose value at x is fx.

    Beside n (n + 3) / 2 calls of f (here 4n flops each):

    >>> from mechkit import law
    >>> law(hessian_by_values, n=range(1, 8)).flops
    Polynomial('2n^3 + 10n^2 + 6n')
    """
    hessian_of_values(f, x, fx, H)


@cache
def gradient_kernel(how: int) -> Any:
    """The kernel that finds a gradient, by address.

    >>> f, jac, g = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR), np.zeros(2)
    >>> gradient_kernel(GIVEN)(f, jac, GIVEN, np.ones(2), 1.5, g), g
    (None, array([1., 2.]))
    """
    return by_address(gradient_by_jac if how == GIVEN else gradient_by_differences, GRADIENT)


@cache
def hessian_kernel(how_jac: int, how_hess: int) -> Any:
    """The kernel that finds a Hessian, by address: by differences of jac, or where that is not given, of f.

    >>> hessian_kernel(GIVEN, FORWARD) is hessian_kernel(FORWARD, FORWARD)
    False
    """
    if how_hess == GIVEN:
        return by_address(hessian_by_hess, HESSIAN)
    if how_jac != GIVEN:
        return by_address(hessian_by_values, HESSIAN)
    return by_address(hessian_to_one_side if how_hess == FORWARD else hessian_to_both_sides, HESSIAN)


@hessian_by_hess.example
@hessian_to_one_side.example
@hessian_to_both_sides.example
@hessian_by_values.example
def _(n):
    functions = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR), function(bowl_hess, MATRIX)
    return *functions, np.ones(n), bowl(np.ones(n)), bowl_jac(np.ones(n)), np.empty((n, n))
