"""The reference counter: what cannot be seen by comparing it with compiled code."""

import math

import numpy as np
import pytest

import mechkit as mk
from mechkit.counting.reference import reference_count
from mechkit.counting.reference.values import compared_in, promote


@pytest.mark.parametrize(
    ("a", "b", "together"),
    [
        *(("float32", "float64", "float64"), ("float32", "int8", "float32"), ("float32", "int16", "float32")),
        *(("float32", "int32", "float64"), ("float64", "int64", "float64"), ("float32", "bool", "float32")),
        *(("int8", "uint8", "int64"), ("uint8", "uint16", "uint64"), ("int64", "uint64", "int64")),
        *(("complex64", "float32", "complex64"), ("complex64", "float64", "complex128"), ("bool", "bool", "int64")),
    ],
)
def test_the_type_an_operation_runs_in(a, b, together):
    assert promote(np.dtype(a), np.dtype(b)) == promote(np.dtype(b), np.dtype(a)) == np.dtype(together)


def test_int64_and_uint64_are_compared_as_floats():
    assert compared_in(np.dtype("int64"), np.dtype("uint64")) == np.dtype("float64")
    assert compared_in(np.dtype("int64"), np.dtype("int8")) == np.dtype("int64")


def test_it_returns_what_compiled_code_returns(agree):
    @mk.kernel
    def several(x):
        return x[0], int(x[1]), x, (x.size, x.shape), x[0] > x[1], None

    result, _ = reference_count(several, np.array([1.0, 2.5]))
    assert [type(part) for part in result] == [float, int, np.ndarray, tuple, bool, type(None)]
    assert result[3] == (2, (2,))
    agree(several, np.array([1.0, 2.5]))


def test_names_and_limits(agree):
    @mk.kernel
    def limits(x):
        y = np.empty(2, x.dtype)
        y[0] = x.dtype.type(2)
        return y[0] * np.finfo(np.float64).eps + np.finfo(np.float32).max + np.iinfo(np.int32).max + math.pi

    result, ops = agree(limits, np.ones(3))
    assert ops.to_dict()["float64"] == {"add": 3, "mul": 1, "convert": 1, "loads": 1, "stores": 1, "bytes": 16}
    assert result > 1e38


def test_complex_of_two_float32_is_a_complex64(agree):
    @mk.kernel
    def product(a, b):
        return complex(a, b) * complex(a, b)

    _, ops = agree(product, np.float32(1), np.float32(2))
    assert list(ops.to_dict()) == ["float32"]


def test_the_caller_keeps_its_arrays_and_generators(agree):
    @mk.kernel
    def draws(rng, x):
        x[1] = rng.random()
        return rng.standard_normal() + rng.integers(0, 5)

    x, rng = np.zeros(2), np.random.default_rng(3)
    _, ops = reference_count(draws, rng, x)
    again = np.random.default_rng(3)
    assert x[1] == again.random()
    assert (ops.random, ops["int"].random) == (2, 1)
    agree(draws, np.random.default_rng(4), np.zeros(2))


def test_an_exception_ends_the_count():
    @mk.kernel
    def fails(x):
        raise ValueError("no", x)

    with pytest.raises(ValueError, match="no") as error:
        reference_count(fails, 2.0)
    assert error.value.args == ("no", 2.0)
    assert type(error.value.args[1]) is float
    with mk.count() as ops:
        pass
    assert not ops
