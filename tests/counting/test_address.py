"""Functions by address: a driver compiled once serves every function of a signature, and all of them are counted."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest
from numba import float64, types, void

import mechkit as mk
from mechkit.counting import KernelError, UncountedError, by_address
from mechkit.counting.address import as_kernel
from mechkit.counting.kernel_cache import cache_directory
from mechkit.counting.reference import reference_count

SCALAR = float64(float64)
VECTOR = void(float64[::1], float64[::1])


@mk.kernel
def midpoint(f, a, b):
    return (b - a) * f((a + b) / 2.0)


@mk.kernel
def power(apply, x, y, steps):
    for _ in range(steps):
        apply(x, y)
        x, y = y, x


@mk.kernel
def double(x, y):
    for i in range(x.size):
        y[i] = 2.0 * x[i]


def square(x):
    return x * x


square_kernel = mk.kernel(square)


def cube(x):
    return x * x * x


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_driver_is_compiled_once_for_all_functions():
    before = len(midpoint.signatures)
    results = [midpoint(by_address(f, SCALAR), 0.0, 2.0) for f in (square, cube, lambda x: x + 1.0)]
    assert results == [2.0, 2.0, 4.0]
    assert len(midpoint.signatures) <= before + 1


@pytest.mark.parametrize(("f", "mul"), [(square, 2), (cube, 3)])
def test_what_a_function_does_is_counted(f, mul):
    with mk.count() as ops:
        result = midpoint(by_address(f, SCALAR), 0.0, 2.0)
    assert (result, ops.mul, ops.flops) == (2.0, mul, mul + 3)
    assert reference_count(midpoint, by_address(f, SCALAR), 0.0, 2.0) == (2.0, ops)


@pytest.mark.parametrize("role", ["f", "jac", "hess"])
def test_calls_in_a_role_are_counted(role):
    f = by_address(square, SCALAR, role)
    with mk.count() as ops:
        midpoint(f, 0.0, 2.0)
        midpoint(f, 0.0, 3.0)
    assert dict(ops.calls) == {**dict.fromkeys(("f", "jac", "hess"), 0), role: 2}
    assert ops.flops == 10
    assert reference_count(midpoint, f, 0.0, 2.0)[1].calls[role] == 1
    assert mk.OpCounts.from_dict(ops.to_dict()) == ops
    with mk.count() as none:
        midpoint(by_address(square, SCALAR), 0.0, 2.0)
        midpoint(square_kernel, 0.0, 2.0)
    assert not any(none.calls.values())


def test_a_role_there_is_not():
    with pytest.raises(ValueError, match="role is 'g'; it must be one of f, jac, hess"):
        by_address(square, SCALAR, "g")


def test_a_function_on_arrays():
    x, y = np.ones(4), np.zeros(4)
    with mk.count() as ops:
        power(by_address(double, VECTOR), x, y, 3)
    assert y.tolist() == [8.0] * 4
    assert (ops.mul, ops.flops) == (12, 12)


def test_a_function_is_the_same_argument_each_time():
    assert by_address(square, SCALAR) is by_address(square, SCALAR)


@pytest.mark.parametrize("value", [3, np.sin, "x", None])
def test_what_is_no_function_is_refused(value):
    with pytest.raises(TypeError, match="neither a kernel nor a plain function; write one that calls it"):
        by_address(value, SCALAR)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is typed")
def test_another_result_is_refused():
    with pytest.raises(KernelError, match=r"double_it\(int64\) returns int64; here it must be float64"):
        by_address(mk.kernel(double_it), float64(types.int64))


def double_it(x):
    return 2 * x


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_an_uncounted_function_is_refused():
    def dot(x):
        return np.sum(np.ones(3)) * x

    with pytest.raises(UncountedError, match="sum"):
        by_address(dot, SCALAR)


SCRIPT = """
import mechkit as mk, pathlib
from mechkit.counting import by_address
from numba import float64
@mk.kernel(cache=True)
def midpoint(f, a, b):
    return (b - a) * f((a + b) / 2.0)
def f(x):
    return {body}
print(midpoint(by_address(f, float64(float64)), 0.0, 2.0), sum(midpoint.stats.cache_hits.values()))
"""


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_another_process_finds_the_driver_whatever_its_function(tmp_path):
    script = tmp_path / "run.py"
    printed = []
    for body in ("x * x", "x + 5.0"):
        script.write_text(SCRIPT.format(body=body))
        done = subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=True,
        )
        printed.append(done.stdout.split())
    assert printed == [["2.0", "0"], ["12.0", "1"]]


PROGRAM = """
import sys
from numba import float64
import mechkit as mk
from mechkit.counting import by_address
RATE, SHIFT = map(float, sys.argv[1:])
@mk.kernel
def shifted(x):
    return x + SHIFT
def line(x):
    return RATE * shifted(x)
def closing_over(rate):
    def f(x):
        return rate * x
    return f
for f in (line, closing_over(RATE)):
    f = by_address(f, float64(float64), "f")
    print(f(2.0), sum(f.stats.cache_hits.values()))
"""


@pytest.mark.compiled
def test_a_function_in_a_file_is_compiled_once_and_anew_for_other_values(python, tmp_path):
    def run(rate, shift):
        return python(PROGRAM, str(rate), str(shift), NUMBA_CACHE_DIR=str(tmp_path / "cache"))[0]

    assert run(3, 1) == ["9.0 0", "6.0 0"]
    assert run(3, 1) == ["9.0 1", "6.0 0"]  # what closes over a value is not kept
    assert run(4, 1) == ["12.0 0", "8.0 0"]  # a value that the function names
    assert run(4, 2) == ["16.0 0", "8.0 0"]  # one that a kernel names which it calls


TYPED = "from math import exp\nc = 2.0\ndef f(x):\n    return c * x + 0.0 * exp(x)\n"


def _typed(text, place):
    """A function as a notebook makes it, by address: its value at 3, and how often it was compiled."""
    scope = {"__name__": "__main__"}
    exec(compile(text, place, "exec"), scope)
    made = by_address(scope["f"], SCALAR)
    return made(3.0), sum(made.stats.cache_misses.values())


@pytest.mark.compiled
def test_a_function_without_a_file_is_kept_too(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    cache_directory.cache_clear()
    try:
        assert _typed(TYPED, "<cell>") == (6.0, 1)
        assert _typed(TYPED, "<cell>") == (6.0, 0)
        assert _typed(TYPED.replace("c = 2.0", "c = 5.0"), "<cell>") == (15.0, 1)  # another global
        assert _typed(TYPED.replace("c * x +", "c + x +"), "<cell>") == (5.0, 1)  # another text
        assert _typed(TYPED, "cells/ipykernel_12/7.py") == (6.0, 1)
        assert _typed(TYPED, "cells/ipykernel_99/7.py") == (6.0, 0)  # the same cell in another session
        assert _typed(TYPED, "<ipython-input-1-abc>") == (6.0, 1)
        assert _typed(TYPED, "<ipython-input-23-abc>") == (6.0, 0)
    finally:
        cache_directory.cache_clear()


def test_a_function_without_a_file_that_closes_over_something_is_not_kept():
    scope = {"__name__": "__main__"}
    exec("def make(c):\n    def f(x):\n        return c * x\n    return f\n", scope)
    assert not getattr(as_kernel(scope["make"](2.0)), "cached", False)
