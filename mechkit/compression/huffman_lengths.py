"""The lengths of the words of a Huffman code, free or limited, and the canonical words of given lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel

#: No word is longer than this: two words and what is left of another fit into 64 bits.
LONGEST_WORD = 32


@kernel(cache=True, error_model="numpy")
def two_queues(weight, parent, depth):
    """The depths of the leaves of Huffman's tree, for n >= 2 weights in rising order.

    weight (2n - 1,) : the weights of the leaves, then room for those of the inner nodes.
    parent, depth (2n - 1,) : room; the depths of the leaves come first in depth.

    >>> from mechkit import law
    >>> law(two_queues, n=range(2, 8))["int"]["add"]
    Polynomial('6n - 5')
    """
    # Van Leeuwen, On the construction of Huffman trees (1976)
    # 1  the leaves are one queue, the inner nodes the other: both rise
    nodes = weight.size
    n = (nodes + 1) // 2
    leaf = 0
    inner = n
    for node in range(n, nodes):
        weight[node] = 0
        for _ in range(2):  # 2  join the two lightest
            if leaf < n and (inner >= node or weight[leaf] <= weight[inner]):
                lightest = leaf
                leaf = leaf + 1
            else:
                lightest = inner
                inner = inner + 1
            parent[lightest] = node
            weight[node] = weight[node] + weight[lightest]

    # 3  the depths, from the root down
    depth[nodes - 1] = 0
    for k in range(nodes - 1):
        node = nodes - 2 - k
        depth[node] = depth[parent[node]] + 1


@two_queues.example
def _(n):
    n = max(n, 2)
    weight = [1, 1]
    while len(weight) < n:
        weight.append(weight[-1] + weight[-2])
    return np.array(weight + [0] * (n - 1)), np.zeros(2 * n - 1, np.int64), np.zeros(2 * n - 1, np.int64)


@kernel(cache=True, error_model="numpy")
def package_merge(weight, limit, packed, is_leaf, depth):
    """The depths (n,) of the leaves of the best tree whose depth is at most limit, for n >= 2 weights in rising order.

    packed (2, 2n) and is_leaf (limit, 2n) : room. depth (n,) : zeros. Needs 2^limit >= n.

    >>> from mechkit import growth, count
    >>> def additions(n):
    ...     with count() as ops:
    ...         package_merge(*package_merge.example_arguments(n))
    ...     return ops["int"].add
    >>> print(growth({n: additions(n) for n in (64, 128, 256, 512)}))
    n log n ...
    """
    # Larmore and Hirschberg, A fast algorithm for optimal length-limited Huffman codes (1990)
    n = weight.size
    size = 0
    for level in range(limit):
        # 1  the packages of the level below, in pairs, are merged with the leaves
        below = packed[level % 2]
        here = packed[(level + 1) % 2]
        leaf = 0
        package = 0
        pairs = size // 2
        for item in range(n + pairs):
            if package < pairs:
                both = below[2 * package] + below[2 * package + 1]
                takes_leaf = leaf < n and weight[leaf] <= both
            else:
                both = 0
                takes_leaf = True
            if takes_leaf:
                here[item] = weight[leaf]
                leaf = leaf + 1
            else:
                here[item] = both
                package = package + 1
            is_leaf[level, item] = takes_leaf
        size = n + pairs

    # 2  the 2n - 2 lightest of the last level; a leaf among them is a level deeper
    wanted = 2 * n - 2
    for k in range(limit):
        level = limit - 1 - k
        leaf = 0
        for item in range(wanted):
            if is_leaf[level, item]:
                depth[leaf] += 1
                leaf = leaf + 1
        wanted = 2 * (wanted - leaf)


@package_merge.example
def _(n):
    n = max(n, 2)
    limit = int(n - 1).bit_length() + 1
    room = np.zeros((2, 2 * n), np.int64)
    return np.arange(1, n + 1), limit, room, np.zeros((limit, 2 * n), bool), np.zeros(n, np.int64)


@kernel(cache=True, error_model="numpy")
def canonical_words(lengths, first, words):
    """The words of a canonical code: shorter words come first, and words of a length in the order of their symbols.

    lengths (n,) : of the words, 0 for a symbol without one. first (33,) : zeros. words (n,) : the result.

    >>> from mechkit import law
    >>> law(lambda n: canonical_words(np.ones(n, np.uint8), np.zeros(33, np.int64), np.zeros(n, np.int64)),
    ...     n=range(1, 6))["int"]["add"]
    Polynomial('2n + 32')
    """
    # RFC 1951, section 3.2.2
    for s in range(lengths.size):  # 1  how many words have each length
        first[lengths[s]] += 1
    first[0] = 0
    word = 0
    for length in range(1, first.size):  # 2  the first word of each length
        number = first[length]
        first[length] = word
        word = (word + number) << 1
    for s in range(lengths.size):  # 3  the words of a length count up
        length = lengths[s]
        if length > 0:
            words[s] = first[length]
            first[length] += 1


@canonical_words.example
def _(n):
    lengths = np.full(n, max(int(n - 1).bit_length(), 1), np.uint8)
    return lengths, np.zeros(LONGEST_WORD + 1, np.int64), np.zeros(n, np.int64)


def huffman_lengths(counts: Any, limit: int = LONGEST_WORD) -> np.ndarray:
    """The lengths of the words of a Huffman code: no code with a word for each symbol is shorter.

    Parameters
    ----------
    counts : how often each symbol occurs, whole numbers that are not negative.
    limit : no word is longer than this number of bits, at most 32.

    Returns
    -------
    ndarray
        uint8, a length for each symbol; 0 for those that do not occur. A single symbol has 1, though it is written with
        no bits at all: the lengths tell which symbol it is.

    Raises
    ------
    ValueError, TypeError
        for counts that are negative or no whole numbers, and for a limit that is too small for so many symbols.

    Operation count
    ---------------
    Linear in the number n of symbols that occur, once they are sorted. Equal words are always given in the same order,
    so that the code is the same in every run.

    >>> from mechkit import law
    >>> law(lambda n: huffman_lengths(2 ** np.arange(n)), n=range(2, 8))["int"]["add"]
    Polynomial('6n - 5')

    References
    ----------
    Huffman, Proc. IRE 40 (1952); Larmore and Hirschberg, J. ACM 37 (1990) for a limit.

    Examples
    --------
    >>> counts = np.array([45, 13, 12, 16, 9, 5])
    >>> lengths = huffman_lengths(counts)
    >>> lengths
    array([1, 3, 3, 3, 4, 4], dtype=uint8)
    >>> int(counts @ lengths)
    224
    >>> huffman_lengths(counts, limit=3)
    array([2, 3, 3, 2, 3, 3], dtype=uint8)
    """
    counts = as_counts(counts)
    limit = whole("limit", limit)
    lengths = np.zeros(counts.size, np.uint8)
    used = np.flatnonzero(counts)
    n = used.size
    if limit > LONGEST_WORD or n > 1 << limit:
        raise ValueError(f"limit is {limit}; it must be at most {LONGEST_WORD}, and 2^limit at least {n}, the symbols")
    if n < 2:
        lengths[used] = 1
        return lengths
    order = used[np.argsort(counts[used], kind="stable")]
    weight = np.concatenate([counts[order], np.zeros(n - 1, np.int64)])
    depth = np.empty(2 * n - 1, np.int64)
    two_queues(weight, np.empty(2 * n - 1, np.int64), depth)
    if depth[:n].max() > limit:
        depth = np.zeros(n, np.int64)
        package_merge(counts[order], limit, np.empty((2, 2 * n), np.int64), np.empty((limit, 2 * n), bool), depth)
    lengths[order] = depth[:n]
    return lengths


def as_counts(counts: Any) -> np.ndarray:
    """Counts of symbols as int64, checked; their sum is below 2^62."""
    array = np.asarray(counts)
    if array.ndim != 1 or (array.dtype.kind not in "iu" and array.size):
        raise TypeError(f"counts has shape {array.shape} and holds {array.dtype}; give it a list of whole numbers")
    if array.size and (array.min() < 0 or float(array.sum(dtype=float)) >= 2.0**62):
        raise ValueError("counts must not be negative, and their sum must be below 2^62")
    return array.astype(np.int64)


def canonical_code(lengths: Any) -> np.ndarray:
    """The words of the canonical code that has these lengths.

    Parameters
    ----------
    lengths : the number of bits of each word, 0 for a symbol without a word, at most 32.

    Returns
    -------
    ndarray
        int64, the words as numbers; 0 for a symbol without one.

    Raises
    ------
    ValueError
        for lengths with more words than there is room for (Kraft's sum is above 1), or with too few.

    Operation count
    ---------------
    >>> from mechkit import law
    >>> law(lambda n: canonical_code([*range(1, n), n, n]), n=range(3, 8))["int"]["add"]
    Polynomial('2n + 34')

    References
    ----------
    RFC 1951, section 3.2.2; Schwartz and Kallick, Comm. ACM 7 (1964).

    Examples
    --------
    >>> lengths = [3, 3, 3, 3, 3, 2, 4, 4]
    >>> [f"{word:0{n}b}" for word, n in zip(canonical_code(lengths), lengths)]
    ['010', '011', '100', '101', '110', '00', '1110', '1111']
    """
    checked = complete_lengths(lengths)
    words = np.zeros(checked.size, np.int64)
    canonical_words(checked, np.zeros(LONGEST_WORD + 1, np.int64), words)
    return words


def complete_lengths(lengths: Any) -> np.ndarray:
    """Lengths as uint8, of a complete code, a single word of length 1, or no word. Raises ValueError for others."""
    array = np.asarray(lengths)
    if array.ndim != 1 or array.dtype.kind not in "iu" or array.min(initial=0) < 0:
        raise ValueError("lengths must be whole numbers that are not negative, one for each symbol")
    if array.max(initial=0) > LONGEST_WORD:
        raise ValueError(f"a word has {array.max()} bits; at most {LONGEST_WORD} are allowed")
    full = np.bincount(array, minlength=LONGEST_WORD + 1)[1:]
    kraft = sum(int(number) << (LONGEST_WORD - length) for length, number in enumerate(full, 1))
    single = np.count_nonzero(array) == 1 == array.max(initial=0)
    if kraft not in (0, 1 << LONGEST_WORD) and not single:
        raise ValueError(f"the lengths are not those of a complete code: Kraft's sum is {kraft / 2.0**LONGEST_WORD:g}")
    return array.astype(np.uint8)
