"""What all iterations share: their arguments, the system as they see it, and how they end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array, not_negative, whole
from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.linear_systems.operators import five_point_star
from mechkit.linear_systems.result import IterativeResult
from mechkit.linear_systems.vectors import dot

#: History is kept in blocks of this many steps, so that maxiter may be large and costs nothing.
BLOCK = 1000
#: So many rows of a matrix are copied at a time.
ROWS = 1024
#: A residual of so many units of rounding in its terms is due to rounding.
ROUNDING = 4.0
#: Squared residuals that differ by less, relatively, are the same but for rounding.
SAME = 1e-9
#: An iteration is too slow where so many times the steps taken are missing, at the rate of their later half.
SLOW = 100.0
#: Fewer steps tell no rate.
FEW = 10
#: Kernels without the compiler would warn of an overflow that the result's message tells.
QUIET = np.errstate(over="ignore", invalid="ignore")


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def residual(apply, data, x, b, r):
    """r = b - Ax. Returns r'r.

    >>> from mechkit import law
    >>> law(residual, n=range(2, 7)).flops  # n x n points: 5n^2 - 2n for Ax, then three operations for each
    Polynomial('8n^2 - 2n')
    """
    apply(*data, x, r)
    rr = ZERO
    for i in range(r.size):
        r[i] = b[i] - r[i]
        rr = rr + r[i] * r[i]
    return rr


@residual.example
def _(n):
    return five_point_star, (n,), np.ones(n * n), np.arange(float(n * n)), np.zeros(n * n)


@dataclass(frozen=True, eq=False)
class System:
    """Ax = b as an iteration sees it: b and x divided, exactly, by the power of two that makes b of size 1.

    So no norm overflows or underflows before its time. b, x : (n,), x the start, to be worked in; square : b'b;
    start_given : whether x may be other than zero; bound : the square of the norm that a residual may have at the end,
    the larger of rtol times that of b, and atol; goal : that norm, as the caller sees it; maxiter : most steps.
    """

    b: np.ndarray
    x: np.ndarray
    exponent: int
    square: Any
    start_given: bool
    bound: Any
    goal: float
    maxiter: int

    def unscaled(self, value: Any) -> Any:
        """A solution, or the norm of a residual, as the caller sees it."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(value, self.exponent)

    def scaled(self, x: np.ndarray) -> np.ndarray:
        """A solution as the iteration sees it: the inverse of `unscaled`."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(x, -self.exponent)

    def first_residual(self, apply: Any, data: tuple[Any, ...], r: np.ndarray) -> Any:
        """r = b - Ax at the start. Returns r'r."""
        if self.start_given:
            return residual(apply, data, self.x, self.b, r)
        r[:] = self.b
        return self.square

    def ran_out(self, rr: Any, done: str, advice: str) -> str:
        """The message where maxiter was not enough."""
        return f"{self.above(rr, done)}; raise maxiter, or {advice}"

    def above(self, rr: Any, done: str) -> str:
        """How large the residual is, and how large it may be."""
        norm = float(self.unscaled(math.sqrt(rr)))
        return f"after {done} the residual is {norm:.2g}, above the tolerance {self.goal:.2g}"

    def limit(self, rr: Any, done: str, matrix: Any) -> str | None:
        """The message where the residual is no larger than rounding makes it; matrix : or None."""
        if matrix is None or not np.isfinite(rr):
            return None
        x = np.abs(self.x)
        terms = np.abs(self.b)
        with np.errstate(all="ignore"):
            for first in range(0, terms.size, ROWS):  # of |A| no more than so many rows at a time
                terms[first : first + ROWS] += abs(matrix[first : first + ROWS]) @ x
        if not math.sqrt(rr) <= ROUNDING * float(np.finfo(self.b.dtype).eps) * float(np.linalg.norm(terms)):
            return None
        return f"{self.above(rr, done)}, and as small as rounding allows: take a larger rtol or atol"

    def too_slow(self, squares: list[Any]) -> str | None:
        """The message where the later half of the steps has brought little or nothing; squares : see `met`."""
        every = joined(squares)
        nit = every.size - 1
        goal = max(float(self.bound), float(every[0]) * float(np.finfo(self.b.dtype).eps) ** 2)
        best = smallest(every)
        before = float(every[: nit // 2 + 1].min())
        after = float(every[best])
        if nit < FEW or after <= goal:
            return None
        gain = math.log(before / after) / (nit - nit // 2)  # of a step
        if math.log(after / goal) <= SLOW * nit * gain:
            return None
        least = float(self.unscaled(math.sqrt(after)))
        least_of_all = f"the smallest one, after {best}, is {least:.2g}"
        return (
            f"{self.above(every[-1], f'{nit} steps')}; {least_of_all}: the iteration does not converge, or too slowly"
        )

    def product(self, matrix: Any, apply: Any, data: tuple[Any, ...], x: np.ndarray) -> np.ndarray:
        """Ax: for a check, not counted where there is a matrix."""
        if matrix is not None:
            return matrix @ x
        y = np.empty_like(x)
        apply(*data, x, y)
        return y

    def residual_of(self, matrix: Any, apply: Any, data: tuple[Any, ...], r: np.ndarray) -> Any:
        """r'r for r = b - Ax from x itself: a check, not counted where there is a matrix."""
        if matrix is None:
            return residual(apply, data, self.x, self.b, r)
        r[:] = self.b - matrix @ self.x
        return r.dtype.type(r @ r)

    def met(self, squares: list[Any]) -> IterativeResult:
        """The result of a success; squares: the squared norms of the residuals, numbers or arrays of them."""
        steps = sum(np.size(part) for part in squares) - 1
        return self.end(squares, 0, f"the tolerance is met after {in_steps(steps)}")

    def overflows(self) -> str:
        """The message where x does not fit into its numbers."""
        return f"x overflows {self.x.dtype}; scale the system, or use float64"

    def end(self, squares: list[Any], status: int, message: str) -> IterativeResult:
        """The result; squares: see `met`."""
        x = self.unscaled(self.x)
        if status == 0 and not np.isfinite(x).all():
            status, message = -1, self.overflows()
        history = self.unscaled(np.sqrt(joined(squares).astype(np.float64)))
        return IterativeResult(x, status == 0, status, message, history.size - 1, history)


def in_steps(number: int) -> str:
    """A number of steps, for a message.

    >>> in_steps(1), in_steps(2)
    ('1 step', '2 steps')
    """
    return "1 step" if number == 1 else f"{number} steps"


def joined(squares: list[Any]) -> np.ndarray:
    """One array of numbers and arrays of them.

    >>> joined([3.0, np.array([2.0, 1.0])])
    array([3., 2., 1.])
    """
    return np.concatenate([np.atleast_1d(part) for part in squares])


def smallest(squares: np.ndarray) -> int:
    """The first of the squared residuals that are as small as any, but for rounding.

    >>> smallest(np.array([3.0, 1.0 + 1e-12, 2.0, 1.0]))
    1
    """
    return int(np.argmax(squares <= np.nanmin(squares) * (1.0 + SAME)))


def system(b: Any, x0: Any, n: int | None, dtype: Any, rtol: float, atol: float, maxiter: int | None) -> System:
    """Check what all iterations are given; n, dtype are those of the matrix.

    >>> found = system([3.0, 4.0], None, 2, np.float64, 0.5, 0.0, None)
    >>> found.b, found.exponent, float(found.bound), found.maxiter
    (array([0.375, 0.5  ]), 3, 0.09765625, 20)
    """
    right = _vector("b", b)
    order = right.size if n is None else n
    if right.size != order:
        raise ValueError(f"b has shape {right.shape}; it needs {order} rows, one an unknown")
    start = np.zeros_like(right) if x0 is None else _vector("x0", x0)
    if start.size != order:
        raise ValueError(f"x0 has shape {start.shape}; it needs {order} rows, like b")
    rtol, atol = not_negative("rtol", rtol), not_negative("atol", atol)
    most = 10 * order if maxiter is None else whole("maxiter", maxiter)
    dtype = right.dtype if dtype is None else np.result_type(dtype, right)
    largest = float(np.abs(right).max())
    exponent = math.frexp(largest)[1]
    with np.errstate(over="ignore", under="ignore"):
        scaled = np.ldexp(right.astype(dtype), -exponent)
        x = np.ldexp(start.astype(dtype) if largest else np.zeros(order, dtype), -exponent)
        square = scaled.dtype.type(dot(scaled, scaled))
        tolerance = max(rtol * math.sqrt(square), float(np.ldexp(float(atol), -exponent)))
    # A squared norm below this has lost digits to underflow, or all of them: that is as good as zero.
    limits = np.finfo(dtype)
    bound = min(max(tolerance**2, float(limits.tiny / limits.eps)), float(limits.max))
    with np.errstate(over="ignore", under="ignore"):
        goal = float(np.ldexp(tolerance, exponent))
    return System(scaled, x, exponent, square, bool(largest) and x0 is not None, scaled.dtype.type(bound), goal, most)


def _vector(name: str, value: Any) -> np.ndarray:
    """A vector, also where it is given as a matrix of one column."""
    array = float_array(name, value, (1, 2))
    if array.ndim == 2 and array.shape[1] != 1:
        raise ValueError(f"{name} has shape {array.shape}; an iteration takes one right-hand side at a time: (n,)")
    return array.reshape(-1)


def told(callback: Any) -> Any:
    """A callback, checked: a function of one argument, or None."""
    if callback is not None and not callable(callback):
        raise TypeError(f"callback is {callback!r}; it must be a function of one argument")
    return callback


def asymmetry(matrix: Any) -> str | None:
    """Where a matrix is not symmetric, in words; None where it is, but for rounding, and where there is no matrix.

    >>> asymmetry(np.array([[1.0, 2.0], [3.0, 1.0]]))
    'A is not symmetric: A[0, 1] is 2, and A[1, 0] is 3'
    """
    if matrix is None:
        return None
    n = matrix.shape[0]
    eps = float(np.finfo(matrix.dtype).eps)
    w = np.random.default_rng(0).standard_normal(n).astype(matrix.dtype)
    first, second = matrix @ w, matrix.T @ w  # the same, if A is symmetric
    apart = np.abs(first - second)
    i = int(np.argmax(apart))
    if not apart[i] > 1e3 * math.sqrt(n) * eps * float(np.abs(first).max()):
        return None
    unit = np.zeros(n, matrix.dtype)
    unit[i] = 1.0
    row, column = matrix.T @ unit, matrix @ unit
    j = int(np.argmax(np.abs(row - column)))
    (i, j, here, there) = (i, j, row[j], column[j]) if i < j else (j, i, column[j], row[j])
    return f"A is not symmetric: A[{i}, {j}] is {here:.6g}, and A[{j}, {i}] is {there:.6g}"


def not_finite(nit: int) -> str:
    """The message where NaN or infinity comes up."""
    return (
        f"the numbers are no longer finite after {nit} steps: A or M gives NaN or infinity, x0 is too large, or the "
        "range of their precision is too small"
    )
