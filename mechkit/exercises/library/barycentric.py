"""Interpolate many data sets at the same points: 2n flops a point after the setup."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `interpolate(x, Y, t)`. Row r of the array Y of shape (k, n) holds the values of one data set at the n nodes x.
For each row, the polynomial through its values is evaluated at the m points t, which are no nodes. It returns an
array of shape (k, m).

The weights of the barycentric formula depend on the nodes alone, and its quotients on the nodes and the points. At
most 2n^2 + 5n m flops are allowed for them, and then 2n flops for each point and each data set.
"""


def problem(n, m, k, rng):
    """Nodes, data sets, points between the nodes."""
    angles = (np.arange(n) + rng.uniform(0.4, 0.6, n)) * np.pi / n
    points = np.cos((rng.integers(0, n, m) + rng.choice([0.1, 0.9], m)) * np.pi / n)
    return np.cos(angles), rng.standard_normal((k, n)), points


def check(values, x, Y, t):
    """Whether each value is that of the polynomial."""
    columns = np.polynomial.chebyshev.chebvander(x, x.size - 1)
    coefficients = np.linalg.solve(columns, Y.T)
    return differs(values, (np.polynomial.chebyshev.chebvander(t, x.size - 1) @ coefficients).T, 1e-9) or True


exercise = Exercise(
    "interpolate",
    problem,
    check,
    n=(2, 6),
    m=4,
    k=(1, 12),
    seeds=1,
    at_most={"flops": "2n^2 + 5n m + 2n m k", "int": "20n^2 + 20n m + 20n m k"},
    at_least={"flops": "2n m k - m k"},
    points=8,
)

SOLUTION = """
import numpy as np

def interpolate(x, Y, t):
    n = x.size
    w = np.ones(n)
    for j in range(n):
        for i in range(n):
            if i != j:
                w[j] = w[j] * (x[j] - x[i])
        w[j] = 1.0 / w[j]
    values = np.zeros((Y.shape[0], t.size))
    q = np.zeros(n)
    for p in range(t.size):
        s = 0.0
        for j in range(n):
            q[j] = w[j] / (t[p] - x[j])
            s = s + q[j]
        for j in range(n):
            q[j] = q[j] / s
        for r in range(Y.shape[0]):
            for j in range(n):
                values[r, p] = values[r, p] + q[j] * Y[r, j]
    return values
"""

RIGHT = {
    "Lagrange's first form": """
import numpy as np

def interpolate(x, Y, t):
    n = len(x)
    w = np.ones(n)
    for j in range(n):
        for i in range(j):
            d = x[j] - x[i]
            w[j] *= d
            w[i] *= -d
    values = np.zeros((len(Y), len(t)))
    q = np.zeros(n)
    for p in range(len(t)):
        product = 1.0
        for j in range(n):
            d = t[p] - x[j]
            product *= d
            q[j] = d * w[j]
        for j in range(n):
            q[j] = product / q[j]
        for r in range(len(Y)):
            s = q[0] * Y[r, 0]
            for j in range(1, n):
                s += q[j] * Y[r, j]
            values[r, p] = s
    return values
""",
    "all quotients first, in helpers": """
import numpy as np

def weight(x, j):
    w = 1.0
    for node in x:
        if node != x[j]:
            w *= x[j] - node
    return 1 / w

def quotients(x, w, point, row):
    s = 0.0
    for j in range(x.size):
        row[j] = w[j] / (point - x[j])
        s += row[j]
    s = 1 / s
    for j in range(x.size):
        row[j] *= s

def product(row, y):
    s = row[0] * y[0]
    for j in range(1, y.size):
        s += row[j] * y[j]
    return s

def interpolate(x, Y, t):
    w = np.empty(x.size)
    for j in range(x.size):
        w[j] = weight(x, j)
    Q = np.empty((t.size, x.size))
    for p in range(t.size):
        quotients(x, w, t[p], Q[p])
    values = np.empty((Y.shape[0], t.size))
    for r in range(Y.shape[0]):
        for p in range(t.size):
            values[r, p] = product(Q[p], Y[r])
    return values
""",
    "a driver and two kernels, while loops": """
import numpy as np

def set_up(x, t, w, Q):
    j = 0
    while j < x.size:
        i = 0
        while i < j:
            w[j] *= x[j] - x[i]
            w[i] *= x[i] - x[j]
            i += 1
        j += 1
    for p in range(t.size):
        s = 0.0
        for j in range(x.size):
            Q[j, p] = 1 / (w[j] * (t[p] - x[j]))
            s += Q[j, p]
        for j in range(x.size):
            Q[j, p] /= s

def multiply(Y, Q, values):
    for r in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            for p in range(Q.shape[1]):
                values[r, p] += Y[r, j] * Q[j, p]

def interpolate(x, Y, t):
    w = np.ones(x.size)
    Q = np.zeros((x.size, t.size))
    values = np.zeros((Y.shape[0], t.size))
    set_up(x, t, w, Q)
    multiply(Y, Q, values)
    return values
""",
}

WRONG = {
    "wrong: all weights are 1": """
import numpy as np

def interpolate(x, Y, t):
    values = np.zeros((Y.shape[0], t.size))
    q = np.zeros(x.size)
    for p in range(t.size):
        s = 0.0
        for j in range(x.size):
            q[j] = 1.0 / (t[p] - x[j])
            s += q[j]
        for j in range(x.size):
            q[j] /= s
        for r in range(Y.shape[0]):
            for j in range(x.size):
                values[r, p] += q[j] * Y[r, j]
    return values
""",
    "wrong: the rows are the points": """
import numpy as np

def interpolate(x, Y, t):
    values = np.zeros((t.size, Y.shape[0]))
    for p in range(t.size):
        for r in range(Y.shape[0]):
            for j in range(x.size):
                values[p, r] += x[j] * Y[r, j]
    return values
""",
    "expensive: the quotients again for each data set": """
import numpy as np

def interpolate(x, Y, t):
    n = x.size
    w = np.ones(n)
    for j in range(n):
        for i in range(n):
            if i != j:
                w[j] /= x[j] - x[i]
    values = np.zeros((Y.shape[0], t.size))
    for r in range(Y.shape[0]):
        for p in range(t.size):
            top = 0.0
            below = 0.0
            for j in range(n):
                q = w[j] / (t[p] - x[j])
                top += q * Y[r, j]
                below += q
            values[r, p] = top / below
    return values
""",
    "expensive: Lagrange's products for each value": """
import numpy as np

def interpolate(x, Y, t):
    values = np.zeros((Y.shape[0], t.size))
    for r in range(Y.shape[0]):
        for p in range(t.size):
            for j in range(x.size):
                term = Y[r, j]
                for i in range(x.size):
                    if i != j:
                        term *= (t[p] - x[i]) / (x[j] - x[i])
                values[r, p] += term
    return values
""",
    "uncounted: the product of NumPy": """
import numpy as np

def interpolate(x, Y, t):
    Q = np.ones((t.size, x.size))
    for p in range(t.size):
        for j in range(x.size):
            for i in range(x.size):
                if i != j:
                    Q[p, j] *= (t[p] - x[i]) / (x[j] - x[i])
    return Y @ Q.T
""",
    "hard-coded: a straight line": """
import numpy as np

def interpolate(x, Y, t):
    values = np.zeros((Y.shape[0], t.size))
    for r in range(Y.shape[0]):
        slope = (Y[r, 1] - Y[r, 0]) / (x[1] - x[0])
        for p in range(t.size):
            values[r, p] = Y[r, 0] + slope * (t[p] - x[0])
            for j in range(x.size):
                values[r, p] += 0.0 * Y[r, j]
    return values
""",
    "hanging: a node that is looked for": """
import numpy as np

def interpolate(x, Y, t):
    values = np.zeros((Y.shape[0], t.size))
    j = 0
    while x[j] != t[0]:
        j = (j + 1) % x.size
    values[0, 0] = Y[0, j]
    return values
""",
}
