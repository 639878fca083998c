"""Products of long integers, limb by limb: what an operation costs when the precision grows.

A natural number is an int64 array of limbs, digits in base 2^16, the least significant first. All work is integer
work: it counts in the column ``int``, and is never a flop.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.counting import kernel

BITS = 16  #: of a limb
MASK = 2**BITS - 1  #: the largest limb

#: Products of so many limbs are left to the schoolbook. In counted operations halving pays from 10 limbs on, in time
#: from about 24; up to 64 it makes little difference.
CUTOFF = 32
#: How often karatsuba may halve. Each time limbs grow by a bit: at depth 15 they are below 2^31, so that products fit
#: into int64, and the sums of products stay below 2^16 7^15 < 2^59.
DEEPEST = 15

METHODS = ("schoolbook", "karatsuba")


@kernel(cache=True)
def schoolbook(a, b, c):
    """c = a b, limb by limb; a (m,), b (n,), c (m + n,). Limbs of the factors may be up to 2^31.

    k limbs cost k^2 multiplications: the effort grows with the square of the bits.

    >>> from mechkit import law
    >>> found = law(schoolbook, k=range(1, 6))["int"]
    >>> found["mul"], found["add"], found["bitand"], found["rshift"]
    (Polynomial('k^2'), Polynomial('2k^2'), Polynomial('k^2'), Polynomial('k^2'))
    """
    # Knuth, The Art of Computer Programming, vol. 2, 3rd ed., section 4.3.1, algorithm M, without the test of M2
    m = a.size
    c[:m] = 0  # M1
    for j in range(b.size):
        row = c[j:]  # M3
        factor = b[j]
        carry = 0
        for i in range(m):
            t = a[i] * factor + row[i] + carry  # M4
            row[i] = t & MASK
            carry = t >> BITS
        row[m] = carry  # M6


@kernel(cache=True)
def karatsuba(a, b, c, work, cutoff):
    """c = a b from three products of half the length; a, b (k,), c (2k,), work (2k,) is overwritten.

    Halves down to cutoff limbs, which k must be times a power of two. Carries are left for `carry_over`: limbs of c
    may be negative, or larger than the base.

    Halved once, three quarters of the schoolbook's multiplications, for 4k additions and subtractions more; halved
    down to single limbs, 3^j of them for 2^j limbs:

    >>> from mechkit import growth, law
    >>> def run(k, cutoff):
    ...     a = np.ones(k, np.int64)
    ...     karatsuba(a, a, np.empty(2 * k, np.int64), np.empty(2 * k, np.int64), cutoff)
    >>> found = law(lambda k: run(k, k // 2), k=range(2, 16, 2))["int"]
    >>> found["mul"], found["add"], found["sub"]
    (Polynomial('3k^2/4'), Polynomial('3k^2/2 + 2k'), Polynomial('2k'))
    >>> from mechkit import count
    >>> def multiplications(k):
    ...     with count() as ops:
    ...         run(k, 1)
    ...     return ops["int"].mul
    >>> [multiplications(2**j) for j in range(6)]
    [1, 3, 9, 27, 81, 243]
    >>> growth({2**j: multiplications(2**j) for j in range(6)})
    n^1.58 (95 %: 1.58 to 1.58)
    """
    # Karatsuba and Ofman 1962, as polynomials in the base: Knuth, vol. 2, 3rd ed., section 4.3.3, equation (2) with
    # sums in place of differences
    k = a.size
    if k <= cutoff:
        schoolbook(a, b, c)
        return
    h = k // 2
    a0, a1, b0, b1 = a[:h], a[h:], b[:h], b[h:]
    low, high, middle, rest = c[:k], c[k:], work[:k], work[k:]
    sum_a, sum_b = c[:h], c[h:k]
    for i in range(h):  # 1  (a0 + a1)(b0 + b1)
        sum_a[i] = a0[i] + a1[i]
        sum_b[i] = b0[i] + b1[i]
    karatsuba(sum_a, sum_b, middle, rest, cutoff)

    karatsuba(a0, b0, low, rest, cutoff)  # 2  a0 b0 and a1 b1
    karatsuba(a1, b1, high, rest, cutoff)

    for i in range(k):  # 3  what is left is a0 b1 + a1 b0
        middle[i] = middle[i] - low[i] - high[i]
    centre = c[h:]
    for i in range(k):
        centre[i] = centre[i] + middle[i]


@kernel(cache=True)
def add_limbs(a, c):
    """c = c + a on the first limbs of c; carries are left.

    >>> from mechkit import law
    >>> law(add_limbs, k=range(1, 5))["int"]["add"]
    Polynomial('k')
    """
    for i in range(a.size):
        c[i] = c[i] + a[i]


@kernel(cache=True)
def carry_over(c):
    """Bring every limb into 0 .. 2^16 - 1 by carrying to the next. Returns the carry out of the last.

    >>> from mechkit import law
    >>> found = law(carry_over, k=range(1, 5))["int"]
    >>> found["add"], found["bitand"], found["rshift"]
    (Polynomial('k'), Polynomial('k'), Polynomial('k'))
    """
    carry = 0
    for i in range(c.size):
        t = c[i] + carry
        c[i] = t & MASK
        carry = t >> BITS
    return carry


def _random(n):
    return np.random.default_rng(n).integers(0, 2**BITS, n)


@schoolbook.example
def _(n):
    return _random(n), _random(n), np.empty(2 * n, np.int64)


@karatsuba.example
def _(n):
    return _random(4 * n), _random(4 * n), np.zeros(8 * n, np.int64), np.zeros(8 * n, np.int64), n


@add_limbs.example
def _(n):
    return _random(n), _random(n)


@carry_over.example
def _(n):
    return ((-3) ** n * _random(n),)


def to_limbs(value: int, k: int | None = None) -> np.ndarray:
    """The limbs of a natural number, the least significant first.

    Parameters
    ----------
    value : a natural number of any size
    k : how many limbs, the fewest that hold it where left out

    Returns
    -------
    ndarray
        (k,) int64, each from 0 to 2^16 - 1. Zero has one limb.

    Raises
    ------
    TypeError, ValueError
        for what is not a natural number, or does not fit into k limbs.

    Operation count: none, it only regroups bits.

    >>> to_limbs(2**16 + 5), to_limbs(7, 3)
    (array([5, 1]), array([7, 0, 0]))
    """
    number = _integer("value", value)
    if number < 0:
        raise ValueError(
            f"value is negative, of {number.bit_length()} bits; limbs hold natural numbers: convert abs(value)"
        )
    needed = max(1, -(-number.bit_length() // BITS))
    size = needed if k is None else _integer("k", k)
    if size < needed:
        raise ValueError(f"k is {size}, but the value has {number.bit_length()} bits and needs {needed} limbs")
    return np.frombuffer(number.to_bytes(2 * size, "little"), "<u2").astype(np.int64)


def from_limbs(limbs: Any) -> int:
    """The natural number that limbs stand for: the inverse of `to_limbs`.

    Parameters
    ----------
    limbs : (k,) integers from 0 to 2^16 - 1, the least significant first

    Raises TypeError and ValueError for others.

    >>> from_limbs([5, 1]) == 2**16 + 5
    True
    """
    return int.from_bytes(_limbs("limbs", limbs).astype("<u2").tobytes(), "little")


def multiply_limbs(a: Any, b: Any, method: str = "schoolbook", cutoff: int = CUTOFF) -> np.ndarray:
    """The product of two natural numbers given by their limbs.

    Parameters
    ----------
    a, b : (m,), (n,) integers from 0 to 2^16 - 1
    method : "schoolbook" or "karatsuba"
    cutoff : down to how many limbs Karatsuba's method halves, 1 for all the way, or 15 times if that is less

    Karatsuba's method pads both numbers to a multiple of a power of two; where one is longer it is cut into pieces of
    the other's length.

    Returns
    -------
    ndarray
        (m + n,) limbs.

    Raises
    ------
    TypeError, ValueError
        for what are no limbs, and for an unknown method or a wrong cutoff.

    Operation count: m n multiplications against about k^1.58 for m = n = k; exactly 3^j c^2 for k = 2^j c, cutoff c.

    >>> from mechkit import law
    >>> law(lambda m, n: multiply_limbs([1] * m, [1] * n), m=range(1, 6), n=range(1, 6))["int"]["mul"]
    Polynomial('mn')

    References: Knuth, The Art of Computer Programming, vol. 2, 3rd ed., sections 4.3.1 and 4.3.3; Karatsuba and Ofman,
    Multiplication of many-digital numbers by automatic computers, Soviet Physics Doklady 7 (1963), 595-596.

    Examples
    --------
    >>> multiply_limbs([2, 1], [3])
    array([6, 3, 0])
    >>> multiply_limbs([65535, 65535], [65535, 65535], method="karatsuba", cutoff=1)
    array([    1,     0, 65534, 65535])
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; it must be 'schoolbook' or 'karatsuba'")
    cutoff = whole("cutoff", cutoff)
    longer, shorter = sorted((_limbs("a", a), _limbs("b", b)), key=len, reverse=True)
    size = longer.size + shorter.size
    if method == "karatsuba":
        return _by_karatsuba(longer, shorter, cutoff)[:size]
    c = np.empty(size, np.int64)
    schoolbook(longer, shorter, c)
    return c


def long_multiply(a: int, b: int, method: str = "schoolbook", cutoff: int = CUTOFF) -> int:
    """The product of two integers of any size and sign, by their limbs: ``a * b``, counted.

    Parameters
    ----------
    a, b : integers
    method, cutoff : as in `multiply_limbs`, and so are the errors and the count

    Twice the bits are four times the multiplications by the schoolbook's method, three times by Karatsuba's:

    >>> from mechkit import count
    >>> for method in METHODS:
    ...     row = []
    ...     for bits in (64, 128, 256, 512):
    ...         with count() as ops:
    ...             product = long_multiply(3 << bits - 2, 1 - 2**bits, method, cutoff=1)
    ...         assert product == (3 << bits - 2) * (1 - 2**bits)
    ...         row.append(ops["int"].mul)
    ...     print(method, row)
    schoolbook [16, 64, 256, 1024]
    karatsuba [9, 27, 81, 243]

    Fixed-point numbers are integers times 2^-p, so that their product is shifted by p bits:

    >>> import math
    >>> root = math.isqrt(2 << 256)  # of 2, with p = 128
    >>> (2 << 128) - (long_multiply(root, root) >> 128)  # off by so many times 2^-128
    1
    """
    a, b = _integer("a", a), _integer("b", b)
    product = from_limbs(multiply_limbs(to_limbs(abs(a)), to_limbs(abs(b)), method, cutoff))
    return -product if (a < 0) != (b < 0) else product


def _by_karatsuba(longer: np.ndarray, shorter: np.ndarray, cutoff: int) -> np.ndarray:
    leaf = shorter.size
    levels = 0
    while leaf > cutoff and levels < DEEPEST:
        leaf, levels = (leaf + 1) // 2, levels + 1
    k = leaf << levels
    pieces = -(-longer.size // k)
    a = np.pad(longer, (0, pieces * k - longer.size))
    b = np.pad(shorter, (0, k - shorter.size))
    c = np.zeros(a.size + k, np.int64)
    part = np.empty(2 * k, np.int64)
    work = np.empty(2 * k, np.int64)
    karatsuba(a[:k], b, c[: 2 * k], work, leaf)
    for start in range(k, a.size, k):
        karatsuba(a[start : start + k], b, part, work, leaf)
        add_limbs(part, c[start:])
    carry_over(c)
    return c


def _integer(name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; it must be an integer") from None


def _limbs(name: str, limbs: Any) -> np.ndarray:
    array = np.asarray(limbs)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; limbs are a vector of at least one")
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} holds {array.dtype} values; limbs are integers from 0 to {MASK}: use to_limbs")
    outside = (array < 0) | (array > MASK)
    if outside.any():
        i = int(np.argmax(outside))
        raise ValueError(f"{name}[{i}] is {array[i]}; limbs are integers from 0 to {MASK}")
    return np.ascontiguousarray(array, np.int64)
