"""Newton's divided differences in 3n(n - 1)/2 flops."""

import numpy as np

from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `divided_differences(x, y)`. It returns the n coefficients c of Newton's form of the polynomial that
has the values y at the nodes x:

    c[0] + c[1] (t - x[0]) + c[2] (t - x[0]) (t - x[1]) + ...

At most 3n(n - 1)/2 flops are allowed: two subtractions and a division for each entry of the table. One array is enough
for the whole table; in which order must its entries be replaced?
"""


def problem(n, rng):
    """Nodes, and values at them."""
    angles = (np.arange(n) + rng.uniform(0.3, 0.7, n)) * np.pi / n
    return rng.permutation(np.cos(angles)), rng.standard_normal(n)


def check(c, x, y):
    """Whether the polynomial has the values."""
    if np.shape(c) != x.shape:
        return f"the result has the shape {np.shape(c)} and must have {x.shape}"
    columns = np.cumprod(np.column_stack([np.ones(x.size), *(x - node for node in x[:-1])]), axis=1)
    terms = columns * c
    error = np.max(np.abs(terms.sum(axis=1) - y) / (np.abs(terms).sum(axis=1) + np.abs(y)))
    return True if error < 1e-9 else f"the polynomial misses a value by {error:.1e}, relative to its terms"


exercise = Exercise(
    "divided_differences",
    problem,
    check,
    n=(2, 3, 7, 12),
    seeds=2,
    at_most={"flops": "3n^2/2 - 3n/2", "int": "5n^2 + 10n"},
    at_least={"flops": "n^2 - n"},
    points=6,
)

SOLUTION = """
def divided_differences(x, y):
    c = y.copy()
    for k in range(1, x.size):
        for i in range(x.size - 1, k - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (x[i] - x[i - k])
    return c
"""

RIGHT = {
    "node by node": """
import numpy as np

def divided_differences(x, y):
    c = np.empty(y.size)
    for i in range(y.size):
        c[i] = y[i]
        for k in range(i):
            c[i] = (c[i] - c[k]) / (x[i] - x[k])
    return c
""",
    "the whole table": """
import numpy as np

def divided_differences(x, y):
    n = len(x)
    table = np.zeros((n, n))
    for i in range(n):
        table[i, 0] = y[i]
    for k in range(1, n):
        for i in range(k, n):
            table[i, k] = (table[i, k - 1] - table[i - 1, k - 1]) / (x[i] - x[i - k])
    c = np.zeros(n)
    for k in range(n):
        c[k] = table[k, k]
    return c
""",
    "a driver and a kernel with while loops": """
import numpy as np

def column(c, x, k):
    i = x.size - 1
    while i >= k:
        c[i] -= c[i - 1]
        c[i] /= x[i] - x[i - k]
        i -= 1

def table(c, x):
    for k in range(1, x.size):
        column(c, x, k)

def divided_differences(x, y):
    c = np.array(y, dtype=float)
    table(c, np.asarray(x))
    return c
""",
}

WRONG = {
    "wrong: entries that are replaced too early": """
def divided_differences(x, y):
    c = y.copy()
    for k in range(1, x.size):
        for i in range(k, x.size):
            c[i] = (c[i] - c[i - 1]) / (x[i] - x[i - k])
    return c
""",
    "wrong: adjacent nodes in each column": """
def divided_differences(x, y):
    c = y.copy()
    for k in range(1, x.size):
        for i in range(x.size - 1, k - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (x[i] - x[i - 1])
    return c
""",
    "expensive: a sum over products for each coefficient": """
import numpy as np

def divided_differences(x, y):
    c = np.zeros(x.size)
    for k in range(x.size):
        for i in range(k + 1):
            p = 1.0
            for j in range(k + 1):
                if j != i:
                    p = p * (x[i] - x[j])
            c[k] = c[k] + y[i] / p
    return c
""",
    "expensive: by recursion on the definition": """
import numpy as np

def difference(x, y, i, j):
    if i == j:
        return y[i]
    return (difference(x, y, i + 1, j) - difference(x, y, i, j - 1)) / (x[j] - x[i])

def divided_differences(x, y):
    c = np.zeros(x.size)
    for k in range(x.size):
        c[k] = difference(x, y, 0, k)
    return c
""",
    "uncounted: a difference of NumPy": """
import numpy as np

def divided_differences(x, y):
    c = y.copy()
    for k in range(1, x.size):
        c[k:] = np.diff(c[k - 1:]) / (x[k:] - x[:-k])
    return c
""",
    "hard-coded: a straight line": """
import numpy as np

def divided_differences(x, y):
    c = np.zeros(x.size)
    c[0] = y[0]
    c[1] = (y[1] - y[0]) / (x[1] - x[0])
    return c
""",
    "hanging: a table that never ends": """
def divided_differences(x, y):
    c = y.copy()
    k = 1
    while k < x.size:
        for i in range(x.size - 1, k - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (x[i] - x[i - k])
    return c
""",
}
