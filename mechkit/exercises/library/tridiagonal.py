"""Solve a tridiagonal system in 8n flops."""

import numpy as np

from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `solve_tridiagonal(lower, diagonal, upper, b)`. It returns the solution x of a system of n equations whose matrix
has three diagonals: `lower` (n - 1 numbers below the main diagonal), `diagonal` (n) and `upper` (n - 1 above it).
Each diagonal number is larger than the other two of its row together, so no rows need to be exchanged.

At most 8n flops are allowed. Gaussian elimination on the whole matrix takes about 2n^3/3: which of its steps are left
where only three diagonals are not zero?
"""


def problem(n, rng):
    """Three diagonals and a right-hand side."""
    return rng.random(n - 1), 4.0 + rng.random(n), rng.random(n - 1), rng.standard_normal(n)


def check(x, lower, diagonal, upper, b):
    """Whether x solves the system."""
    A = np.diag(diagonal) + np.diag(lower, -1) + np.diag(upper, 1)
    if np.shape(x) != b.shape:
        return f"the result has the shape {np.shape(x)} and must have {b.shape}"
    residual = np.max(np.abs(A @ x - b))
    return True if residual < 1e-10 else f"the residual of the system is {residual:.1e}"


exercise = Exercise(
    "solve_tridiagonal",
    problem,
    check,
    n=(2, 3, 8, 20),
    seeds=2,
    at_most={"flops": "8n", "int": "20n"},
    at_least={"flops": "5n - 4"},
    points=10,
)

SOLUTION = """
import numpy as np

def solve_tridiagonal(lower, diagonal, upper, b):
    n = b.size
    d = np.copy(diagonal)
    x = np.copy(b)
    for i in range(1, n):
        m = lower[i - 1] / d[i - 1]
        d[i] = d[i] - m * upper[i - 1]
        x[i] = x[i] - m * x[i - 1]
    x[n - 1] = x[n - 1] / d[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (x[i] - upper[i] * x[i + 1]) / d[i]
    return x
"""

RIGHT = {
    "scaled rows, while loops": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    g = np.zeros(b.size)
    h = np.zeros(b.size)
    p = d[0]
    h[0] = b[0] / p
    i = 1
    while i < len(b):
        g[i] = u[i - 1] / p
        p = d[i] - l[i - 1] * g[i]
        h[i] = (b[i] - l[i - 1] * h[i - 1]) / p
        i += 1
    i = len(b) - 2
    while i >= 0:
        h[i] -= g[i + 1] * h[i + 1]
        i -= 1
    return h
""",
    "from the last row up": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    n = b.shape[0]
    d = d.copy()
    x = np.array(b, dtype=float)
    for i in reversed(range(n - 1)):
        m = u[i] / d[i + 1]
        d[i] -= m * l[i]
        x[i] -= m * x[i + 1]
    x[0] /= d[0]
    for i in range(1, n):
        x[i] = (x[i] - l[i - 1] * x[i - 1]) / d[i]
    return x
""",
    "a driver and two kernels, one recursive": """
import numpy as np
import mechkit as mk

@mk.kernel
def eliminate(l, d, u, x):
    for i in range(1, d.size):
        m = l[i - 1] / d[i - 1]
        d[i] -= m * u[i - 1]
        x[i] -= m * x[i - 1]

@mk.kernel
def back(d, u, x, i):
    if i < 0:
        return
    x[i] = (x[i] - u[i] * x[i + 1]) / d[i]
    back(d, u, x, i - 1)

@mk.kernel
def substitute(d, u, x):
    n = x.size
    x[n - 1] = x[n - 1] / d[n - 1]
    back(d, u, x, n - 2)

def solve_tridiagonal(lower, diagonal, upper, b):
    d = np.array(diagonal, dtype=float)
    x = np.array(b, dtype=float)
    eliminate(lower, d, upper, x)
    substitute(d, upper, x)
    return x
""",
}

WRONG = {
    "wrong: the first unknown is forgotten": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    n = b.size
    d = d.copy()
    x = b.copy()
    for i in range(1, n):
        m = l[i - 1] / d[i - 1]
        d[i] -= m * u[i - 1]
        x[i] -= m * x[i - 1]
    x[n - 1] /= d[n - 1]
    for i in range(n - 2, 0, -1):
        x[i] = (x[i] - u[i] * x[i + 1]) / d[i]
    return x
""",
    "wrong: single precision": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    n = b.size
    e = d.astype(np.float32)
    x = b.astype(np.float32)
    for i in range(1, n):
        m = l[i - 1] / e[i - 1]
        e[i] -= m * u[i - 1]
        x[i] -= m * x[i - 1]
    x[n - 1] /= e[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (x[i] - u[i] * x[i + 1]) / e[i]
    return x
""",
    "expensive: the whole matrix": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    n = b.size
    A = np.zeros((n, n))
    x = b.copy()
    for i in range(n):
        A[i, i] = d[i]
        if i > 0:
            A[i, i - 1] = l[i - 1]
            A[i - 1, i] = u[i - 1]
    for k in range(n):
        for i in range(k + 1, n):
            m = A[i, k] / A[k, k]
            for j in range(k, n):
                A[i, j] -= m * A[k, j]
            x[i] -= m * x[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= A[i, j] * x[j]
        x[i] /= A[i, i]
    return x
""",
    "expensive: Gauss-Seidel sweeps": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    x = np.zeros(b.size)
    for sweep in range(60):
        for i in range(b.size):
            s = b[i]
            if i > 0:
                s -= l[i - 1] * x[i - 1]
            if i < b.size - 1:
                s -= u[i] * x[i + 1]
            x[i] = s / d[i]
    return x
""",
    "wrong: fractions as integers": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    n = b.size
    one = 1 << 28
    p = np.zeros(n, np.int64)
    x = np.zeros(n, np.int64)
    y = np.zeros(n)
    for i in range(n):
        p[i] = int(d[i] * one)
        x[i] = int(b[i] * one)
    for i in range(1, n):
        m = (int(l[i - 1] * one) << 28) // p[i - 1]
        p[i] -= (m * int(u[i - 1] * one)) >> 28
        x[i] -= (m * x[i - 1]) >> 28
    x[n - 1] = (x[n - 1] << 28) // p[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = ((x[i] - ((int(u[i] * one) * x[i + 1]) >> 28)) << 28) // p[i]
    for i in range(n):
        y[i] = x[i] / one
    return y
""",
    "uncounted: the solver of NumPy": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    return np.linalg.solve(np.diag(l, -1) + np.diag(d) + np.diag(u, 1), b)
""",
    "hard-coded: two equations only": """
import numpy as np

def solve_tridiagonal(l, d, u, b):
    x = np.zeros(b.size)
    m = l[0] / d[0]
    x[1] = (b[1] - m * b[0]) / (d[1] - m * u[0])
    x[0] = (b[0] - u[0] * x[1]) / d[0]
    return x
""",
    "hanging: the index goes the wrong way": """
def solve_tridiagonal(l, d, u, b):
    x = b.copy()
    i = b.size - 2
    while i >= 0:
        x[i] = x[i] / d[i]
        i = (i + 1) % b.size
    return x
""",
}
