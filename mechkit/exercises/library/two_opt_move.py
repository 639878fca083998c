"""What a 2-opt move gains, in constant time."""

import numpy as np

from mechkit.exercises.comparing import differs
from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `gain(x, y, tour, i, j)`. The cities have the coordinates x and y. The array `tour` holds their numbers in the
order in which they are visited; after the last one the tour goes back to the first.

A 2-opt move turns the part from position i + 1 to position j around (i < j). The function returns by how much the tour
becomes shorter; the gain of a worse tour is negative.

At most 27 flops are allowed, however many cities there are: which edges does the move change?
"""


def problem(n, rng):
    """Cities, a tour, and two positions; in some cases the last edge of the tour is changed."""
    i, j = sorted(int(k) for k in rng.choice(n, 2, replace=False))
    if rng.random() < 0.4:
        i, j = int(rng.integers(1, n - 1)), n - 1
    return rng.random(n), rng.random(n), rng.permutation(n), i, j


def check(gained, x, y, tour, i, j):
    """Whether it is the difference of the two lengths."""
    turned = np.concatenate([tour[: i + 1], tour[i + 1 : j + 1][::-1], tour[j + 1 :]])

    def length(order):
        return np.sum(np.hypot(x[order] - x[np.roll(order, -1)], y[order] - y[np.roll(order, -1)]))

    if np.ndim(gained):
        return "the result must be a number"
    wrong = abs(gained - (length(tour) - length(turned))) > 1e-10
    return differs(float(gained), float(length(tour) - length(turned)), 1e-6) or True if wrong else True


exercise = Exercise(
    "gain",
    problem,
    check,
    n=(5, 12, 40),
    seeds=4,
    at_most={"flops": 27, "int": 12, "loads": 40},
    at_least={"flops": 15},
    points=4,
)

SOLUTION = """
import math

def distance(x, y, a, b):
    return math.sqrt((x[a] - x[b]) ** 2 + (y[a] - y[b]) ** 2)

def gain(x, y, tour, i, j):
    a = tour[i]
    b = tour[i + 1]
    c = tour[j]
    d = tour[(j + 1) % tour.size]
    return distance(x, y, a, b) + distance(x, y, c, d) - distance(x, y, a, c) - distance(x, y, b, d)
"""

RIGHT = {
    "hypot": """
import numpy as np

def gain(x, y, tour, i, j):
    k = j + 1
    if k == len(tour):
        k = 0
    a, b, c, d = tour[i], tour[i + 1], tour[j], tour[k]
    old = np.hypot(x[a] - x[b], y[a] - y[b]) + np.hypot(x[c] - x[d], y[c] - y[d])
    new = np.hypot(x[a] - x[c], y[a] - y[c]) + np.hypot(x[b] - x[d], y[b] - y[d])
    return old - new
""",
    "the index before the first": """
def between(x, y, a, b):
    u = x[a] - x[b]
    v = y[a] - y[b]
    return (u * u + v * v) ** 0.5

def gain(x, y, tour, i, j):
    d = tour[j + 1 - tour.size]
    s = between(x, y, tour[i], tour[i + 1])
    s -= between(x, y, tour[i], tour[j])
    s += between(x, y, tour[j], d)
    s -= between(x, y, tour[i + 1], d)
    return s
""",
    "a driver and a kernel with a loop over the edges": """
import math
import numpy as np

FROM = np.array([0, 2, 0, 1])
TO = np.array([1, 3, 2, 3])

def change(x, y, tour, i, j, city):
    city[0] = tour[i]
    city[1] = tour[i + 1]
    city[2] = tour[j]
    city[3] = tour[j + 1] if j + 1 < tour.size else tour[0]
    s = 0.0
    for e in range(4):
        p = city[FROM[e]]
        q = city[TO[e]]
        length = math.hypot(x[p] - x[q], y[p] - y[q])
        s = s + length if e < 2 else s - length
    return s

def gain(x, y, tour, i, j):
    return change(x, y, tour, i, j, np.zeros(4, dtype=np.int64))
""",
}

WRONG = {
    "wrong: longer is positive": """
import math

def distance(x, y, a, b):
    return math.hypot(x[a] - x[b], y[a] - y[b])

def gain(x, y, tour, i, j):
    a, b, c, d = tour[i], tour[i + 1], tour[j], tour[(j + 1) % tour.size]
    return distance(x, y, a, c) + distance(x, y, b, d) - distance(x, y, a, b) - distance(x, y, c, d)
""",
    "wrong: the tour is taken for the cities in their order": """
import math

def distance(x, y, a, b):
    return math.hypot(x[a] - x[b], y[a] - y[b])

def gain(x, y, tour, i, j):
    k = (j + 1) % tour.size
    return distance(x, y, i, i + 1) + distance(x, y, j, k) - distance(x, y, i, j) - distance(x, y, i + 1, k)
""",
    "wrong: the last edge is forgotten": """
import math

def distance(x, y, a, b):
    return math.hypot(x[a] - x[b], y[a] - y[b])

def gain(x, y, tour, i, j):
    a, b, c, d = tour[i], tour[i + 1], tour[j], tour[min(j + 1, tour.size - 1)]
    return distance(x, y, a, b) + distance(x, y, c, d) - distance(x, y, a, c) - distance(x, y, b, d)
""",
    "expensive: the lengths of both tours": """
import math

def length(x, y, tour):
    s = 0.0
    for k in range(tour.size):
        a = tour[k]
        b = tour[(k + 1) % tour.size]
        s += math.hypot(x[a] - x[b], y[a] - y[b])
    return s

def gain(x, y, tour, i, j):
    turned = tour.copy()
    for k in range(i + 1, j + 1):
        turned[k] = tour[i + 1 + j - k]
    return length(x, y, tour) - length(x, y, turned)
""",
    "expensive: it looks at all cities": """
import math

def distance(x, y, a, b):
    return math.hypot(x[a] - x[b], y[a] - y[b])

def gain(x, y, tour, i, j):
    last = 0
    for k in range(tour.size):
        if k == (j + 1) % tour.size:
            last = tour[k]
    a, b, c = tour[i], tour[i + 1], tour[j]
    return distance(x, y, a, b) + distance(x, y, c, last) - distance(x, y, a, c) - distance(x, y, b, last)
""",
    "uncounted: norms of NumPy": """
import numpy as np

def gain(x, y, tour, i, j):
    p = np.column_stack((x, y))
    a, b, c, d = p[tour[i]], p[tour[i + 1]], p[tour[j]], p[(j + 1) % tour.size]
    return np.linalg.norm(a - b) + np.linalg.norm(c - d) - np.linalg.norm(a - c) - np.linalg.norm(b - d)
""",
    "hard-coded: no move gains anything": """
def gain(x, y, tour, i, j):
    s = 0.0
    for k in range(20):
        s = s + 0.0
    return s
""",
    "hanging: a search for the way back": """
def gain(x, y, tour, i, j):
    k = i
    while tour[k] != -1:
        k = (k + 1) % tour.size
    return x[k]
""",
}
