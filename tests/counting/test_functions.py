"""Only kernels work in kernels, wherever a function comes from: its type decides, not the way to it."""

import types
from typing import NamedTuple

import numba
import pytest
from numba import float64

import mechkit as mk
from mechkit.counting import by_address

pytestmark = pytest.mark.compiled


@numba.njit
def jitted(x):
    return x * x


@numba.njit
def jitted_too(x):
    return x + x


@numba.cfunc("float64(float64)")
def callback(x):
    return x * x


@numba.cfunc("float64(float64)")
def callback_too(x):
    return x + x


@mk.kernel
def square(x):
    return x * x


@mk.kernel
def double(x):
    return x + x


HELPERS = types.ModuleType("helpers")
HELPERS.f, HELPERS.g, HELPERS.square, HELPERS.double = jitted, jitted_too, square, double
HELPERS.CALLBACKS, HELPERS.JITTED = (callback, callback_too), (jitted, jitted_too)
HELPERS.NESTED, HELPERS.KERNELS = ((1.0, (callback,)),), (square, square)

HIDDEN = {
    "a choice": "f = helpers.f if x > 0.0 else helpers.g\n    return f(x)",
    "a choice in branches": "f = helpers.f\n    if x > 0.0:\n        f = helpers.g\n    return f(x)",
    "a choice of a kernel and another": "f = helpers.square if x > 0.0 else helpers.g\n    return f(x)",
    "a module's tuple of callbacks": "return helpers.CALLBACKS[0](x)",
    "a module's tuple of jitted functions": "return helpers.JITTED[1](x)",
    "a nested tuple": "return helpers.NESTED[0][1][0](x)",
    "a local tuple": "fs = (helpers.f, 1.0)\n    return fs[0](x)",
    "a loop over a tuple": "s = 0.0\n    for f in helpers.CALLBACKS:\n        s += f(x)\n    return s",
    "an unpacked tuple": "f, g = helpers.CALLBACKS\n    return g(x)",
    "a name for it": "f = helpers.f\n    g = f\n    return g(x)",
    "a return value": "return helpers.f",
    "an argument of a kernel": "return apply(helpers.f, x)",
}


@mk.kernel
def apply(f, x):
    return f(x)


@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaWarning")
@pytest.mark.parametrize("body", HIDDEN.values(), ids=HIDDEN)
def test_no_way_to_another_function_is_silent(from_source, body):
    kernel = mk.kernel(from_source(f"def kernel(x):\n    {body}\n", helpers=HELPERS, apply=apply))
    with (
        mk.count() as ops,
        pytest.raises(mk.UncountedError, match="would not be counted; (decorate|write it in Python)"),
    ):
        kernel(1.5)
    assert not ops


COUNTED = {
    "a choice of kernels": "f = square if x > 0.0 else double\n    return f(x)",
    "a tuple of kernels": "return helpers.KERNELS[1](x)",
    "a kernel of a module": "return helpers.square(x)",
    "a local tuple": "fs = (helpers.square, 1.0)\n    return fs[0](x)",
}


@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaWarning")
@pytest.mark.parametrize("body", COUNTED.values(), ids=COUNTED)
def test_every_way_to_a_kernel_counts(from_source, body):
    kernel = mk.kernel(from_source(f"def kernel(x):\n    {body}\n", helpers=HELPERS, square=square, double=double))
    with mk.count() as ops:
        assert kernel(1.5) == 2.25
    assert ops.mul == 1


@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaWarning")
@pytest.mark.parametrize(
    "functions",
    [[callback, callback_too], (callback,), ((1.0, callback),), [jitted], (square, jitted), ([callback],)],
)
def test_functions_in_arguments_are_looked_at_one_by_one(functions):
    @mk.kernel
    def first(fs, x):
        return fs[0](x)

    with pytest.raises(mk.UncountedError, match="its work would not be counted"):
        first(functions, 1.5)


@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaWarning")
def test_a_typed_list_of_functions_is_refused():
    @mk.kernel
    def first(fs, x):
        return fs[0](x)

    functions = numba.typed.List()
    functions.append(callback)
    with pytest.raises(mk.UncountedError, match="pass functions as arguments of their own, or in a tuple"):
        first(functions, 1.5)


def test_a_function_in_a_named_tuple_counts():
    from collections import namedtuple

    Problem = namedtuple("Problem", "fun start")

    @mk.kernel
    def at_start(problem):
        return problem.fun(problem.start)

    with mk.count() as ops:
        assert at_start(Problem(by_address(square, float64(float64)), 3.0)) == 9.0
    assert ops.mul == 1


def test_an_attribute_that_is_a_program_is_refused():
    from numba.extending import overload_attribute

    @overload_attribute(numba.types.Array, "total")
    def total(array):
        def get(array):
            s = 0.0
            for v in array:
                s += v
            return s

        return get

    import numpy as np

    @mk.kernel
    def reading(x):
        return x.total

    with pytest.raises(mk.UncountedError, match="the work of .total in 'return x.total' would not be counted"):
        reading(np.ones(3))


def test_the_truth_of_an_array_reads_its_element():
    import numpy as np

    @mk.kernel
    def truth(x):
        if x:
            return 1.0
        return 0.0

    with pytest.raises(mk.UncountedError, match="compare an element"):
        truth(np.ones(1))


class Objective(NamedTuple):
    fun: object
    jac: object


@mk.kernel
def squared(x):
    return x * x


@mk.kernel
def slope(x):
    return 2.0 * x


@mk.kernel
def newton_step(objective, x):
    return x - objective.fun(x) / objective.jac(x)


@mk.kernel
def newton_step_unpacked(objective, x):
    fun, jac = objective
    return x - fun(x) / jac(x)


ADDRESSES = Objective(by_address(squared, float64(float64), "f"), by_address(slope, float64(float64), "jac"))


@pytest.mark.parametrize("objective", [Objective(squared, slope), ADDRESSES], ids=["kernels", "addresses"])
def test_a_function_of_a_named_tuple_counts_by_its_name_as_unpacked(objective, agree):
    value, counts = agree(newton_step, objective, 3.0)
    assert agree(newton_step_unpacked, objective, 3.0) == (value, counts)
    assert counts.flops == 4
    assert counts.calls["jac"] == (1 if objective is ADDRESSES else 0)
