"""What a kernel has captured may change: its globals, kernels it calls, modules' members, closures, arrays."""

import types

import numba
import numpy as np
import pytest
from numba import float64

import mechkit as mk
from mechkit.counting import by_address

WITH_C = "def kernel(x):\n    return x * x - C\n"


@pytest.fixture
def named(from_source):
    """A kernel of a text, and the namespace in which it finds its globals."""

    def make(text, **names):
        kernel = mk.kernel(from_source(text, **names))
        return kernel, kernel.py_func.__globals__

    return make


def test_a_global_number_that_is_bound_anew(named):
    kernel, names = named(WITH_C, C=1.0)
    found = []
    for names["C"] in (1.0, 4.0, 9.0, 9.0, np.float32(2)):
        found.append(kernel(3.0))
    assert found == [8.0, 5.0, 0.0, 0.0, 7.0]


def test_elements_of_a_global_array_that_are_assigned(named):
    table = np.array([1.0, 2.0])
    kernel, names = named("def kernel(x):\n    return x * TABLE[1]\n", TABLE=table)
    assert kernel(3.0) == 6.0
    table[1] = 5.0
    assert kernel(3.0) == 15.0
    names["TABLE"] = np.array([0.0, 7.0])
    assert kernel(3.0) == 21.0


def test_a_callee_that_is_defined_anew_and_what_it_refers_to(named):
    inner, inner_names = named(WITH_C, C=1.0)
    middle, _ = named("def kernel(x):\n    return inner(x) + 1.0\n", inner=inner)
    outer, names = named("def kernel(x):\n    return middle(x) * 2.0\n", middle=middle)
    assert outer(3.0) == 18.0
    inner_names["C"] = 2.0
    assert (outer(3.0), middle(3.0), inner(3.0)) == (16.0, 8.0, 7.0)
    names["middle"] = named("def kernel(x):\n    return x\n")[0]
    with mk.count() as ops:
        assert outer(3.0) == 6.0
    assert (ops.flops, mk.annotate(outer, 3.0).total.flops) == (1, 1)


def test_a_member_of_a_module(named):
    module = types.ModuleType("parameters")
    module.RATE = 2.0
    kernel, _ = named("def kernel(x):\n    return parameters.RATE * x\n", parameters=module)
    assert kernel(3.0) == 6.0
    module.RATE = 3.0
    assert kernel(3.0) == 9.0


def test_a_variable_that_is_closed_over():
    def make():
        a = 1.0

        @mk.kernel
        def product(x):
            return a * x

        def bind(value):
            nonlocal a
            a = value

        return product, bind

    product, bind = make()
    assert product(2.0) == 2.0
    bind(5.0)
    assert (product(2.0), product(2)) == (10.0, 10.0)


def test_a_function_by_address(named):
    plain = named(WITH_C, C=1.0)[0].py_func
    function = types.FunctionType(plain.__code__, {"C": 1.0}, "function")
    kernel, _ = named("def kernel(f, x):\n    return f(x)\n")
    found = []
    for function.__globals__["C"] in (1.0, 4.0, 9.0):
        found.append(kernel(by_address(function, float64(float64)), 3.0))
    assert found == [8.0, 5.0, 0.0]


def test_what_cannot_be_compiled_after_a_change_says_so_each_time(named):
    kernel, names = named(WITH_C, C=1.0)
    assert kernel(3.0) == 8.0
    names["C"] = "four"
    for _ in range(2):
        with pytest.raises(TypeError):
            kernel(3.0)
    names["C"] = 4.0
    assert kernel(3.0) == 5.0


@pytest.mark.compiled
def test_a_kernel_that_captures_nothing_is_called_at_a_dispatchers_speed(named):
    kernel, _ = named("def kernel(x):\n    return math.sqrt(x) + np.sin(x)\n")
    kernel(3.0)
    assert type(kernel).__call__ is numba.core.registry.CPUDispatcher.__call__


def test_a_new_caller_takes_no_old_code(named):
    inner, names = named(WITH_C, C=1.0)
    assert inner(3.0) == 8.0
    names["C"] = 4.0
    outer, _ = named("def kernel(x):\n    return inner(x) + 1.0\n", inner=inner)
    assert (outer(3.0), inner(3.0), outer(3.0)) == (6.0, 5.0, 6.0)


def test_code_for_another_type_does_not_hide_what_is_old(named):
    inner, names = named("def kernel(x):\n    return x * C\n", C=1.0)
    assert inner(1.0) == 1.0
    names["C"] = 2.0
    outer, _ = named("def kernel(x):\n    return inner(x)\n", inner=inner)
    assert (outer(1), inner(1.0), inner(1)) == (2.0, 2.0, 2.0)


def test_a_caller_with_a_fixed_signature(named, from_source):
    inner, names = named("def kernel(x):\n    return x * C\n", C=1.0)
    outer = mk.kernel("float64(float64)")(from_source("def kernel(x):\n    return inner(x)\n", inner=inner))
    assert outer(1.0) == 1.0
    names["C"] = 2.0
    assert outer(1.0) == 2.0


@pytest.mark.compiled
def test_a_fixed_signature_stays_fixed(named, from_source):
    kernel = mk.kernel("float64(float64)")(from_source("def kernel(x):\n    return x * C\n", C=1.0))
    names = kernel.py_func.__globals__
    names["C"] = "a word"
    with pytest.raises(mk.KernelError):
        kernel(2.0)
    names["C"] = 2.0
    assert kernel(2.0) == 4.0
    with pytest.raises(TypeError, match="was made for arguments .* only"):
        kernel(1j)


@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaWarning")
def test_kernels_among_the_arguments(named):
    inner, names = named("def kernel(x):\n    return x * C\n", C=1.0)
    one, _ = named("def kernel(f, x):\n    return f(x)\n")
    of_tuple, _ = named("def kernel(fs, x):\n    return fs[0](x)\n")
    address = by_address(inner, float64(float64))
    by_address_too, _ = named("def kernel(f, x):\n    return f(x)\n")
    for names["C"] in (1.0, 5.0, 5.0, 7.0):
        found = (one(inner, 1.0), of_tuple((inner,), 1.0), by_address_too(address, 1.0), address(1.0), inner(1.0))
        assert found == (names["C"],) * 5
        names["C"] += 1.0
        assert inner(1.0) == names["C"]  # renewed by itself: the others must notice all the same
        assert (one(inner, 1.0), of_tuple((inner,), 1.0), by_address_too(address, 1.0)) == (names["C"],) * 3


def test_large_arrays_and_arrays_in_tuples(named):
    kernel, names = named(
        "def kernel(i):\n    return BIG[i] + PAIR[1][i]\n", BIG=np.ones(200_000), PAIR=(1, np.ones(2))
    )
    assert kernel(0) == 2.0
    names["BIG"] = np.full(200_000, 5.0)
    assert kernel(0) == 6.0
    names["BIG"][0] = 9.0
    assert kernel(0) == 10.0
    names["PAIR"][1][0] = 20.0
    assert kernel(0) == 29.0


def test_a_module_in_place_of_another(named):
    one, two = types.ModuleType("one"), types.ModuleType("two")
    one.RATE, two.RATE = 2.0, 3.0
    kernel, names = named("def kernel(x):\n    return parameters.RATE * x\n", parameters=one)
    assert kernel(1.0) == 2.0
    one.RATE = 5.0
    assert kernel(1.0) == 5.0
    names["parameters"] = two
    assert kernel(1.0) == 3.0


STALE = """
import sys
import mechkit as mk
K = 1.0
@mk.kernel(cache=True)
def c1(x):
    return x * K
@mk.kernel(cache=True)
def c2(x):
    return c1(x) + 1.0
if sys.argv[1] == "first":
    c1(1.0)
K = 2.0
print(c2(1.0))
"""


@pytest.mark.compiled
def test_nothing_old_gets_into_the_cache(python, tmp_path):
    for turn in ("first", "second"):
        assert python(STALE, turn, NUMBA_CACHE_DIR=str(tmp_path / "cache"))[0] == ["3.0"]
