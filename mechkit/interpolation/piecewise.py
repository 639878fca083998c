"""Piecewise polynomials: which piece a point lies on, and its value there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel
from mechkit.interpolation.data import Values, read_only
from mechkit.interpolation.interpolant import Interpolant, in_words
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy")
def piece_of(x, t):
    """The last i, up to n - 2, with x[i] <= t, or 0; x (n,) ascending, n > 1. It is found by halving.

    >>> from mechkit import law
    >>> law(lambda m: piece_of(np.arange(2.0**m + 1), 0.5), m=range(1, 6)).compare
    Polynomial('m')
    """
    low = 0
    size = x.size - 1
    while size > 1:
        half = size // 2
        low = low + half * (x[low + half] <= t)  # a product, not a branch that a processor would have to guess
        size = size - half
    return low


@kernel(cache=True, error_model="numpy")
def piece_by_table(x, low, high, scale, t):
    """Like `piece_of`, by halving between low[k] and high[k] only, k = the bucket of t of the many equal ones.

    >>> from mechkit import law
    >>> law(piece_by_table, n=range(1, 6)).flops
    Polynomial('2')
    """
    place = scale * (t - x[0])
    k = 0  # 1  the bucket; the first or last one for points outside, the first for NaN
    if place >= low.size:
        k = low.size - 1
    elif place > 0.0:
        k = int(place)
    i = low[k]  # 2  halving
    size = high[k] - i + 1
    while size > 1:
        half = size // 2
        if x[i + half] <= t:
            i = i + half
        size = size - half
    return i


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def piecewise_values(x, low, high, scale, c, t, out):
    """out (m,) = the values at points t (m,): c[i, 0] u^p + ... + c[i, p], u = t - x[i], on the piece i by the table.

    >>> from mechkit import law
    >>> def run(p, m):
    ...     one = np.zeros(1, np.int64)
    ...     piecewise_values(np.arange(2.0), one, one, 1.0, np.ones((1, p + 1)), np.ones(m), np.ones(m))
    >>> law(run, p=range(1, 6), m=range(1, 6)).flops
    Polynomial('2pm + 3m')
    """
    for j in range(t.size):
        i = piece_by_table(x, low, high, scale, t[j])  # 1  the piece
        u = t[j] - x[i]  # 2  Horner's rule
        row = c[i]
        s = row[0]
        for k in range(1, row.size):
            s = s * u + row[k]
        out[j] = s


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def piecewise_values_in_order(x, c, t, out):
    """Like `piecewise_values`, at points that do not fall: the next piece is never far, and needs no search.

    >>> from mechkit import law
    >>> def run(p, m):
    ...     piecewise_values_in_order(np.arange(5.0), np.ones((4, p + 1)), np.ones(m), np.ones(m))
    >>> law(run, p=range(1, 6), m=range(1, 6)).flops
    Polynomial('2pm + m')
    """
    i = 0
    for j in range(t.size):
        while i < x.size - 2 and x[i + 1] <= t[j]:  # 1  the piece
            i = i + 1
        u = t[j] - x[i]  # 2  Horner's rule
        row = c[i]
        s = row[0]
        for k in range(1, row.size):
            s = s * u + row[k]
        out[j] = s


@piece_of.example
def _(n):
    return np.arange(n + 1.0), np.float64(0.3)


@piece_by_table.example
def _(n):
    x = np.arange(n + 1.0)
    return x, *search_table(x), np.float64(0.3)


@piecewise_values.example
def _(n):
    x = np.arange(n + 1.0)
    return x, *search_table(x), np.ones((n, 4)), np.linspace(-0.5, n + 0.5, 9), np.zeros(9)


@piecewise_values_in_order.example
def _(n):
    return np.arange(n + 1.0), np.ones((n, 4)), np.linspace(-0.5, n + 0.5, 9), np.zeros(9)


def search_table(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The first and the last piece that each of 2 (n - 1) equal buckets may meet, and buckets per unit.

    >>> search_table(np.array([0.0, 3.0, 4.0]))
    (array([0, 0, 0, 0]), array([0, 0, 1, 1]), 1.0)
    """
    pieces = x.size - 1
    width = float(x[-1] - x[0])
    edges = x[0] + width * np.arange(2 * pieces + 1) / (2 * pieces)
    rounding = 8.0 * np.finfo(float).eps * float(np.abs(x[[0, -1]]).max())
    low = np.searchsorted(x, edges[:-1] - rounding, side="right") - 1
    high = np.searchsorted(x, edges[1:] + rounding, side="right") - 1
    return np.clip(low, 0, pieces - 1), np.clip(high, 0, pieces - 1), 2 * pieces / width


@dataclass(frozen=True, repr=False, eq=False)
class PiecewisePolynomial(Interpolant):
    """A polynomial on each interval between two nodes, the outermost ones continued outside.

    ``c[k, i]`` is the coefficient of (t - x[i])^(p - k) on interval i, as in SciPy's PPoly.
    """

    _x: np.ndarray
    _values: Values
    _pieces: np.ndarray
    extrapolate: bool
    #: What it is, for people.
    kind: str = "piecewise polynomial"
    #: The gain over one period (k,) of a periodic function, or of its integral; None for others.
    _gain: np.ndarray | None = None
    _complex_points: ClassVar[bool] = False

    @property
    def nodes(self) -> np.ndarray:
        """The nodes (n,), in ascending order."""
        return read_only(self._x)

    @property
    def x(self) -> np.ndarray:
        """The nodes, by SciPy's name."""
        return self.nodes

    @property
    def values(self) -> np.ndarray:
        """The values at the nodes (n, ...)."""
        return read_only(self._values.coefficients())

    @property
    def interval(self) -> tuple[float, float]:  # type: ignore[override]
        """The first and the last node."""
        return float(self._x[0]), float(self._x[-1])

    @property
    def degree(self) -> int:
        """The degree of the pieces."""
        return self._pieces.shape[2] - 1

    @property
    def coefficients(self) -> np.ndarray:
        """The coefficients (degree + 1, n - 1, ...) in powers of t - x[i], the highest power first."""
        rows = self._pieces.transpose(0, 2, 1).reshape(len(self._pieces), -1)
        shape = (self._pieces.shape[2], self._pieces.shape[1])
        return read_only(np.asarray(self._values.unfold(np.ascontiguousarray(rows), shape)))

    @property
    def c(self) -> np.ndarray:
        """The coefficients, by SciPy's name."""
        return self.coefficients

    def derivative(self, nu: int = 1) -> PiecewisePolynomial:
        """The derivative of order nu, piece by piece. It is not counted."""
        pieces = self._pieces
        for _ in range(whole("nu", nu)):
            powers = np.arange(pieces.shape[2] - 1.0, 0.0, -1.0)
            pieces = pieces[:, :, :-1] * powers if powers.size else np.zeros_like(pieces)
        gain = None if self._gain is None else np.zeros_like(self._gain)
        return self._of(pieces, "derivative of a " + self.kind, gain)

    def integral(self, a: Any = None, b: Any = None) -> Any:
        """The integral from a to b; without these, the function that is the integral from the first node on."""
        powers = np.arange(self._pieces.shape[2], 0.0, -1.0)
        pieces = np.concatenate([self._pieces / powers, np.zeros((*self._pieces.shape[:2], 1))], axis=2)
        h = np.diff(self._x)
        gains = np.zeros(pieces.shape[:2])
        for k in range(pieces.shape[2]):
            gains = gains * h + pieces[:, :, k]
        pieces[:, 1:, -1] = np.cumsum(gains[:, :-1], axis=1)
        gain = None if self._gain is None else gains.sum(axis=1)
        return self._between(self._of(pieces, "integral of a " + self.kind, gain), a, b)

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray, float]:
        return search_table(self._x)

    def _of(self, pieces: np.ndarray, kind: str, gain: np.ndarray | None) -> PiecewisePolynomial:
        new = PiecewisePolynomial(self._x, self._values, np.ascontiguousarray(pieces), self.extrapolate, kind, gain)
        return PiecewisePolynomial(
            self._x, self._values.like(new._rows_at(self._x)), new._pieces, self.extrapolate, kind, gain
        )

    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        out = np.empty((len(self._pieces), t.size))
        periods = None
        if self._gain is not None:
            first, last = self.interval
            periods = np.floor((t - first) / (last - first))
            periods[t == last] = 0.0
            t = np.where(periods == 0.0, t, np.clip(t - periods * (last - first), first, last))
        if t.size >= self._x.size and bool((t[1:] >= t[:-1]).all()):
            for c, found in zip(self._pieces, out, strict=True):
                piecewise_values_in_order(self._x, c, t, found)
        else:
            for c, found in zip(self._pieces, out, strict=True):
                piecewise_values(self._x, *self._table, c, t, found)
        if periods is not None:
            out += self._gain[:, np.newaxis] * periods  # type: ignore[index]
        return out

    def __repr__(self) -> str:
        more = f" with {self._x.size} nodes"
        return in_words(self, self.kind, more + (", periodic" if self._gain is not None else ""))
