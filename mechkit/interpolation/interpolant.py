"""What every interpolant and fit does: it is called with points, of any shape, and returns values there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from mechkit.checking import whole
from mechkit.interpolation.data import Values, evaluation_points, true_or_false, warn

#: So many points are evaluated at a time, so that what belongs to them stays in the processor's first cache.
PIECE = 2048


class Interpolant(ABC):
    """A function through data, or close to them. It does not change once it is made."""

    #: The ends of the data, or of the interval of a fit.
    interval: tuple[float, float]
    #: Whether points outside the interval are evaluated; otherwise the value there is NaN.
    extrapolate: bool
    _values: Values
    #: Whether points may be complex.
    _complex_points: ClassVar[bool] = True
    #: Whether a value may be infinite at a pole.
    _poles: ClassVar[bool] = False

    def __call__(self, t: Any, nu: int = 0, extrapolate: bool | None = None) -> Any:
        """The values at points.

        Parameters
        ----------
        t : array_like
            Points, of any shape; complex ones too, where the interpolant is one polynomial or rational function.
        nu : int
            The order of the derivative.
        extrapolate : bool, optional
            Whether to evaluate outside the nodes, instead of what the interpolant was made with; else NaN.

        Returns
        -------
        ndarray or scalar
            Shaped like t, followed by the shape of one value.
        """
        if whole("nu", nu, 0):
            return self.derivative(nu)(t, extrapolate=extrapolate)
        points, shape = evaluation_points(t, self._complex_points)
        with np.errstate(all="ignore"):
            rows = self._rows_at(points)
        outside = self.extrapolate if extrapolate is None else true_or_false("extrapolate", extrapolate)
        if not self._poles and not np.isfinite(np.add.reduce(rows, axis=None)):
            _warn_of_overflow(points, rows)
        if not outside:
            rows[:, (points.real < self.interval[0]) | (points.real > self.interval[1])] = np.nan
        return self._values.unfold(rows, shape)

    @property
    @abstractmethod
    def degree(self) -> int:
        """The largest degree that the interpolant can have: a number of data, less one, for a polynomial."""

    @abstractmethod
    def derivative(self, nu: int = 1) -> Interpolant:
        """The derivative of an order, as a function."""

    @abstractmethod
    def integral(self, a: Any = None, b: Any = None) -> Any:
        """The integral from a to b; without these, the function that is the integral from the first node on."""

    @abstractmethod
    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        """The values (k, m) at m points, in fresh memory."""

    def _between(self, antiderivative: Any, a: Any, b: Any) -> Any:
        """An antiderivative, or its difference between a and b, where these are given."""
        if a is None and b is None:
            return antiderivative
        low = self.interval[0] if a is None else a
        high = self.interval[1] if b is None else b
        return antiderivative(high) - antiderivative(low)


def _warn_of_overflow(t: np.ndarray, rows: np.ndarray) -> None:
    """Warn where a value at a finite point is no number: it has left the range of numbers."""
    lost = ~np.isfinite(rows).all(axis=0) & np.isfinite(t)
    if lost.any():
        warn(
            f"{int(lost.sum())} values, the first of them at t = {t[lost][0]:g}, leave the range of numbers: divide x "
            "or y by a power of two"
        )


def pieces(m: int) -> list[slice]:
    """Slices of at most PIECE points that cover m points.

    >>> pieces(3000)
    [slice(0, 2048, None), slice(2048, 4096, None)]
    """
    return [slice(first, first + PIECE) for first in range(0, m, PIECE)]


def in_words(interpolant: Interpolant, kind: str, more: str = "") -> str:
    """What an interpolant is, in one line: its kind, degree, interval and the shape of its values."""
    a, b = interpolant.interval
    values = interpolant._values
    shape = f", values of shape {values.shape}" if values.shape else ""
    number = ", complex" if values.is_complex else ""
    outside = "" if interpolant.extrapolate else ", NaN outside"
    return f"<{kind} on [{a:g}, {b:g}]{more}{shape}{number}{outside}>"
