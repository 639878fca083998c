"""Checks of input that every family shares: any array-like becomes a float array that a kernel can take.

Each check says in one sentence what was wrong, with the value, and what to do. None of them changes its argument.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from scipy.linalg import blas

from mechkit.words import nearest

#: So short vectors are left to BLAS, which scales them, one by one.
SHORT = 2000
#: Bytes of a number -> the range in which a sum of squares has lost nothing that matters to overflow or underflow.
SAFE = {4: (1e-25, 1e38), 8: (1e-280, 1e300)}


def float_array(
    name: str,
    value: Any,
    dimensions: tuple[int, ...],
    copy: bool = False,
    check_finite: bool = True,
    may_be_empty: bool = False,
) -> np.ndarray:
    """A finite, C-contiguous float32 or float64 array of the allowed numbers of dimensions, not empty.

    Parameters
    ----------
    name : what the argument is called, for the message
    value : array, list, scalar, of any real type and layout
    dimensions : the numbers of dimensions that are allowed
    copy : whether to return fresh memory always, for a kernel that works in place
    check_finite : whether to look for NaN and infinity
    may_be_empty : whether a shape with a 0 in it is allowed

    Returns
    -------
    ndarray
        float32, and float16 as well, become float32, everything else float64.

    Raises
    ------
    TypeError
        for complex numbers, sparse and masked arrays, functions, and for what is not numbers.
    ValueError
        for wrong dimensions, an empty array, NaN and infinity.

    Examples
    --------
    >>> float_array("b", [1, 2], (1,))
    array([1., 2.])
    >>> float_array("b", [1, np.nan], (1,))
    Traceback (most recent call last):
    ValueError: b[1] is nan; only finite numbers can be used
    """
    result = _floats(name, value, dimensions, copy, may_be_empty)
    if check_finite and not is_finite(result):
        _refuse_not_finite(name, result)
    return result


def float_array_and_norm(
    name: str, value: Any, dimensions: tuple[int, ...], check_finite: bool = True, may_be_empty: bool = False
) -> tuple[np.ndarray, float]:
    """What `float_array` gives, and the root of the sum of its squares, which one and the same reading finds.

    >>> float_array_and_norm("b", [3, 4], (1,))
    (array([3., 4.]), 5.0)
    """
    result = _floats(name, value, dimensions, False, may_be_empty)
    size = euclidean_norm(result)
    if check_finite and not math.isfinite(size) and not np.isfinite(result).all():
        _refuse_not_finite(name, result)
    return result, size


def euclidean_norm(array: np.ndarray) -> float:
    """The root of the sum of the squares of a C-contiguous array; no square that matters is out of range.

    >>> euclidean_norm(np.array([3e-200, 4e-200]))
    5e-200
    """
    flat = array.reshape(-1)
    if 0 < flat.size <= SHORT:
        return float(blas.snrm2(flat) if array.dtype == np.float32 else blas.dnrm2(flat))
    with np.errstate(all="ignore"):
        square = float(flat.dot(flat))
    low, high = SAFE[flat.itemsize]
    if low < square < high or not flat.size:
        return math.sqrt(square)
    with np.errstate(all="ignore"):
        largest = float(max(flat.max(), -flat.min()))
        if largest == 0.0 or not math.isfinite(largest):
            return largest
        scaled = flat.astype(np.float64) / largest
        return largest * math.sqrt(float(scaled @ scaled))


def _floats(name: str, value: Any, dimensions: tuple[int, ...], copy: bool, may_be_empty: bool) -> np.ndarray:
    _refuse_no_array(name, value)
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is not an array: {error}") from None
    if array.dtype.kind == "c":
        raise TypeError(f"{name} is complex ({array.dtype}); only real numbers are supported: solve for the parts")
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} holds {array.dtype} values; give it real numbers")
    if array.ndim not in dimensions:
        wanted = " or ".join(f"{d}-dimensional" for d in dimensions)
        raise ValueError(f"{name} has shape {array.shape}; it must be {wanted}")
    if array.size == 0 and not may_be_empty:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    dtype = np.float32 if array.dtype.kind == "f" and array.dtype.itemsize <= 4 else np.float64
    return np.array(array, dtype, order="C") if copy else np.ascontiguousarray(array, dtype)


def _refuse_no_array(name: str, value: Any) -> None:
    """Name what NumPy would take for an array of one object, or would take only a part of."""
    if type(value) in (np.ndarray, list, tuple, float, int):
        return
    kind = type(value).__name__
    if scipy.sparse.issparse(value):
        raise TypeError(f"{name} is sparse ({kind}), which this function does not take; give it {name}.toarray()")
    if np.ma.isMaskedArray(value):
        raise TypeError(f"{name} is a masked array; give it plain numbers: {name}.filled(value)")
    if hasattr(value, "matvec"):
        raise TypeError(f"{name} is a {kind}, which has no elements to read; give the matrix itself")
    if callable(value):
        raise TypeError(f"{name} is a function ({kind}); give it an array of numbers")


def is_finite(array: np.ndarray) -> bool:
    """Whether all elements are finite.

    >>> is_finite(np.array([1.0, np.inf]))
    False
    """
    if 0 < array.size <= SHORT and array.dtype == np.float64 and math.isfinite(blas.dnrm2(array.reshape(-1))):
        return True
    # A sum is finite when all its terms are, barring overflow: the slow search is for the rare case.
    with np.errstate(all="ignore"):
        return bool(np.isfinite(array.sum()) or np.isfinite(array).all())


def _refuse_not_finite(name: str, array: np.ndarray) -> None:
    where = np.unravel_index(int(np.argmin(np.isfinite(array))), array.shape)
    place = f"[{', '.join(str(int(i)) for i in where)}]" if array.ndim else ""
    raise ValueError(f"{name}{place} is {array[where]}; only finite numbers can be used")


def square(name: str, matrix: np.ndarray) -> int:
    """The order of a square matrix. Raises ValueError where it is not square.

    >>> square("a", np.eye(3))
    3
    """
    rows, columns = matrix.shape
    if rows != columns:
        raise ValueError(f"{name} has shape {matrix.shape}; it must be square")
    return rows


def right_hand_sides(b: Any, n: int, dtype: Any, check_finite: bool = True) -> np.ndarray:
    """Fresh memory (k, n) with the right-hand sides as rows, in the wider of b's type and dtype.

    b : (n,) or (n, k), k = 0 as well. Raises ValueError where b does not have n rows.

    >>> right_hand_sides([1, 2, 3], 3, np.float32)
    array([[1., 2., 3.]])
    """
    array = float_array("b", b, (1, 2), check_finite=check_finite, may_be_empty=True)
    if array.shape[0] != n:
        raise ValueError(f"b has shape {array.shape}; it needs {n} rows, one an unknown")
    rows = array[np.newaxis] if array.ndim == 1 else array.T
    return np.array(rows, np.result_type(dtype, array.dtype), order="C")


def in_shape_of(b: Any, rows: np.ndarray) -> np.ndarray:
    """Solutions (k, n), one a row, in the shape of the right-hand sides they belong to.

    >>> in_shape_of([1, 2, 3], np.ones((1, 3)))
    array([1., 1., 1.])
    """
    return rows[0] if np.ndim(b) == 1 else rows.T


def is_sparse(matrix: Any) -> bool:
    """Whether a matrix is a sparse one of SciPy's; an array is told at once.

    >>> is_sparse(np.eye(2))
    False
    """
    return not isinstance(matrix, np.ndarray) and scipy.sparse.issparse(matrix)


def whole(name: str, value: Any, least: int = 1) -> int:
    """A whole number that is at least so large. Raises TypeError and ValueError for anything else.

    >>> whole("n", np.int64(3))
    3
    >>> whole("maxiter", 0)
    Traceback (most recent call last):
    ValueError: maxiter is 0; it must be a whole number, at least 1
    """
    number = type(value) is int or (isinstance(value, int | np.integer) and not isinstance(value, bool))
    if not number or value < least:
        raise (ValueError if number else TypeError)(f"{name} is {value!r}; it must be a whole number, at least {least}")
    return int(value)


def not_negative(name: str, value: Any) -> float:
    """A finite number that is not negative, such as a tolerance. Raises TypeError and ValueError for anything else.

    >>> not_negative("tol", 0)
    0.0
    >>> not_negative("tol", -1e-3)
    Traceback (most recent call last):
    ValueError: tol is -0.001; it must be a finite number that is not negative
    """
    return _finite(name, value, " that is not negative", fits=lambda v: v >= 0)


def positive(name: str, value: Any) -> float:
    """A finite number above 0, such as the length of a step. Raises TypeError and ValueError for anything else.

    >>> positive("step", 0)
    Traceback (most recent call last):
    ValueError: step is 0; it must be a finite number above 0
    """
    return _finite(name, value, " above 0", fits=lambda v: v > 0)


def finite(name: str, value: Any) -> float:
    """A finite number. Raises TypeError and ValueError for anything else.

    >>> finite("r", np.nan)
    Traceback (most recent call last):
    ValueError: r is nan; it must be a finite number
    """
    return _finite(name, value, "", fits=lambda v: v > -math.inf)


def _finite(name: str, value: Any, what: str, fits: Callable[[Any], bool]) -> float:
    number = type(value) is float or (
        isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    )
    if not number or not (fits(value) and value < math.inf):
        raise (ValueError if number else TypeError)(f"{name} is {value!r}; it must be a finite number{what}")
    return float(value)


def one_of(name: str, value: Any, choices: Iterable[str]) -> str:
    """The choice, in lower case, that a value names. Raises ValueError for any other, naming the nearest choice.

    >>> one_of("method", "secnt", ("newton", "secant"))
    Traceback (most recent call last):
    ValueError: method is 'secnt'; it must be one of newton, secant: did you mean 'secant'?
    """
    names = list(choices)
    if not isinstance(value, str) or value.lower() not in names:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(names)}{_nearest(value, names)}")
    return value.lower()


def options_among(options: Any, names: Iterable[str], instead: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A new dict of options, where each has one of the names. Raises TypeError and ValueError for anything else.

    instead : what to do in place of an option that other libraries have.

    >>> options_among({"maxiters": 5}, ["gtol", "maxiter"])
    Traceback (most recent call last):
    ValueError: there is no option 'maxiters'; the options are gtol, maxiter: did you mean 'maxiter'?
    """
    known = list(names)
    if options is not None and not isinstance(options, Mapping):
        raise TypeError(f"options is {options!r}; it must be a dict of {', '.join(known)}")
    for name in options or ():
        if name not in known:
            advice = f": {instead[name]}" if instead and name in instead else _nearest(name, known)
            raise ValueError(f"there is no option {name!r}; the options are {', '.join(known)}{advice}")
    return dict(options or {})


def _nearest(value: Any, names: list[str]) -> str:
    near = nearest(str(value), names)
    return f": did you mean {near!r}?" if near else ""


def enough_memory(what: str, needed: float) -> None:
    """See that so many bytes are free before they are asked for: a system that runs out of memory ends the process.

    what : what takes them, for the message. Raises MemoryError.

    >>> enough_memory("a vector", 8e3)
    >>> enough_memory("a matrix of order 10^9", 8e18)
    Traceback (most recent call last):
    MemoryError: a matrix of order 10^9 would take 8,000,000,000 GB of memory, and ... GB are free
    """
    free = free_memory()
    if free is not None and needed > free:
        wanted = f"{needed / 1e9:,.{0 if needed >= 1e10 else 1}f} GB of memory"
        raise MemoryError(f"{what} would take {wanted}, and {free / 1e9:.1f} GB are free")


def free_memory() -> int | None:
    """The bytes that this process may still ask for; None where the system does not say.

    >>> free_memory() is None or free_memory() > 0
    True
    """
    found = []
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        found += [1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
    except (OSError, ValueError):  # no Linux
        with suppress(OSError, ValueError, AttributeError):
            found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):  # a container's own limit; "max" where it has none
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
        found.append(max(limit - int(Path("/sys/fs/cgroup/memory.current").read_text()), 0))
    return min(found, default=None)
