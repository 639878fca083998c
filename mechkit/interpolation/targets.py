"""What is approximated: a function on an interval, or data; with a search for the extrema of an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.interpolation.chebyshev import chebyshev_nodes
from mechkit.interpolation.data import sorted_nodes_and_values

#: So many points between two of the reference are looked at for a larger error.
BETWEEN = 16
#: Points of the last check, which no step has looked at, for each coefficient.
CHECKED = 200
#: At least so many: a low degree does not mean that the function has wide features.
AT_LEAST = 2000


class Function:
    """A function on an interval, called with arrays where it takes them."""

    def __init__(self, f: Callable[[Any], Any], ends: tuple[float, float]) -> None:
        self.f, self.ends = f, ends
        self.calls = 0
        self.by_array = self._takes_arrays()

    def _takes_arrays(self) -> bool:
        a, b = self.ends
        points = a + (b - a) * np.array([0.1234, 0.5678, 0.9012])
        try:
            found = np.asarray(self.f(points))
            if found.shape != points.shape:
                return False
            try:
                alone = [self.f(float(t)) for t in points]
            except Exception:  # it takes arrays only
                alone = [self.f(t)[0] for t in points.reshape(3, 1)]
            return bool(all(one == value for one, value in zip(alone, found, strict=True)))
        except Exception:  # whatever a function of one number does with an array
            return False

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """The values at points; raises TypeError and ValueError where one is not real and finite."""
        self.calls += t.size
        found = np.asarray(self.f(t) if self.by_array else [self.f(float(point)) for point in t])
        if found.dtype.kind not in "biuf":
            raise TypeError(f"f returns {found.dtype} values; it must return real numbers")
        if found.shape != t.shape:
            raise TypeError(f"f returns an array of shape {found.shape[1:]} at one point; it must return one number")
        values = found.astype(np.float64)
        if not np.isfinite(values).all():
            i = int(np.argmin(np.isfinite(values)))
            raise ValueError(f"f({float(t[i])!r}) is {values[i]}; f must be finite on the interval")
        return values

    def candidates(self, reference: np.ndarray) -> np.ndarray:
        """Ascending points where larger errors are looked for: the reference, points between, Chebyshev points."""
        corners = np.concatenate([[self.ends[0]], reference, [self.ends[1]]])
        share = 0.5 - 0.5 * np.cos(np.pi * np.arange(BETWEEN) / BETWEEN)
        inner = corners[:-1, np.newaxis] + np.diff(corners)[:, np.newaxis] * share
        grid = chebyshev_nodes(BETWEEN * reference.size, "extrema", self.ends)
        return np.unique(np.concatenate([inner.ravel(), corners, grid]))

    def refined(self, t: np.ndarray, peaks: np.ndarray, error: Any, noise: float) -> np.ndarray:
        """Where the error is largest beside each candidate: intervals shrink until it is flat in them."""
        low, high = t[np.maximum(peaks - 1, 0)], t[np.minimum(peaks + 1, t.size - 1)]
        best = t[peaks]
        sign = np.sign(error(best))
        height = sign * error(best)
        share = np.linspace(0.0, 1.0, 9)
        rows = np.arange(best.size)
        finest = 4.0 * np.finfo(float).eps * max(abs(end) for end in self.ends)
        for _ in range(60):
            points = low[:, np.newaxis] + (high - low)[:, np.newaxis] * share
            sizes = sign[:, np.newaxis] * error(points.ravel()).reshape(points.shape)
            k = np.argmax(sizes, axis=1)
            better = sizes[rows, k] > height
            best = np.where(better, points[rows, k], best)
            height = np.where(better, sizes[rows, k], height)
            step = (high - low) / 8.0
            beside = np.minimum(sizes[rows, np.maximum(k - 1, 0)], sizes[rows, np.minimum(k + 1, 8)])
            flat = height - beside <= 1e-14 * height + noise
            if (flat | (best == self.ends[0]) | (best == self.ends[1]) | (step <= finest)).all():
                break
            low, high = np.maximum(best - step, low), np.minimum(best + step, high)
        return best

    def unseen(self, n: int) -> np.ndarray:
        """Many points, in another order than that of the search."""
        a, b = self.ends
        number = max(CHECKED * (n + 2), AT_LEAST)
        even = a + (b - a) * (np.arange(number) + 0.4142135623730951) / number
        return np.concatenate([even, chebyshev_nodes(number, "roots", self.ends)])


class Data:
    """Values at different points, which are all that is looked at."""

    calls = 0

    def __init__(self, data: Any, n: int) -> None:
        try:
            x, y = data
        except (TypeError, ValueError):
            raise TypeError(f"f_or_data must be a function or a pair (x, y); it is {type(data).__name__}") from None
        self.x, values = sorted_nodes_and_values(x, y, 1)
        if values.is_complex or values.shape:
            raise TypeError("y must be one real value at each point; approximate parts and components one by one")
        if n >= self.x.size:
            m = self.x.size
            raise ValueError(
                f"degree is {n}; {m} point{'s' * (m > 1)} determine{'s' * (m == 1)} a polynomial of degree {m - 1} at "
                "most: lower the degree"
            )
        self.y = values.rows[0]
        self.ends = (float(self.x[0]), float(self.x[-1]))

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """The values at some of the points."""
        return self.y[np.searchsorted(self.x, t)]

    def candidates(self, reference: np.ndarray) -> np.ndarray:
        """All points."""
        return self.x

    def refined(self, t: np.ndarray, peaks: np.ndarray, error: Any, noise: float) -> np.ndarray:
        """The candidates themselves."""
        return t[peaks]

    def unseen(self, n: int) -> np.ndarray:
        """All points."""
        return self.x


#: What is approximated: called with points it gives values, and it knows where errors are looked for.
Target = Function | Data
