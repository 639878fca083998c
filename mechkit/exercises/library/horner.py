"""Evaluate a polynomial in 2n flops."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `evaluate(c, x)`. It returns the value of the polynomial c[0] + c[1] x + ... + c[n-1] x^(n-1) at the number x.

At most 2n flops are allowed, and a power costs one flop at the least. So no power may be computed: take x out of all
terms but the first, and again of what is left.
"""


def problem(n, rng):
    """Coefficients, and a point."""
    return rng.standard_normal(n), float(rng.uniform(-1.0, 1.0))


def check(value, c, x):
    """Whether it is the value of the polynomial."""
    return differs(value, float(np.polynomial.Polynomial(c)(x)), 1e-9) or True


exercise = Exercise(
    "evaluate",
    problem,
    check,
    n=(1, 2, 7, 30),
    seeds=2,
    at_most={"flops": "2n", "int": "10n + 10"},
    at_least={"flops": "2n - 2"},
    points=4,
)

SOLUTION = """
def evaluate(c, x):
    s = 0.0
    for k in range(c.size - 1, -1, -1):
        s = s * x + c[k]
    return s
"""

RIGHT = {
    "over a flipped view": """
import numpy as np

def evaluate(c, x):
    s = c[-1]
    for a in np.flip(c[:-1]):
        s = s * x + a
    return s
""",
    "recursive": """
def from_index(c, x, k):
    if k == c.size - 1:
        return c[k]
    return c[k] + x * from_index(c, x, k + 1)

def evaluate(c, x):
    return from_index(c, x, 0)
""",
    "while, with a helper and a constant": """
START = 0.0

def step(s, x, a):
    return s * x + a

def evaluate(coefficients, point):
    s = START
    k = len(coefficients)
    while k > 0:
        k -= 1
        s = step(s, point, coefficients[k])
    return s
""",
}

WRONG = {
    "wrong: the coefficients the other way round": """
def evaluate(c, x):
    s = 0.0
    for k in range(c.size):
        s = s * x + c[k]
    return s
""",
    "wrong: one multiplication too many": """
def evaluate(c, x):
    s = 0.0
    for k in range(c.size - 1, -1, -1):
        s = (s + c[k]) * x
    return s
""",
    "wrong: an array instead of a number": """
import numpy as np

def evaluate(c, x):
    s = np.zeros(1)
    for k in range(c.size - 1, -1, -1):
        s[0] = s[0] * x + c[k]
    return s
""",
    "expensive: powers": """
def evaluate(c, x):
    s = 0.0
    for k in range(c.size):
        s = s + c[k] * x**k
    return s
""",
    "expensive: the next power from the last": """
def evaluate(c, x):
    s = 0.0
    p = 1.0
    for k in range(c.size):
        s = s + c[k] * p
        p = p * x
    return s
""",
    "expensive: integers that do nothing": """
def evaluate(c, x):
    s = 0.0
    t = 0
    for k in range(c.size - 1, -1, -1):
        s = s * x + c[k]
        for j in range(c.size + 10):
            t = t + j
    return s
""",
    "uncounted: a dot product of NumPy": """
import numpy as np

def evaluate(c, x):
    p = np.ones(c.size)
    for k in range(1, c.size):
        p[k] = p[k - 1] * x
    return np.dot(c, p)
""",
    "uncounted: the bits of numbers": """
import numpy as np

def evaluate(c, x):
    bits = c.view(np.int64)
    return bits[0] * 1.0
""",
    "hard-coded: the first coefficient, and flops for nothing": """
def evaluate(c, x):
    s = 0.0
    for k in range(c.size):
        s = s * x + 0.0
    return s + c[0] - s
""",
    "hanging: the index is never changed": """
def evaluate(c, x):
    s = 0.0
    k = c.size - 1
    while k >= 0:
        s = s * x + c[k]
    return s
""",
}
