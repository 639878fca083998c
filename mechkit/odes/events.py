"""Events: where a function of the solution crosses zero, found on the dense output of the steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.dense_output import evaluate
from mechkit.odes.right_hand_side import event_function

#: Parts of a step at whose ends the sign of an event function is looked at.
PARTS = 8
#: Halvings that bring a part of a step down to rounding.
HALVINGS = 60
#: Golden sections of a part, where |g| has a least value and may touch zero in between.
SECTIONS = 40


@kernel(cache=True, error_model="numpy")
def values_along(g, t, y, F, work, values):
    """values (m, p) = g at p equal parts of each of m steps, their ends among them; work : (n,).

    >>> from mechkit import law
    >>> law(values_along, n=range(1, 6)).flops
    Polynomial('36n + 36')
    """
    parts = values.shape[1]
    for k in range(values.shape[0]):
        h = t[k + 1] - t[k]
        for i in range(parts):
            x = (i + 1) / parts
            if i + 1 == parts:
                values[k, i] = g(t[k + 1], y[k + 1])
            else:
                evaluate(y[k], F[k], x, work)
                values[k, i] = g(t[k] + x * h, work)


@kernel(cache=True, error_model="numpy")
def crossing(g, t0, h, y, F, a, ga, b, work):
    """The x in (a, b] of a step from t0, of length h, up to which g has the sign of ga = g(a), by halving; work = y(x).

    The halvings, each with a value of the solution, here of 6n + 1 flops, and a call of g:

    >>> from mechkit import law
    >>> law(crossing, n=range(1, 6)).flops
    Polynomial('110n + 327')
    """
    for _ in range(HALVINGS):
        x = 0.5 * (a + b)
        if not a < x < b:
            break
        evaluate(y, F, x, work)
        value = g(t0 + x * h, work)
        if (ga < 0.0 and value < 0.0) or (ga > 0.0 and value > 0.0):
            a = x
        else:
            b = x
    evaluate(y, F, b, work)
    return b


@kernel(cache=True, error_model="numpy")
def nearest_to_zero(g, t0, h, y, F, a, b, sign, work):
    """The x between a and b where sign g is least, by golden section; or the first x found where it is not positive.

    >>> from mechkit import law
    >>> law(nearest_to_zero, n=range(1, 6)).flops
    Polynomial('168n + 336')
    """
    # Kiefer (1953); Press et al., Numerical Recipes, section 10.2
    golden = 0.6180339887498949
    low, high = b - golden * (b - a), a + golden * (b - a)
    evaluate(y, F, low, work)
    at_low = sign * g(t0 + low * h, work)
    evaluate(y, F, high, work)
    at_high = sign * g(t0 + high * h, work)
    for _ in range(SECTIONS):
        if at_low <= 0.0:
            return low
        if at_high <= 0.0:
            return high
        if at_low < at_high:
            b, high, at_high = high, low, at_low
            low = b - golden * (b - a)
            evaluate(y, F, low, work)
            at_low = sign * g(t0 + low * h, work)
        else:
            a, low, at_low = low, high, at_high
            high = a + golden * (b - a)
            evaluate(y, F, high, work)
            at_high = sign * g(t0 + high * h, work)
    return low if at_low < at_high else high


@dataclass
class Event:
    """One event function, what it asks for, and where it was zero so far.

    g : kernel g(t, y) by address; direction : 1 for upward crossings only, -1 for downward ones, 0 for both; after :
    how many crossings end the integration, 0 for no end; last : its latest value that had a sign; latest : its latest
    value, which may be zero or NaN.

    A crossing is a change from one sign to the other, or to zero. A start at zero is none: the ball that is thrown up
    from the ground has not landed. NaN is none either, and has no sign.
    """

    g: Any
    direction: float
    after: int
    last: float
    latest: float
    times: list[float] = field(default_factory=list)
    states: list[np.ndarray] = field(default_factory=list)

    @property
    def fulfilled(self) -> bool:
        """Whether it has crossed zero as often as ends the integration."""
        return 0 < self.after <= len(self.times)


def events_of(events: Any, t: float, y: np.ndarray, args: tuple[Any, ...], read: Any) -> list[Event]:
    """The events that a user gives: None, one function, or several; each may have attributes terminal and direction.

    >>> [event.after for event in events_of(lambda t, y: y[0], 0.0, np.ones(1), (), None)]
    [0]
    """
    if events is None:
        return []
    if not callable(events) and not isinstance(events, list | tuple):
        raise TypeError(f"events is {events!r}; it must be a function event(t, y), or a list of such functions")
    functions = [events] if callable(events) else list(events)
    made = []
    for i, function in enumerate(functions):
        name = "events" if callable(events) else f"events[{i}]"
        source = getattr(function, "py_func", function)
        terminal = getattr(function, "terminal", getattr(source, "terminal", False))
        direction = getattr(function, "direction", getattr(source, "direction", 0))
        if isinstance(terminal, bool | np.bool_ | None):
            after = int(bool(terminal))
        elif isinstance(terminal, int | np.integer) and terminal >= 0:
            after = int(terminal)
        else:
            raise ValueError(f"{name}.terminal is {terminal!r}; it must be True, False, or a number of crossings")
        if isinstance(direction, bool) or not isinstance(direction, int | float | np.number) or np.isnan(direction):
            raise ValueError(f"{name}.direction is {direction!r}; it must be 1, -1 or 0")
        g = event_function(function, t, y, args, read, name)
        value = float(g(t, y.copy()))
        made.append(Event(g, float(np.sign(direction)), after, value, value))
    return made


def find_crossings(event: Event, t: np.ndarray, y: np.ndarray, F: np.ndarray) -> list[tuple[float, np.ndarray, int]]:
    """The crossings of an event in the steps between rows of t and y, in order: the time, the state, the step.

    F : (m, width, n) the dense output. Each step has `PARTS` parts. A part whose ends have different signs holds one
    crossing. A part whose ends have the same sign holds two where |g| has its least value inside and g changes sign
    there.
    """
    values, work = np.empty((t.size - 1, PARTS)), np.empty(y.shape[1])
    values_along(event.g, t, y, F, work, values)
    along = np.concatenate([[event.last, event.latest], values.ravel()])
    signs = np.nan_to_num(np.sign(along), nan=0.0)
    kept = np.maximum.accumulate(np.where(signs != 0.0, np.arange(signs.size), 0))
    before = signs[kept][1:-1]  # the latest sign that was not zero, at the beginning of each part
    event.last, event.latest = float(along[kept[-1]]), float(along[-1])
    along, signs = along[1:], signs[1:]
    changes = (before != 0.0) & (signs[:-1] != 0.0) & (signs[1:] != before) & ~np.isnan(along[1:])
    size = np.concatenate([[np.inf], np.abs(along), [np.inf]])
    dips = (signs[1:] == before) & (signs[:-1] == before) & (before != 0.0)
    dips &= (size[:-3] >= size[1:-2]) & (size[2:-1] <= size[3:])
    found = []
    for part in np.flatnonzero(changes | dips):
        k, i = divmod(int(part), PARTS)
        step = t[k], t[k + 1] - t[k], y[k], F[k]
        a, b, sign = i / PARTS, (i + 1) / PARTS, float(before[part])
        pieces = [(a, sign, b)]
        if dips[part]:
            dip = nearest_to_zero(event.g, *step, a, b, sign, work)
            evaluate(y[k], F[k], dip, work)
            if not sign * event.g(step[0] + dip * step[1], work) < 0.0:
                continue
            pieces = [(a, sign, dip), (dip, -sign, b)]
        for low, here, high in pieces:
            if event.direction in (0.0, -here):
                x = crossing(event.g, *step, low, here, high, work)
                found.append((float(t[k + 1] if x == 1.0 else t[k] + x * step[1]), work.copy(), k))
    return found


def _wave(t, y):
    return y[0] - 0.5


@values_along.example
def _(n):
    g = event_function(_wave, 0.0, np.ones(n))
    return g, np.arange(3.0), np.ones((3, n)), np.ones((2, 3, n)), np.empty(n), np.empty((2, 4))


@crossing.example
def _(n):
    g = event_function(_wave, 0.0, np.ones(n))
    return g, 0.0, 1.0, np.zeros(n), np.ones((1, n)), 0.0, -0.5, 1.0, np.empty(n)


@nearest_to_zero.example
def _(n):
    g = event_function(_wave, 0.0, np.ones(n))
    return g, 0.0, 1.0, np.ones(n), np.stack([np.zeros(n), -np.ones(n)]), 0.0, 1.0, 1.0, np.empty(n)
