"""Arrays of real numbers with a largest error that is kept: steps of twice the error, predicted from neighbors."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from mechkit.checking import not_negative
from mechkit.compression.compress import LIMIT
from mechkit.compression.filters import folded, unfolded
from mechkit.compression.lossy import Parts, expect, pack, unpack
from mechkit.compression.quantize import levels_back, nearest_levels
from mechkit.counting import kernel

#: Levels beyond this are kept as they are: their sums and differences must not overflow.
MOST_LEVEL = 2.0**48
#: A little less than twice the error, so that rounding does not carry a value beyond it.
TWICE = 2.0 * (1.0 - 2.0**-20)
TYPES = (np.float16, np.float32, np.float64)


@kernel(cache=True, error_model="numpy")
def foretell(levels, differences):
    """Each level less the one before, in the middle axis of (p, n, q), into differences.

    >>> from mechkit import law
    >>> law(foretell, n=range(1, 5))["int"]["sub"]
    Polynomial('n + 2')
    """
    # Lorenzo's predictor is this, in each axis after the other: Ibarria and others (2003)
    for i in range(levels.shape[0]):
        for q in range(levels.shape[2]):
            differences[i, 0, q] = levels[i, 0, q]
        for j in range(1, levels.shape[1]):
            before = levels[i, j - 1]
            here = levels[i, j]
            d = differences[i, j]
            for q in range(here.size):
                d[q] = here[q] - before[q]


@foretell.example
def _(n):
    return np.ones((1, 2, n + 1), np.int64), np.zeros((1, 2, n + 1), np.int64)


@kernel(cache=True, error_model="numpy")
def retell(differences):
    """The inverse of `foretell`, in its place.

    >>> from mechkit import law
    >>> law(retell, n=range(1, 5))["int"]["stores"]
    Polynomial('n + 1')
    """
    for i in range(differences.shape[0]):
        for j in range(1, differences.shape[1]):
            before = differences[i, j - 1]
            here = differences[i, j]
            for q in range(here.size):
                here[q] = here[q] + before[q]


@retell.example
def _(n):
    return (np.ones((1, 2, n + 1), np.int64),)


def compress_floats(array: Any, max_error: float) -> bytes:
    """Compress real numbers with loss: each stays within an error of what it was.

    Parameters
    ----------
    array : float16, float32 or float64, any shape and layout. NaN and infinity are allowed and kept, and so are the
        numbers whose nearest step would be too far away.
    max_error : the largest error of a number, not negative. 0 keeps all as they are.

    Returns
    -------
    bytes
        For `decompress_floats`.

    Raises
    ------
    ValueError
        for an error that is negative, NaN or infinite.
    TypeError
        for arrays of other types: `compress` takes those, without loss.

    Operation count
    ---------------
    A division for the level, a product for the check, and an integer subtraction for each dimension:

    >>> from mechkit import law
    >>> law(lambda n: compress_floats(np.ones(n), 0.1), n=range(1, 5)).flops
    Polynomial('2n')

    References
    ----------
    Ibarria and others, Out-of-core compression and decompression of large n-dimensional scalar fields (2003);
    Di and Cappello, Fast error-bounded lossy HPC data compression with SZ (2016).

    Examples
    --------
    >>> x = np.sin(np.arange(1000) / 50.0)
    >>> blob = compress_floats(x, max_error=1e-3)
    >>> len(blob) < x.nbytes / 8
    True
    >>> bool(np.abs(decompress_floats(blob) - x).max() <= 1e-3)
    True
    """
    error = not_negative("max_error", max_error)
    if not isinstance(array, np.ndarray | np.generic) or np.ma.isMaskedArray(array):
        raise TypeError(f"array is a {type(array).__name__}; give it an array of float16, float32 or float64")
    if array.dtype.newbyteorder("=") not in TYPES:
        raise TypeError(f"array holds {array.dtype} values; give it float16, float32 or float64, or use compress")
    values = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(-1)
    levels, kept = _levels(values, error)
    cube = levels.reshape(array.shape)
    for axis in range(cube.ndim):
        cube = _along(cube, axis)
    streams = [*_planes(folded(cube.reshape(-1)).view("<u8"), 8), np.packbits(kept)]
    streams += _planes(values[kept].view(f"<u{values.itemsize}"), values.itemsize)
    return pack("decompress_floats", "rans", Parts(array.dtype, array.shape, (error,), streams))


def decompress_floats(blob: Any, limit: int = LIMIT) -> np.ndarray:
    """The numbers that `compress_floats` made smaller, each within the error that was allowed.

    Parameters
    ----------
    blob : bytes from `compress_floats`.
    limit : the most bytes that the array may have.

    Returns
    -------
    ndarray
        With the type and shape of the array.

    Raises
    ------
    ValueError
        for anything that is not such a container as it was written, and for an array above the limit.

    Operation count
    ---------------
    >>> from mechkit import law
    >>> law(lambda n: decompress_floats(compress_floats(np.ones(n), 0.1)), n=range(1, 5)).mul
    Polynomial('2n')

    References
    ----------
    As `compress_floats`.

    Examples
    --------
    >>> x = np.array([1.0, np.nan, np.inf, 1e300, 2.0])
    >>> decompress_floats(compress_floats(x, 0.5)).round(1)
    array([1.e+000,     nan,     inf, 1.e+300, 2.e+000])
    """
    parts = unpack("decompress_floats", blob, limit)
    item = parts.dtype.itemsize
    expect(parts, 1, 9 + item, tuple(range(33)))
    number = prod(parts.shape)
    planes, bits, raw = parts.streams[:8], parts.streams[8], parts.streams[9:]
    kept = np.unpackbits(bits)[:number].astype(bool)
    sizes = {plane.size for plane in planes} | {kept.size}
    if parts.dtype.kind != "f" or item > 8 or sizes != {number} or bits.size != (number + 7) // 8:
        raise ValueError("the compressed data is damaged: it has other parts than it should")
    if {plane.size for plane in raw} != {int(kept.sum())}:
        raise ValueError("the compressed data is damaged: it has other parts than it should")
    cube = unfolded(_joined(planes).view("<i8")).astype(np.int64).reshape(parts.shape)
    for axis in range(cube.ndim):
        middle = cube.reshape(prod(cube.shape[:axis]), cube.shape[axis], -1) if cube.size else cube[None, None]
        if cube.size:
            retell(middle)
    values = _values(cube.reshape(-1), parts.numbers[0], parts.dtype.newbyteorder("<"))
    values[kept] = _joined(raw).view(values.dtype)
    return values.astype(parts.dtype).reshape(parts.shape)


def _levels(values: np.ndarray, error: float) -> tuple[np.ndarray, np.ndarray]:
    """(the levels, and whether a value is kept as it is: then the level is the one before). All are checked."""
    step = TWICE * error
    levels = np.zeros((values.size, 1), np.int64)
    if not 0.0 < step < np.inf or values.size == 0:
        return levels.reshape(-1), np.ones(values.size, bool)
    x = values.astype(np.float64)
    with np.errstate(all="ignore"):
        usable = np.abs(x) / step < MOST_LEVEL  # False for NaN
    nearest_levels(np.where(usable, x, 0.0).reshape(-1, 1), np.array([step]), levels)
    found = _values(levels.reshape(-1), error, values.dtype)
    kept = ~(usable & _within(values, found, error))
    last = np.maximum.accumulate(np.where(kept, 0, np.arange(values.size)))
    return np.where(kept[last], 0, levels[last, 0]), kept


def _values(levels: np.ndarray, error: float, dtype: np.dtype) -> np.ndarray:
    """What the levels stand for, in the type of the data."""
    x = np.empty((levels.size, 1))
    levels_back(levels.reshape(-1, 1), np.array([TWICE * error]), x)
    with np.errstate(over="ignore"):
        return x.reshape(-1).astype(dtype)


def _within(x: np.ndarray, y: np.ndarray, error: float) -> np.ndarray:
    """Whether |x - y| is at most the error: exactly, and as the data's own type computes it."""
    with np.errstate(all="ignore"):
        own = np.abs(x - y).astype(np.float64) <= error
        a, b = x.astype(np.float64), y.astype(np.float64)
        d = a - b
        back = d - a  # Knuth's exact difference: d + lost is a - b
        lost = (a - (d - back)) - (b + back)
        size = np.abs(d)
        exact = (size < error) | ((size == error) & (np.sign(d) * lost <= 0.0))
    return own & exact


def _along(cube: np.ndarray, axis: int) -> np.ndarray:
    if cube.size == 0:
        return cube
    shape = (prod(cube.shape[:axis]), cube.shape[axis], prod(cube.shape[axis + 1 :]))
    differences = np.empty(shape, np.int64)
    foretell(cube.reshape(shape), differences)
    return differences.reshape(cube.shape)


def _planes(numbers: np.ndarray, width: int) -> list[np.ndarray]:
    """The bytes of numbers, those of one weight together: a stream for each."""
    table = np.ascontiguousarray(numbers).view(np.uint8).reshape(-1, width)
    return [np.ascontiguousarray(table[:, k]) for k in range(width)]


def _joined(planes: list[np.ndarray]) -> np.ndarray:
    """The inverse of `_planes`, as bytes."""
    return np.stack(planes, axis=1).reshape(-1)
