"""Sums over many ranges in n + m flops, from prefix sums."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `range_sums(x, first, last)`. It returns an array of m sums: for each k the sum of x[first[k]] to x[last[k] - 1].
A sum over an empty range is 0. The array x has n numbers, `first` and `last` have m.

At most n + m flops are allowed. Sums from the beginning of x are computed once, and each answer is made of two of them.
"""


def problem(n, m, rng):
    """Numbers, and ranges; the first range is all of them, the last one is empty."""
    ends = np.sort(rng.integers(0, n + 1, (2, m)), axis=0)
    ends[:, 0] = 0, n
    ends[0, -1] = ends[1, -1]
    return rng.standard_normal(n), ends[0].copy(), ends[1].copy()


def check(sums, x, first, last):
    """Whether each sum is right."""
    return differs(sums, np.array([x[a:b].sum() for a, b in zip(first, last, strict=True)]), 1e-10) or True


exercise = Exercise(
    "range_sums",
    problem,
    check,
    n=(3, 20),
    m=(2, 15),
    seeds=2,
    at_most={"flops": "n + m", "int": "6n + 6m + 10"},
    at_least={"flops": "n - 1"},
    points=3,
)

SOLUTION = """
import numpy as np

def range_sums(x, first, last):
    prefix = np.zeros(x.size + 1)
    for i in range(x.size):
        prefix[i + 1] = prefix[i] + x[i]
    sums = np.zeros(first.size)
    for k in range(first.size):
        sums[k] = prefix[last[k]] - prefix[first[k]]
    return sums
"""

RIGHT = {
    "sums from the end": """
import numpy as np

def range_sums(x, first, last):
    n = len(x)
    rest = np.zeros(n + 1)
    for i in range(n - 1, -1, -1):
        rest[i] = x[i] + rest[i + 1]
    sums = np.empty(len(first))
    for k in range(len(first)):
        sums[k] = rest[first[k]] - rest[last[k]]
    return sums
""",
    "a running sum, while loops": """
import numpy as np

def range_sums(x, first, last):
    prefix = np.empty(x.size + 1)
    s = 0.0
    prefix[0] = s
    i = 0
    while i < x.size:
        s += x[i]
        i += 1
        prefix[i] = s
    sums = np.zeros(first.shape[0])
    k = 0
    while k < sums.size:
        sums[k] = prefix[last[k]]
        sums[k] -= prefix[first[k]]
        k += 1
    return sums
""",
    "a driver and two kernels": """
import numpy as np

def accumulate(x, prefix):
    for i, number in enumerate(x):
        prefix[i + 1] = prefix[i] + number

def answer(prefix, first, last, sums):
    for k, a in enumerate(first):
        sums[k] = prefix[last[k]] - prefix[a]

def range_sums(x, first, last):
    prefix = np.zeros(x.size + 1)
    sums = np.zeros(first.size)
    accumulate(x, prefix)
    answer(prefix, first, last, sums)
    return sums
""",
}

WRONG = {
    "wrong: the last number is left out": """
import numpy as np

def range_sums(x, first, last):
    prefix = np.zeros(x.size + 1)
    for i in range(x.size):
        prefix[i + 1] = prefix[i] + x[i]
    sums = np.zeros(first.size)
    for k in range(first.size):
        sums[k] = prefix[max(0, last[k] - 1)] - prefix[first[k]]
    return sums
""",
    "wrong: past the end": """
import numpy as np

def range_sums(x, first, last):
    prefix = np.zeros(x.size)
    for i in range(x.size):
        prefix[i + 1] = prefix[i] + x[i]
    sums = np.zeros(first.size)
    for k in range(first.size):
        sums[k] = prefix[last[k]] - prefix[first[k]]
    return sums
""",
    "expensive: each range for itself": """
import numpy as np

def range_sums(x, first, last):
    sums = np.zeros(first.size)
    for k in range(first.size):
        for i in range(first[k], last[k]):
            sums[k] = sums[k] + x[i]
    return sums
""",
    "expensive: all sums from i to j": """
import numpy as np

def range_sums(x, first, last):
    n = x.size
    table = np.zeros((n + 1, n + 1))
    for i in range(n):
        for j in range(i, n):
            table[i, j + 1] = table[i, j] + x[j]
    sums = np.zeros(first.size)
    for k in range(first.size):
        sums[k] = table[first[k], last[k]]
    return sums
""",
    "uncounted: the sums of NumPy": """
import numpy as np

def range_sums(x, first, last):
    prefix = np.cumsum(x)
    sums = np.zeros(first.size)
    for k in range(first.size):
        sums[k] = prefix[last[k] - 1] - prefix[first[k]] + x[first[k]]
    return sums
""",
    "hard-coded: the sum of all": """
import numpy as np

def range_sums(x, first, last):
    sums = np.zeros(first.size)
    for i in range(x.size):
        sums[0] += x[i]
    return sums
""",
    "hanging: an empty range has no end": """
import numpy as np

def range_sums(x, first, last):
    sums = np.zeros(first.size)
    for k in range(first.size):
        i = first[k]
        s = 0.0
        while i != last[k] - 1:
            s += x[i % x.size]
            i += 1
        sums[k] = s
    return sums
""",
}
