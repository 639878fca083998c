"""C7. Initial value problems trade resolution against stability; small steps compound errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.measurement import law
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above, at_least
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.runs import counted
from mechkit.odes import euler, heun, rk4, stability_interval

RESOLUTION = "smaller steps resolve more"
STABILITY = "a step beyond the limit of stability ruins the solution, however smooth it is"
COMPOUND = "very small steps compound errors"
CARRIED = "sums that carry their rounding errors compound them as well"

METHODS: Mapping[str, tuple[Callable[..., Any], int]] = {"euler": (euler, 1), "heun": (heun, 2), "rk4": (rk4, 4)}
#: An oscillator from t = 0 to 10: steps of 1/10 and of 1/20, where cut off errors are all there is.
COARSE, FINE = 100, 200
#: Half a step: the error falls by 2^order, within a fifth.
SHARE = 0.8
#: The rate of a problem whose solution is cos t: a transient 1,000 times as fast.
RATE = 1000.0
#: Steps as parts of the limit of stability: just inside and just outside.
INSIDE, OUTSIDE = 0.9, 1.1
#: How many times worse the outside must be. Accuracy alone would allow a step of 0.1 there, 50 times the limit.
RUINED = 1e6
#: Numbers of steps for y' = y up to t = 1.
MANY = tuple(10**k for k in range(1, 7))
#: Errors compound where the error of the most steps is above this multiple of the smallest.
COMPOUNDED = 3.0
#: The error that the gain is measured for.
WANTED = 1e-4


def measure() -> Evidence:
    """Errors by the length of the step: cut off, unstable, and rounded."""
    cut = {name: {n: oscillator_error(method, n) for n in (COARSE, FINE)} for name, (method, _) in METHODS.items()}
    limits = {name: stability_interval(name)[0] for name in METHODS}
    stiff = {
        name: {part: stiff_error(method, part * limits[name] / RATE) for part in (INSIDE, OUTSIDE)}
        for name, (method, _) in METHODS.items()
    }
    rounded = {
        "rk4, single precision": growth(rk4, np.float32, False),
        "heun, single precision": growth(heun, np.float32, False),
        "rk4, double precision": growth(rk4, np.float64, False),
    }
    carried = growth(rk4, np.float32, True)
    flops = {name: flops_to(METHODS[name][0], WANTED) for name in ("euler", "rk4")}
    single = rounded["rk4, single precision"]
    return Evidence(
        checks=[
            *(
                Check(RESOLUTION, name, cut[name][COARSE] / cut[name][FINE], at_least(SHARE * 2**order))
                for name, (_, order) in METHODS.items()
            ),
            *(Check(STABILITY, name, row[OUTSIDE] / row[INSIDE], above(RUINED)) for name, row in stiff.items()),
            *(Check(COMPOUND, name, worst_of(row), above(COMPOUNDED)) for name, row in rounded.items()),
            Check(CARRIED, "rk4, single precision", worst_of(carried), above(COMPOUNDED), within=False),
        ],
        headline=Headline(
            "In single precision a million steps of RK4 are {:,.0f} times less accurate than the best number.",
            worst_of(single),
        ),
        gain=Gain(f"an oscillator over ten units of time to an error of {WANTED:g}", flops["euler"], flops["rk4"]),
        tables=[
            Table(
                f"An oscillator up to t = 10: errors with {COARSE} and with {FINE} steps",
                ("method", f"{COARSE} steps", f"{FINE} steps", "ratio"),
                [(name, row[COARSE], row[FINE], row[COARSE] / row[FINE]) for name, row in cut.items()],
            ),
            Table(
                f"y' = -{RATE:g} (y - cos t), whose solution is smooth: errors at t = 1",
                ("method", "longest stable step", f"error at {INSIDE} of it", f"error at {OUTSIDE} of it"),
                [(name, limits[name] / RATE, row[INSIDE], row[OUTSIDE]) for name, row in stiff.items()],
            ),
            Table(
                "y' = y up to t = 1: errors by the number of steps",
                ("steps", *rounded, "rk4, single, compensated"),
                [(n, *(row[n] for row in rounded.values()), carried[n]) for n in MANY],
            ),
        ],
        laws=[
            LawsBySize(
                "An oscillator: all errors fall with 1/k^4 if RK4 takes k steps, Heun's method k^2, and Euler's k^4.",
                {name: law(partial(steps_alike, name), k=range(1, 8)).flops for name in METHODS},
                {"k": (2, 100, 10)},
            )
        ],
        figures=[
            Figure(
                "Errors of y' = y at t = 1. Too long steps to the left. To the right rounding errors add up, unless "
                "each sum carries its own into the next.",
                partial(_draw, {**rounded, "rk4, single, compensated": carried}),
            )
        ],
        notes=["All of the right-hand sides are computed in double precision; the sums are in the precision named."],
    )


def oscillator(t, y):
    """The sine and the cosine."""
    return [y[1], -y[0]]


def lagging(t, y, rate):
    """What follows cos t, with a transient of a rate."""
    return [-rate * (y[0] - math.cos(t)) - math.sin(t)]


def exponential(t, y):
    """Growth in proportion."""
    return [y[0]]


def oscillator_error(method: Callable[..., Any], steps: int) -> float:
    """The error at t = 10 of the oscillator that starts at (1, 0)."""
    end = method(oscillator, (0, 10), [1.0, 0.0], steps).y[:, -1]
    return float(np.hypot(end[0] - math.cos(10.0), end[1] + math.sin(10.0)))


def steps_alike(name: str, k: int) -> None:
    """The oscillator with as many steps as make the errors of all methods fall with the same power of k."""
    method, order = METHODS[name]
    method(oscillator, (0, 10), [1.0, 0.0], k ** (4 // order))


def stiff_error(method: Callable[..., Any], h: float) -> float:
    """The largest error over the last tenth, with steps of about h up to t = 1; 1e300 where it overflows."""
    steps = round(1.0 / h)
    r = method(lagging, (0, 1), [1.0 + 1e-6], steps, args=(RATE,))
    error = np.abs(r.y[0] - np.cos(r.t))[-max(steps // 10, 1) :].max()
    return float(min(error, 1e300)) if np.isfinite(error) else 1e300


def growth(method: Callable[..., Any], dtype: Any, compensated: bool) -> dict[int, float]:
    """Errors of y' = y at t = 1, by the number of steps; at least the rounding of the result itself."""
    least = float(np.finfo(dtype).eps)
    found = {}
    for n in MANY:
        y = method(exponential, (0, 1), [1.0], n, compensated=compensated, dtype=dtype).y[0, -1]
        found[n] = max(abs(float(y) - math.e), least)
    return found


def worst_of(row: Mapping[int, float]) -> float:
    """The error of the most steps, as a multiple of the smallest error."""
    return row[max(row)] / min(row.values())


def flops_to(method: Callable[..., Any], wanted: float) -> int:
    """The flops of the fewest steps that bring the oscillator within an error."""
    steps = next(2**k for k in range(1, 24) if oscillator_error(method, 2**k) <= wanted)
    return counted(method, oscillator, (0, 10), [1.0, 0.0], steps)[1].flops


def _draw(rows: Mapping[str, Mapping[int, float]], axes: Any) -> None:
    draw_lines(rows, "steps", "error", axes, loc="upper center", fontsize=12)


CLAIM = Claim(
    key="C7",
    mechanism="complexity trade-offs",
    statement="Initial value problems trade resolution against stability; small steps compound errors.",
    source="RAND RR-A3485-1, appendix B, differential equations",
    baseline="explicit steps of Euler's method",
    improvement="steps of higher order: Heun's method and Kutta's of order 4",
    parts={
        RESOLUTION: "the error as a multiple of that with twice as many steps",
        STABILITY: "the error just outside the limit of stability as a multiple of that just inside",
        COMPOUND: "the error with a million steps as a multiple of the smallest error",
    },
    limits={CARRIED: "the same with compensated sums"},
    measure=measure,
)
