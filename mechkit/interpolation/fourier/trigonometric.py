"""Interpolation by waves: the sum of the fewest sines and cosines that takes given values at equal distances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import positive
from mechkit.counting import kernel
from mechkit.interpolation.data import evaluation_points, read_only
from mechkit.interpolation.data import nodes as different_nodes
from mechkit.interpolation.fourier.fft import multiply_by
from mechkit.interpolation.fourier.plan import transform
from mechkit.interpolation.fourier.samples import samples
from mechkit.linear_systems.flags import FUSED

#: Nodes are equally spaced where they are no further from it than by this share of their distance ...
SPACING = 1e-6
#: ... or than by so many units of the last place of the largest.
ROUNDING = 8


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def wave_sum(c, angles, y):
    """Each y[j] (t, q) is the sum of c[k] z^(k - h), z = exp(i angles[j]), for c (2h + 1, q) and angles (t,).

    >>> from mechkit import law
    >>> def run(h, t):
    ...     wave_sum(np.ones((2 * h + 1, 1), complex), np.ones(t), np.ones((t, 1), complex))
    >>> law(run, h=range(1, 6), t=range(1, 5)).flops
    Polynomial('16ht + 2t')
    """
    # Horner's rule from the highest frequency to 0, for positive and negative ones
    h = c.shape[0] // 2
    for j in range(angles.size):
        z = complex(math.cos(angles[j]), math.sin(angles[j]))
        back = z.conjugate()
        for q in range(c.shape[1]):
            up, down = c[2 * h, q], c[0, q]
            for k in range(1, h):
                up = up * z + c[2 * h - k, q]
                down = down * back + c[k, q]
            y[j, q] = c[h, q]
            if h > 0:
                y[j, q] = c[h, q] + (up * z + down * back)


@wave_sum.example
def _(n):
    return np.ones((2 * n + 1, 2), complex), np.arange(3.0), np.ones((3, 2), complex)


@dataclass(frozen=True, repr=False)
class TrigonometricPolynomial:
    """A sum of waves with a common period, and of a straight line where it is an integral; callable.

    start : where angle 0 is.

    period : the length after which the waves repeat.

    coefficients : (2h + 1,) or (2h + 1, ...), complex, of exp(2 pi i k (x - start) / period), k = -h, ..., h.

    slope : of the line through 0 at start; 0 but for integrals, a number or (...).

    is_real : whether the values are real.

    nodes : where the values were given.

    >>> trigonometric([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, -1.0])
    trigonometric polynomial of degree 2, period 4, on [0, 4)
    """

    start: float
    period: float
    coefficients: np.ndarray
    slope: Any
    is_real: bool
    nodes: np.ndarray

    @property
    def degree(self) -> int:
        """The highest frequency, in periods."""
        return self.coefficients.shape[0] // 2

    @property
    def domain(self) -> tuple[float, float]:
        """One period."""
        return self.start, self.start + self.period

    def __call__(self, x: Any) -> Any:
        """The values at x, a number or an array of any shape: x.shape, and that of one value.

        >>> p = trigonometric([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, -1.0])
        >>> round(float(p(0.5)), 12), p([5.0, 5.5]).round(6).tolist()
        (0.707106781187, [1.0, 0.707107])
        """
        points, shape = evaluation_points(x, complex_allowed=False)
        turns = (points - self.start) / self.period
        angles = 2.0 * math.pi * (turns - np.round(turns))
        c = self.coefficients.reshape(self.coefficients.shape[0], -1)
        y = np.empty((points.size, c.shape[1]), complex)
        wave_sum(np.ascontiguousarray(c), angles, y)
        y = y + np.multiply.outer(points - self.start, np.broadcast_to(self.slope, self._shape).ravel())
        shaped = (y.real if self.is_real else y).reshape((*shape, *self._shape))
        return shaped if shaped.ndim else shaped[()]

    def derivative(self) -> TrigonometricPolynomial:
        """Its derivative, which is a sum of waves as well.

        >>> p = trigonometric([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, -1.0])
        >>> abs(float(p.derivative()(0.0)) - np.pi / 2) < 1e-12
        True
        """
        coefficients = self.coefficients * self._rates()
        coefficients[self.degree] += self.slope
        return self._with(coefficients, 0.0 * np.asarray(self.slope))

    def integral(self, a: Any = None, b: Any = None) -> Any:
        """The integral from a to b; without these, the function that is the integral from `start` to x.

        That function is a sum of waves, and a line where the mean is not zero.

        >>> p = trigonometric([0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 1.0, 0.0])
        >>> round(float(p.integral()(4.0)), 12), round(float(p.integral(1.0, 9.0)), 12)
        (4.0, 8.0)
        """
        if np.any(self.slope):
            raise ValueError("this is an integral already, with a straight line in it; its integral is a parabola")
        h = self.degree
        rates = self._rates()
        rates[h] = 1.0
        coefficients = self.coefficients / rates
        coefficients[h] = 0.0
        coefficients[h] = -coefficients.sum(axis=0)
        mean = self.coefficients[h]
        antiderivative = self._with(coefficients, mean.real if self.is_real else mean)
        if a is None and b is None:
            return antiderivative
        low, high = self.domain
        return antiderivative(high if b is None else b) - antiderivative(low if a is None else a)

    def __repr__(self) -> str:
        kind = "trigonometric polynomial" + (" and a line" if np.any(self.slope) else "")
        start, end = self.domain
        many = f", values of shape {self._shape}" if self._shape else ""
        return f"{kind} of degree {self.degree}, period {self.period:.6g}, on [{start:.6g}, {end:.6g}){many}"

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.coefficients.shape[1:]

    def _rates(self) -> np.ndarray:
        """2 pi i k / period, for each coefficient."""
        k = np.arange(-self.degree, self.degree + 1).reshape(-1, *[1] * len(self._shape))
        return 2j * math.pi / self.period * k

    def _with(self, coefficients: np.ndarray, slope: Any) -> TrigonometricPolynomial:
        return TrigonometricPolynomial(self.start, self.period, coefficients, slope, self.is_real, self.nodes)


def trigonometric(x: Any, y: Any, period: float | None = None) -> TrigonometricPolynomial:
    """The waves through points at equal distances: the trigonometric polynomial of lowest degree that interpolates.

    Parameters
    ----------
    x : (n,), equally spaced, in any order. The first and the last node do not stand for the same point of the period.
    y : (n,) or (n, ...), real or complex, the values there.
    period : n times the distance of two nodes; needed for a single node only.

    Returns
    -------
    TrigonometricPolynomial
        Callable, of degree n // 2, with `coefficients`, `derivative()` and `integral()`. Where n is even, the wave of
        the highest frequency is a cosine.

    Raises
    ------
    ValueError, TypeError
        for nodes that are not equally spaced, that repeat, or that end where the next period begins; for x and y of
        unequal length; for NaN and infinity.

    Operation count
    ---------------
    A transform of n elements, and 2n products; 16 flops a point for each degree to evaluate.

    >>> from mechkit import count
    >>> from mechkit.interpolation import fft
    >>> def flops(run):
    ...     with count() as ops:
    ...         run()
    ...     return ops.flops
    >>> x = np.arange(64.0)
    >>> flops(lambda: trigonometric(x, x)) == flops(lambda: fft(x)) + 2 * 64
    True

    References
    ----------
    Trefethen, Spectral Methods in MATLAB (2000), chapter 3; Henrici, Essentials of Numerical Analysis (1982), section
    5.5.

    Examples
    --------
    >>> x = 2 * np.pi * np.arange(8) / 8
    >>> p = trigonometric(x, np.exp(np.sin(x)))
    >>> float(abs(p(1.0) - np.exp(np.sin(1.0))).round(6))
    0.000511
    """
    nodes = different_nodes(x)
    values = samples("y", y)
    n = nodes.size
    if values.shape[0] != n:
        raise ValueError(f"x has {n} nodes and y {values.shape[0]} values; give one value, or row, for each node")
    order = np.argsort(nodes)
    nodes, values = read_only(nodes[order]), values[order]
    length = _period(nodes, period)
    c = transform(values.reshape(n, -1).astype(complex))
    multiply_by(c, 1.0 / n)
    h = n // 2
    coefficients = np.zeros((2 * h + 1, c.shape[1]), complex)
    coefficients[h:] = c[: h + 1]
    coefficients[:h] = c[n - h :]
    if n % 2 == 0:
        coefficients[[0, 2 * h]] *= 0.5
    shaped = coefficients.reshape((2 * h + 1, *values.shape[1:]))
    slope = np.zeros(values.shape[1:])
    return TrigonometricPolynomial(float(nodes[0]), length, shaped, slope, values.dtype.kind != "c", nodes)


def _period(nodes: np.ndarray, period: Any) -> float:
    """The length of a period. Raises ValueError where the nodes do not divide it into equal parts."""
    n = nodes.size
    if n == 1:
        if period is None:
            raise ValueError("x has one node, which has no distance to the next; give the period")
        return positive("period", period)
    step = (nodes[-1] - nodes[0]) / (n - 1)
    off = np.abs(nodes - (nodes[0] + step * np.arange(n)))
    allowed = SPACING * step + ROUNDING * np.finfo(float).eps * np.abs(nodes).max()
    if off.max() > allowed:
        k = int(np.argmax(off))
        raise ValueError(
            f"node {nodes[k]:.6g} is off by {off[k]:.2g} from equal distances of {step:.6g}; waves through "
            "other nodes are not built here: use barycentric or cubic_spline"
        )
    if period is None:
        return n * step
    length = positive("period", period)
    if abs(length - n * step) > SPACING * step * n:
        repeated = (
            "; the last node is the first of the next period: leave it out"
            if np.isclose(length, (n - 1) * step)
            else ""
        )
        raise ValueError(
            f"period is {length:.6g}; {n} nodes at distances of {step:.6g} divide a period of {n * step:.6g}{repeated}"
        )
    return length
