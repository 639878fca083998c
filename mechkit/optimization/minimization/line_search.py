"""The line search that the methods share: a step that satisfies the strong Wolfe conditions."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.linear_systems.vectors import dot
from mechkit.optimization.chosen_differences import gradient_kernel
from mechkit.optimization.differences import GIVEN, bowl, bowl_jac
from mechkit.optimization.functions import OBJECTIVE, VECTOR, function

#: The decrease that is asked for, as a part of what the slope at the start promises; and most trials of one search.
DECREASE, TRIALS = 1e-4, 40
#: Differences of f below this, relative to f, are rounding: there the slopes decide alone.
NOISE = 2.0**-50


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def move(x, step, p, trial):
    """trial = x + step p.

    >>> from mechkit import law
    >>> law(move, n=range(1, 6)).flops
    Polynomial('2n')
    """
    for i in range(x.size):
        trial[i] = x[i] + step * p[i]


@kernel(cache=True, error_model="numpy")
def largest_element(g):
    """The maximum norm of g, which holds no NaN.

    >>> from mechkit import law
    >>> found = law(largest_element, n=range(1, 6))
    >>> found["float64"]["abs"], found.flops == 0
    (Polynomial('n'), True)
    """
    largest = abs(g[0])
    for i in range(1, g.size):
        largest = max(largest, abs(g[i]))
    return largest


@kernel(cache=True, error_model="numpy")
def cubic_step(a, fa, da, b, fb, db):
    """Where the cubic with these values and slopes at a and b is least; NaN where it has no minimum.

    >>> cubic_step(0.0, 0.0, -1.0, 2.0, 0.0, 1.0)
    1.0
    >>> from mechkit import law
    >>> law(lambda n: cubic_step(*cubic_step.example_arguments(n)), n=range(1, 6)).flops
    Polynomial('21')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (3.59)
    q = (fa - fb) / (a - b)
    d1 = da + db - (q + q + q)
    square = d1 * d1 - da * db
    if square <= ZERO:
        return math.nan
    d2 = math.copysign(math.sqrt(square), b - a)
    return b - (b - a) * ((db + d2 - d1) / (db - da + d2 + d2))


@kernel(cache=True, error_model="numpy")
def quadratic_step(a, fa, da, b, fb):
    """Where the parabola with these values at a and b, and this slope at a, is least.

    >>> quadratic_step(0.0, 0.0, -1.0, 2.0, 0.0)
    1.0
    >>> from mechkit import law
    >>> law(lambda n: quadratic_step(*quadratic_step.example_arguments(n)), n=range(1, 6)).flops
    Polynomial('9')
    """
    # Nocedal and Wright, (3.57)
    w = b - a
    excess = fb - fa - da * w
    return a - da * w * w / (excess + excess)


@kernel(cache=True, error_model="numpy")
def strong_wolfe(f, jac, how, gradient_of, x, fx, slope, p, step, curvature, trial, g):
    """A step along p, `step` tried first. Returns it and f there; trial is the point, g its gradient.

    f, jac, how, gradient_of : as in chosen_differences.py; fx, slope : f and its derivative along p at x; curvature :
    the part of the slope that may be left. The step is 0 where no lower point was found, or p does not lead down. Then
    f is NaN where f or its gradient was not finite at the nearest point that was tried. It is -inf where that was met.

    One trial, the first, may do; here it costs 4n flops for f and n for its gradient:

    >>> from mechkit import law
    >>> law(strong_wolfe, n=range(1, 6)).flops
    Polynomial('9n + 6')
    """
    # Nocedal and Wright, algorithms 3.5 and 3.6 in one loop: until high is finite, nothing is bracketed
    low, f_low, d_low = 0.0, fx, slope
    high, f_high, d_high = math.inf, math.inf, math.nan
    noise = NOISE * abs(fx)
    if not slope < 0.0:
        return 0.0, fx
    for _ in range(TRIALS):
        move(x, step, p, trial)
        f_new, d_new = f(trial), math.nan
        if f_new == -math.inf:  # there is no gradient
            for i in range(g.size):
                g[i] = f_new
            return step, f_new
        if f_new <= min(fx + DECREASE * step * slope, f_low) + noise:
            gradient_of(f, jac, how, trial, f_new, g)
            d_new = dot(g, p)
            if not math.isfinite(d_new):
                f_new = math.nan
        if not math.isfinite(d_new):  # 1  too far: f is not low enough there, or it or its gradient is not finite
            high, f_high, d_high = step, f_new, math.nan
        elif abs(d_new) <= -curvature * slope:
            return step, f_new
        else:
            last, f_last, d_last = low, f_low, d_low
            if d_new * (high - low) >= 0.0:  # 2  the slope leads back to low
                high, f_high, d_high = low, f_low, d_low
            low, f_low, d_low = step, f_new, d_new
            if high == math.inf:  # 3  not far enough
                step = cubic_step(last, f_last, d_last, low, f_low, d_low)
                step = min(max(step, 2.0 * low), 10.0 * low) if step > low else 10.0 * low
                continue
        width = high - low  # 4  between low and high, and not too near to either
        if not math.isfinite(f_high):
            step = low + 0.1 * width
            continue
        if math.isnan(d_high):
            part = (quadratic_step(low, f_low, d_low, high, f_high) - low) / width
        else:
            part = (cubic_step(low, f_low, d_low, high, f_high, d_high) - low) / width
        if math.isnan(part):
            part = 0.5
        step = low + min(max(part, 0.1), 0.9) * width
    if not f_low < fx - noise:
        return 0.0, fx if math.isfinite(f_high) else math.nan
    move(x, low, p, trial)  # 5  lower, though the slope is still steep
    gradient_of(f, jac, how, trial, f_low, g)
    return low, f_low


@move.example
def _(n):
    return np.ones(n), np.float64(0.5), np.arange(float(n)), np.empty(n)


@largest_element.example
def _(n):
    return (np.linspace(-3.0, 2.0, n),)


@cubic_step.example
def _(n):
    return np.float64(0), np.float64(0), np.float64(-1), np.float64(n), np.float64(0), np.float64(1)


@quadratic_step.example
def _(n):
    return np.float64(0), np.float64(0), np.float64(-1), np.float64(n), np.float64(0)


@strong_wolfe.example
def _(n):
    x, g = np.ones(n), bowl_jac(np.ones(n))
    f, jac = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR, "jac")
    return f, jac, GIVEN, gradient_kernel(GIVEN), x, bowl(x), -float(g @ g), -g, 0.5 / n, 0.9, np.empty(n), np.empty(n)
