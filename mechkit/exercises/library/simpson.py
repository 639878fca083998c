"""Simpson's rule with n + 1 evaluations."""

import numpy as np
from scipy.integrate import simpson

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `simpson(f, a, b, n)`. It returns the integral of f from a to b by Simpson's rule on n intervals of equal length;
n is even. Each two intervals that lie beside each other share a parabola.

At most n + 1 evaluations of f are allowed: the end of one parabola is the beginning of the next one.
"""


def problem(n, rng):
    """A function and an interval."""
    p, q = rng.uniform(0.5, 2.0, 2)
    a = float(rng.uniform(-1.0, 0.0))
    return lambda x: np.exp(-p * x) + q * x * x * x * x, a, a + float(rng.uniform(1.0, 2.0)), n


def check(integral, f, a, b, n):
    """Whether it is the sum of Simpson's rule."""
    x = np.linspace(a, b, n + 1)
    return differs(integral, float(simpson(f(x), x=x)), 1e-11) or True


exercise = Exercise(
    "simpson",
    problem,
    check,
    n=(2, 4, 10),
    seeds=1,
    at_most={"calls": "n + 1", "flops": "20n + 30"},
    at_least={"calls": "n + 1"},
    points=3,
)

SOLUTION = """
def simpson(f, a, b, n):
    h = (b - a) / n
    s = f(a) + f(b)
    for k in range(1, n, 2):
        s = s + 4.0 * f(a + k * h)
    for k in range(2, n, 2):
        s = s + 2.0 * f(a + k * h)
    return s * h / 3.0
"""

RIGHT = {
    "weights that change": """
def simpson(f, a, b, n):
    h = (b - a) / n
    s = f(a)
    weight = 4
    for k in range(1, n):
        s += weight * f(a + k * h)
        weight = 6 - weight
    return (s + f(b)) * h / 3
""",
    "pairs of intervals, the end is kept": """
def simpson(f, a, b, n):
    h = (b - a) / n
    left = f(a)
    s = 0.0
    k = 0
    while k < n:
        middle = f(a + (k + 1) * h)
        right = f(a + (k + 2) * h)
        s += left + 4.0 * middle + right
        left = right
        k += 2
    return h / 3.0 * s
""",
    "values in an array first": """
import numpy as np

def values(f, a, h, y):
    for k in range(y.size):
        y[k] = f(a + k * h)

def simpson(f, a, b, n):
    h = (b - a) / n
    y = np.empty(n + 1)
    values(f, a, h, y)
    s = y[0] - y[n]
    for k in range(1, n, 2):
        s += 4 * y[k] + 2 * y[k + 1]
    return s * h / 3
""",
}

WRONG = {
    "wrong: the trapezoidal rule": """
def simpson(f, a, b, n):
    h = (b - a) / n
    s = 0.5 * (f(a) + f(b))
    for k in range(1, n):
        s += f(a + k * h)
    return s * h
""",
    "wrong: fours and twos the other way round": """
def simpson(f, a, b, n):
    h = (b - a) / n
    s = f(a) + f(b)
    for k in range(1, n):
        s += (4.0 if k % 2 == 0 else 2.0) * f(a + k * h)
    return s * h / 3.0
""",
    "expensive: three evaluations for each parabola": """
def simpson(f, a, b, n):
    h = (b - a) / n
    s = 0.0
    for k in range(0, n, 2):
        s += f(a + k * h) + 4.0 * f(a + (k + 1) * h) + f(a + (k + 2) * h)
    return s * h / 3.0 + 0.0 * f(a)
""",
    "expensive: a check with other parabolas": """
def simpson(f, a, b, n):
    h = (b - a) / n
    s = 0.0
    for k in range(n):
        x = a + k * h
        s += h / 6.0 * (f(x) + 4.0 * f(x + h / 2.0) + f(x + h))
    fine = 0.0
    for k in range(0, n, 2):
        fine += h / 3.0 * (f(a + k * h) + 4.0 * f(a + k * h + h) + f(a + k * h + 2.0 * h))
    return fine
""",
    "uncounted: arithmetic on a whole array": """
import numpy as np

def simpson(f, a, b, n):
    x = np.linspace(a, b, n + 1)
    y = np.zeros(n + 1)
    for k in range(n + 1):
        y[k] = f(x[k])
    return np.sum(y[:-2:2] + 4 * y[1:-1:2] + y[2::2]) * (b - a) / n / 3
""",
    "hard-coded: the length of the interval": """
def simpson(f, a, b, n):
    s = b - a
    for k in range(n + 1):
        s = s + 0.0 * f(a)
    return s
""",
    "hanging: an end that is never met": """
def simpson(f, a, b, n):
    h = (b - a) / n
    k = 1
    s = f(a)
    while k != n:
        s += 4.0 * f(a + h)
        k = (k + 2) % (2 * n)
    return s * h / 3.0
""",
}
