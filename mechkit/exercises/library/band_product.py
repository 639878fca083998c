"""Multiply a band matrix by a vector in (4k + 2) n flops."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `band_product(A, x)`. The array A of shape (n, 2k + 1) holds a square matrix with k diagonals on each side of
the main one: A[i, k + j - i] is the number in row i and column j. What lies outside of the matrix is not zero in A,
and must not be used. It returns the product of the matrix with the vector x.

At most (4k + 2) n flops are allowed: one multiplication and one addition for each number of the band.
"""


def problem(n, k, rng):
    """A band, and a vector."""
    return rng.standard_normal((n, 2 * k + 1)), rng.standard_normal(n)


def check(y, A, x):
    """Whether it is the product."""
    n, k = x.size, A.shape[1] // 2
    matrix = sum(np.diag(A[max(0, -d) : n - max(0, d), k + d], d) for d in range(-k, k + 1))
    return differs(y, matrix @ x, 1e-11) or True


exercise = Exercise(
    "band_product",
    problem,
    check,
    n=(5, 12),
    k=(1, 3),
    seeds=2,
    at_most={"flops": "4n k + 2n", "int": "20n k + 20n"},
    at_least={"flops": "2n k"},
    points=3,
)

SOLUTION = """
import numpy as np

def band_product(A, x):
    n = x.size
    k = A.shape[1] // 2
    y = np.zeros(n)
    for i in range(n):
        for j in range(max(0, i - k), min(n, i + k + 1)):
            y[i] = y[i] + A[i, k + j - i] * x[j]
    return y
"""

RIGHT = {
    "diagonal by diagonal": """
import numpy as np

def band_product(A, x):
    n, width = A.shape
    k = (width - 1) // 2
    y = np.zeros(n)
    for d in range(-k, k + 1):
        for i in range(max(0, -d), min(n, n - d)):
            y[i] += A[i, k + d] * x[i + d]
    return y
""",
    "a test for each number": """
import numpy as np

def band_product(A, x):
    k = A.shape[1] // 2
    y = np.empty(len(x))
    for i in range(len(x)):
        s = 0.0
        for c in range(A.shape[1]):
            j = i + c - k
            if 0 <= j < len(x):
                s += A[i, c] * x[j]
        y[i] = s
    return y
""",
    "a driver, columns, while loops": """
import numpy as np

def add_column(A, x, y, j):
    n = x.size
    k = A.shape[1] // 2
    i = j - k
    if i < 0:
        i = 0
    while i < n and i <= j + k:
        y[i] += A[i, k + j - i] * x[j]
        i += 1

def add_all(A, x, y):
    for j in range(x.size):
        add_column(A, x, y, j)

def band_product(A, x):
    y = np.zeros(A.shape[0])
    add_all(A, x, y)
    return y
""",
}

WRONG = {
    "wrong: the columns of the array are those of the matrix": """
import numpy as np

def band_product(A, x):
    y = np.zeros(x.size)
    for i in range(x.size):
        for c in range(A.shape[1]):
            y[i] += A[i, c] * x[c % x.size]
    return y
""",
    "wrong: negative indices": """
import numpy as np

def band_product(A, x):
    k = A.shape[1] // 2
    y = np.zeros(x.size)
    for i in range(x.size):
        for c in range(A.shape[1]):
            y[i] += A[i, c] * x[(i + c - k) % x.size]
    return y
""",
    "expensive: the whole matrix": """
import numpy as np

def band_product(A, x):
    n = x.size
    k = A.shape[1] // 2
    M = np.zeros((n, n))
    y = np.zeros(n)
    for i in range(n):
        for j in range(max(0, i - k), min(n, i + k + 1)):
            M[i, j] = A[i, k + j - i]
    for i in range(n):
        for j in range(n):
            y[i] += M[i, j] * x[j]
    return y
""",
    "uncounted: the product of NumPy": """
import numpy as np

def band_product(A, x):
    k = A.shape[1] // 2
    padded = np.zeros(x.size + 2 * k)
    padded[k : k + x.size] = x
    y = np.zeros(x.size)
    for i in range(x.size):
        y[i] = A[i] @ padded[i : i + 2 * k + 1]
    return y
""",
    "hard-coded: three diagonals": """
import numpy as np

def band_product(A, x):
    y = np.zeros(x.size)
    for i in range(x.size):
        y[i] = A[i, 1] * x[i]
        if i > 0:
            y[i] += A[i, 0] * x[i - 1]
        if i < x.size - 1:
            y[i] += A[i, 2] * x[i + 1]
    return y
""",
    "hanging: a row that is never left": """
import numpy as np

def band_product(A, x):
    y = np.zeros(x.size)
    i = 0
    c = 0
    while i < x.size:
        y[i] += A[i, c] * x[c]
        c = (c + 1) % A.shape[1]
    return y
""",
}
