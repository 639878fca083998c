"""Conjugate gradients for a matrix that is known by its products alone."""

import numpy as np

from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `conjugate_gradients(apply, b, tolerance)`. The function `apply(v, out)` writes the product of a symmetric
positive definite matrix with the vector v into the array `out`. It returns a vector x for which the length of b - A x
is at most the tolerance times that of b.

At most n + 1 products are allowed, n the number of unknowns. Each step needs one product: the residual is updated,
and not computed anew.
"""


def problem(n, rng):
    """A symmetric positive definite operator, a right-hand side, a tolerance."""
    middle = float(rng.uniform(2.2, 2.4))

    def apply(v, out):
        for i in range(v.size):
            s = (middle + 0.1 * (i % 3)) * v[i]
            if i > 0:
                s = s - v[i - 1]
            if i < v.size - 1:
                s = s - v[i + 1]
            out[i] = s

    return apply, rng.standard_normal(n), 1e-6


def check(x, apply, b, tolerance):
    """Whether the residual is small enough."""
    if np.shape(x) != b.shape:
        return f"the result has the shape {np.shape(x)} and must have {b.shape}"
    product = np.zeros(b.size)
    apply(x, product)
    relative = np.linalg.norm(b - product) / np.linalg.norm(b)
    return True if relative <= 1.01 * tolerance else f"the residual is {relative:.1e} of the right-hand side"


exercise = Exercise(
    "conjugate_gradients",
    problem,
    check,
    n=(3, 8, 20),
    seeds=1,
    at_most={"calls": "n + 1", "flops": "20n^2 + 60n + 40"},
    at_least={"calls": 2},
    points=8,
)

SOLUTION = """
import numpy as np

def dot(u, v):
    s = 0.0
    for i in range(u.size):
        s = s + u[i] * v[i]
    return s

def conjugate_gradients(apply, b, tolerance):
    x = np.zeros(b.size)
    r = b.copy()
    p = b.copy()
    q = np.zeros(b.size)
    rho = dot(r, r)
    stop = tolerance * tolerance * rho
    while rho > stop:
        apply(p, q)
        alpha = rho / dot(p, q)
        for i in range(x.size):
            x[i] = x[i] + alpha * p[i]
            r[i] = r[i] - alpha * q[i]
        new = dot(r, r)
        for i in range(x.size):
            p[i] = r[i] + new / rho * p[i]
        rho = new
    return x
"""

RIGHT = {
    "a bounded number of steps": """
import numpy as np

def conjugate_gradients(apply, b, tolerance):
    n = len(b)
    x, r, p, q = np.zeros(n), np.copy(b), np.copy(b), np.empty(n)
    start = 0.0
    for i in range(n):
        start += b[i] ** 2
    old = start
    for step in range(n):
        apply(p, q)
        curvature = 0.0
        for i in range(n):
            curvature += p[i] * q[i]
        length = old / curvature
        new = 0.0
        for i in range(n):
            x[i] += length * p[i]
            r[i] -= length * q[i]
            new += r[i] ** 2
        if np.sqrt(new) <= tolerance * np.sqrt(start):
            break
        beta = new / old
        for i in range(n):
            p[i] = r[i] + beta * p[i]
        old = new
    return x
""",
    "conjugate residuals": """
import numpy as np

def dot(u, v):
    s = 0.0
    for i in range(u.size):
        s += u[i] * v[i]
    return s

def add(a, u, v):
    for i in range(v.size):
        v[i] += a * u[i]

def turn(r, beta, p):
    for i in range(p.size):
        p[i] = r[i] + beta * p[i]

def conjugate_gradients(apply, b, tolerance):
    x = np.zeros(b.size)
    r = b.copy()
    p = b.copy()
    s = np.zeros(b.size)
    apply(r, s)
    q = s.copy()
    rho = dot(r, s)
    stop = tolerance**2 * dot(b, b)
    for step in range(b.size):
        alpha = rho / dot(q, q)
        add(alpha, p, x)
        add(-alpha, q, r)
        if dot(r, r) <= stop:
            return x
        apply(r, s)
        new = dot(r, s)
        turn(r, new / rho, p)
        turn(s, new / rho, q)
        rho = new
    return x
""",
    "a recursive step": """
import numpy as np

def dot(u, v):
    s = u[0] * v[0]
    for i in range(1, u.size):
        s += u[i] * v[i]
    return s

def improve(apply, x, r, p, q, rho, stop):
    if rho <= stop:
        return 0
    apply(p, q)
    alpha = rho / dot(p, q)
    for i in range(x.size):
        x[i] += alpha * p[i]
        r[i] -= alpha * q[i]
    new = dot(r, r)
    beta = new / rho
    for i in range(x.size):
        p[i] = r[i] + beta * p[i]
    return improve(apply, x, r, p, q, new, stop) + 1

def conjugate_gradients(apply, b, tolerance):
    x = np.zeros(b.size)
    rho = dot(b, b)
    improve(apply, x, b.copy(), b.copy(), np.zeros(b.size), rho, tolerance**2 * rho)
    return x
""",
}

WRONG = {
    "wrong: it stops too early": """
import numpy as np

def conjugate_gradients(apply, b, tolerance):
    x = np.zeros(b.size)
    q = np.zeros(b.size)
    apply(b, q)
    apply(b, q)
    top = 0.0
    below = 0.0
    for i in range(b.size):
        top += b[i] * b[i]
        below += b[i] * q[i]
    for i in range(b.size):
        x[i] = top / below * b[i]
    return x
""",
    "expensive: steepest descent": """
import numpy as np

def conjugate_gradients(apply, b, tolerance):
    n = b.size
    x = np.zeros(n)
    r = b.copy()
    q = np.zeros(n)
    rho = 1.0
    start = -1.0
    while start < 0.0 or rho > tolerance**2 * start:
        apply(r, q)
        rho = 0.0
        curvature = 0.0
        for i in range(n):
            rho += r[i] * r[i]
            curvature += r[i] * q[i]
        if start < 0.0:
            start = rho
        for i in range(n):
            x[i] += rho / curvature * r[i]
            r[i] -= rho / curvature * q[i]
    return x
""",
    "expensive: the matrix, column by column, and elimination": """
import numpy as np

def conjugate_gradients(apply, b, tolerance):
    n = b.size
    A = np.zeros((n, n))
    e = np.zeros(n)
    q = np.zeros(n)
    x = b.copy()
    for j in range(n):
        e[j] = 1.0
        apply(e, q)
        e[j] = 0.0
        for i in range(n):
            A[i, j] = q[i]
    apply(x, q)
    apply(x, q)
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
    "uncounted: dot products of NumPy": """
import numpy as np

def conjugate_gradients(apply, b, tolerance):
    x = np.zeros(b.size)
    r = b.copy()
    p = b.copy()
    q = np.zeros(b.size)
    rho = np.dot(r, r)
    while rho > tolerance**2 * np.dot(b, b):
        apply(p, q)
        alpha = rho / np.dot(p, q)
        x += alpha * p
        r -= alpha * q
        new = np.dot(r, r)
        p = r + new / rho * p
        rho = new
    return x
""",
    "hard-coded: a diagonal matrix": """
import numpy as np

def conjugate_gradients(apply, b, tolerance):
    x = np.ones(b.size)
    q = np.zeros(b.size)
    apply(x, q)
    apply(x, q)
    for i in range(b.size):
        x[i] = b[i] / q[i]
    return x
""",
    "hanging: the residual is never updated": """
import numpy as np

def conjugate_gradients(apply, b, tolerance):
    x = np.zeros(b.size)
    r = b.copy()
    q = np.zeros(b.size)
    rho = 1.0
    while rho > tolerance:
        apply(r, q)
        for i in range(b.size):
            x[i] += 1e-3 * r[i]
    return x
""",
}
