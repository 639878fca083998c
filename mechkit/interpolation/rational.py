"""Rational functions through values, in the barycentric form, which is that of polynomials with other weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from scipy.linalg import eigvals

from mechkit.checking import finite, whole
from mechkit.counting import kernel
from mechkit.interpolation.barycentric_sums import away_from_nodes, barycentric_values, values_at_nodes
from mechkit.interpolation.data import Values, near_one, read_only
from mechkit.interpolation.interpolant import Interpolant, in_words, pieces

#: A pole this close to the real axis, as a share of the interval, is on it.
ON_THE_AXIS = 1e-12


@kernel(cache=True, error_model="numpy")
def barycentric_derivatives(x, w, f, nu, t, phi, out):
    """out (m,) = the derivative of order nu at points t (m,), which may be nodes; phi (n,) work of t's type.

    >>> from mechkit import law
    >>> def run(n, q):
    ...     x = np.arange(1.0 * n)
    ...     barycentric_derivatives(x, np.ones(n), x, q, np.full(1, 0.5), np.ones(n), np.ones(1))
    >>> law(run, n=range(2, 7), q=range(1, 6)).flops
    Polynomial('9nq + 8n - q + 1')
    """
    # Schneider and Werner, Some new aspects of rational interpolation, Mathematics of Computation 47 (1986): the
    # divided differences phi_i = r[t, x_i] have an interpolant with the same weights, whose value at t is r'(t)
    n = x.size
    for j in range(t.size):
        c = 0  # 1  the nearest node
        for i in range(n):
            phi[i] = f[i]
            if abs(t[j] - x[i]) < abs(t[j] - x[c]):
                c = i
        u = t[j] - x[c]
        value = phi[c]
        for k in range(nu + 1):
            s = u - u  # 2  the value at t, by its difference from that at the node
            d = u - u
            for i in range(n):
                if i != c:
                    q = w[i] / (t[j] - x[i])
                    d = d + q
                    s = s + q * (phi[i] - phi[c])
            slope = s / (w[c] + u * d)
            value = phi[c] + u * slope
            if k < nu:  # 3  divided differences in the place of values
                for i in range(n):
                    if i != c:
                        phi[i] = (value - phi[i]) / (t[j] - x[i])
                phi[c] = slope
        for k in range(2, nu + 1):
            value = value * k
        out[j] = value


@barycentric_derivatives.example
def _(n):
    x = np.arange(1.0, n + 1.0)
    w = np.where(np.arange(n) % 2, -1.0, 1.0)
    return x, w, x * x, 2, np.array([0.5, 1.0, 1.3]), np.zeros(n), np.zeros(3)


@dataclass(frozen=True, repr=False, eq=False)
class Rational(Interpolant):
    """A rational function through values at nodes: sum w_i f_i / (t - x_i) over sum w_i / (t - x_i)."""

    _x: np.ndarray
    _values: Values
    _weights: np.ndarray
    extrapolate: bool
    _poles: ClassVar[bool] = True
    _nu: int = 0
    #: The interval of the data, where these are more than the nodes.
    _ends: tuple[float, float] | None = None
    kind: ClassVar[str] = "rational function"

    @property
    def nodes(self) -> np.ndarray:
        """The nodes (n,)."""
        return read_only(self._x)

    @property
    def values(self) -> np.ndarray:
        """The values at the nodes (n, ...), of this function or of the one that this is a derivative of."""
        return read_only(self._values.coefficients())

    @property
    def weights(self) -> np.ndarray:
        """The barycentric weights (n,)."""
        return read_only(self._weights)

    @property
    def interval(self) -> tuple[float, float]:  # type: ignore[override]
        """The least and the largest real part of the points of the data."""
        return self._ends or (float(self._x.real.min()), float(self._x.real.max()))

    @property
    def degree(self) -> int:
        """The number of nodes, less one: the degree that numerator and denominator can have."""
        return self._x.size - 1

    def derivative(self, nu: int = 1) -> Rational:
        """The derivative of order nu, by divided differences with the same weights."""
        order = self._nu + whole("nu", nu)
        return Rational(self._x, self._values, self._weights, self.extrapolate, _nu=order, _ends=self._ends)

    def integral(self, a: Any = None, b: Any = None) -> Any:
        """The integral from a to b, by quadrature; without these, the function that is that from the first node.

        Raises ValueError where the function has a pole on the real axis in between, or complex nodes.
        """
        if np.iscomplexobj(self._x):
            raise ValueError("the nodes are complex; integrate along a path of your own, with quadrature")
        if a is None and b is None:
            return Antiderivative(self)
        low = self.interval[0] if a is None else finite("a", a)
        high = self.interval[1] if b is None else finite("b", b)
        return self._values.unfold(self._integrals(low, np.array([high])), ())

    def _integrals(self, start: float, t: np.ndarray) -> np.ndarray:
        """The integrals (k, m) from the start to points t (m,)."""
        from scipy.integrate import quad_vec  # which takes long to import

        low, high = min(start, float(t.min())), max(start, float(t.max()))
        self._refuse_poles(low, high)
        inside = self._x[(self._x > low) & (self._x < high)]
        corners = np.unique(np.concatenate([inside, t, [start]]))
        parts = [
            quad_vec(lambda s: self._rows_at(np.array([s]))[:, 0], a, b, epsrel=1e-12, epsabs=1e-300)[0]
            for a, b in pairwise(corners)
        ]
        sums = np.cumsum([np.zeros(len(self._values.rows)), *parts], axis=0)
        return np.asarray((sums[np.searchsorted(corners, t)] - sums[np.searchsorted(corners, start)]).T)

    def _refuse_poles(self, low: float, high: float) -> None:
        poles = self.poles()
        width = float(np.ptp(self._x)) or 1.0
        real = poles[np.abs(poles.imag) < ON_THE_AXIS * width].real
        between = real[(real > low) & (real < high)]
        if between.size:
            raise ValueError(f"the function has a pole at {between[0]:.6g}, and no integral across it")

    def poles(self) -> np.ndarray:
        """The zeros of the denominator, as complex numbers; they are eigenvalues, found by LAPACK and not counted.

        Where the denominator has a lower degree than it can have, rounding leaves a few large ones that mean nothing.
        """
        return _zeros_of_a_sum(self._x, self._weights)

    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        kind = np.result_type(t, self._x, self._weights)
        t = t.astype(kind, copy=False)
        out = np.empty((len(self._values.rows), t.size), kind)
        rows, unit = near_one(self._values.rows)
        for f, found in zip(rows, out, strict=True):
            for piece in pieces(t.size):
                _infinite_at_poles(partial(self._evaluate, f), t[piece], found[piece])
        return out * unit if unit != 1.0 else out

    def _evaluate(self, f: np.ndarray, t: np.ndarray, out: np.ndarray) -> None:
        """out (m,) = the values at points t (m,) of the function with values f (n,) at the nodes."""
        if self._nu:
            barycentric_derivatives(self._x, self._weights, f, self._nu, t, np.empty(self._x.size, t.dtype), out)
        else:
            barycentric_values(self._x, self._weights, f, away_from_nodes(self._x, t), np.empty_like(out), out)
            values_at_nodes(self._x, f, t, out)

    def __repr__(self) -> str:
        order = f"derivative of order {self._nu} of a " if self._nu else ""
        return in_words(self, order + self.kind, f" with {self._x.size} nodes")


@dataclass(frozen=True, repr=False, eq=False)
class Antiderivative(Interpolant):
    """The integral of a rational function from its first node on, each value by quadrature."""

    function: Rational
    _complex_points: ClassVar[bool] = False

    @property
    def _values(self) -> Values:  # type: ignore[override]
        return self.function._values

    @property
    def interval(self) -> tuple[float, float]:  # type: ignore[override]
        """That of the function."""
        return self.function.interval

    @property
    def extrapolate(self) -> bool:  # type: ignore[override]
        """Whether points outside the interval are evaluated."""
        return self.function.extrapolate

    @property
    def degree(self) -> int:
        """One more than that of the function; the integral is no rational function, though."""
        return self.function.degree + 1

    def derivative(self, nu: int = 1) -> Rational:
        """The function, or its derivative of order nu - 1."""
        return self.function if whole("nu", nu) == 1 else self.function.derivative(nu - 1)

    def integral(self, a: Any = None, b: Any = None) -> Any:
        """Not available: raises NotImplementedError."""
        raise NotImplementedError("a second integral of a rational function is not available; interpolate the first")

    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        out = np.full((len(self._values.rows), t.size), np.nan)
        known = np.isfinite(t)
        if known.any():
            out[:, known] = self.function._integrals(self.interval[0], t[known])
        return out

    def __repr__(self) -> str:
        return in_words(self, "integral of a rational function")


def _infinite_at_poles(evaluate: Any, t: np.ndarray, out: np.ndarray) -> None:
    """out (m,) = the values at points t (m,), infinite at complex poles, where division is refused or gives NaN."""
    try:
        evaluate(t, out)
        if np.iscomplexobj(out):
            out[np.isnan(out) & ~np.isnan(t)] = np.inf
    except ZeroDivisionError:
        if t.size == 1:
            out[0] = np.inf
            return
        for j in range(t.size):
            _infinite_at_poles(evaluate, t[j : j + 1], out[j : j + 1])


def _zeros_of_a_sum(x: np.ndarray, a: np.ndarray) -> np.ndarray:
    """The zeros of sum a_i / (t - x_i): the finite eigenvalues of an arrowhead pencil."""
    # Klein, Applications of linear barycentric rational interpolation (2012)
    n = x.size
    left = np.zeros((n + 1, n + 1), np.result_type(x, a))
    left[0, 1:] = a
    left[1:, 0] = 1.0
    left[np.arange(1, n + 1), np.arange(1, n + 1)] = x
    right = np.eye(n + 1)
    right[0, 0] = 0.0
    with np.errstate(all="ignore"):
        found = eigvals(left, right)
    return np.asarray(found[np.isfinite(found) & (np.abs(found) < 1e15 * max(1.0, float(np.abs(x).max())))], complex)
