"""Python calls a kernel through a wrapper, which is compiled when Python first calls it; no answer depends on it."""

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


def test_a_kernel_that_only_kernels_call_has_no_wrapper_until_python_calls_it(agree):
    assert agree(next_square, 2.0)[0] == 9.0
    assert not square.overloads[float64,].library.serves_python
    result, ops = agree(square, 3.0)
    assert (result, ops.mul, ops.flops) == (9.0, 1, 1)
    assert square.overloads[float64,].library.serves_python
    assert len(square.overloads) == 1


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


def test_who_calls_first_matters_to_no_other_process(python, tmp_path):
    (tmp_path / "squares.py").write_text(MODULE)

    def run(*names):
        (line,), _ = python(PROGRAM, str(tmp_path), *names, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
        return line

    assert run("next_square") == "9.0 2 2"
    assert run("square") == "4.0 1 0"
    assert run("square", "next_square") == "4.0 9.0 3 0"
    assert run("next_square", "square") == "9.0 4.0 3 0"
