"""What the Fourier drivers take: samples along one axis, as the columns of a complex or real array."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from mechkit.checking import float_array, is_finite, one_of, whole

NORMS = ("backward", "ortho", "forward")


def samples(name: str, value: Any) -> np.ndarray:
    """A finite array of float32, float64, complex64 or complex128, of any number of dimensions above 0, not empty.

    name : what the argument is called, for the message.

    value : an array, or a list of numbers.

    >>> samples("x", [1, 2j])
    array([1.+0.j, 0.+2.j])
    >>> samples("x", 3.0)
    Traceback (most recent call last):
    ValueError: x is a single number; give an array of samples
    """
    array = np.asarray(value)
    if array.ndim == 0 and array.dtype.kind in "biufc":
        raise ValueError(f"{name} is a single number; give an array of samples")
    dimensions = (array.ndim,)
    if array.dtype.kind != "c" or np.ma.isMaskedArray(value):
        return float_array(name, value, dimensions)
    numbers = np.ascontiguousarray(array, np.complex64 if array.itemsize == 8 else np.complex128)
    if not is_finite(numbers.view(numbers.real.dtype)):
        place = tuple(np.argwhere(~np.isfinite(numbers))[0].tolist())
        where = ", ".join(map(str, place))
        raise ValueError(f"{name}[{where}] is {numbers[place]}; only finite numbers can be used")
    return numbers


def columns(array: np.ndarray, n: Any, axis: Any, name: str = "x") -> tuple[np.ndarray, int]:
    """The samples along an axis as columns (n, q), cut off or filled up with zeros where n is not None; and the axis.

    >>> columns(np.arange(4.0), 6, -1)[0][:, 0]
    array([0., 1., 2., 3., 0., 0.])
    """
    axis = axis_of(array, axis, name)
    moved = array if axis == 0 else np.moveaxis(array, axis, 0)
    moved = moved.reshape(moved.shape[0], -1)
    if n is None:
        return moved, axis
    n = whole("n", n)
    if n <= moved.shape[0]:
        return moved[:n], axis
    return np.concatenate([moved, np.zeros((n - moved.shape[0], moved.shape[1]), moved.dtype)]), axis


def axis_of(array: np.ndarray, axis: Any, name: str) -> int:
    """The axis, counted from 0. Raises TypeError and ValueError where the array has no axis of that number."""
    try:
        number = int(axis.__index__())
    except AttributeError:
        raise TypeError(f"axis is {axis!r}; give a whole number") from None
    if not -array.ndim <= number < array.ndim:
        raise ValueError(f"axis is {number}; {name} has {array.ndim} dimension(s)")
    return number % array.ndim


def along(result: np.ndarray, shape: tuple[int, ...], axis: int) -> np.ndarray:
    """Columns (n, q) back in the shape that the samples had, with n elements along the axis."""
    rest = [size for number, size in enumerate(shape) if number != axis]
    result = result.reshape(result.shape[0], *rest)
    return result if axis == 0 else np.ascontiguousarray(np.moveaxis(result, 0, axis))


def scale(norm: Any, n: int, forward: bool) -> float:
    """The factor of a transform: SciPy's three conventions.

    >>> scale("backward", 4, True), scale("backward", 4, False), scale("ortho", 4, True)
    (1.0, 0.25, 0.5)
    """
    norm = one_of("norm", "backward" if norm is None else norm, NORMS)
    if norm == "ortho":
        return 1.0 / float(n) ** 0.5
    return 1.0 / n if forward == (norm == "forward") else 1.0


@contextmanager
def in_range(what: str) -> Iterator[list[np.ndarray]]:
    """Without NumPy's warnings; the result that the block puts into the list must be finite, else ValueError."""
    results: list[np.ndarray] = []
    with np.errstate(over="ignore", invalid="ignore"):
        yield results
    for result in results:
        if not is_finite(result.view(result.real.dtype)):
            raise ValueError(f"{what} is beyond the range of {result.dtype}; divide x by a power of two")
