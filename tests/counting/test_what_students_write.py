"""Spellings of Python and NumPy that Numba lacks, or counts in its own way: both counters agree on them."""

import numpy as np
import pytest

import mechkit as mk
from mechkit.counting.reference.run import reference_count

INTEGERS, FLOATS = np.arange(5), np.arange(5.0) + 0.5


def from_the_end(n):
    s = 0
    for i in reversed(range(n)):
        s = 2 * s + i
    for i in reversed(range(3, 4 * n, 4)):
        s = 2 * s + i
    for i in reversed(range(n, -5, -3)):
        s = 2 * s + i
    return s


def flipped(c):
    s = 0.0
    for v in np.flip(c):
        s = s * 0.5 + v
    return s


def copied(x):
    y = np.copy(x)
    y[0] = 3.0
    return y


def as_floats(x):
    y = np.array(x, dtype=float)
    y[0] = y[0] * 2.0
    return y


def same_type(x):
    y = np.array(x)
    y[0] = y[0] + y[1]
    return y


def converted_where_needed(x):
    return np.asarray(x, float)


def types_of_elements(n):
    y = np.zeros(n, int)
    z = np.full(n, 2.0, dtype=float)
    w = np.zeros_like(z, dtype=int)
    t = np.ones(n, bool)
    y[0] = w[0] + 1
    z[1] = z[0] + z[1]
    return y[0] + t.size + z[1]


def whole(x):
    return x.astype(int)


CASES = [
    (from_the_end, 7),
    (from_the_end, 0),
    (flipped, FLOATS),
    (flipped, np.arange(12.0)[::3]),
    (copied, FLOATS),
    (copied, FLOATS[::2]),
    (as_floats, INTEGERS),
    (as_floats, FLOATS),
    (as_floats, FLOATS.astype(np.float32)),
    (same_type, INTEGERS),
    (same_type, FLOATS.astype(np.float32)),
    (converted_where_needed, INTEGERS),
    (converted_where_needed, FLOATS),
    (types_of_elements, 4),
    (whole, FLOATS),
]
KERNELS = {function: mk.kernel(function) for function, _ in CASES}


@pytest.mark.parametrize(("function", "argument"), CASES, ids=lambda v: getattr(v, "__name__", ""))
@pytest.mark.filterwarnings("ignore:nothing was counted")
def test_the_counters_agree_with_each_other_and_the_result_with_python(function, argument):
    def given():
        return argument.copy() if isinstance(argument, np.ndarray) and argument.flags.c_contiguous else argument

    with mk.count() as ops:
        result = KERNELS[function](given())
    in_python, reference = reference_count(KERNELS[function], given())
    assert ops == reference
    expected = function(given())
    assert np.array_equal(result, expected)
    assert np.array_equal(in_python, expected)
    assert np.asarray(result).dtype == np.asarray(expected).dtype


def test_a_copy_costs_a_load_and_a_store_for_each_element_and_a_view_costs_nothing():
    with mk.count() as copying:
        KERNELS[copied](FLOATS)
    with mk.count() as asking:
        KERNELS[converted_where_needed](INTEGERS)
    assert (copying["float64"].loads, copying["float64"].stores) == (5, 6)
    assert (asking["int"].loads, asking["float64"].convert, asking["float64"].stores) == (5, 5, 5)
