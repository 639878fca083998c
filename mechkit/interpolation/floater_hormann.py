"""Floater and Hormann's rational interpolants: no poles on the real axis, whatever the nodes, at any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.interpolation.data import sorted_nodes_and_values, true_or_false
from mechkit.interpolation.rational import Rational


@kernel(cache=True, error_model="numpy")
def blending_weights(x, d, scale, w):
    """w (n,) = the weights of the blend of polynomials through d + 1 neighbors, nodes x (n,) ascending.

    scale : brings the products near 1; like the sign of all weights, it is a common factor.

    >>> from mechkit import law
    >>> def run(n, d):
    ...     blending_weights(np.arange(1.0 * n), d, 1.0, np.ones(n))
    >>> law(run, n=range(6, 12), d=range(1, 6)).flops
    Polynomial('3nd^2 - 3d^3 + 5nd - 5d^2 + 3n - 2d')
    """
    # Floater and Hormann, Barycentric rational interpolation with no poles and high rates of approximation, Numerische
    # Mathematik 107 (2007), equation (18)
    n = x.size
    sign = 1.0
    for i in range(n):
        s = 0.0
        for k in range(max(0, i - d), min(i, n - 1 - d) + 1):
            product = 1.0
            for j in range(k, k + d + 1):
                if j != i:
                    product = product * (scale * abs(x[i] - x[j]))
            s = s + 1.0 / product
        w[i] = sign * s
        sign = -sign


@blending_weights.example
def _(n):
    return np.arange(1.0 * n) ** 1.5, min(3, n - 1), 1.0, np.zeros(n)


@dataclass(frozen=True, repr=False, eq=False)
class FloaterHormann(Rational):
    """A blend of the polynomials through d + 1 neighboring values, without poles on the real axis."""

    kind: ClassVar[str] = "Floater-Hormann interpolant"


def floater_hormann(x: Any, y: Any, d: int = 3, extrapolate: bool = True) -> FloaterHormann:
    """The rational function through values that blends polynomials of degree d, without poles on the real axis.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, in any order, equispaced ones too.
    y : array_like, (n,) or (n, ...)
        Real or complex values at the nodes.
    d : int
        The degree of the polynomials, less than n: errors fall as h^(d + 1), and rounding errors grow as 2^d.
    extrapolate : bool
        Whether it is evaluated outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    FloaterHormann
        Callable at points of any shape; with ``weights``, ``nodes``, ``values``, ``degree``, ``derivative()``,
        ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, a d that is not less than n, what is not finite, and shapes that do not fit.

    Operation count, exact, n nodes with one value each: the weights, for d = 3; and these and a value at one
    point:

    >>> from mechkit import law
    >>> law(lambda n: floater_hormann(np.arange(n), np.ones(n)), n=range(6, 12)).flops
    Polynomial('45n - 132')
    >>> law(lambda n: floater_hormann(np.arange(n), np.ones(n))(0.5), n=range(6, 12)).flops
    Polynomial('50n - 131')

    References: Floater and Hormann, Numerische Mathematik 107 (2007) 315-331; SciPy's FloaterHormannInterpolator.

    Examples
    --------
    >>> x = np.linspace(-5.0, 5.0, 41)
    >>> r = floater_hormann(x, 1 / (1 + x * x))  # where the polynomial is off by thousands
    >>> abs(r(4.9) - 1 / (1 + 4.9**2)) < 1e-5
    np.True_
    """
    where, values = sorted_nodes_and_values(x, y, 1)
    blend = whole("d", d, 0)
    n = where.size
    if blend >= n:
        raise ValueError(
            f"d is {blend}; {n} node{'s' * (n > 1)} allow{'s' * (n == 1)} polynomials of degree {n - 1} at most: "
            f"give d={n - 1}, or less"
        )
    w = np.empty(n)
    width = float(where[-1] - where[0]) or 1.0
    blending_weights(where, blend, n / width, w)
    return FloaterHormann(where, values, w, true_or_false("extrapolate", extrapolate))
