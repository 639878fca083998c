"""Find a root in a bracket with a bounded number of evaluations."""

import numpy as np

from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `find_root(f, a, b, tolerance)`. The function f rises from a negative value at a to a positive value at b. It
returns a number whose distance from the root of f is at most the tolerance.

Only evaluations of f are limited. The interval has the length 1 and the tolerance is 2^-n; at most n + 4 evaluations
are allowed, whatever f is. Which method promises this, and which one only hopes for it?
"""


def problem(n, rng):
    """A rising function of one of four kinds, a bracket, a tolerance."""
    s = float(rng.uniform(0.2, 0.8))
    steep = s**9
    kind = n // 5 % 4
    if kind == 0:
        return lambda x: x**9 - steep, 0.0, 1.0, 2.0**-n
    if kind == 1:
        return lambda x: np.exp(6.0 * x) - np.exp(6.0 * s), 0.0, 1.0, 2.0**-n
    if kind == 2:
        return lambda x: np.arctan(40.0 * (x - s)), 0.0, 1.0, 2.0**-n
    return lambda x: (x - s) ** 3, 0.0, 1.0, 2.0**-n


def check(x, f, a, b, tolerance):
    """Whether a root is nearer than the tolerance."""
    if np.ndim(x) or not a <= x <= b:
        return f"{x!r} is no number of the bracket"
    reach = tolerance * (1.0 + 1e-6)
    left, right = max(a, x - reach), min(b, x + reach)
    return bool(f(left) <= 0.0 <= f(right)) or "the root is further away than the tolerance"


exercise = Exercise(
    "find_root",
    problem,
    check,
    n=(5, 12, 15, 20),
    seeds=1,
    at_most={"calls": "n + 4", "flops": "60n + 40"},
    at_least={"calls": 4},
    points=5,
)

SOLUTION = """
def find_root(f, a, b, tolerance):
    while b - a > 2.0 * tolerance:
        m = a + (b - a) / 2.0
        if f(m) < 0.0:
            a = m
        else:
            b = m
    return a + (b - a) / 2.0
"""

RIGHT = {
    "signs of products": """
def find_root(f, a, b, tolerance):
    fa = f(a)
    while b - a > tolerance:
        m = 0.5 * (a + b)
        fm = f(m)
        if fm == 0.0:
            return m
        if fa * fm < 0.0:
            b = m
        else:
            a = m
            fa = fm
    return 0.5 * (a + b)
""",
    "steps that are halved": """
def find_root(f, a, b, tolerance):
    x = a
    step = (b - a) * 0.5
    while step >= tolerance:
        if f(x + step) <= 0.0:
            x = x + step
        step = step * 0.5
    return x
""",
    "recursive": """
def within(f, a, b, tolerance):
    m = (a + b) / 2
    if b - a <= tolerance:
        return m
    if f(m) > 0.0:
        return within(f, a, m, tolerance)
    return within(f, m, b, tolerance)

def find_root(f, a, b, tolerance):
    return within(f, a, b, tolerance)
""",
}

WRONG = {
    "wrong: the other half is kept": """
def find_root(f, a, b, tolerance):
    while b - a > tolerance:
        m = 0.5 * (a + b)
        if f(m) > 0.0:
            a = m
        else:
            b = m
    return 0.5 * (a + b)
""",
    "wrong: the value is small, the root is far": """
def find_root(f, a, b, tolerance):
    x = 0.5 * (a + b)
    y = f(x)
    k = 0
    while abs(y) > tolerance and k < 20:
        if y > 0.0:
            b = x
        else:
            a = x
        x = 0.5 * (a + b)
        y = f(x)
        k += 1
    return a + f(a) * f(b) * 0.0
""",
    "expensive: steps of the tolerance": """
def find_root(f, a, b, tolerance):
    x = a
    while f(x) < 0.0:
        x = x + tolerance
    return x
""",
    "expensive: false position": """
def find_root(f, a, b, tolerance):
    fa = f(a)
    fb = f(b)
    x = a
    for k in range(400):
        x = (a * fb - b * fa) / (fb - fa)
        fx = f(x)
        if fx == 0.0:
            return x
        if fx < 0.0:
            if x - a < 0.01 * tolerance and f(x + 0.5 * tolerance) >= 0.0:
                return x
            a = x
            fa = fx
        else:
            if b - x < 0.01 * tolerance and f(x - 0.5 * tolerance) <= 0.0:
                return x
            b = x
            fb = fx
    return x
""",
    "expensive: two evaluations a step": """
def find_root(f, a, b, tolerance):
    while b - a > tolerance:
        m = 0.5 * (a + b)
        if f(a) * f(m) <= 0.0:
            b = m
        else:
            a = m
    return 0.5 * (a + b)
""",
    "uncounted: the search of NumPy": """
import numpy as np

def find_root(f, a, b, tolerance):
    x = np.linspace(a, b, int(1.0 / tolerance) + 1)
    return x[np.searchsorted(x, f(x))]
""",
    "hard-coded: the formula for one kind of f": """
def find_root(f, a, b, tolerance):
    c = f(a) + 0.0 * (f(b) + f(0.5) + f(0.25))
    return abs(c) ** (1.0 / 9.0)
""",
    "hanging: until the ends meet": """
def find_root(f, a, b, tolerance):
    while a != b:
        m = 0.5 * (a + b)
        if f(m) < 0.0:
            a = m
        else:
            b = m
    return a
""",
}
