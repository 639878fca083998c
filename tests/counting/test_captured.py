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
