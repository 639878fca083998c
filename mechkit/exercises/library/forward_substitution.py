"""Forward substitution in n^2 flops."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `forward_substitution(L, b)`. It returns the solution x of L x = b. The matrix L is lower triangular: what stands
above its diagonal is not zero here, but must not be used.

At most n^2 flops are allowed: one division for each row, and two flops for each number below the diagonal.
"""


def problem(n, rng):
    """A matrix of which the lower triangle counts, and a right-hand side."""
    return rng.uniform(-1.0, 1.0, (n, n)) / n + np.diag(rng.uniform(1.0, 2.0, n)), rng.standard_normal(n)


def check(x, L, b):
    """Whether x solves the system."""
    return differs(np.tril(L) @ x if np.shape(x) == b.shape else x, b, 1e-10) or True


exercise = Exercise(
    "forward_substitution",
    problem,
    check,
    n=(1, 2, 5, 12),
    seeds=2,
    at_most={"flops": "n^2", "int": "3n^2 + 10n"},
    at_least={"flops": "n^2 - n"},
    points=4,
)

SOLUTION = """
def forward_substitution(L, b):
    x = b.copy()
    for i in range(x.size):
        for j in range(i):
            x[i] = x[i] - L[i, j] * x[j]
        x[i] = x[i] / L[i, i]
    return x
"""

RIGHT = {
    "column by column": """
import numpy as np

def forward_substitution(L, b):
    x = np.array(b, dtype=float)
    for j in range(len(x)):
        x[j] /= L[j, j]
        for i in range(j + 1, len(x)):
            x[i] -= L[i, j] * x[j]
    return x
""",
    "a row at a time, in a helper": """
import numpy as np

def known(row, x, i):
    s = row[0] * x[0]
    for j in range(1, i):
        s += row[j] * x[j]
    return s

def forward_substitution(L, b):
    x = np.empty_like(b)
    x[0] = b[0] / L[0, 0]
    for i in range(1, b.size):
        x[i] = (b[i] - known(L[i], x, i)) / L[i, i]
    return x
""",
    "a driver and a recursive kernel": """
import numpy as np

def solve_from(L, x, i):
    if i == x.size:
        return
    for j in range(i):
        x[i] -= L[i, j] * x[j]
    x[i] /= L[i, i]
    solve_from(L, x, i + 1)

def start(L, x):
    solve_from(L, x, 0)

def forward_substitution(L, b):
    x = np.copy(b)
    start(L, x)
    return x
""",
}

WRONG = {
    "wrong: the diagonal is taken for ones": """
def forward_substitution(L, b):
    x = b.copy()
    for i in range(x.size):
        for j in range(i):
            x[i] -= L[i, j] * x[j]
        x[i] = x[i] / 1.0
    return x
""",
    "wrong: the old values": """
def forward_substitution(L, b):
    x = b.copy()
    for i in range(x.size):
        for j in range(i):
            x[i] -= L[i, j] * b[j]
        x[i] /= L[i, i]
    return x
""",
    "expensive: a division for each number": """
def forward_substitution(L, b):
    x = b.copy()
    for i in range(x.size):
        x[i] = x[i] / L[i, i]
        for j in range(i):
            x[i] = x[i] - L[i, j] / L[i, i] * x[j]
    return x
""",
    "expensive: the zeros too": """
import numpy as np

def forward_substitution(L, b):
    x = np.zeros(b.size)
    for i in range(b.size):
        s = 0.0
        for j in range(b.size):
            if j < i:
                s = s + L[i, j] * x[j]
            else:
                s = s + 0.0 * x[j]
        x[i] = (b[i] - s) / L[i, i]
    return x
""",
    "uncounted: a product of arrays": """
import numpy as np

def forward_substitution(L, b):
    x = b.copy()
    for i in range(x.size):
        x[i] = (b[i] - np.dot(L[i, :i], x[:i])) / L[i, i]
    return x
""",
    "hard-coded: one equation": """
def forward_substitution(L, b):
    x = b.copy()
    x[0] = b[0] / L[0, 0]
    for i in range(1, x.size):
        for j in range(i):
            x[i] = x[i] - 0.0 * x[j]
    return x
""",
    "hanging: the column is never changed": """
def forward_substitution(L, b):
    x = b.copy()
    i = 0
    while i < x.size:
        x[i] -= L[i, 0] * x[0]
        if x[i] > 1e300:
            i += 1
    return x
""",
}
