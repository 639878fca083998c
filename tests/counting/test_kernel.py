"""The decorator: options, signatures, functions as arguments, pickles, and errors that name the place."""

import math
import pickle
import re

import numba
import numpy as np
import pytest
from numba import float64, types

import mechkit as mk

compiled = pytest.mark.compiled


def body(x, y):
    s = 0.0
    for k in range(x.size):
        s += x[k] * y + math.sqrt(x[k]) / 2.0
        if s > 100.0:
            break
    return s


OPTIONS = [{"fastmath": True}, {"error_model": "numpy"}, {"boundscheck": True}, {"nogil": True}, {"cache": True}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_no_option_changes_a_count(options, agree):
    x = np.arange(1.0, 30.0)
    with mk.count() as plain:
        expected = mk.kernel(body)(x, 2.0)
    result, ops = agree(mk.kernel(**options)(body), x, 2.0)
    assert ops == plain
    assert ops.flops == 5 * ops.sqrt > 0
    assert result == pytest.approx(expected)


@mk.kernel
def twice(x):
    """Twice x."""
    return 2.0 * x


@mk.kernel
def square(x):
    return x * x


@mk.kernel
def apply(f, x):
    return f(x) + 1.0


FUNCTION = types.FunctionType(float64(float64))


@mk.kernel(float64(FUNCTION, float64))
def apply_address(f, x):
    return f(x) + 1.0


@mk.kernel(float64(types.UniTuple(FUNCTION, 2), float64))
def apply_addresses(fs, x):
    return fs[0](x) + fs[1](x)


@mk.kernel
def hands_on(x):
    return apply(square, x) + apply_address(twice, x)


@pytest.mark.filterwarnings("ignore:First-class function type")
def test_a_kernel_as_an_argument(agree):
    for call in (apply, apply_address):
        result, ops = agree(call, square, 3.0)
        assert (result, ops.mul, ops.add, ops.flops) == (10.0, 1, 1, 2)
        assert agree(call, twice, 3.0)[0] == 7.0
    result, ops = agree(apply_addresses, (square, twice), 3.0)
    assert (result, ops.mul, ops.add, ops.flops) == (15.0, 2, 1, 3)


def test_a_kernel_that_hands_kernels_on(agree):
    result, ops = agree(hands_on, 3.0)
    assert (result, ops.mul, ops.add) == (17.0, 2, 3)


def test_default_and_keyword_arguments(agree, from_source):
    scaled = mk.kernel(from_source("def scaled(a, b=2.0, c=3):\n    return a * b + c\n"))
    calls = from_source("def calls(a):\n    return scaled(a, c=5) - scaled(b=a, a=1.0) - scaled(a)\n", scaled=scaled)
    result, ops = agree(mk.kernel(calls), 4.0)
    assert (result, ops.to_dict()) == (8.0 + 5 - 7 - 11, {"float64": {"add": 3, "sub": 2, "mul": 3}})
    with mk.count() as ops:
        assert scaled(4.0, c=1) == 9.0
    assert ops.flops == 2


def test_a_kernel_looks_like_its_function():
    assert (twice.__name__, twice.__doc__) == ("twice", "Twice x.")
    assert repr(twice).startswith(f"<kernel {__name__}.twice")
    assert twice.py_func(4.0) == 8.0


def test_an_example_is_fresh_each_time():
    scale = mk.kernel(body)
    with pytest.raises(ValueError, match="kernel body has no example; give it one with @body.example"):
        scale.example_arguments(3)

    @scale.example
    def _(n):
        return np.ones(n), 2.0

    first, second = scale.example_arguments(3), scale.example_arguments(3)
    assert first[0] is not second[0]
    assert scale(*first) == scale(*second) == 7.5


@pytest.mark.parametrize("kernel", [twice, apply_address], ids=["plain", "of functions"])
def test_module_level_kernels_pickle(kernel):
    again = pickle.loads(pickle.dumps(kernel))
    assert again.py_func is kernel.py_func
    args = (2.0,) if kernel is twice else (twice, 2.0)
    with mk.count() as ops:
        assert again(*args) == kernel(*args)
    assert ops.mul == 2


@compiled
def test_a_signature_compiles_at_once_and_for_its_types_only():
    @mk.kernel(float64(float64))
    def half(x):
        return x / 2.0

    assert half.signatures == [(float64,)]
    with mk.count() as ops:
        assert half(3) == 1.5
        with pytest.raises(TypeError, match="was made for arguments .* only"):
            half(1j)
    assert ops.to_dict() == {"float64": {"div": 1}}

    @mk.kernel(["float64(float64)", "float32(float32)"])
    def third(x):
        return x / np.float32(3)

    assert len(third.signatures) == 2


def test_no_kernel_of_other_things():
    class Thing:
        pass

    for thing in (Thing, Thing(), 3, max, np.sin, [3]):
        with pytest.raises(TypeError, match="kernel takes a Python function or a signature, not"):
            mk.kernel(thing)
    with pytest.raises(TypeError, match=r"kernel takes a Python function, not <class .*Thing'>"):
        mk.kernel(cache=True)(Thing)
    with pytest.raises(TypeError, match="not <kernel .*twice.*>; decorate its py_func"):
        mk.kernel(twice)


@compiled
def test_no_kernel_of_an_njit_function():
    with pytest.raises(TypeError, match="kernel takes .* not CPUDispatcher.*; decorate its py_func"):
        mk.kernel(numba.njit(body))


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("cach", "did you mean 'cache'?"),
        ("fast_math", "did you mean 'fastmath'?"),
        ("boundcheck", "did you mean 'boundscheck'?"),
        ("inline", "the options are cache, fastmath, error_model, boundscheck, nogil"),
    ],
)
def test_an_unknown_option_names_the_nearest(option, hint):
    with pytest.raises(TypeError) as error:
        mk.kernel(**{option: True})
    assert str(error.value) == f"kernel has no option {option!r}; {hint}"


def test_parallel_is_refused():
    with pytest.raises(mk.UncountedError, match="parallel=True would lose the counts of its threads; write range"):
        mk.kernel(parallel=True)


FAILURES = [
    ("def kernel(x):\n    y = 1.0\n    return x.length\n", "3", "x is a number, which has no .length in a kernel"),
    ("def kernel(x):\n    return nowhere(x)\n", "2", "the name nowhere is not defined"),
    (
        "def kernel(x):\n    global total\n    total = x\n",
        "3",
        "a kernel cannot change a global name; return the new value, or change an array",
    ),
    ("def kernel(x):\n    return math.nothing(x)\n", "2", "math has no nothing"),
]


@compiled
@pytest.mark.parametrize(("text", "line", "reason"), FAILURES)
@pytest.mark.parametrize("signature", [[], [float64(float64)]], ids=["when called", "when decorated"])
def test_what_cannot_be_compiled(text, line, reason, signature, from_source):
    function = from_source(text)
    with mk.count() as ops, pytest.raises(mk.KernelError) as error:
        mk.kernel(*signature)(function)(1.0)
    first = str(error.value)
    place = f"{re.escape(function.__code__.co_filename)}, line {line}"
    assert re.match(rf"kernel kernel cannot be compiled \({place}\): {re.escape(reason)}", first)
    assert "\n" not in first
    assert error.value.details not in ("", first)
    assert not ops


@compiled
def test_a_plain_function_that_a_kernel_calls_is_named(from_source):
    def plain(x):
        return x

    caller = mk.kernel(from_source("def caller(x):\n    return plain(x) + 1.0\n", plain=plain))
    with pytest.raises(mk.KernelError, match="plain is a plain Python function; make it a kernel, with @kernel above"):
        caller(1.0)


@compiled
def test_a_failure_in_a_callee_is_a_kernel_error_too(from_source):
    bad = mk.kernel(from_source("def bad(x):\n    return x.length\n"))
    caller = mk.kernel(from_source("def caller(x):\n    return bad(x) + 1.0\n", bad=bad))
    with pytest.raises(mk.KernelError, match="x is a number, which has no .length in a kernel"):
        caller(1.0)
