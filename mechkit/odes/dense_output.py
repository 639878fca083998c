"""The solution between the ends of a step: one polynomial for each step, in Newton's form on the nodes 0, 1, 0, 1, ...

With x from 0 to 1 along the step, y(x) = y0 + x (F0 + (1 - x) (F1 + x (F2 + (1 - x) (F3 + ...)))). Every method has
this form, whatever its degree. F0 is the change of y over the step. For a solution with a continuous derivative, F1 is
h y'(0) - F0 and F2 is F0 - h y'(1) - F1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array
from mechkit.counting import kernel


@kernel(cache=True, error_model="numpy")
def evaluate(y, F, x, out):
    """out = the dense output of one step at x; y (n,) its start, F (w, n) its coefficients.

    >>> from mechkit import law
    >>> law(evaluate, n=range(1, 6)).flops
    Polynomial('6n + 1')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section II.6
    width = F.shape[0]
    left = 1.0 - x
    for i in range(y.size):
        s = F[width - 1, i] * (left if width % 2 == 0 else x)
        for k in range(1, width):
            j = width - 1 - k
            s = (s + F[j, i]) * (left if j % 2 == 1 else x)
        out[i] = y[i] + s


@kernel(cache=True, error_model="numpy")
def sample(t, h, y, F, steps, times, out):
    """out (k, n) = the dense output at times (k,), each in one of the steps (k,), which begin at t (m,), y (m, n).

    h (m,) : the lengths of the steps.

    >>> from mechkit import law
    >>> law(sample, n=range(1, 6)).flops
    Polynomial('6n + 3')
    """
    for k in range(times.size):
        j = steps[k]
        evaluate(y[j], F[j], (times[k] - t[j]) / h[j], out[k])


@kernel(cache=True, error_model="numpy")
def newton_from_powers(c):
    """The coefficients F (w, n) of y(x) = y0 + c[0] x + c[1] x^2 + ..., in place of c (w, n).

    Each division by x or by 1 - x leaves its remainder, the next coefficient.

    >>> from mechkit import law
    >>> law(newton_from_powers, n=range(1, 6)).flops
    Polynomial('2n')
    """
    width = c.shape[0]
    for i in range(c.shape[1]):
        for j in range(width):  # c[j], c[j + 1], ... are what is left, a polynomial in x
            if j % 2 == 0:  # its value at x = 1, then the quotient by 1 - x
                for k in range(1, width - j):
                    m = width - 1 - k
                    c[m, i] = c[m, i] + c[m + 1, i]
                for k in range(j + 1, width):
                    c[k, i] = -c[k, i]
            # its value at x = 0 is c[j], and the quotient by x is what follows


class DenseOutput:
    """The solution as a function of t, between the start and where the integration ended.

    ts (m + 1,), y (m + 1, n) : the ends of the steps; name : what messages call the time.

    lengths (m,), coefficients (m, width, n) : their dense output.
    sol(t) gives (n,) for a number, and (n, k) for k times in any order.

    >>> sol = DenseOutput(np.array([0.0, 2.0]), np.array([[1.0], [3.0]]), np.array([2.0]), np.array([[[2.0]]]))
    >>> sol(0.5), sol([0.0, 1.0])
    (array([1.5]), array([[1., 2.]]))
    >>> sol(3.0)
    Traceback (most recent call last):
    ValueError: t is 3; the solution is known from 0 to 2
    """

    def __init__(
        self, ts: np.ndarray, y: np.ndarray, lengths: np.ndarray, coefficients: np.ndarray, name: str = "t"
    ) -> None:
        self.name = name
        self.ts, self.y, self.lengths, self.coefficients = ts, y, lengths, coefficients
        self.t_min, self.t_max = float(min(ts[0], ts[-1])), float(max(ts[0], ts[-1]))

    def __call__(self, t: Any) -> np.ndarray:
        """The state at t, as (n,), or at each of k times, as (n, k)."""
        times = float_array(self.name, t, (0, 1), may_be_empty=True).astype(np.float64).ravel()
        outside = (times < self.t_min) | (times > self.t_max)
        if outside.any():
            first = float(times[outside][0])
            raise ValueError(f"{self.name} is {first:g}; the solution is known from {self.t_min:g} to {self.t_max:g}")
        rows = sampled(self.ts, self.y, self.lengths, self.coefficients, times)
        return rows[0] if np.ndim(t) == 0 else rows.T


def sampled(
    ts: np.ndarray, y: np.ndarray, lengths: np.ndarray, coefficients: np.ndarray, times: np.ndarray
) -> np.ndarray:
    """Rows of the solution at times, which lie between the first and the last of ts.

    A time at which a step ends gets the state there itself.
    """
    out = np.empty((times.size, y.shape[1]))
    if ts.size == 1 or times.size == 0:
        out[:] = y[0]
        return out
    if ts[-1] >= ts[0]:
        steps = np.searchsorted(ts, times, side="right") - 1
    else:
        steps = np.searchsorted(-ts, -times, side="right") - 1
    steps = np.minimum(np.maximum(steps, 0), ts.size - 2)
    sample(ts, lengths, y, coefficients, steps, times, out)
    ends = times == ts[steps + 1]
    if ends.any():
        out[ends] = y[steps[ends] + 1]
    return out


@evaluate.example
def _(n):
    return np.arange(float(n)), np.ones((3, n)), np.float64(0.25), np.empty(n)


@sample.example
def _(n):
    t, h, y = np.arange(3.0), np.ones(2), np.ones((3, n))
    return t, h, y, np.ones((2, 3, n)), np.array([1], np.int64), np.array([1.25]), np.empty((1, n))


@newton_from_powers.example
def _(n):
    return (np.ones((3, n)),)
