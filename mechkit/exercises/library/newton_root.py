"""Newton's root step: twice the digits with each evaluation."""

import numpy as np

from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `newton(f, df, x, tolerance)`. The function f is convex and rises, df is its derivative, and x lies to the right
of the root. It returns a number whose distance from the root is at most the tolerance.

The tolerance is 2^-n. At most log2(n) + 5 evaluations of f, and as many of df, are allowed: each step must double the
number of right digits.
"""


def problem(n, rng):
    """A rising and convex function of one of two kinds, its derivative, a start, a tolerance."""
    s = float(rng.uniform(1.2, 1.8))
    if rng.random() < 0.5:
        cube = s * s * s
        return lambda x: x * x * x - cube, lambda x: 3.0 * x * x, 2.0, 2.0**-n
    value = float(np.exp(s))
    return lambda x: np.exp(x) - value, lambda x: np.exp(x), 2.0, 2.0**-n


def check(x, f, df, start, tolerance):
    """Whether a root is nearer than the tolerance."""
    if np.ndim(x) or not 0.0 <= x <= start:
        return f"{x!r} is no number between 0 and the start"
    reach = tolerance * (1.0 + 1e-3)
    return bool(f(x - reach) <= 0.0 <= f(x + reach)) or "the root is further away than the tolerance"


exercise = Exercise(
    "newton",
    problem,
    check,
    n=(10, 20, 40),
    seeds=2,
    at_most={"f": "log2(n) + 5", "jac": "log2(n) + 5"},
    at_least={"calls": 4},
    points=5,
)

SOLUTION = """
def newton(f, df, x, tolerance):
    step = 1.0
    while abs(step) > tolerance:
        step = f(x) / df(x)
        x = x - step
    return x
"""

RIGHT = {
    "a bounded number of steps": """
def newton(f, df, x, tolerance):
    for k in range(8):
        step = f(x) / df(x)
        x -= step
        if step < tolerance:
            break
    return x
""",
    "recursive": """
def improve(f, df, x, tolerance):
    step = f(x) / df(x)
    if abs(step) < 0.5 * tolerance:
        return x
    return improve(f, df, x - step, tolerance)

def newton(f, df, x, tolerance):
    return improve(f, df, x, tolerance)
""",
    "it stops before the last step": """
def newton(f, df, x, tolerance):
    y = f(x)
    while True:
        step = y / df(x)
        x = x - step
        if step * step < tolerance:
            return x
        y = f(x)
""",
}

WRONG = {
    "wrong: one step": """
def newton(f, df, x, tolerance):
    y = f(x) + 0.0 * f(2.0)
    return x - y / (df(x) + 0.0 * df(2.0))
""",
    "wrong: the step goes up": """
def newton(f, df, x, tolerance):
    for k in range(5):
        x = x + f(x) / df(x)
    return x
""",
    "expensive: bisection": """
def newton(f, df, x, tolerance):
    a = 0.0
    while x - a > tolerance:
        m = 0.5 * (a + x)
        if f(m) < 0.0:
            a = m
        else:
            x = m
    return 0.5 * (a + x)
""",
    "expensive: the slope of the start": """
def newton(f, df, x, tolerance):
    slope = df(x)
    step = 1.0
    while step > 0.1 * tolerance:
        step = f(x) / slope
        x = x - step
    return x
""",
    "expensive: twenty steps": """
def newton(f, df, x, tolerance):
    for k in range(20):
        x = x - f(x) / df(x)
    return x
""",
    "uncounted: an array of starts": """
import numpy as np

def newton(f, df, x, tolerance):
    starts = np.linspace(1.0, x, 4)
    return np.min(starts - f(starts) / df(starts))
""",
    "hard-coded: the formula for one kind of f": """
def newton(f, df, x, tolerance):
    c = x * x * x - f(x) + 0.0 * (f(x) + df(x) + df(x))
    return c ** (1.0 / 3.0)
""",
    "hanging: until f is zero": """
def newton(f, df, x, tolerance):
    y = f(x)
    while y != 0.0 or x > 0.0:
        x = x - y / df(x)
        y = f(x)
    return x
""",
}
