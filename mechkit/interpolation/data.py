"""The input of interpolation: nodes, values of any shape, and the points at which an interpolant is wanted."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import LinAlgWarning

from mechkit.checking import finite, float_array

#: The power of two that numbers may reach before they are scaled.
FAR = 200


@dataclass(frozen=True)
class Values:
    """Real or complex values at n nodes, as rows of floats: the real and the imaginary part of a number are two rows.

    A method that is linear in the values then needs one kernel, for one row.
    """

    rows: np.ndarray
    shape: tuple[int, ...]
    is_complex: bool

    def like(self, rows: np.ndarray) -> Values:
        """Other rows, for values of the same shape and type."""
        return Values(rows, self.shape, self.is_complex)

    def as_complex(self) -> Values:
        """The same values, as complex numbers."""
        if self.is_complex:
            return self
        rows = np.stack([self.rows, np.zeros_like(self.rows)], axis=1)
        return Values(rows.reshape(-1, self.rows.shape[1]), self.shape, True)

    def unfold(self, rows: np.ndarray, points: tuple[int, ...]) -> Any:
        """Rows (k, m), found at m points, in the shape of the points followed by that of one value."""
        if self.is_complex:
            with np.errstate(invalid="ignore"):  # infinite at poles
                rows = rows[0::2] + 1j * rows[1::2]
        result = np.ascontiguousarray(rows.T).reshape((*points, *self.shape))
        return result[()]

    def coefficients(self) -> np.ndarray:
        """The rows as an array (n, ...): one entry of the first axis for each node or coefficient."""
        return np.asarray(self.unfold(self.rows, (self.rows.shape[1],)))


def values_at(name: str, y: Any, n: int, each: str = "node") -> Values:
    """Finite values (n, ...), real or complex, at n nodes.

    Raises TypeError and ValueError for anything else.

    >>> values_at("y", [1, 2j], 2).rows
    array([[1., 0.],
           [0., 2.]])
    """
    array = _numbers(name, y)
    if array.ndim == 0 or array.shape[0] != n:
        raise ValueError(f"{name} has shape {array.shape}; it must have {n} values, one for each {each}")
    shape = array.shape[1:]
    is_complex = array.dtype.kind == "c"
    if is_complex:
        float_array(name, np.abs(array), (array.ndim,))
        array = np.stack([array.real, array.imag], axis=-1)
    rows = np.ascontiguousarray(array.astype(np.float64).reshape(n, -1).T)
    return Values(rows, shape, is_complex)


def _numbers(name: str, y: Any) -> np.ndarray:
    try:
        array = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"{name} is not an array: {error}") from None
    if array.dtype.kind == "c" and not np.ma.isMaskedArray(y):
        if array.size == 0:
            raise ValueError(f"{name} is empty: its shape is {array.shape}")
        return array
    return float_array(name, y, tuple(range(array.ndim + 1)))


def nodes(x: Any, least: int = 1, why: str = "") -> np.ndarray:
    """Different finite nodes (n,) in the order given, as float64.

    Raises ValueError where two are equal, or where there are fewer than the least.

    >>> nodes([2, 0, 1])
    array([2., 0., 1.])
    >>> nodes([0, 1, 0])
    Traceback (most recent call last):
    ValueError: x[0] and x[2] are both 0.0; nodes must differ: ...
    """
    array = float_array("x", x, (1,), check_finite=False).astype(np.float64)
    with np.errstate(all="ignore"):
        if array.size >= least and _ascend(array) and np.isfinite(array[-1] - array[0]):
            return array  # one pass: between finite ends, numbers that ascend are finite
        float_array("x", array, (1,))
        if not np.isfinite(np.ptp(array)):
            raise ValueError(f"x is between {array.min():g} and {array.max():g}; that distance must be a finite number")
    order = np.argsort(array, kind="stable")
    (equal,) = np.nonzero(np.diff(array[order]) == 0.0)
    if equal.size:
        first, second = (int(i) for i in order[equal[0] : equal[0] + 2])
        raise ValueError(
            f"x[{first}] and x[{second}] are both {array[first]}; nodes must differ: "
            "average the values of a repeated node, or give derivatives to hermite"
        )
    if array.size < least:
        raise ValueError(f"x has {array.size} node{'s' * (array.size > 1)}; {why} at least {least}")
    return array


def _ascend(x: np.ndarray) -> bool:
    """Whether each number is greater than the one before."""
    return bool((x[1:] > x[:-1]).all())


def nodes_and_values(x: Any, y: Any, least: int = 1, why: str = "") -> tuple[np.ndarray, Values]:
    """Different nodes in the order given, and a value for each."""
    where = nodes(x, least, why)
    return where, values_at("y", y, where.size)


def sorted_nodes_and_values(x: Any, y: Any, least: int = 2, why: str = "this needs") -> tuple[np.ndarray, Values]:
    """Nodes in ascending order, and a value for each.

    >>> x, y = sorted_nodes_and_values([1, 0], [5, 6])
    >>> x, y.rows
    (array([0., 1.]), array([[6., 5.]]))
    """
    where, values = nodes_and_values(x, y, least, why)
    if _ascend(where):
        return where, values
    order = np.argsort(where)
    return where[order], values.like(np.ascontiguousarray(values.rows[:, order]))


def evaluation_points(t: Any, complex_allowed: bool = True) -> tuple[np.ndarray, tuple[int, ...]]:
    """Points as a flat array of float64 or complex128, and the shape that they came in; NaN is a point like others.

    >>> evaluation_points([[1], [2]])
    (array([1., 2.]), (2, 1))
    """
    array = np.asarray(t)
    if array.dtype.kind == "c":
        if not complex_allowed:
            raise TypeError(f"t is complex ({array.dtype}); a piecewise interpolant is defined at real points only")
        return np.ascontiguousarray(array, np.complex128).reshape(-1), array.shape
    real = float_array("t", t, tuple(range(array.ndim + 1)), check_finite=False, may_be_empty=True)
    return real.astype(np.float64, copy=False).reshape(-1), array.shape


def interval_of(name: str, value: Any) -> tuple[float, float]:
    """An interval (a, b), a < b, of finite numbers. Raises TypeError and ValueError for anything else.

    >>> interval_of("domain", (1, 0))
    Traceback (most recent call last):
    ValueError: domain is (1, 0); its first number must be less than its second
    """
    try:
        a, b = value
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}; it must be a pair of numbers (a, b)") from None
    low, high = finite(f"{name}[0]", a), finite(f"{name}[1]", b)
    if not low < high:
        raise ValueError(f"{name} is ({low:g}, {high:g}); its first number must be less than its second")
    if not np.isfinite(high - low):
        raise ValueError(f"{name} is ({low:g}, {high:g}); its length must be a finite number")
    return low, high


def true_or_false(name: str, value: Any) -> bool:
    """True or False. Raises TypeError for anything else.

    >>> true_or_false("extrapolate", "periodic")
    Traceback (most recent call last):
    TypeError: extrapolate is 'periodic'; it must be True or False
    """
    if not isinstance(value, bool | np.bool_ | int) or value not in (0, 1):
        raise TypeError(f"{name} is {value!r}; it must be True or False")
    return bool(value)


def largest(array: np.ndarray) -> float:
    """The largest absolute value, or NaN where there is one.

    >>> largest(np.array([1.0, -3.0])), largest(np.array([3.0 + 4.0j]))
    (3.0, 5.0)
    """
    if np.iscomplexobj(array):
        return float(np.abs(array).max())
    return float(np.maximum(array.max(), -array.min()))


def near_one(array: np.ndarray) -> tuple[np.ndarray, float]:
    """Numbers over a power of two, and that power, where products of a few of them would leave the range; else over 1.

    >>> near_one(np.array([2.0**-1000, 2.0**-1001]))
    (array([1. , 0.5]), 9.33...e-302)
    """
    exponent = min(max(int(np.frexp(largest(array))[1]) - 1, -1000), 1000)
    if abs(exponent) <= FAR:
        return array, 1.0
    return np.asarray(array * 2.0**-exponent), 2.0**exponent


def read_only(array: np.ndarray) -> np.ndarray:
    """A view of an array that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def warn(message: str) -> None:
    """Warn of lost digits, where the caller of the driver is."""
    warnings.warn(message, LinAlgWarning, stacklevel=4)
