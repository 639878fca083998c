"""A kernel is called by Python, by kernels and by address; who calls first, and in which process, changes nothing."""

import subprocess
import sys

import numba
import pytest
from numba import float64

import mechkit as mk
from mechkit.counting import by_address

pytestmark = pytest.mark.compiled

MODULE = """
import mechkit as mk
@mk.kernel(cache=True)
def square(x):
    return x * x
@mk.kernel(cache=True)
def next_square(x):
    return square(x + 1.0)
"""
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import mechkit as mk
import squares
with mk.count() as ops:
    answers = [getattr(squares, name)(2.0) for name in sys.argv[2:]]
kernels = squares.square, squares.next_square
print(*answers, ops.flops, sum(sum(kernel.stats.cache_misses.values()) for kernel in kernels))
"""


@mk.kernel
def square(x):
    return x * x


@mk.kernel
def next_square(x):
    return square(x + 1.0)


def test_a_kernel_that_kernels_call_is_passed_by_address_too(agree):
    @mk.kernel
    def half(x):
        return x / 2.0

    @mk.kernel
    def quarter(x):
        return half(half(x))

    @mk.kernel(float64(numba.types.FunctionType(float64(float64)), float64))
    def apply(f, x):
        return f(x)

    assert quarter(8.0) == 2.0
    assert agree(apply, half, 3.0)[0] == 1.5
    assert apply(by_address(half, float64(float64)), 5.0) == 2.5


@pytest.mark.filterwarnings("ignore:First-class function type")
def test_a_kernel_that_kernels_call_becomes_a_value_later():
    @mk.kernel
    def tripled(x):
        return 3.0 * x

    @mk.kernel
    def doubled(x):
        return 2.0 * x

    @mk.kernel
    def six_times(x):
        return tripled(doubled(x))

    @mk.kernel
    def either(is_triple, x):
        f = tripled if is_triple else doubled
        return f(x)

    with mk.count() as ops:
        answers = six_times(1.0), either(True, 1.0), either(False, 1.0), tripled(1.0), six_times(2.0)
    assert answers == (6.0, 3.0, 2.0, 3.0, 12.0)
    assert ops.flops == 7


def test_who_calls_first_matters_to_no_other_process(python, tmp_path):
    (tmp_path / "squares.py").write_text(MODULE)

    def run(*names):
        (line,), _ = python(PROGRAM, str(tmp_path), *names, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
        return line

    assert run("next_square") == "9.0 2 2"
    assert run("square") == "4.0 1 1"  # compiled for kernels so far, and now for Python
    assert run("square") == "4.0 1 0"
    assert run("square", "next_square") == "4.0 9.0 3 0"
    assert run("next_square", "square") == "9.0 4.0 3 0"


ARRAYS = """
import numpy as np
import mechkit as mk
@mk.kernel(cache=True)
def row(n):
    return np.ones(n)
@mk.kernel(cache=True)
def first(n):
    return row(n)[0]
@mk.kernel(cache=True)
def last(n):
    return row(n)[n - 1]
"""
CALLS = """
import sys
sys.path.insert(0, sys.argv[1])
import arrays
print(*[getattr(arrays, name)(2) for name in sys.argv[2:]])
"""


def test_arrays_reach_python_from_a_kernel_that_another_kernel_took_from_the_cache_first(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "arrays.py").write_text(ARRAYS)
    (tmp_path / "calls.py").write_text(CALLS)
    for names in (("first", "row"), ("last", "row")):
        command = [sys.executable, str(tmp_path / "calls.py"), str(tmp_path), *names]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.stdout == "1.0 [1. 1.]\n", done.stderr
