"""Products of matrices: the triple loop of the textbook, and Strassen's seven products in the place of eight."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array, whole
from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, fastmath=FUSED)
def classical_product(A, B, C):
    """C = AB; A : (m, n), B : (n, p), C : (m, p).

    A sum of n products begins with the first of them: mnp multiplications, m(n - 1)p additions.

    >>> from mechkit import law
    >>> law(classical_product, n=range(1, 9))
    add    n^3 - n^2
    mul    n^3
    flops  2n^3 - n^2
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 1.1.5 with the loops in the order i, k, j; most of it
    # for two i and four k at a time, so that what is loaded is used more than once
    m, n = A.shape
    pairs, fours = m - m % 2, n - (n - 1) % 4
    for i in range(m):  # 1  begin each sum with its first product
        a, b, c = A[i, 0], B[0], C[i]
        for j in range(b.size):
            c[j] = a * b[j]

    for i in range(0, pairs, 2):  # 2  two rows of A by four rows of B
        c, d = C[i], C[i + 1]
        for k in range(1, fours, 4):
            a0, a1, a2, a3 = A[i, k], A[i, k + 1], A[i, k + 2], A[i, k + 3]
            e0, e1, e2, e3 = A[i + 1, k], A[i + 1, k + 1], A[i + 1, k + 2], A[i + 1, k + 3]
            b0, b1, b2, b3 = B[k], B[k + 1], B[k + 2], B[k + 3]
            for j in range(c.size):
                x0, x1, x2, x3 = b0[j], b1[j], b2[j], b3[j]
                c[j] = c[j] + a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3
                d[j] = d[j] + e0 * x0 + e1 * x1 + e2 * x2 + e3 * x3

    for i in range(m):  # 3  what is left over
        c = C[i]
        for k in range(fours if i < pairs else 1, n):
            a, b = A[i, k], B[k]
            for j in range(b.size):
                c[j] = c[j] + a * b[j]


@classical_product.example
def _(n):
    A, B = np.random.default_rng(0).standard_normal((2, n, n))
    return A, B, np.zeros((n, n))


@kernel(cache=True, fastmath=FUSED)
def gram(A, G):
    """G = A'A for A (m, n); G (n, n) is symmetric, and only its upper triangle is computed.

    >>> from mechkit import law
    >>> law(lambda m, n: gram(np.ones((m, n)), np.ones((n, n))), m=range(1, 6), n=range(1, 6))
    add    mn^2/2 + mn/2 - n^2/2 - n/2
    mul    mn^2/2 + mn/2
    flops  mn^2 + mn - n^2/2 - n/2
    """
    m, n = A.shape
    for i in range(n):  # 1  begin each sum with its first product
        a, row, g = A[0, i], A[0, i:], G[i, i:]
        for j in range(g.size):
            g[j] = a * row[j]

    for k in range(1, m):  # 2  add the outer products of the other rows
        for i in range(n):
            a, row, g = A[k, i], A[k, i:], G[i, i:]
            for j in range(g.size):
                g[j] = g[j] + a * row[j]


@gram.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), np.zeros((n, n))


# -- Strassen ----------------------------------------------------------------------------------------------------


def strassen_product(
    a: np.ndarray, b: np.ndarray, c: np.ndarray, work: np.ndarray, m: int, n: int, p: int, levels: int
) -> None:
    """C = AB by seven products of quadrants in the place of eight, in each of these again, and so on for some levels.

    a, b, c : matrices (m, n), (n, p), (m, p) by quadrants, as `by_quadrants` gives them; work : a third of their sizes.

    Each level divides the multiplications by 8 and does 7 of them, and adds 18 quadrants. Two levels on 4n x 4n:

    >>> from mechkit import law
    >>> def run(n):
    ...     a, b, c, work = np.ones((4, 16 * n * n))
    ...     strassen_product(a, b, c, work, 4 * n, 4 * n, 4 * n, 2)
    >>> law(run, n=range(1, 7))
    add    49n^3 + 83n^2
    sub    66n^2
    mul    49n^3
    flops  98n^3 + 149n^2
    """
    # Strassen, Gaussian elimination is not optimal, Numer. Math. 13 (1969); Golub and Van Loan, section 1.3.11
    # The recursion is Python: a kernel that calls itself is compiled in every process.
    if levels == 0:
        classical_product(a.reshape(m, n), b.reshape(n, p), c.reshape(m, p))
        return
    i, j, k = a.size // 4, b.size // 4, c.size // 4
    a11, a12, a21, a22 = a[:i], a[i : 2 * i], a[2 * i : 3 * i], a[3 * i :]
    b11, b12, b21, b22 = b[:j], b[j : 2 * j], b[2 * j : 3 * j], b[3 * j :]
    c11, c12, c21, c22 = c[:k], c[k : 2 * k], c[2 * k : 3 * k], c[3 * k :]
    s, t, q, rest = work[:i], work[i : i + j], work[i + j : i + j + k], work[i + j + k :]
    below = rest, m // 2, n // 2, p // 2, levels - 1

    add(a11, a22, s)  # I   (A11 + A22)(B11 + B22), in C11 and C22
    add(b11, b22, t)
    strassen_product(s, t, c11, *below)
    copy(c11, c22)

    add(a21, a22, s)  # II  (A21 + A22) B11, in C21 and -C22
    strassen_product(s, b11, c21, *below)
    subtract(c22, c21, c22)

    subtract(b12, b22, t)  # III  A11 (B12 - B22), in C12 and C22
    strassen_product(a11, t, c12, *below)
    add(c22, c12, c22)

    subtract(b21, b11, t)  # IV  A22 (B21 - B11), in C11 and C21
    strassen_product(a22, t, q, *below)
    add(c11, q, c11)
    add(c21, q, c21)

    add(a11, a12, s)  # V   (A11 + A12) B22, in -C11 and C12
    strassen_product(s, b22, q, *below)
    subtract(c11, q, c11)
    add(c12, q, c12)

    subtract(a21, a11, s)  # VI  (A21 - A11)(B11 + B12), in C22
    add(b11, b12, t)
    strassen_product(s, t, q, *below)
    add(c22, q, c22)

    subtract(a12, a22, s)  # VII  (A12 - A22)(B21 + B22), in C11
    add(b21, b22, t)
    strassen_product(s, t, q, *below)
    add(c11, q, c11)


@kernel(cache=True)
def add(x, y, z):
    """z = x + y.

    >>> from mechkit import law
    >>> law(add, n=range(1, 5)).flops
    Polynomial('n')
    """
    for i in range(z.size):
        z[i] = x[i] + y[i]


@kernel(cache=True)
def subtract(x, y, z):
    """z = x - y.

    >>> from mechkit import law
    >>> law(subtract, n=range(1, 5)).flops
    Polynomial('n')
    """
    for i in range(z.size):
        z[i] = x[i] - y[i]


@kernel(cache=True)
def copy(x, z):
    """z = x.

    >>> from mechkit import law
    >>> law(copy, n=range(1, 5)).stores
    Polynomial('n')
    """
    for i in range(z.size):
        z[i] = x[i]


@copy.example
def _(n):
    return np.ones(n), np.zeros(n)


@add.example
@subtract.example
def _(n):
    return np.ones(n), np.full(n, 2.0), np.zeros(n)


def by_quadrants(matrix: np.ndarray, levels: int) -> np.ndarray:
    """The elements of a matrix quadrant after quadrant (11, 12, 21, 22), and so within each, for some levels: (m n,).

    Both sides of the matrix must be multiples of 2^levels.

    >>> by_quadrants(np.arange(16).reshape(4, 4), 1)
    array([ 0,  1,  4,  5,  2,  3,  6,  7,  8,  9, 12, 13, 10, 11, 14, 15])
    """
    return np.ascontiguousarray(matrix.reshape(_halves(matrix.shape, levels)).transpose(_interleaved(levels))).ravel()


def from_quadrants(elements: np.ndarray, shape: tuple[int, int], levels: int) -> np.ndarray:
    """The matrix of which `by_quadrants` gave the elements.

    >>> from_quadrants(by_quadrants(np.arange(16).reshape(4, 4), 2), (4, 4), 2)[1]
    array([4, 5, 6, 7])
    """
    order = _interleaved(levels)
    sizes = np.array(_halves(shape, levels))[order]
    return elements.reshape(sizes).transpose(np.argsort(order)).reshape(shape)


def _halves(shape: tuple[int, ...], levels: int) -> tuple[int, ...]:
    """Rows as halves of halves ..., then columns: (2, 2, ..., m / 2^levels, 2, 2, ..., n / 2^levels)."""
    m, n = shape
    return (*[2] * levels, m >> levels, *[2] * levels, n >> levels)


def _interleaved(levels: int) -> list[int]:
    return [axis for level in range(levels + 1) for axis in (level, levels + 1 + level)]


# -- the drivers -------------------------------------------------------------------------------------------------


def multiply(a: Any, b: Any, check_finite: bool = True) -> np.ndarray:
    """Multiply two matrices by the triple loop of the textbook.

    Parameters
    ----------
    a : (m, n)
    b : (n, p)
    check_finite : look for NaN and infinity, before and after

    Returns
    -------
    ndarray
        (m, p), in the wider of the types of a and b.

    Raises
    ------
    ValueError, TypeError
        for matrices that do not fit, and where the product is beyond the range of its numbers.

    Operation count, exact: each of the mp sums of n products begins with its first.

    >>> from mechkit import law
    >>> law(lambda n: multiply(np.ones((n, n)), np.ones((n, n))), n=range(1, 8))
    add    n^3 - n^2
    mul    n^3
    flops  2n^3 - n^2

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 1.1.

    Examples
    --------
    >>> multiply([[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [0.0, 1.0]])
    array([[1., 3.],
           [3., 7.]])
    """
    A, B = _factors(a, b, check_finite)
    C = np.empty((A.shape[0], B.shape[1]), A.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        classical_product(A, B, C)
    return _in_range(C, check_finite)


def strassen(a: Any, b: Any, cutoff: int = 128, check_finite: bool = True) -> np.ndarray:
    """Multiply two matrices by Strassen's method: of order n^2.807, log2 7, instead of n^3.

    Parameters
    ----------
    a : (m, n)
    b : (n, p)
    cutoff : the matrices are halved until their smallest side is at most this, and the parts multiplied as by
        `multiply`
    check_finite : look for NaN and infinity, before and after

    Sides that cannot be halved so often are padded with zeros, with less than one row or column a part.

    Returns
    -------
    ndarray
        (m, p), in the wider of the types of a and b. The error is small beside the largest element of a times that of
        b. The error of multiply is small beside each element of |a| |b|. So here small elements may lose all digits.

    Raises
    ------
    ValueError, TypeError
        for matrices that do not fit, and for a cutoff below 1. Also where the product, or a sum on the way to it, is
        beyond the range of its numbers.

    Operation count, exact: k halvings of n = 2^k down to numbers leave 7^k products, and 6(7^k - 4^k) additions.

    >>> from mechkit import count, growth, law
    >>> def counted(n):
    ...     with count() as ops:
    ...         strassen(np.ones((n, n)), np.ones((n, n)), cutoff=1)
    ...     return ops
    >>> [(counted(2**k).mul == 7**k, counted(2**k).flops == 7**k + 6 * (7**k - 4**k)) for k in range(5)]
    [(True, True), (True, True), (True, True), (True, True), (True, True)]
    >>> print(growth({n: counted(n).mul for n in (2, 4, 8, 16, 32)}))
    n^2.81 ...

    So many halvings add more than they save. One halving saves flops from order 2n = 16 on:

    >>> def ones(n):
    ...     return np.ones((2 * n, 2 * n))
    >>> law(lambda n: strassen(ones(n), ones(n), cutoff=n), n=range(1, 9)).flops
    Polynomial('14n^3 + 11n^2')
    >>> law(lambda n: multiply(ones(n), ones(n)), n=range(1, 9)).flops
    Polynomial('16n^3 - 4n^2')

    The default cutoff is larger, for parts on which a processor is fast.

    References: Strassen, Gaussian elimination is not optimal, Numer. Math. 13 (1969), 354-356; Golub and Van Loan,
    Matrix Computations, 4th ed., section 1.3.11; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
    section 23.2.2.

    Examples
    --------
    >>> strassen([[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [0.0, 1.0]], cutoff=1)
    array([[1., 3.],
           [3., 7.]])
    """
    A, B = _factors(a, b, check_finite)
    cutoff = whole("cutoff", cutoff)
    shape = m, n, p = (*A.shape, B.shape[1])
    levels = 0
    while min(shape) > cutoff << levels:
        levels += 1
    m, n, p = (-(-size >> levels) << levels for size in shape)
    x, y = by_quadrants(_padded(A, m, n), levels), by_quadrants(_padded(B, n, p), levels)
    z = np.empty(m * p, A.dtype)
    work = np.empty((x.size + y.size + z.size) // 3, A.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        strassen_product(x, y, z, work, m, n, p, levels)
    C = from_quadrants(z, (m, p), levels)
    return _in_range(np.ascontiguousarray(C[: shape[0], : shape[2]]), check_finite, "a sum on the way to the product")


def _factors(a: Any, b: Any, check_finite: bool) -> tuple[np.ndarray, np.ndarray]:
    A = float_array("a", a, (2,), check_finite=check_finite)
    B = float_array("b", b, (2,), check_finite=check_finite)
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"a has {A.shape[1]} columns and b has {B.shape[0]} rows; a product needs as many of each")
    dtype = np.result_type(A, B)
    return A.astype(dtype, copy=False), B.astype(dtype, copy=False)


def _padded(matrix: np.ndarray, m: int, n: int) -> np.ndarray:
    return np.pad(matrix, ((0, m - matrix.shape[0]), (0, n - matrix.shape[1])))


def _in_range(product: np.ndarray, check_finite: bool, what: str = "the product") -> np.ndarray:
    if check_finite and not np.isfinite(product).all():
        raise ValueError(f"{what} is beyond the range of {product.dtype}; divide a or b by a power of two")
    return product
