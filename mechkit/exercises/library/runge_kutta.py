"""Integrate a differential equation by the classical Runge-Kutta method, with four evaluations a step."""

import numpy as np
from scipy.integrate import solve_ivp

from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `integrate(f, t, y, h, n)`. It takes n steps of length h of a Runge-Kutta method of order 4 for y' = f(t, y). It
starts from the number y at the time t, and returns the value at the time t + n h.

Exactly 4n evaluations of f are allowed. So many evaluations by Euler's method have an error that is a thousand times
larger: the result must be as accurate as that of order 4.
"""


def problem(n, rng):
    """An equation of one of two kinds, a start, a step: the interval has the length 1."""
    a = float(rng.uniform(0.8, 1.6))
    start = float(rng.uniform(0.5, 1.5))
    if rng.random() < 0.5:
        return lambda t, y: a * y * np.cos(3.0 * t), 0.0, start, 1.0 / n, n
    return lambda t, y: t - a * y * y, 0.0, start, 1.0 / n, n


def check(result, f, t, y, h, n):
    """Whether the error is that of a method of order 4."""
    if np.ndim(result):
        return "the result must be a number"
    exact = solve_ivp(lambda t, y: [f(t, y[0])], (t, t + n * h), [y], "DOP853", rtol=1e-12, atol=1e-13).y[0, -1]
    error = abs(result - exact)
    return True if error <= 2.0 * h**4 else f"the error is {error:.1e}; a method of order 4 has at most {2 * h**4:.1e}"


exercise = Exercise(
    "integrate",
    problem,
    check,
    n=(8, 16, 32),
    seeds=1,
    at_most={"calls": "4n", "flops": "70n + 20"},
    at_least={"calls": "4n"},
    points=5,
)

SOLUTION = """
def integrate(f, t, y, h, n):
    for k in range(n):
        k1 = f(t, y)
        k2 = f(t + h / 2.0, y + h / 2.0 * k1)
        k3 = f(t + h / 2.0, y + h / 2.0 * k2)
        k4 = f(t + h, y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        t = t + h
    return y
"""

RIGHT = {
    "a step in a helper, times from the number of the step": """
def step(f, t, y, h):
    half = 0.5 * h
    a = f(t, y)
    b = f(t + half, y + half * a)
    c = f(t + half, y + half * b)
    d = f(t + h, y + h * c)
    return y + h * (a + 2 * (b + c) + d) / 6

def integrate(f, t, y, h, n):
    for k in range(n):
        y = step(f, t + k * h, y, h)
    return y
""",
    "stages in an array": """
import numpy as np

C = np.array([0.0, 0.5, 0.5, 1.0])
B = np.array([1.0, 2.0, 2.0, 1.0]) / 6

def integrate(f, t, y, h, n):
    k = 0
    while k < n:
        slope = 0.0
        new = y
        for s in range(4):
            slope = f(t + C[s] * h, y + C[s] * h * slope)
            new += B[s] * h * slope
        y = new
        t += h
        k += 1
    return y
""",
    "Kutta's rule of the three eighths": """
def integrate(f, t, y, h, n):
    for k in range(n):
        a = f(t, y)
        b = f(t + h / 3.0, y + h * a / 3.0)
        c = f(t + 2.0 * h / 3.0, y + h * (b - a / 3.0))
        d = f(t + h, y + h * (a - b + c))
        y += h * (a + 3.0 * (b + c) + d) / 8.0
        t += h
    return y
""",
}

WRONG = {
    "wrong: the time stands still": """
def integrate(f, t, y, h, n):
    for k in range(n):
        k1 = f(t, y)
        k2 = f(t + h / 2.0, y + h / 2.0 * k1)
        k3 = f(t + h / 2.0, y + h / 2.0 * k2)
        k4 = f(t + h, y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y
""",
    "wrong: Euler's method in steps of a quarter": """
def integrate(f, t, y, h, n):
    for k in range(4 * n):
        y = y + h / 4.0 * f(t, y)
        t = t + h / 4.0
    return y
""",
    "wrong: the midpoint rule twice a step": """
def integrate(f, t, y, h, n):
    h = 0.5 * h
    for k in range(2 * n):
        y = y + h * f(t + 0.5 * h, y + 0.5 * h * f(t, y))
        t = t + h
    return y
""",
    "expensive: small steps": """
def integrate(f, t, y, h, n):
    h = h / 2.0
    for k in range(2 * n):
        k1 = f(t, y)
        k2 = f(t + h / 2.0, y + h / 2.0 * k1)
        k3 = f(t + h / 2.0, y + h / 2.0 * k2)
        k4 = f(t + h, y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        t = t + h
    return y
""",
    "expensive: slopes that are evaluated again": """
def integrate(f, t, y, h, n):
    for k in range(n):
        k2 = f(t + h / 2.0, y + h / 2.0 * f(t, y))
        k3 = f(t + h / 2.0, y + h / 2.0 * k2)
        y = y + h / 6.0 * (f(t, y) + 2.0 * k2 + 2.0 * k3 + f(t + h, y + h * k3))
        t = t + h
    return y
""",
    "uncounted: a solver of SciPy": """
from scipy.integrate import solve_ivp

def integrate(f, t, y, h, n):
    return solve_ivp(f, (t, t + n * h), y).y[0, -1]
""",
    "hard-coded: the exponential function": """
import math

def integrate(f, t, y, h, n):
    rate = f(t, y) / y
    for k in range(4 * n - 1):
        rate = rate + 0.0 * f(t, y)
    return y * math.exp(rate * n * h)
""",
    "hanging: steps that do not move": """
def integrate(f, t, y, h, n):
    end = t + n * h
    while t < end:
        y = y + 0.0 * f(t, y)
        t = t + 0.0 * h
    return y
""",
}
