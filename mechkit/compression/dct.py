"""The discrete cosine transform of 8 numbers, and of blocks of 8 x 8: smooth data becomes a few large numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array, one_of
from mechkit.counting import kernel

#: The transform is of so many numbers.
N = 8


def factors(dtype: Any = np.float64) -> np.ndarray:
    """The constants of `forward` and `backward`, and 1 / sqrt(8), which makes the transform orthogonal."""
    c = np.cos(np.arange(N) * np.pi / 16)
    root = np.sqrt(2.0) * np.array(
        [
            *(c[6], c[2] - c[6], c[2] + c[6], c[3]),
            *(-c[1] + c[3] + c[5] - c[7], c[1] + c[3] - c[5] + c[7], c[1] + c[3] + c[5] - c[7]),
            *(c[1] + c[3] - c[5] - c[7], c[7] - c[3], -c[1] - c[3], -c[3] - c[5], c[5] - c[3]),
            0.25,
        ]
    )
    return root.astype(dtype)


@kernel(cache=True, error_model="numpy")
def forward(x, c):
    """The transform of 8 numbers x; c : the 13 `factors`. Both are arrays or tuples.

    >>> from mechkit import law
    >>> found = law(forward, n=range(1, 4))
    >>> found.mul, found.add + found.sub
    (Polynomial('20'), Polynomial('32'))
    """
    # Loeffler, Ligtenberg and Moschytz, Practical fast 1-D DCT algorithms with 11 multiplications (1989), as in libjpeg
    scale = c[12]
    # 1  sums and differences from both ends
    s0 = x[0] + x[7]
    s1 = x[1] + x[6]
    s2 = x[2] + x[5]
    s3 = x[3] + x[4]
    d0 = x[0] - x[7]
    d1 = x[1] - x[6]
    d2 = x[2] - x[5]
    d3 = x[3] - x[4]
    # 2  the even half, a transform of 4
    e0 = s0 + s3
    e1 = s1 + s2
    e2 = s1 - s2
    e3 = s0 - s3
    z = (e2 + e3) * c[0]
    y0 = (e0 + e1) * scale
    y4 = (e0 - e1) * scale
    y2 = (z + e3 * c[1]) * scale
    y6 = (z - e2 * c[2]) * scale
    # 3  the odd half, by rotations
    z1 = (d3 + d0) * c[8]
    z2 = (d2 + d1) * c[9]
    z3 = d3 + d1
    z4 = d2 + d0
    z5 = (z3 + z4) * c[3]
    z3 = z3 * c[10] + z5
    z4 = z4 * c[11] + z5
    y7 = (d3 * c[4] + z1 + z3) * scale
    y5 = (d2 * c[5] + z2 + z4) * scale
    y3 = (d1 * c[6] + z2 + z3) * scale
    y1 = (d0 * c[7] + z1 + z4) * scale
    return y0, y1, y2, y3, y4, y5, y6, y7


@forward.example
def _(n):
    return np.arange(8.0), factors()


@kernel(cache=True, error_model="numpy")
def backward(y, c):
    """The inverse of `forward`.

    >>> from mechkit import law
    >>> found = law(backward, n=range(1, 4))
    >>> found.mul, found.add + found.sub
    (Polynomial('20'), Polynomial('32'))
    """
    y0, y1, y2, y3 = y[0], y[1], y[2], y[3]
    y4, y5, y6, y7 = y[4], y[5], y[6], y[7]
    scale = c[12]
    # 1  the even half
    z = (y2 + y6) * c[0]
    t2 = z - y6 * c[2]
    t3 = z + y2 * c[1]
    t0 = y0 + y4
    t1 = y0 - y4
    e0 = t0 + t3
    e3 = t0 - t3
    e1 = t1 + t2
    e2 = t1 - t2
    # 2  the odd half
    z1 = (y7 + y1) * c[8]
    z2 = (y5 + y3) * c[9]
    z3 = y7 + y3
    z4 = y5 + y1
    z5 = (z3 + z4) * c[3]
    z3 = z3 * c[10] + z5
    z4 = z4 * c[11] + z5
    o3 = y7 * c[4] + z1 + z3
    o2 = y5 * c[5] + z2 + z4
    o1 = y3 * c[6] + z2 + z3
    o0 = y1 * c[7] + z1 + z4
    # 3  sums and differences of both
    return (
        (e0 + o0) * scale,
        (e1 + o1) * scale,
        (e2 + o2) * scale,
        (e3 + o3) * scale,
        (e3 - o3) * scale,
        (e2 - o2) * scale,
        (e1 - o1) * scale,
        (e0 - o0) * scale,
    )


@backward.example
def _(n):
    return np.arange(8.0), factors()


@kernel(cache=True, error_model="numpy")
def transform_columns(x, c):
    """Transform the columns of each x[i] (8, w), in their place; c : `factors`.

    >>> from mechkit import law
    >>> law(transform_columns, n=range(1, 5)).flops
    Polynomial('52n')
    """
    factor = (c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12])
    for i in range(x.shape[0]):
        r0, r1, r2, r3, r4, r5, r6, r7 = x[i, 0], x[i, 1], x[i, 2], x[i, 3], x[i, 4], x[i, 5], x[i, 6], x[i, 7]
        for j in range(x.shape[2]):
            y = forward((r0[j], r1[j], r2[j], r3[j], r4[j], r5[j], r6[j], r7[j]), factor)
            r0[j], r1[j], r2[j], r3[j], r4[j], r5[j], r6[j], r7[j] = y


@transform_columns.example
def _(n):
    return np.ones((1, 8, n)), factors()


@kernel(cache=True, error_model="numpy")
def transform_rows(x, c):
    """Transform the rows of x (n, 8), in their place; c : `factors`.

    >>> from mechkit import law
    >>> law(transform_rows, n=range(1, 5)).flops
    Polynomial('52n')
    """
    factor = (c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12])
    for i in range(x.shape[0]):
        r = x[i]
        y = forward((r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]), factor)
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = y


@transform_rows.example
def _(n):
    return np.ones((n, 8)), factors()


@kernel(cache=True, error_model="numpy")
def restore_columns(x, c):
    """Transform back the columns of each x[i] (8, w), in their place; c : `factors`.

    >>> from mechkit import law
    >>> law(restore_columns, n=range(1, 5)).flops
    Polynomial('52n')
    """
    factor = (c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12])
    for i in range(x.shape[0]):
        r0, r1, r2, r3, r4, r5, r6, r7 = x[i, 0], x[i, 1], x[i, 2], x[i, 3], x[i, 4], x[i, 5], x[i, 6], x[i, 7]
        for j in range(x.shape[2]):
            y = backward((r0[j], r1[j], r2[j], r3[j], r4[j], r5[j], r6[j], r7[j]), factor)
            r0[j], r1[j], r2[j], r3[j], r4[j], r5[j], r6[j], r7[j] = y


@restore_columns.example
def _(n):
    return np.ones((1, 8, n)), factors()


@kernel(cache=True, error_model="numpy")
def restore_rows(x, c):
    """Transform back the rows of x (n, 8), in their place; c : `factors`.

    >>> from mechkit import law
    >>> law(restore_rows, n=range(1, 5)).flops
    Polynomial('52n')
    """
    factor = (c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12])
    for i in range(x.shape[0]):
        r = x[i]
        y = backward((r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]), factor)
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = y


@restore_rows.example
def _(n):
    return np.ones((n, 8)), factors()


@kernel(cache=True, error_model="numpy")
def cosine_sums(x, basis, y):
    """Transform the rows of x (n, 8) into y (n, 8), by the sums that define it; basis (8, 8), from `cosines`.

    >>> from mechkit import law
    >>> law(cosine_sums, n=range(1, 5)).flops
    Polynomial('120n')
    """
    # Ahmed, Natarajan and Rao, Discrete cosine transform (1974)
    for i in range(x.shape[0]):
        for k in range(basis.shape[0]):
            s = basis[k, 0] * x[i, 0]
            for j in range(1, basis.shape[1]):
                s = s + basis[k, j] * x[i, j]
            y[i, k] = s


@cosine_sums.example
def _(n):
    return np.ones((n, 8)), cosines(np.float64), np.zeros((n, 8))


def cosines(dtype: Any) -> np.ndarray:
    """The cosines of the definition, a frequency in each row."""
    k, j = np.mgrid[0:N, 0:N]
    basis = 0.5 * np.cos((2 * j + 1) * k * np.pi / 16)
    basis[0] = np.sqrt(1 / 8)
    return basis.astype(dtype)


def block_dct(blocks: Any, method: str = "fast") -> np.ndarray:
    """The discrete cosine transform of blocks of 8 x 8 numbers, orthogonal.

    Parameters
    ----------
    blocks : (n, 8, 8), real and finite.
    method : "fast" shares sums and products between frequencies; "direct" is the definition as it stands.

    Returns
    -------
    ndarray
        (n, 8, 8), the frequency 0 first: as ``scipy.fft.dctn(blocks, axes=(1, 2), norm="ortho")``.

    Raises
    ------
    ValueError, TypeError
        for another shape, NaN and infinity, what is not numbers, and another method.

    Operation count
    ---------------
    16 transforms of 8 numbers a block, each of 20 multiplications and 32 additions. The definition takes 120 for each.

    >>> from mechkit import law
    >>> law(lambda n: block_dct(np.ones((n, 8, 8))), n=range(1, 5)).flops
    Polynomial('832n')
    >>> law(lambda n: block_dct(np.ones((n, 8, 8)), "direct"), n=range(1, 5)).flops
    Polynomial('1920n')

    References
    ----------
    Ahmed, Natarajan and Rao, Discrete cosine transform (1974); Loeffler, Ligtenberg and Moschytz (1989).

    Examples
    --------
    >>> ramp = np.arange(8.0) * np.ones((1, 8, 1))
    >>> block_dct(ramp)[0, 0, :2].round(2)
    array([ 28.  , -18.22])
    """
    method = one_of("method", method, ("fast", "direct"))
    array = _copied(blocks)
    if method == "direct":
        return _turned(_turned(array))
    c = factors(array.dtype)
    transform_columns(array, c)
    transform_rows(array.reshape(-1, N), c)
    return array


def block_idct(coefficients: Any) -> np.ndarray:
    """The inverse of `block_dct`.

    Parameters
    ----------
    coefficients : (n, 8, 8), real and finite.

    Returns
    -------
    ndarray
        (n, 8, 8).

    Raises
    ------
    ValueError, TypeError
        as `block_dct`.

    Operation count
    ---------------
    >>> from mechkit import law
    >>> law(lambda n: block_idct(np.ones((n, 8, 8))), n=range(1, 5)).flops
    Polynomial('832n')

    References
    ----------
    As `block_dct`.

    Examples
    --------
    >>> blocks = np.arange(128.0).reshape(2, 8, 8)
    >>> bool(np.allclose(block_idct(block_dct(blocks)), blocks))
    True
    """
    array = _copied(coefficients)
    c = factors(array.dtype)
    restore_rows(array.reshape(-1, N), c)
    restore_columns(array, c)
    return array


def _turned(blocks: np.ndarray) -> np.ndarray:
    """The rows of each block transformed by the definition, and each block transposed."""
    y = np.empty_like(blocks)
    cosine_sums(blocks.reshape(-1, N), cosines(blocks.dtype), y.reshape(-1, N))
    return np.ascontiguousarray(y.transpose(0, 2, 1))


def _copied(blocks: Any) -> np.ndarray:
    array = float_array("blocks", blocks, (3,), copy=True, may_be_empty=True)
    if array.shape[1:] != (N, N):
        raise ValueError(f"blocks has shape {array.shape}; it must be (n, {N}, {N})")
    return array
