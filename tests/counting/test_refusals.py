"""What would escape the count is refused, by both counters, with the place, the name and the remedy."""

import ctypes
import ctypes.util
from types import ModuleType

import numba
import numpy as np
import pytest
from both_counters import compiled_count, reference_outcome
from numba import float64, types

import mechkit as mk

FIRST_CLASS = "ignore:First-class function type"  # Numba's own word on functions that are values
pytestmark = [pytest.mark.compiled, pytest.mark.filterwarnings(FIRST_CLASS)]

LOOP = "write the loop over the elements"
OUT = "write it out in loops over scalars, or as a kernel of its own"
PYTHON = "write it in Python and decorate it with @mechkit.kernel"
NUMBERS = "kernels work on numbers, arrays, tuples and lists"

sine = ctypes.CDLL(ctypes.util.find_library("m")).sin
sine.argtypes, sine.restype = [ctypes.c_double], ctypes.c_double


@numba.njit
def njitted(x):
    return 2.0 * x


@numba.cfunc("float64(float64)")
def callback(x):
    return 2.0 * x


@mk.kernel
def counted(x):
    return 2.0 * x


#: statement -> the name in the message, the remedy, whether the reference counter refuses it as well
STATEMENTS = {
    "return njitted(x[0])": ("njitted", "decorate njitted with @mechkit.kernel", True),
    "return callback(x[0])": ("callback", PYTHON, True),
    "return sine(x[0])": ("sin", PYTHON, True),
    "return callbacks[0](x[0])": ("callbacks", PYTHON, True),
    "f = counted if x.size > 3 else njitted": ("njitted", "decorate njitted with @mechkit.kernel", False),
    "return np.dot(x, x)": ("dot", OUT, True),
    "return x @ x": ("the operator matmul", LOOP, True),
    "return x + y": ("this array expression", LOOP, True),
    "return 2 * x": ("this array expression", LOOP, True),
    "return -x": ("this array expression", LOOP, True),
    "return np.sqrt(x)": ("this array expression", LOOP, True),
    "return np.sqrt(x) + 1.0": ("this array expression", LOOP, True),
    "return x < y": ("this array expression", LOOP, True),
    "x += 1": ("the operator iadd", LOOP, True),
    "x *= y": ("the operator imul", LOOP, True),
    "x[:] = x + y": ("this array expression", LOOP, True),
    "return x.sum()": ("sum(...)", LOOP, True),
    "return x.mean()": ("mean(...)", LOOP, True),
    "return x.max()": ("max(...)", LOOP, True),
    "return x.dot(y)": ("dot(...)", LOOP, True),
    "x.sort()": ("sort(...)", LOOP, True),
    "return x.flatten()": ("flatten(...)", LOOP, True),
    "return np.sum(x)": ("sum(...)", OUT, True),
    "return np.linalg.norm(x)": ("norm(...)", OUT, True),
    "return np.linalg.solve(np.eye(6), x)": ("solve(...)", OUT, True),
    "return np.sort(x)": ("sort(...)", OUT, True),
    "return np.concatenate((x, y))": ("concatenate(...)", OUT, True),
    "return np.arange(3.0)": ("arange(...)", OUT, True),
    "return np.linspace(0.0, 1.0, 3)": ("linspace(...)", OUT, True),
    "return np.sign(x[0])": ("sign(...)", OUT, True),
    "return np.add(x[0], 1.0)": ("add(...)", OUT, True),
    "return divmod(7, 2)": ("divmod(...)", "write x // y and x % y", True),
    "return sum(x)": ("sum(...)", OUT, True),
    "return sorted(x)": ("sorted(...)", OUT, True),
    "return max(x)": ("max(...)", LOOP, True),
    "return np.random.random()": ("random(...)", "take rng, a numpy.random.Generator, as an argument", True),
    "return rng.random(3)": ("random", "draw one number at a time, without size", True),
    "rng.shuffle(x)": ("shuffle", "one number at a time|one at a time", True),
    "return x[i]": ("this expression", LOOP, True),
    "return x[x > 1.0]": ("this array expression", LOOP, True),
    "return x[mask]": ("this expression", LOOP, True),
    "x[i] = 0.0": ("this assignment", LOOP, True),
    "x[mask] = 0.0": ("this assignment", LOOP, True),
    "for a, (k, b) in zip(range(3), enumerate(x)): pass": ("this loop|zip", "zip arrays, tuples and ranges", True),
    "for a, (b, c) in zip(x, zip(x, y)): pass": ("this loop|zip", "zip arrays, tuples and ranges", True),
    "for v in x.flat: pass": (".flat|this loop", f"loop over range|{LOOP}", True),
    "for v in np.nditer(x): pass": ("nditer", OUT, True),
    "for k in numba.prange(3): pass": ("prange", "write range|decorate prange", True),
    "a, b = x[:2]": ("this expression", "index the elements one by one", False),
    "d = {1: 2.0}": ("this expression", NUMBERS, False),
    "d = {1.0, 2.0}": ("this expression", NUMBERS, False),
    "d = dict(); d[1] = 2.0": ("dict(...)", OUT, True),
    "d = set([1])": ("set(...)", OUT, True),
    "d = [1] + [2]": ("the operator add", "lists are not put together", False),
    "d = (1, 2) == (1, 2)": ("the operator eq", "between two numbers", False),
    "d = 1.0 in x": ("the operator contains", LOOP, False),
    "d = str(1)": ("str(...)", "format and print outside the kernel", False),
    "x.shape = (2, 3)": ("this assignment", "kernels change arrays and local variables only", False),
    "d = [1, 2]; del d[0]": ("this assignment", "kernels change arrays and local variables only", False),
    "d = x.flags.c_contiguous": (".c_contiguous|.flags", f"pass the value as an argument|{LOOP}", True),
    "return (1j + x[0]) ** 0.5": ("the operator pow|a complex power", "in real arithmetic", True),
    "return np.sqrt(1j + x[0])": ("sqrt", "in real arithmetic", True),
    "return x.size ** -1": ("the operator pow|a negative power of an integer", "write 1.0 / x", True),
    "return math.floor(x.size)": ("floor", "takes floats", True),
    "return np.arctan2(x[0], np.float32(1))": ("arctan2", "convert one, so that both have the same type", True),
    "return np.sin(np.int32(1))": ("sin", "convert the number to a float first", True),
}


def any_of(alternatives, text):
    return any(part in text for part in alternatives.split("|"))


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statement(statement, from_source):
    name, remedy, both = STATEMENTS[statement]
    text = f"def kernel(x, y, i, mask, rng):\n    z = 2.0 * x[0]\n    {statement}\n"
    names = {"njitted": njitted, "callback": callback, "callbacks": (callback,), "sine": sine, "numba": numba}
    fresh = mk.kernel(counted.py_func)  # what a kernel was compiled for before decides what it can stand beside
    function = from_source(text, counted=fresh, **names)
    place = f"{function.__code__.co_filename}, line 3: the work of "
    arguments = lambda: (
        np.arange(1.0, 7.0),
        np.ones(6),
        np.array([0, 1]),
        np.ones(6, bool),
        np.random.default_rng(0),
    )
    outcome, ops = compiled_count(mk.kernel(function), *arguments())
    assert type(outcome) is mk.UncountedError, outcome
    message = str(outcome)
    assert message.startswith(place)
    assert any_of(name, message)
    assert statement.partition(";")[0] in message
    assert "would not be counted" in message
    assert any_of(remedy, message)
    assert not ops
    if both:
        outcome, _ = reference_outcome(mk.kernel(function), *arguments())
        assert type(outcome) is mk.UncountedError, outcome
        assert str(outcome).startswith(place)
        assert "would not be counted; " in str(outcome)


@pytest.mark.parametrize(
    "expression",
    ["x[[0, 1]]", "np.clip(x[0], 0, 1)", "x.item(0)", "np.polyval(x, 2.0)", "max(x, x)"],
)
def test_what_numba_itself_cannot_compile(expression, from_source):
    function = from_source(f"def kernel(x):\n    y = x[0] * x[0]\n    return {expression}, y\n")
    outcome, ops = compiled_count(mk.kernel(function), np.arange(1.0, 7.0))
    assert isinstance(outcome, mk.KernelError | mk.UncountedError)
    assert f"{function.__code__.co_filename}, line 3" in str(outcome).splitlines()[0]
    assert not ops
    outcome, _ = reference_outcome(mk.kernel(function), np.arange(1.0, 7.0))
    assert type(outcome) is mk.UncountedError
    assert str(outcome).startswith(f"{function.__code__.co_filename}, line 3: the work of ")


def test_object_mode(from_source):
    text = "def kernel(x):\n    with objmode(s='float64'):\n        s = float(x.sum())\n    return s\n"
    function = from_source(text, objmode=numba.objmode)
    for ask in (compiled_count, reference_outcome):
        outcome, ops = ask(mk.kernel(function), np.ones(3))
        assert type(outcome) is mk.UncountedError
        assert f"{function.__code__.co_filename}, line 2: " in str(outcome)
        assert not ops


def test_an_uncounted_function_of_a_module(from_source):
    mine = ModuleType("mine")
    mine.callback = callback
    function = from_source("def kernel(x):\n    return mine.callback(x)\n", mine=mine)
    for ask in (compiled_count, reference_outcome):
        outcome, ops = ask(mk.kernel(function), 1.0)
        assert type(outcome) is mk.UncountedError
        assert PYTHON in str(outcome) or "decorate callback with @mechkit.kernel" in str(outcome)
        assert not ops


@pytest.mark.parametrize("function", [njitted, callback], ids=["njit", "cfunc"])
def test_an_uncounted_function_as_default_or_in_a_closure(function):
    def default(x, f=function):
        return f(x)

    def closure(x):
        return function(x)

    for kernel in (mk.kernel(default), mk.kernel(closure)):
        for ask in (compiled_count, reference_outcome):
            outcome, ops = ask(kernel, 1.0)
            assert type(outcome) is mk.UncountedError
            assert "@mechkit.kernel" in str(outcome)
            assert not ops


FUNCTION = types.FunctionType(float64(float64))


@mk.kernel
def specialising(f, x):
    return f(x) + 1.0


@mk.kernel(float64(FUNCTION, float64))
def by_address(f, x):
    return f(x) + 1.0


@mk.kernel(float64(types.UniTuple(FUNCTION, 2), float64))
def by_addresses(fs, x):
    return fs[0](x) + fs[1](x)


@numba.njit
def uncounted_apply(f, x):
    return f(x)


def plain(x):
    return 2.0 * x


@pytest.mark.parametrize("typed_before", [False, True], ids=["new", "typed by another dispatcher before"])
@pytest.mark.parametrize(
    ("function", "name", "remedy"),
    [
        (njitted, "njitted, compiled with numba.njit", "decorate njitted with @mechkit.kernel"),
        (callback, "the C function <Numba C callback 'callback'>", PYTHON),
        (sine, "the C function <", PYTHON),
        (plain, "plain, which is not compiled", "decorate plain with @mechkit.kernel"),
    ],
    ids=["njit", "cfunc", "ctypes", "python"],
)
def test_an_uncounted_function_as_an_argument(function, name, remedy, typed_before):
    if typed_before and function is not plain:
        uncounted_apply(function, 1.0)
    assert by_address(counted, 1.0) == specialising(counted, 1.0) == 3.0
    for kernel, argument in ((specialising, function), (by_address, function), (by_addresses, (counted, function))):
        for keywords in ({}, {kernel.py_func.__code__.co_varnames[0]: argument, "x": 1.0}):
            with mk.count() as ops, pytest.raises(mk.UncountedError) as error:
                kernel(**keywords) if keywords else kernel(argument, 1.0)
            assert str(error.value).startswith(f"{kernel.__name__} was given {name}")
            assert "its work would not be counted" in str(error.value)
            assert remedy in str(error.value)
            assert not ops


def test_a_kernel_hands_no_uncounted_function_on(from_source):
    text = "def kernel(x):\n    return {}(njitted, x)\n"
    for name in ("specialising", "by_address"):
        function = from_source(text.format(name), njitted=njitted, specialising=specialising, by_address=by_address)
        with mk.count() as ops, pytest.raises(mk.UncountedError, match="decorate njitted with @mechkit.kernel"):
            mk.kernel(function)(1.0)
        assert not ops


def test_a_refused_kernel_is_refused_again(from_source):
    kernel = mk.kernel(from_source("def kernel(x):\n    return x.sum()\n"))
    for _ in range(2):
        with mk.count() as ops, pytest.raises(mk.UncountedError):
            kernel(np.ones(3))
        assert not ops
