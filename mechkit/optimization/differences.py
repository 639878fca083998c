"""Derivatives, given or by finite differences; what a difference calls counts as calls of the function it calls.

`derivative` turns what the user gave into an argument of kernels and a number that says how; `gradient`, `jacobian` and
`hessian` take both. Each of them moves x and moves it back, exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.functions import MATRIX, OBJECTIVE, VECTOR, function

#: How a derivative is found: by the user's function, or by differences to one side or to both.
GIVEN, FORWARD, CENTRAL = 0, 1, 2
HOW = {None: FORWARD, "2-point": FORWARD, "3-point": CENTRAL}

#: Steps, relative to max(1, |x|), that balance what is cut off with rounding: eps^(1/2) to one side, else eps^(1/3).
ONE_SIDED, TWO_SIDED = 2.0**-26, 2.0**-17.5
#: Ever longer ones, for functions whose rounding is large beside their differences.
SHARES = (TWO_SIDED, 2.0**-14.5, 2.0**-11.5, 2.0**-8.5, 2.0**-5.5)
HALF = np.float32(0.5)  # exact, and no float32 becomes a float64 by it


@kernel(cache=True, error_model="numpy")
def forward_gradient(f, x, fx, g):
    """g = the gradient of f at x by n differences to one side; fx is f(x).

    Beside n calls of f (here 4n flops each):

    >>> from mechkit import law
    >>> law(forward_gradient, n=range(1, 6)).flops
    Polynomial('4n^2 + 5n')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (8.1)
    for i in range(x.size):
        here = x[i]
        x[i] = here + ONE_SIDED * max(1.0, abs(here))
        g[i] = (f(x) - fx) / (x[i] - here)
        x[i] = here


@kernel(cache=True, error_model="numpy")
def central_gradient(f, x, share, g):
    """g = the gradient of f at x by n differences to both sides, with steps of a share of each x[i], or of 1.

    Beside 2n calls of f (here 4n flops each):

    >>> from mechkit import law
    >>> law(central_gradient, n=range(1, 6)).flops
    Polynomial('8n^2 + 6n')
    """
    # Nocedal and Wright, (8.7)
    for i in range(x.size):
        here = x[i]
        h = share * max(1.0, abs(here))
        x[i] = here + h
        above, f_above = x[i], f(x)
        x[i] = here - h
        g[i] = (f_above - f(x)) / (above - x[i])
        x[i] = here


@kernel(cache=True, error_model="numpy")
def gradient_by_jac(f, jac, how, x, fx, g):
    """g = jac(x): a copy, as jac may return the same memory again, or x itself.

    >>> from mechkit import law
    >>> law(gradient_by_jac, n=range(1, 6)).stores
    Polynomial('2n')
    """
    found = jac(x)
    if found.size != x.size:
        raise ValueError("the gradient has not the length of x; jac must return one derivative for each element")
    for i in range(x.size):
        g[i] = found[i]


@kernel(cache=True, error_model="numpy")
def gradient_by_differences(f, jac, how, x, fx, g):
    """g = the gradient by differences of f, whose value at x is fx. how : as in `gradient`.

    Beside n calls of f (here 4n flops each):

    >>> from mechkit import law
    >>> law(gradient_by_differences, n=range(1, 6)).flops
    Polynomial('4n^2 + 5n')
    """
    if how == FORWARD:
        forward_gradient(f, x, fx, g)
    else:
        central_gradient(f, x, SHARES[how - CENTRAL], g)


@kernel(cache=True, error_model="numpy")
def forward_jacobian(F, x, Fx, J):
    """J (m, n) = the Jacobian of F at x by n differences to one side; Fx is F(x), in memory of its own.

    Beside n calls of F (here n flops each):

    >>> from mechkit import law
    >>> law(forward_jacobian, n=range(1, 6)).flops
    Polynomial('3n^2 + 3n')
    """
    # Nocedal and Wright, (8.5)
    for j in range(x.size):
        here = x[j]
        x[j] = here + ONE_SIDED * max(1.0, abs(here))
        h, y = x[j] - here, F(x)
        if y.size != Fx.size:
            raise ValueError(
                "the vector that a function returns has changed its length; it must be the same at every x"
            )
        for i in range(y.size):
            J[i, j] = (y[i] - Fx[i]) / h
        x[j] = here


@kernel(cache=True, error_model="numpy")
def central_jacobian(F, x, J):
    """J (m, n) = the Jacobian of F at x by n differences to both sides.

    Beside 2n calls of F (here n flops each):

    >>> from mechkit import law
    >>> law(central_jacobian, n=range(1, 6)).flops
    Polynomial('5n^2 + 3n')
    """
    # Nocedal and Wright, (8.7), for each element of F
    for j in range(x.size):
        here = x[j]
        h = TWO_SIDED * max(1.0, abs(here))
        for side in range(2):
            x[j] = here + h if side == 0 else here - h
            y = F(x)
            if y.size != J.shape[0]:
                raise ValueError(
                    "the vector that a function returns has changed its length; it must be the same at every x"
                )
            for i in range(y.size):
                J[i, j] = y[i] if side == 0 else (J[i, j] - y[i]) / (h + h)
        x[j] = here


@kernel(cache=True, error_model="numpy")
def given_jacobian(jac, x, J):
    """J (m, n) = jac(x): a copy, as jac may return the same memory again.

    >>> from mechkit import law
    >>> law(given_jacobian, n=range(1, 6)).stores
    Polynomial('n^2 + n')
    """
    found = jac(x)
    if found.shape[0] != J.shape[0] or found.shape[1] != J.shape[1]:
        raise ValueError("the matrix of derivatives must have a row for each function and a column for each unknown")
    for i in range(J.shape[0]):
        row, of = J[i], found[i]
        for j in range(row.size):
            row[j] = of[j]


@kernel(cache=True, error_model="numpy")
def symmetrize(H):
    """H = (H + H') / 2 in place.

    >>> from mechkit import law
    >>> law(symmetrize, n=range(1, 6)).flops
    Polynomial('n^2 - n')
    """
    n = H.shape[0]
    for i in range(n):
        for j in range(i):
            mean = (H[i, j] + H[j, i]) * HALF
            H[i, j] = mean
            H[j, i] = mean


@kernel(cache=True, error_model="numpy")
def hessian_of_values(f, x, fx, H):
    """H = the Hessian of f at x from its values alone: n (n + 3) / 2 calls of f; fx is f(x).

    Beside these calls (here 4n flops each):

    >>> from mechkit import law
    >>> law(hessian_of_values, n=range(1, 8)).flops
    Polynomial('2n^3 + 10n^2 + 6n')
    """
    # Nocedal and Wright, (8.21), with its diagonal from both sides
    n = x.size
    for i in range(n):
        here = x[i]
        x[i] = here + TWO_SIDED * max(1.0, abs(here))
        H[i, i] = f(x)
        x[i] = here
    for i in range(n):
        xi, hi = x[i], TWO_SIDED * max(1.0, abs(x[i]))
        for j in range(i + 1, n):
            xj, hj = x[j], TWO_SIDED * max(1.0, abs(x[j]))
            x[i], x[j] = xi + hi, xj + hj
            H[i, j] = ((f(x) - H[i, i]) - (H[j, j] - fx)) / (hi * hj)
            H[j, i] = H[i, j]
            x[i], x[j] = xi, xj
    for i in range(n):
        xi, hi = x[i], TWO_SIDED * max(1.0, abs(x[i]))
        x[i] = xi - hi
        H[i, i] = ((H[i, i] - fx) - (fx - f(x))) / (hi * hi)
        x[i] = xi


@kernel(cache=True, error_model="numpy")
def gradient(f, jac, how, x, fx, g):
    """g = the gradient of f at x: by jac, or by differences of f, whose value there is fx.

    how : GIVEN, FORWARD, or CENTRAL + k for differences to both sides by the k-th of `SHARES`.

    By jac, here of n flops:

    >>> from mechkit import law
    >>> law(gradient, n=range(1, 6)).flops
    Polynomial('n')
    """
    if how == GIVEN:
        gradient_by_jac(f, jac, how, x, fx, g)
    else:
        gradient_by_differences(f, jac, how, x, fx, g)


@kernel(cache=True, error_model="numpy")
def jacobian(F, jac, how, x, Fx, J):
    """J (m, n) = the Jacobian of F at x: by jac, or by differences of F, whose value there is Fx.

    By jac, here without a flop:

    >>> from mechkit import law
    >>> law(jacobian, n=range(1, 6)).stores
    Polynomial('n^2 + n')
    """
    if how == FORWARD:
        forward_jacobian(F, x, Fx, J)
    elif how == CENTRAL:
        central_jacobian(F, x, J)
    else:
        given_jacobian(jac, x, J)


@kernel(cache=True, error_model="numpy")
def hessian(f, jac, how_jac, hess, how_hess, x, fx, g, H):
    """H = the Hessian of f at x: by hess, or by differences of jac, or where that is not given, of f.

    By hess, here without a flop:

    >>> from mechkit import law
    >>> law(hessian, n=range(1, 6)).stores
    Polynomial('n^2 + n')
    """
    if how_hess == GIVEN or how_jac == GIVEN:
        jacobian(jac, hess, how_hess, x, g, H)
        if how_hess != GIVEN:
            symmetrize(H)
    else:
        hessian_of_values(f, x, fx, H)


def derivative(name: str, given: Any, signature: Any, role: str) -> tuple[Any, int]:
    """What the user gave as a derivative, as a kernel's argument, and how it is found: GIVEN, FORWARD or CENTRAL.

    name : of the argument, for messages; given : a function, or None, False or "2-point" for differences to one side,
    or "3-point" for both; signature, role : as in `mechkit.optimization.functions.function`. Raises TypeError and
    ValueError for anything else.

    >>> derivative("jac", "3-point", VECTOR, "jac")[1] == CENTRAL
    True
    """
    if given is False:
        given = None
    if given is None or isinstance(given, str):
        if given not in HOW:
            raise ValueError(f"{name} is {given!r}; it must be a function, '2-point', '3-point' or None")
        return function(_NEVER_CALLED[signature], signature, role), HOW[given]
    if given is True:
        raise TypeError(f"{name} is True; give it a function of its own, or None for finite differences")
    return function(given, signature, role), GIVEN


@kernel(cache=True)
def no_vector(x):
    """Stands in for a gradient that is found by differences; never called.

    >>> from mechkit import law
    >>> law(no_vector, n=range(1, 5))
    nothing is counted
    """
    return x


@kernel(cache=True)
def no_matrix(x):
    """Stands in for a matrix of derivatives that is found by differences; never called.

    >>> from mechkit import law
    >>> law(no_matrix, n=range(1, 5))
    nothing is counted
    """
    return x[np.newaxis]


_NEVER_CALLED = {VECTOR: no_vector, MATRIX: no_matrix}


def bowl(x):
    """An objective for examples: the sum of (i + 1) x_i^2 / 2."""
    s = 0.0
    for i in range(x.size):
        s += 0.5 * float(i + 1) * (x[i] * x[i])
    return s


def bowl_jac(x):
    """Its gradient."""
    g = np.empty_like(x)
    for i in range(x.size):
        g[i] = float(i + 1) * x[i]
    return g


def bowl_hess(x):
    """Its Hessian."""
    H = np.zeros((x.size, x.size))
    for i in range(x.size):
        H[i, i] = float(i + 1)
    return H


@forward_gradient.example
def _(n):
    x = np.ones(n)
    return function(bowl, OBJECTIVE), x, bowl(x), np.empty(n)


@central_gradient.example
def _(n):
    return function(bowl, OBJECTIVE), np.ones(n), TWO_SIDED, np.empty(n)


@forward_jacobian.example
def _(n):
    return function(bowl_jac, VECTOR), np.ones(n), bowl_jac(np.ones(n)), np.empty((n, n))


@central_jacobian.example
def _(n):
    return function(bowl_jac, VECTOR), np.ones(n), np.empty((n, n))


@given_jacobian.example
def _(n):
    return function(bowl_hess, MATRIX), np.ones(n), np.empty((n, n))


@symmetrize.example
def _(n):
    return (bowl_hess(np.ones(n)),)


@hessian_of_values.example
def _(n):
    x = np.ones(n)
    return function(bowl, OBJECTIVE), x, bowl(x), np.empty((n, n))


@gradient_by_jac.example
@gradient_by_differences.example
def _(n):
    return function(bowl, OBJECTIVE), function(bowl_jac, VECTOR), FORWARD, np.ones(n), 1.0, np.empty(n)


@gradient.example
def _(n):
    return function(bowl, OBJECTIVE), function(bowl_jac, VECTOR), GIVEN, np.ones(n), 1.0, np.empty(n)


@no_vector.example
@no_matrix.example
def _(n):
    return (np.ones(n),)


@jacobian.example
def _(n):
    F, jac = function(bowl_jac, VECTOR), function(bowl_hess, MATRIX)
    return F, jac, GIVEN, np.ones(n), np.ones(n), np.empty((n, n))


@hessian.example
def _(n):
    f, jac, hess = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR), function(bowl_hess, MATRIX)
    return f, jac, GIVEN, hess, GIVEN, np.ones(n), 1.0, np.ones(n), np.empty((n, n))
