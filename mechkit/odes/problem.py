"""What an integrator is given, what it fills, and how it tells why it stopped: the rooms between driver and methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

#: Why `Integrator.advance` returns: the batch is full; the end is reached; the step is below the spacing of numbers;
#: the right-hand side is NaN or infinite however short the step; Newton's iteration fails however short the step.
RUNNING, FINISHED, STEP_TOO_SMALL, NOT_FINITE, NOT_SOLVED = range(5)

#: Double precision's spacing of numbers near 1.
EPS = float(np.finfo(np.float64).eps)
#: A step shorter than this many spacings of t is too short to trust.
SHORTEST = 10.0


class Limits(NamedTuple):
    """What bounds the steps, for kernels: where to end, the longest step, the tolerances (n,) and relative."""

    end: float
    max_step: float
    atol: Any
    rtol: float


@dataclass
class Problem:
    """An initial value problem as an integrator takes it.

    f : kernel f(t, y, out) by address; t0, end : where it starts and ends, end below t0 to go backwards; y0 : (n,)
    start; rtol, atol : tolerances, atol (n,); first_step : length of the first step, 0 to choose one; max_step : length
    that no step exceeds; jac : kernel jac(t, y, out) by address, or None; options : what else a method takes.
    """

    f: Any
    t0: float
    end: float
    y0: np.ndarray
    rtol: float
    atol: np.ndarray
    first_step: float = 0.0
    max_step: float = np.inf
    jac: Any = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def direction(self) -> float:
        """1.0 forwards in time, -1.0 backwards."""
        return 1.0 if self.end >= self.t0 else -1.0

    @property
    def limits(self) -> Limits:
        """What bounds the steps."""
        return Limits(self.end, self.max_step, self.atol, self.rtol)


@dataclass
class Batch:
    """Room for the next steps. Step k leads from row k to row k + 1; row 0 is where the batch begins, and is given.

    t : (m + 1,) times; y : (m + 1, n) states; dense : (m, width, n) coefficients of the dense output of each step, as
    `dense_output.evaluate` reads them, or (0, width, n) where they are not wanted.
    """

    t: np.ndarray
    y: np.ndarray
    dense: np.ndarray

    @classmethod
    def of(cls, steps: int, n: int, width: int, dense: bool) -> Batch:
        """Empty room for so many steps."""
        return cls(np.empty(steps + 1), np.empty((steps + 1, n)), np.empty((steps if dense else 0, width, n)))


class Integrator(Protocol):
    """A method at work on one problem; nlu : its factorizations so far."""

    nlu: int

    @property
    def rejected(self) -> int:
        """Steps tried and not taken."""

    @property
    def fault(self) -> tuple[float, int]:
        """Where f was not finite: the time and the component."""

    def advance(self, batch: Batch) -> tuple[int, int]:
        """Fill rows 1, 2, ... of a batch. Returns how many steps were taken, and why it stopped: RUNNING, ...

        The end of the last step is the problem's end, exactly. f is called between t0 and end only.
        """

    def is_stiff(self, t: float, y: np.ndarray) -> bool:
        """Whether stability, not accuracy, holds the steps short at the last state; False for an implicit method."""


@dataclass(frozen=True)
class Method:
    """A method of `solve_ivp`.

    start : makes the integrator of a problem; width : how many coefficients per unknown its dense output has;
    implicit : whether it uses a Jacobian; options : names of the options that it takes besides those of all.
    """

    start: Callable[[Problem], Integrator]
    width: int
    implicit: bool = False
    options: tuple[str, ...] = ()
