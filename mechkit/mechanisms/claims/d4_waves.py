"""D4. Data made of frequencies is best fitted by waves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.interpolation import barycentric, trigonometric
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above
from mechkit.mechanisms.shared.charts import draw_lines

BEST = "waves fit data made of frequencies better than a polynomial with as many coefficients"
OTHER = "waves fit other data better as well"

#: Coefficients of both: odd, so that each frequency has its sine and its cosine.
SIZES = (9, 17, 33, 65, 129)
#: The size of the verdict.
N = 33
PERIOD = 2.0 * np.pi
#: Errors are looked for at so many points between the nodes.
POINTS = 2001


def three_waves(t: Any) -> Any:
    """Three frequencies."""
    return np.sin(t) + 0.5 * np.cos(5.0 * t) + 0.25 * np.sin(12.0 * t + 1.0)


def smooth(t: Any) -> Any:
    """All frequencies, soon very small."""
    return np.exp(np.sin(t))


def triangle(t: Any) -> Any:
    """All odd frequencies, with a kink at each half period."""
    return np.abs(np.remainder(t, PERIOD) - np.pi)


def narrow(t: Any) -> Any:
    """Many frequencies: a narrow hill in each period."""
    return 1.0 / (1.3 - np.cos(t - 2.0))


def growing(t: Any) -> Any:
    """No period: an exponential."""
    return np.exp(t / PERIOD)


def one_wave_and_a_half(t: Any) -> Any:
    """A frequency that does not fit into the interval."""
    return np.sin(1.5 * t + 0.5)


PERIODIC: Mapping[str, Callable[[Any], Any]] = {
    "three waves": three_waves,
    "exp(sin t)": smooth,
    "a triangle wave": triangle,
    "a narrow hill in each period": narrow,
}
NOT_PERIODIC: Mapping[str, Callable[[Any], Any]] = {
    "exp(t / 2 pi)": growing,
    "a wave that ends in its middle": one_wave_and_a_half,
}


def measure() -> Evidence:
    """The largest errors of waves and of polynomials, each through the nodes that suit them, by their coefficients."""
    every = {**PERIODIC, **NOT_PERIODIC}
    waves = {name: {n: wave_error(f, n) for n in SIZES} for name, f in every.items()}
    polynomials = {name: {n: polynomial_error(f, n) for n in SIZES} for name, f in every.items()}
    ratio = {name: polynomials[name][N] / waves[name][N] for name in every}
    needed = _coefficients(polynomials["exp(sin t)"]), _coefficients(waves["exp(sin t)"])
    return Evidence(
        checks=[
            *(Check(BEST, f"{name}, {N} coefficients", ratio[name], above(1)) for name in PERIODIC),
            *(Check(OTHER, f"{name}, {N} coefficients", ratio[name], above(1), within=False) for name in NOT_PERIODIC),
        ],
        headline=Headline(
            "For exp(sin t), a polynomial with 17 coefficients leaves {:,.0f} times the error of as many waves.",
            polynomials["exp(sin t)"][17] / waves["exp(sin t)"][17],
        ),
        gain=Gain("exp(sin t) to an error of 1e-6", *needed, unit="coefficients"),
        tables=[
            Table(
                f"Largest error over one period, {N} coefficients",
                ("data", "polynomial", "waves", "polynomial / waves"),
                [(name, polynomials[name][N], waves[name][N], ratio[name]) for name in every],
            )
        ],
        figures=[
            Figure(
                "Largest error over one period by the number of coefficients: waves win where the data has a period, "
                "and lose where it has none.",
                partial(_draw, waves, polynomials),
            )
        ],
        notes=[
            "Both have as many coefficients as nodes. Waves go through equidistant nodes, polynomials through roots of "
            "a Chebyshev polynomial, which are the best for them.",
        ],
    )


def wave_error(f: Callable[[Any], Any], n: int) -> float:
    """The largest error of the waves through n equidistant nodes."""
    t = PERIOD * np.arange(n) / n
    between = np.linspace(0.0, PERIOD, POINTS)
    return float(np.abs(trigonometric(t, f(t))(between) - f(between)).max())


def polynomial_error(f: Callable[[Any], Any], n: int) -> float:
    """The largest error of the polynomial through n Chebyshev nodes."""
    t = PERIOD / 2.0 * (1.0 - np.cos((2.0 * np.arange(n) + 1.0) * np.pi / (2.0 * n)))
    between = np.linspace(0.0, PERIOD, POINTS)
    return float(np.abs(barycentric(t, f(t))(between) - f(between)).max())


def _coefficients(errors: Mapping[int, float]) -> int:
    """How many coefficients reach an error of 1e-6."""
    return min(n for n, error in errors.items() if error <= 1e-6)


def _draw(waves: Mapping[str, Any], polynomials: Mapping[str, Any], axes: Any) -> None:
    shown = ("exp(sin t)", "exp(t / 2 pi)")
    lines = {f"{name}, waves": waves[name] for name in shown}
    lines |= {f"{name}, polynomial": polynomials[name] for name in shown}
    draw_lines(lines, "coefficients", "largest error", axes)


CLAIM = Claim(
    key="D4",
    mechanism="data tailoring",
    statement="Data made of frequencies is best fitted by waves.",
    source="RAND RR-A3485-1, appendix B, Fourier approximation",
    baseline="a polynomial through Chebyshev nodes",
    improvement="as many waves, through equidistant nodes",
    parts={BEST: "the error of the polynomial as a multiple of that of the waves"},
    limits={OTHER: "the same ratio, for data without a period"},
    measure=measure,
)
