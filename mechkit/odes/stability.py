"""Stability: what a method does to y' = lambda y in one step, as a function of z = h lambda.

A Runge-Kutta method multiplies y by R(z), a ratio of polynomials that its table gives. A multistep method multiplies it
by the largest root of rho(x) - z sigma(x). The region of stability is where that factor is at most 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array
from mechkit.odes.adams import BASHFORTH, MOULTON
from mechkit.odes.tableaus import TABLEAUS, Tableau

#: Coefficients below this, beside 1, are rounding.
ROUNDING = 1e-13
#: Points along an axis at which stability is looked at, and how far out.
POINTS, FARTHEST = 4000, 40.0
#: An interval shorter than this is none: the factor exceeds 1 by less than rounding there.
SHORTEST = 0.02


@dataclass(frozen=True)
class StabilityFunction:
    """R(z) of a one-step method, as polynomials with the coefficient of 1 first.

    >>> R = stability_function("rk4")
    >>> R.numerator.round(4).tolist()
    [1.0, 1.0, 0.5, 0.1667, 0.0417]
    >>> round(R(-1.0), 12)
    0.375
    """

    numerator: np.ndarray
    denominator: np.ndarray

    def __call__(self, z: Any) -> Any:
        """R at z, a number or an array, real or complex."""
        top, bottom = (np.polynomial.polynomial.polyval(z, c) for c in (self.numerator, self.denominator))
        found = top / bottom
        return found.item() if np.ndim(found) == 0 else found


@dataclass(frozen=True)
class Multistep:
    """A linear multistep method, sum rho_j y_{n+j} = h sum sigma_j f_{n+j}, with the coefficient of y_n first.

    >>> round(stability_function("AB2")(-1.0), 12)
    1.0
    """

    rho: np.ndarray
    sigma: np.ndarray

    def __call__(self, z: Any) -> Any:
        """The modulus of the largest root of rho(x) - z sigma(x), at z, a number or an array."""
        points = np.asarray(z, complex)
        found = np.array([np.abs(self.roots(one)).max(initial=0.0) for one in points.ravel()])
        return float(found[0]) if points.ndim == 0 else found.reshape(points.shape)

    def roots(self, z: complex) -> np.ndarray:
        """The factors that a step may multiply by."""
        coefficients = self.rho - z * self.sigma
        return np.roots(coefficients[::-1])

    @property
    def is_zero_stable(self) -> bool:
        """Whether the roots of rho lie in the unit circle, and those on it are simple: else errors grow for every h."""
        roots = np.roots(self.rho[::-1])
        on_it = roots[np.abs(np.abs(roots) - 1.0) < 1e-6]
        apart = [abs(a - b) > 1e-4 for i, a in enumerate(on_it) for b in on_it[:i]]
        return bool((np.abs(roots) < 1.0 + 1e-6).all() and all(apart))

    def locus(self, angles: np.ndarray) -> np.ndarray:
        """The z at which a root is exp(i angle): the boundary of the region lies on this curve."""
        x = np.exp(1j * angles)
        return np.polynomial.polynomial.polyval(x, self.rho) / np.polynomial.polynomial.polyval(x, self.sigma)


def bdf_coefficients(order: int) -> Multistep:
    """The backward differentiation formula of an order: sum over j of nabla^j y / j = h f.

    >>> bdf_coefficients(2).rho.tolist(), bdf_coefficients(7).is_zero_stable
    ([0.5, -2.0, 1.5], False)
    """
    rho = np.zeros(order + 1)
    for j in range(1, order + 1):
        for k in range(j + 1):
            rho[order - k] += (-1) ** k * math.comb(j, k) / j
    return Multistep(rho, np.append(np.zeros(order), 1.0))


def _adams(order: int, implicit: bool) -> Multistep:
    if not implicit:
        return Multistep(np.append(np.zeros(order - 1), [-1.0, 1.0]), np.append(np.array(BASHFORTH[order])[::-1], 0.0))
    steps = max(order - 1, 1)
    sigma = np.array(MOULTON[order])[::-1]
    return Multistep(np.append(np.zeros(steps - 1), [-1.0, 1.0]), sigma if order > 1 else np.append(0.0, sigma))


#: The multistep methods by name.
MULTISTEP: dict[str, Multistep] = {
    **{f"AB{k}": _adams(k, False) for k in BASHFORTH},
    **{f"AM{k}": _adams(k, True) for k in MOULTON},
    **{f"BDF{k}": bdf_coefficients(k) for k in range(1, 8)},
}
_RADAU = math.sqrt(6.0)
#: Implicit Runge-Kutta methods by name: A and b. Hairer and Wanner, volume II, table IV.5.6.
IMPLICIT = {
    "backward_euler": ([[1.0]], [1.0]),
    "trapezoid": ([[0.0, 0.0], [0.5, 0.5]], [0.5, 0.5]),
    "implicit_midpoint": ([[0.5]], [1.0]),
    "radau": (
        [
            [(88 - 7 * _RADAU) / 360, (296 - 169 * _RADAU) / 1800, (-2 + 3 * _RADAU) / 225],
            [(296 + 169 * _RADAU) / 1800, (88 + 7 * _RADAU) / 360, (-2 - 3 * _RADAU) / 225],
            [(16 - _RADAU) / 36, (16 + _RADAU) / 36, 1 / 9],
        ],
        [(16 - _RADAU) / 36, (16 + _RADAU) / 36, 1 / 9],
    ),
}


def stability_function(method: Any) -> Any:
    """What a method multiplies y by in one step of y' = lambda y, as a function of z = h lambda.

    Parameters
    ----------
    method : a `Tableau`, or A (s, s) and b (s,), or a name of `TABLEAUS`, `MULTISTEP` or `IMPLICIT`: "AB1" to "AB5"
        are the methods of Adams and Bashforth, "AM1" to "AM5" those of Adams and Moulton

    Returns
    -------
    StabilityFunction or Multistep
        R, to be called with z; of a multistep method, the modulus of the largest factor.

    Raises
    ------
    ValueError
        for another name, or shapes that do not fit.

    Operation count: no operation is counted.

    References: Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., (IV.3.2), (V.1.5).

    Examples
    --------
    >>> stability_function("backward_euler")(-1.0)
    0.5
    >>> abs(stability_function(([[0.5]], [1.0]))(2j))
    1.0
    """
    if isinstance(method, StabilityFunction | Multistep):
        return method
    if isinstance(method, Tableau):
        return _of_table(method.A, method.b)
    if isinstance(method, str):
        for tables in (TABLEAUS, MULTISTEP, IMPLICIT):
            named = {name.lower(): table for name, table in tables.items()}
            if method.lower() in named:
                found: Any = named[method.lower()]
                return _of_table(*map(np.array, found)) if tables is IMPLICIT else stability_function(found)
        names = ", ".join([*TABLEAUS, *MULTISTEP, *IMPLICIT])
        raise ValueError(f"method is {method!r}; it must be a table, A and b, or one of {names}")
    try:
        A, b = method
    except (TypeError, ValueError):
        raise ValueError(f"method is {method!r}; it must be a name, a Tableau, or A and b") from None
    A, b = float_array("A", A, (2,)), float_array("b", b, (1,))
    if A.shape != (b.size, b.size):
        raise ValueError(f"A has shape {A.shape} beside {b.size} weights; it must be {(b.size, b.size)}")
    return _of_table(A.astype(float), b.astype(float))


def _of_table(A: np.ndarray, b: np.ndarray) -> StabilityFunction:
    """R(z) = det(I - zA + z e b') / det(I - zA); for an explicit method the powers b'A^k e."""
    s = b.size
    if not np.triu(A).any():
        v, powers = np.ones(s), [1.0]
        for _ in range(s):
            powers.append(float(b @ v))
            v = A @ v
        return StabilityFunction(_cut(np.array(powers)), np.ones(1))
    top, bottom = np.poly(A - np.outer(np.ones(s), b)), np.poly(A)
    return StabilityFunction(_cut(np.real(top)), _cut(np.real(bottom)))


def _cut(c: np.ndarray) -> np.ndarray:
    """Coefficients without those at the end that are rounding."""
    kept = np.flatnonzero(np.abs(c) > ROUNDING * np.abs(c).max())
    return c[: kept[-1] + 1] if kept.size else c[:1]


def stability_interval(method: Any) -> tuple[float, float]:
    """How far the region of stability reaches from 0 along the negative real axis, and along the imaginary axis.

    method : as for `stability_function`. Both are lengths; infinity where there is no end.

    References: Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., section IV.2.

    >>> real, imaginary = stability_interval("rk4")
    >>> round(real, 8), round(imaginary, 8)
    (2.78529356, 2.82842712)
    >>> stability_interval("backward_euler")
    (inf, inf)
    """
    R = stability_function(method)
    if isinstance(R, StabilityFunction):
        return _end_of(*_excess(R, -1.0)), math.sqrt(_end_of(*_excess(R, 1j)))
    return _multistep_end(R, -1.0), _multistep_end(R, 1j)


def _excess(R: StabilityFunction, direction: complex) -> tuple[np.ndarray, np.ndarray]:
    """|N|^2 - |D|^2 along a direction as a polynomial in x, or in x^2 on the imaginary axis; and |D|^2."""
    polymul = np.polynomial.polynomial.polymul
    size = 2 * max(R.numerator.size, R.denominator.size) - 1
    squares, sizes = np.zeros((2, size)), np.zeros(size)
    for k, c in enumerate((R.numerator, R.denominator)):
        along = c * direction ** np.arange(c.size)
        squares[k, : 2 * c.size - 1] = np.real(polymul(along, np.conj(along)))
        sizes[: 2 * c.size - 1] += polymul(np.abs(along), np.abs(along))
    top, bottom = squares
    excess = np.where(np.abs(top - bottom) > ROUNDING * sizes, top - bottom, 0.0)
    return (excess[::2], bottom[::2]) if direction == 1j else (excess, bottom)


def _end_of(excess: np.ndarray, bottom: np.ndarray) -> float:
    """The first x > 0 behind which a polynomial is above 0; infinity without one."""
    nonzero = np.flatnonzero(excess)
    if not nonzero.size:
        return math.inf
    if excess[nonzero[0]] > 0.0:
        return 0.0
    polynomial = np.polynomial.Polynomial(excess[nonzero[0] :])
    roots = np.asarray(polynomial.roots(), complex)
    near = np.abs(roots.imag) < 1e-7 * np.abs(roots)
    ends = np.sort(roots[near & (roots.real > 0.0)].real)
    for k, end in enumerate(ends):
        behind = 0.5 * (end + ends[k + 1]) if k + 1 < ends.size else 2.0 * end
        if polynomial(behind) > 0.0:
            return _polished(polynomial, end)
    return math.inf


def _polished(polynomial: Any, x: float) -> float:
    """A root after a few steps of Newton's method."""
    slope = polynomial.deriv()
    for _ in range(3):
        x = float(x - polynomial(x) / slope(x))
    return x


def _multistep_end(R: Multistep, direction: complex) -> float:
    def is_stable(x: float) -> bool:
        return bool(R(x * direction) <= 1.0 + ROUNDING)

    points = np.linspace(0.0, FARTHEST, POINTS + 1)[1:]
    unstable = next((x for x in points if not is_stable(x)), None)
    if unstable is None:
        return math.inf
    low, high = unstable - FARTHEST / POINTS, unstable
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if is_stable(middle) else (low, middle)
    return high if high > SHORTEST else 0.0


def is_a_stable(method: Any) -> bool:
    """Whether a method is stable in all of the left half plane: no stiff part of a solution limits its steps.

    >>> [is_a_stable(name) for name in ("rk4", "trapezoid", "radau", "BDF2", "BDF3")]
    [False, True, True, True, False]
    """
    R = stability_function(method)
    if isinstance(R, Multistep):
        return stability_angle(R) >= 90.0
    # Hairer and Wanner, section IV.3: on the imaginary axis |R| <= 1, no pole to the left, and |R| <= 1 at infinity
    poles = np.roots(R.denominator[::-1])
    excess, _ = _excess(R, 1j)
    return bool((poles.real > 0.0).all() and _end_of(excess, excess) == math.inf)


def is_l_stable(method: Any) -> bool:
    """Whether a method is A-stable and damps the stiffest parts at once: R is 0 at infinity.

    >>> [is_l_stable(name) for name in ("backward_euler", "trapezoid", "radau", "BDF2")]
    [True, False, True, True]
    """
    R = stability_function(method)
    if isinstance(R, Multistep):
        at_infinity = np.abs(np.roots(R.sigma[::-1])).max(initial=0.0)
        return bool(is_a_stable(R) and R.sigma[-1] != 0.0 and at_infinity < 1e-9)
    return bool(is_a_stable(R) and R.numerator.size < R.denominator.size)


def stability_angle(method: Any) -> float:
    """The alpha, in degrees, of a multistep method: stable in the wedge of that angle about the negative real axis.

    >>> [round(stability_angle(f"BDF{k}"), 4) for k in range(1, 7)]
    [90.0, 90.0, 86.0324, 73.3517, 51.8398, 17.8398]
    """
    R = stability_function(method)
    if not isinstance(R, Multistep):
        raise ValueError(f"method is {method!r}; the angle is that of a multistep method, such as 'BDF3'")
    if not R.is_zero_stable or R.sigma[-1] == 0.0 or not R(-1e6) <= 1.0 + 1e-9:
        return 0.0

    def angle(theta: float) -> float:
        z = complex(R.locus(np.array([theta]))[0])
        return math.atan2(abs(z.imag), -z.real) if z.real < -ROUNDING else math.pi / 2

    thetas = np.linspace(1e-3, math.pi, 2000)
    k = int(np.argmin([angle(theta) for theta in thetas]))
    low, high = thetas[max(k - 1, 0)], thetas[min(k + 1, thetas.size - 1)]
    for _ in range(60):  # golden section
        a, b = high - 0.618033988749895 * (high - low), low + 0.618033988749895 * (high - low)
        low, high = (low, b) if angle(a) < angle(b) else (a, high)
    return math.degrees(min(angle(0.5 * (low + high)), math.pi / 2))


def stability_region(method: Any, x: Any, y: Any) -> np.ndarray:
    """|R(x + iy)| on a grid, (len(y), len(x)): the region is where it is at most 1, to be drawn as a contour.

    >>> stability_region("euler", [-2.0, -1.0], [0.0, 1.0]).round(3)
    array([[1.   , 0.   ],
           [1.414, 1.   ]])
    """
    across, up = float_array("x", x, (1,)).astype(float), float_array("y", y, (1,)).astype(float)
    return np.abs(stability_function(method)(across[np.newaxis, :] + 1j * up[:, np.newaxis]))
