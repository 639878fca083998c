"""A Gauss-Seidel sweep over a grid in five flops a point."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `sweep(u, g)`. The array u of shape (n + 2, n + 2) holds values on a grid; those on the edge are fixed. One sweep
goes over the inner points, row by row and from left to right, and replaces each value by

    u[i, j] = (u[i - 1, j] + u[i, j - 1] + u[i + 1, j] + u[i, j + 1] + g[i, j]) / 4

with the new values of the points that it has met. It returns the new grid. At most 5n^2 flops are allowed.
"""


def problem(n, rng):
    """A grid, and a right-hand side."""
    return rng.standard_normal((n + 2, n + 2)), rng.standard_normal((n + 2, n + 2))


def check(new, u, g):
    """Whether each new value is that of its neighbors: new ones above and to the left, old ones below and right."""
    if np.shape(new) != u.shape:
        return f"the result has the shape {np.shape(new)} and must have {u.shape}"
    edge = np.ones(u.shape, bool)
    edge[1:-1, 1:-1] = False
    if not np.array_equal(new[edge], u[edge]):
        return "a value on the edge has changed"
    four = new[:-2, 1:-1] + new[1:-1, :-2] + u[2:, 1:-1] + u[1:-1, 2:] + g[1:-1, 1:-1]
    return differs(4.0 * new[1:-1, 1:-1], four, 1e-12) or True


exercise = Exercise(
    "sweep",
    problem,
    check,
    n=(1, 2, 6, 9),
    seeds=2,
    at_most={"flops": "5n^2", "int": "12n^2 + 10n + 10"},
    at_least={"flops": "5n^2"},
    points=4,
)

SOLUTION = """
def sweep(u, g):
    v = u.copy()
    for i in range(1, v.shape[0] - 1):
        for j in range(1, v.shape[1] - 1):
            v[i, j] = (v[i - 1, j] + v[i, j - 1] + v[i + 1, j] + v[i, j + 1] + g[i, j]) / 4.0
    return v
"""

RIGHT = {
    "the value to the left is kept": """
import numpy as np

def sweep(u, g):
    v = np.copy(u)
    n = len(u) - 2
    for i in range(1, n + 1):
        left = v[i, 0]
        for j in range(1, n + 1):
            left = 0.25 * (v[i - 1, j] + left + u[i + 1, j] + u[i, j + 1] + g[i, j])
            v[i, j] = left
    return v
""",
    "while loops and rows": """
def sweep(u, g):
    v = u.copy()
    i = 1
    while i < u.shape[0] - 1:
        above = v[i - 1]
        row = v[i]
        below = v[i + 1]
        j = 1
        while j < u.shape[1] - 1:
            s = g[i, j] + above[j]
            s += row[j - 1]
            s += row[j + 1]
            s += below[j]
            row[j] = s * 0.25
            j += 1
        i += 1
    return v
""",
    "a driver and a kernel for each point": """
import numpy as np

def relax(v, g, i, j):
    v[i, j] = (v[i - 1, j] + v[i, j - 1] + v[i + 1, j] + v[i, j + 1] + g[i, j]) / 4

def over_all(v, g):
    m, n = v.shape
    for i in range(1, m - 1):
        for j in range(1, n - 1):
            relax(v, g, i, j)

def sweep(u, g):
    v = np.array(u, dtype=float)
    over_all(v, np.asarray(g))
    return v
""",
}

WRONG = {
    "wrong: Jacobi's sweep, with old values only": """
def sweep(u, g):
    v = u.copy()
    for i in range(1, v.shape[0] - 1):
        for j in range(1, v.shape[1] - 1):
            v[i, j] = (u[i - 1, j] + u[i, j - 1] + u[i + 1, j] + u[i, j + 1] + g[i, j]) / 4.0
    return v
""",
    "wrong: from the last point to the first": """
def sweep(u, g):
    v = u.copy()
    for i in range(v.shape[0] - 2, 0, -1):
        for j in range(v.shape[1] - 2, 0, -1):
            v[i, j] = (v[i - 1, j] + v[i, j - 1] + v[i + 1, j] + v[i, j + 1] + g[i, j]) / 4.0
    return v
""",
    "wrong: the edge changes": """
def sweep(u, g):
    v = u.copy()
    n = v.shape[0]
    for i in range(n):
        for j in range(n):
            s = v[(i - 1) % n, j] + v[i, (j - 1) % n] + v[(i + 1) % n, j] + v[i, (j + 1) % n]
            v[i, j] = (s + g[i, j]) / 4.0
    return v
""",
    "expensive: a division for each neighbor": """
def sweep(u, g):
    v = u.copy()
    for i in range(1, v.shape[0] - 1):
        for j in range(1, v.shape[1] - 1):
            v[i, j] = v[i - 1, j] / 4.0 + v[i, j - 1] / 4.0 + v[i + 1, j] / 4.0 + v[i, j + 1] / 4.0 + g[i, j] / 4.0
    return v
""",
    "uncounted: whole rows at once": """
def sweep(u, g):
    v = u.copy()
    for i in range(1, v.shape[0] - 1):
        v[i, 1:-1] = (v[i - 1, 1:-1] + v[i, :-2] + v[i + 1, 1:-1] + v[i, 2:] + g[i, 1:-1]) / 4.0
    return v
""",
    "hard-coded: one inner point": """
def sweep(u, g):
    v = u.copy()
    v[1, 1] = (u[0, 1] + u[1, 0] + u[2, 1] + u[1, 2] + g[1, 1]) / 4.0
    return v
""",
    "hanging: while the change is not negative": """
def sweep(u, g):
    v = u.copy()
    change = 1.0
    while change >= 0.0:
        change = 0.0
        for i in range(1, v.shape[0] - 1):
            for j in range(1, v.shape[1] - 1):
                new = (v[i - 1, j] + v[i, j - 1] + v[i + 1, j] + v[i, j + 1] + g[i, j]) / 4.0
                change += abs(new - v[i, j])
                v[i, j] = new
    return v
""",
}
