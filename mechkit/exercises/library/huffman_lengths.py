"""The lengths of Huffman's code words, in 2n comparisons where the weights are sorted."""

import heapq

import numpy as np

from mechkit.exercises.exercise import Exercise

STATEMENT = """
Write `huffman_lengths(weights)`. The weights of n symbols are given, the smallest first. It returns an array of n
integers: how many bits each symbol gets in a code without common prefixes for which the sum of weight times length is
the least.

Huffman joins the two smallest weights again and again. The sums arise in rising order, so that the two smallest are
at the front of two queues: at most 4n comparisons of weights and n flops are allowed.
"""


def problem(n, rng):
    """Sorted weights: some rise slowly, and some double, so that the code words become long."""
    weights = rng.uniform(0.5, 2.0, n) * rng.choice([1.0, 1.7]) ** np.arange(n)
    return np.sort(weights)


def check(lengths, weights):
    """Whether a code has these lengths, and no other code is shorter on the average."""
    if np.shape(lengths) != weights.shape or np.asarray(lengths).dtype.kind not in "iu":
        return f"the result must be an array of {weights.size} integers"
    if np.any(lengths < 1) or np.any(lengths > weights.size):
        return "a length is less than 1, or larger than the number of symbols"
    kraft = sum(2 ** (weights.size - int(length)) for length in lengths)
    if kraft > 2**weights.size:
        return "no code without common prefixes has these lengths: the sum of 2^-length is over 1"
    heap, least = weights.tolist(), 0.0
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        heapq.heappush(heap, joined)
        least += joined
    cost = float(weights @ lengths)
    return True if cost <= least * (1.0 + 1e-12) else f"the code needs {cost:.6g} bits, and {least:.6g} are enough"


exercise = Exercise(
    "huffman_lengths",
    problem,
    check,
    n=(2, 3, 8, 20),
    seeds=2,
    at_most={"flops": "n", "compare": "4n", "int": "30n"},
    at_least={"flops": "n - 1"},
    points=6,
)

SOLUTION = """
import numpy as np

def huffman_lengths(weights):
    n = weights.size
    weight = np.zeros(2 * n - 1)
    parent = np.zeros(2 * n - 1, np.int64)
    for k in range(n):
        weight[k] = weights[k]
    leaf = 0
    node = n
    for new in range(n, 2 * n - 1):
        for child in range(2):
            if node == new or (leaf < n and weight[leaf] <= weight[node]):
                least = leaf
                leaf += 1
            else:
                least = node
                node += 1
            parent[least] = new
            weight[new] = weight[least] if child == 0 else weight[new] + weight[least]
    depth = np.zeros(2 * n - 1, np.int64)
    for k in range(2 * n - 3, -1, -1):
        depth[k] = depth[parent[k]] + 1
    return depth[:n].copy()
"""

RIGHT = {
    "a helper takes the least, while loops": """
import numpy as np

def take(w, n, front, new):
    if front[0] < n and (front[1] == new or w[front[0]] < w[front[1]]):
        front[0] += 1
        return front[0] - 1
    front[1] += 1
    return front[1] - 1

def huffman_lengths(weights):
    n = len(weights)
    w = np.zeros(2 * n)
    up = np.zeros(2 * n, dtype=np.int64)
    front = np.zeros(2, dtype=np.int64)
    front[1] = n
    k = 0
    while k < n:
        w[k] = weights[k]
        k += 1
    while k < 2 * n - 1:
        a = take(w, n, front, k)
        b = take(w, n, front, k)
        w[k] = w[a] + w[b]
        up[a] = k
        up[b] = k
        k += 1
    lengths = np.zeros(n, dtype=np.int64)
    bits = np.zeros(2 * n, dtype=np.int64)
    k = 2 * n - 3
    while k >= 0:
        bits[k] = bits[up[k]] + 1
        if k < n:
            lengths[k] = bits[k]
        k -= 1
    return lengths
""",
    "two arrays, infinite weights at the ends": """
import numpy as np

def huffman_lengths(weights):
    n = weights.size
    sums = np.full(n + 1, np.inf)
    leaves = np.full(n + 1, np.inf)
    for k in range(n):
        leaves[k] = weights[k]
    above_leaf = np.zeros(n + 1, np.int64)
    above_sum = np.zeros(n + 1, np.int64)
    i = 0
    j = 0
    for m in range(n - 1):
        total = -1.0
        for twice in range(2):
            if leaves[i] <= sums[j]:
                least = leaves[i]
                above_leaf[i] = m
                i += 1
            else:
                least = sums[j]
                above_sum[j] = m
                j += 1
            total = least if twice == 0 else total + least
        sums[m] = total
    depth = np.zeros(n, np.int64)
    for m in range(n - 3, -1, -1):
        depth[m] = depth[above_sum[m]] + 1
    lengths = np.zeros(n, np.int64)
    for k in range(n):
        lengths[k] = depth[above_leaf[k]] + 1
    return lengths
""",
    "a driver and kernels": """
import numpy as np

def join(w, up, n):
    i = 0
    j = n
    for k in range(n, 2 * n - 1):
        for turn in range(2):
            use_leaf = j == k
            if not use_leaf and i < n:
                use_leaf = w[i] < w[j]
            if use_leaf:
                up[i] = k
                w[k] = w[i] if turn == 0 else w[k] + w[i]
                i += 1
            else:
                up[j] = k
                w[k] = w[j] if turn == 0 else w[k] + w[j]
                j += 1

def fill(w, weights):
    for k in range(weights.size):
        w[k] = weights[k]

def descend(up, bits):
    for k in range(bits.size - 2, -1, -1):
        bits[k] = bits[up[k]] + 1

def huffman_lengths(weights):
    n = weights.size
    w = np.zeros(2 * n - 1)
    up = np.zeros(2 * n - 1, dtype=np.int64)
    bits = np.zeros(2 * n - 1, dtype=np.int64)
    fill(w, weights)
    join(w, up, n)
    descend(up, bits)
    return bits[:n]
""",
}

WRONG = {
    "wrong: the heavy symbols get the long words": """
import numpy as np

def huffman_lengths(weights):
    n = weights.size
    lengths = np.zeros(n, np.int64)
    s = weights[0]
    for k in range(n):
        lengths[k] = k + 1
        if k > 0:
            s = s + weights[k]
    lengths[n - 1] = max(1, n - 1)
    return lengths
""",
    "wrong: one bit for all": """
import numpy as np

def huffman_lengths(weights):
    s = weights[0]
    for k in range(1, weights.size):
        s = s + weights[k]
    return np.ones(weights.size, np.int64)
""",
    "wrong: Shannon's lengths, rounded up": """
import numpy as np

def huffman_lengths(weights):
    total = 0.0
    for k in range(weights.size):
        total += weights[k]
    lengths = np.zeros(weights.size, np.int64)
    for k in range(weights.size):
        p = weights[k]
        while 2.0 * p <= total and lengths[k] < weights.size:
            lengths[k] += 1
            p += p
    return lengths
""",
    "expensive: the smallest two are searched for": """
import numpy as np

def huffman_lengths(weights):
    n = weights.size
    w = np.zeros(2 * n - 1)
    up = np.zeros(2 * n - 1, np.int64)
    used = np.zeros(2 * n - 1, np.bool_)
    for k in range(n):
        w[k] = weights[k]
    for new in range(n, 2 * n - 1):
        for child in range(2):
            least = -1
            for k in range(new):
                if not used[k] and (least < 0 or w[k] < w[least]):
                    least = k
            used[least] = True
            up[least] = new
            w[new] = w[least] if child == 0 else w[new] + w[least]
    bits = np.zeros(2 * n - 1, np.int64)
    for k in range(2 * n - 3, -1, -1):
        bits[k] = bits[up[k]] + 1
    return bits[:n].copy()
""",
    "uncounted: sorting by NumPy": """
import numpy as np

def huffman_lengths(weights):
    w = weights.copy()
    lengths = np.zeros(w.size, np.int64)
    for k in range(w.size - 1):
        w = np.sort(w)
        w[1] = w[0] + w[1]
        lengths[k] += 1
    return lengths
""",
    "hard-coded: weights that double": """
import numpy as np

def huffman_lengths(weights):
    n = weights.size
    lengths = np.zeros(n, np.int64)
    s = weights[0]
    for k in range(n):
        lengths[k] = min(n - k, n - 1)
        if k > 0:
            s = s + weights[k]
    return lengths
""",
    "hanging: the queue is never shorter": """
import numpy as np

def huffman_lengths(weights):
    lengths = np.zeros(weights.size, np.int64)
    left = weights.size
    s = weights[0]
    while left > 1:
        s = s + weights[left - 1]
        lengths[left - 1] += 1
    return lengths
""",
}
