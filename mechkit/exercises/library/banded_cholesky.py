"""Cholesky factorization of a band in n (k + 1)^2 flops."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `band_cholesky(A)`. The array A of shape (k + 1, n) holds the lower half of a symmetric and positive definite
matrix with k diagonals below the main one: A[d, j] is the number in row j + d and column j. It returns the Cholesky
factor L in the same form. What would lie below the last row of the matrix is 0, and may be anything in the result.

At most n (k + 1)^2 flops are allowed. The whole matrix takes n^3/3: outside of the band nothing
but zeros would be computed.
"""


def problem(n, k, rng):
    """The band of a matrix L L^T."""
    L = dense(np.vstack([rng.uniform(1.0, 2.0, n), rng.uniform(-0.5, 0.5, (k, n))]))
    A = L @ L.T
    return np.array([np.append(np.diagonal(A, -d), np.zeros(d)) for d in range(k + 1)])


def check(L, A):
    """Whether L L^T is the matrix, and the diagonal of L positive."""
    if np.shape(L) != A.shape:
        return f"the result has the shape {np.shape(L)} and must have {A.shape}"
    if not np.all(L[0] > 0.0):
        return "a diagonal number of the factor is not positive"
    product = dense(L) @ dense(L).T
    matrix = dense(A)
    return differs(product, matrix + np.tril(matrix, -1).T, 1e-10) or True


def dense(band):
    """The lower triangular matrix of a band."""
    n = band.shape[1]
    return sum(np.diag(row[: n - d], -d) for d, row in enumerate(band))


exercise = Exercise(
    "band_cholesky",
    problem,
    check,
    n=(5, 9),
    k=(1, 3),
    seeds=2,
    at_most={"flops": "n k^2 + 2n k + n", "int": "12n k^2 + 30n k + 30n"},
    at_least={"flops": "n k"},
    points=8,
)

SOLUTION = """
import math

def band_cholesky(A):
    L = A.copy()
    m = L.shape[0]
    n = L.shape[1]
    for j in range(n):
        L[0, j] = math.sqrt(L[0, j])
        last = min(m, n - j)
        for d in range(1, last):
            L[d, j] = L[d, j] / L[0, j]
        for c in range(1, last):
            for d in range(c, last):
                L[d - c, j + c] = L[d - c, j + c] - L[d, j] * L[c, j]
    return L
"""

RIGHT = {
    "row by row": """
import numpy as np

def band_cholesky(A):
    m, n = A.shape
    L = np.zeros((m, n))
    for i in range(n):
        first = max(0, i - m + 1)
        for j in range(first, i + 1):
            s = A[i - j, j]
            for c in range(first, j):
                s -= L[i - c, c] * L[j - c, c]
            if i == j:
                L[0, i] = np.sqrt(s)
            else:
                L[i - j, j] = s / L[0, j]
    return L
""",
    "each number of a column is used at once, while loops": """
import numpy as np

def band_cholesky(A):
    L = np.copy(A)
    m = len(L)
    n = L.shape[1]
    j = 0
    while j < n:
        L[0, j] = np.sqrt(L[0, j])
        last = m if j + m <= n else n - j
        d = 1
        while d < last:
            L[d, j] /= L[0, j]
            for c in range(1, d + 1):
                L[d - c, j + c] -= L[d, j] * L[c, j]
            d += 1
        j += 1
    return L
""",
    "a driver and two kernels": """
import math
import numpy as np

def scale(L, j, last):
    L[0, j] = math.sqrt(L[0, j])
    for d in range(1, last):
        L[d, j] /= L[0, j]

def update(L, j, last):
    for c in range(1, last):
        for d in range(c, last):
            L[d - c, j + c] -= L[d, j] * L[c, j]

def factor(L):
    m, n = L.shape
    for j in range(n):
        last = min(m, n - j)
        scale(L, j, last)
        update(L, j, last)

def band_cholesky(A):
    L = np.array(A, dtype=float)
    factor(L)
    return L
""",
}

WRONG = {
    "wrong: no square root": """
def band_cholesky(A):
    L = A.copy()
    m, n = L.shape
    for j in range(n):
        last = min(m, n - j)
        for d in range(1, last):
            L[d, j] /= L[0, j]
        for c in range(1, last):
            for d in range(c, last):
                L[d - c, j + c] -= L[d, j] * L[c, j]
    return L
""",
    "wrong: past the last column": """
import math

def band_cholesky(A):
    L = A.copy()
    m, n = L.shape
    for j in range(n):
        L[0, j] = math.sqrt(L[0, j])
        for d in range(1, m):
            L[d, j] /= L[0, j]
        for c in range(1, m):
            for d in range(c, m):
                L[d - c, j + c] -= L[d, j] * L[c, j]
    return L
""",
    "expensive: the whole matrix": """
import math
import numpy as np

def band_cholesky(A):
    m, n = A.shape
    M = np.zeros((n, n))
    for d in range(m):
        for j in range(n - d):
            M[j + d, j] = A[d, j]
    for j in range(n):
        M[j, j] = math.sqrt(M[j, j])
        for i in range(j + 1, n):
            M[i, j] /= M[j, j]
        for c in range(j + 1, n):
            for i in range(c, n):
                M[i, c] -= M[i, j] * M[c, j]
    L = np.zeros((m, n))
    for d in range(m):
        for j in range(n - d):
            L[d, j] = M[j + d, j]
    return L
""",
    "uncounted: the factorization of NumPy": """
import numpy as np

def band_cholesky(A):
    return np.linalg.cholesky(A)
""",
    "hard-coded: a diagonal matrix": """
import math

def band_cholesky(A):
    L = A.copy()
    for j in range(L.shape[1]):
        L[0, j] = math.sqrt(A[0, j])
        for d in range(1, L.shape[0]):
            L[d, j] = A[d, j] * 0.0
    return L
""",
    "hanging: a column that is never left": """
import math

def band_cholesky(A):
    L = A.copy()
    j = 0
    while j < L.shape[1]:
        L[0, j] = math.sqrt(L[0, j])
        for d in range(1, L.shape[0]):
            L[d, j] /= L[0, j]
    return L
""",
}
