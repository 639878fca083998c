"""Kernels count no references to the arrays of their caller: none is lost, none is freed too early."""

import gc
import sys
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import pytest
from numba import float64, void
from numba.core.runtime import _nrt_python, rtsys

import mechkit as mk
from mechkit.counting import by_address

pytestmark = pytest.mark.compiled


class Pair(NamedTuple):
    A: np.ndarray
    b: np.ndarray


@mk.kernel
def itself(A, b):
    return A


@mk.kernel
def row(A, b):
    last = A[1]
    b[1] = last[0]
    return last


@mk.kernel
def either(A, b):
    x = A[0]
    if b[0] > 0.0:
        x = b
    return x


@mk.kernel
def parts(A, b):
    for i in range(2):
        x = A[i, i:]
        y = b[1 : 1 + i]
        for j in range(y.size):
            y[j] += x[j]
        if x[0] > 100.0:
            return y, x
    return A[1, 1:], x


@mk.kernel
def swapped(A, b):
    x, y = A[0], A[1]
    for k in range(3):
        x, y = y, x
        z = A[k % 2]
        z[0] += x[1] + y[1]
    return x, y, z


@mk.kernel
def other_name(A, b):
    A = np.empty_like(A)
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            A[i, j] = b[j]
    first = A[0]
    b[1] = first[0]
    return first


@mk.kernel
def of_a_pair(pair):
    A, b = pair
    field = pair.b
    part = pair[0]
    again = (field, part[1])
    return again[0], again[1], A[0], b


@mk.kernel
def unpacks(A, b):
    pair = A, (b, 1.0)
    x, rest = pair
    y = rest[0]
    return x[1], y


@mk.kernel
def within_a_loop(A, b):
    rows = [b]
    for i in range(A.shape[0]):
        x = A[i]
        rows.append(x)
    return rows[2]


@mk.kernel
def recursive(A, b):
    if b[0] < 0.0:
        return A[1]
    b[0] -= 1.0
    return recursive(A, b)


@mk.kernel
def fills(t, y, out):
    out[0] = t * y[0]


@mk.kernel
def by_its_address(f, A):
    for i in range(2):
        x = A[i]
        f(2.0, x, A[1 - i])
    return x


@mk.kernel
def catches(A, b):
    x = A[0]
    try:
        y = A[1]
        raises(y)
    except Exception:
        return x
    return y


@mk.kernel
def raises(x):
    y = x
    if y[0] > 0.0:
        raise ValueError("positive")
    return y


def arrays():
    return np.arange(1.0, 7.0).reshape(2, 3), np.array([2.0, -1.0, 3.0])


def arguments(kernel):
    A, b = arrays()
    if kernel is of_a_pair:
        return (Pair(A, b),), (A, b)
    if kernel is by_its_address:
        return (by_address(fills, void(float64, float64[::1], float64[::1])), A), (A,)
    return (A, b), (A, b)


@pytest.fixture(autouse=True)
def counted_memory():
    _nrt_python.memsys_enable_stats()
    yield
    _nrt_python.memsys_disable_stats()


def in_memory():
    gc.collect()
    stats = rtsys.get_allocation_stats()
    return stats.mi_alloc - stats.mi_free


@pytest.mark.parametrize(
    "kernel",
    [
        itself,
        row,
        either,
        parts,
        swapped,
        other_name,
        of_a_pair,
        unpacks,
        within_a_loop,
        recursive,
        by_its_address,
        catches,
    ],
    ids=lambda kernel: kernel.__name__,
)
def test_what_a_kernel_returns_is_held_once_and_lives_on(kernel):
    args, held = arguments(kernel)
    (expected_args, _) = arguments(kernel)
    expected = kernel.py_func(*expected_args)
    kernel(*arguments(kernel)[0])  # compiled before memory is compared
    before, counts = in_memory(), [sys.getrefcount(array) for array in held]
    result = kernel(*args)
    several = isinstance(result, tuple)
    copies = [part.copy() for part in (result if several else (result,))]
    for copy, wanted in zip(copies, expected if several else (expected,), strict=True):
        np.testing.assert_array_equal(copy, wanted)
    del args, held
    filler = [np.full(6, np.nan) for _ in range(100)]  # takes the memory, were it free
    for part, copy in zip(result if several else (result,), copies, strict=True):
        np.testing.assert_array_equal(part, copy)
    del result, part, filler
    assert in_memory() == before
    args, held = arguments(kernel)
    for _ in range(50):
        kernel(*args)
    assert [sys.getrefcount(array) for array in held] == counts


def test_a_kernel_that_raises_loses_no_reference():
    x = np.ones(3)
    with pytest.raises(ValueError, match="positive"):
        raises(x)
    before, count = in_memory(), sys.getrefcount(x)
    for _ in range(50):
        with suppress(ValueError):
            raises(x)
    assert in_memory() == before
    assert sys.getrefcount(x) == count
