"""What a beginner gets wrong is answered by one sentence that says where, and what to write instead."""

import fractions  # noqa: F401
import linecache
import math  # noqa: F401 (the mistakes use these modules)
import random  # noqa: F401
import time  # noqa: F401
import traceback

import numba
import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
import scipy.special
from mistakes import MISTAKES

import mechkit as mk
from mechkit.counting.reference import reference_count
from mechkit.linear_systems import solve  # noqa: F401

#: What plain Python does as it stands: there is nothing to be told.
PYTHON_CAN = {
    *("global", "try of a type", "assert with a message", "f-string with a format", "print with a format"),
    *("two return types", "returns a string or a number", "a name of two types", "ternary of two types"),
    *("a list of two types", "np.zeros with a type by place", "np.zeros of a list", "np.zeros of two numbers"),
    *("np.array of arrays", "a string compared", "star", "a global array is written to", "a read-only array"),
    *("tuple grows", "empty list returned", "dictionary inside", "input", "time"),
    *("tuples lengths loop", "tuple mixed loop", "append strings", "append list of arrays", "an index or None"),
    *("a float or None", "try else raise e", "reshape list", "return dict", "tuple index het", "matchtuple"),
}


TABLE, LIST, DICT = np.zeros(3), [1.0, 2.0], {"a": 1.0}


@mk.kernel
def two(x, y):
    return x + y


def helper(x):
    return x + 1.0


def made(name):
    """The function of a mistake, its arguments, the file it is in, and the line of the offence."""
    mistake = MISTAKES[name]
    source, file = mistake.source.lstrip("\n"), f"<mistake: {name}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    names = {**globals(), "__name__": "mistakes"}
    exec(compile(source, file, "exec"), names)
    line = next((i for i, text in enumerate(source.splitlines(), 1) if text.endswith("#!")), None)
    return names["f"], eval(f"given({mistake.arguments})", {**names, "given": given}), file, line


def given(*args, **kwargs):
    return args, kwargs


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.filterwarnings("ignore::numba.NumbaWarning")
def test_one_sentence_names_the_line_and_the_remedy(name):
    function, (args, kwargs), file, line = made(name)
    if numba.config.DISABLE_JIT and name in PYTHON_CAN:
        pytest.skip("plain Python can do this")
    with pytest.raises(Exception, match=".") as caught, mk.count():
        mk.kernel(function)(*args, **kwargs)
    message, frames = str(caught.value), traceback.extract_tb(caught.tb)
    assert len(message.splitlines()) == 1
    if numba.config.DISABLE_JIT:
        seen = [f.lineno for f in frames if f.filename == file]
        seen += [line] if "outside the kernel" in message else []  # known before the first line is run
        assert line is None or line in seen or f"line {line}" in message
    else:
        assert isinstance(caught.value, TypeError)
        assert line is None or f"line {line}" in message
        assert [word for word in MISTAKES[name].words if word not in message] == []
        assert not [f for f in frames if "numba" in f.filename]  # nothing of the compiler's own calls


def test_numbas_own_words_are_kept():
    if numba.config.DISABLE_JIT:
        pytest.skip("needs the compiler")
    function, (args, _), *_ = made("caret")
    with pytest.raises(mk.KernelError) as caught:
        mk.kernel(function)(*args)
    assert "xor(float64, Literal[int](2))" in caught.value.details


def test_the_kernel_that_is_wrong_is_named_not_its_caller(from_source):
    if numba.config.DISABLE_JIT:
        pytest.skip("needs the compiler")
    inner = mk.kernel(from_source("def inner(x):\n    y = x\n    return y ^ 2\n"))
    outer = mk.kernel(from_source("def outer(x):\n    return inner(x)\n", inner=inner))
    with pytest.raises(mk.KernelError, match=r"kernel inner cannot be compiled \(.*, line 3\): \^ is the exclusive or"):
        outer(2.0)


#: What is only found when a kernel runs: the source, the arguments, the error.
AT_RUN_TIME = {
    "a division by zero": ("def f(x):\n    y = x - x\n    return x / y\n", "1.5", ZeroDivisionError),
    "an integer division by zero": ("def f(n):\n    m = n - n\n    return n // m\n", "3", ZeroDivisionError),
    "a remainder by zero": ("def f(x):\n    y = x - x\n    return x % y\n", "1.5", ZeroDivisionError),
    "an index past the end": ("def f(x):\n    n = x.size\n    return x[n]\n", "np.ones(3)", IndexError),
    "an index before the start": ("def f(x):\n    n = x.size\n    return x[-n - 1]\n", "np.ones(3)", IndexError),
    "a write past the end": ("def f(x):\n    n = x.size\n    x[n] = 1.0\n", "np.ones(3)", IndexError),
    "raised": ("def f(x):\n    y = x\n    raise ValueError('y')\n", "1.5", ValueError),
    "asserted": ("def f(x):\n    y = x\n    assert y > 2.0\n", "1.5", AssertionError),
}


@pytest.mark.parametrize("name", AT_RUN_TIME)
def test_an_error_at_run_time_names_the_line(name):
    source, arguments, kind = AT_RUN_TIME[name]
    file = f"<at run time: {name}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    names = {"np": np}
    exec(compile(source, file, "exec"), names)
    kernel = mk.kernel(boundscheck=True)(names["f"])
    for _ in range(2):  # the second call goes to compiled code without a look
        with pytest.raises(kind) as caught:
            kernel(*eval(f"({arguments},)"))
        assert [frame.lineno for frame in traceback.extract_tb(caught.tb) if frame.filename == file] == [3]


def test_a_call_with_other_types_than_those_of_the_signature():
    if numba.config.DISABLE_JIT:
        pytest.skip("needs the compiler")
    twice = mk.kernel(numba.float64(numba.float64))(lambda x: 2.0 * x)
    with pytest.raises(mk.KernelError, match=r"was made for arguments \(float64\) only, and is given \(array"):
        twice(np.ones(3))


SIGNATURES = {
    "float64": "'float64' is no signature",
    "float64(float64, float64)": "the signature has 2 arguments, and the function takes 1",
    "float64(flot64)": "flot64",
    "float64(float64[:])": "the kernel returns a 1-dimensional array, and its signature says float64",
}


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_wrong_signature(signature, from_source):
    if numba.config.DISABLE_JIT:
        pytest.skip("needs the compiler")
    with pytest.raises(mk.KernelError) as caught:
        mk.kernel(signature)(from_source("def f(x):\n    return x\n"))
    assert SIGNATURES[signature] in str(caught.value)


def test_a_type_is_no_signature():
    with pytest.raises(TypeError, match=r"call the type with those of the arguments, float64\(float64\)"):
        mk.kernel(numba.float64)
    with pytest.raises(ValueError, match="error_model is 'numpi'; it must be 'python'"):
        mk.kernel(error_model="numpi")


def test_the_debug_mode_says_what_is_a_library_s(from_source):
    f = mk.kernel(from_source("def f(x):\n    return gamma(x)\n", gamma=scipy.special.gamma))
    with pytest.raises(mk.UncountedError, match="the work of gamma would not be counted; call it outside the kernel"):
        reference_count(f, 2.0)


IN_DEBUG_MODE = {
    "def f(x):\n    return math.sqrt(x, 2)\n": "sqrt takes 1 argument, and here it is given 2",
    "def f(x):\n    return x & 2.0\n": "write `and`",
    "def f(x):\n    return ~x\n": "write `not`",
    "def f(x):\n    return np.zeros(x / 2)\n": "a size must be an integer",
    "def f(x):\n    y = np.zeros(2)\n    y[0] = x * 1j\n": "write its part, z.real",
    "def f(x):\n    return x + 10**30\n": "31 digits does not fit into 64 bits",
    "def f(x):\n    return x + 'a'\n": "a string",
}


@pytest.mark.parametrize("source", IN_DEBUG_MODE)
def test_the_debug_mode_has_the_words_of_the_compiler(source, from_source):
    with pytest.raises(TypeError) as caught:
        reference_count(mk.kernel(from_source(source)), 1.5)
    assert IN_DEBUG_MODE[source] in str(caught.value)


#: What is asked of counts, laws and comparisons in a wrong way, and words of the answer.
ASKED = {
    "ops.int": (AttributeError, r"write \['int'\]"),
    "ops.flop": (AttributeError, "did you mean 'flops'"),
    "ops['mul']": (KeyError, r"write \.mul"),
    "law.flop": (AttributeError, "did you mean 'flops'"),
    "law.int": (AttributeError, r"write \['int'\]"),
    "law['flops']": (KeyError, r"write \.flops"),
    "both.ratio('a', 'b')[7]": (KeyError, "the size 7 was not run; there are 3, 4"),
    "both.typical('a')[7]": (KeyError, "the size 7 was not run"),
    "both.ratio('a', 'c')": (ValueError, "the algorithm 'c' is not here; there are a, b"),
    "both.ratio('a', 'b', cost='flop')": (ValueError, "did you mean 'flops'"),
    "mk.kernels": (AttributeError, "did you mean kernel"),
    "mk.compares": (AttributeError, "did you mean compare"),
    "mk.growth(lambda n: two(1.0, n), n=[3])": (ValueError, "one size tells no growth; give at least 3"),
    "mk.compare({'a': lambda n: two(1.0, n)}, n=[3], sizes=[3])": (ValueError, "two names of the same"),
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_in_a_wrong_way(asked):
    with mk.count() as ops:
        two(1.0, 2.0)
    law = mk.law(lambda n: two(float(n), 1.0), n=range(2, 6))
    both = mk.compare(dict.fromkeys("ab", lambda n: two(float(n), 1.0)), n=[3, 4])
    kind, words = ASKED[asked]
    with pytest.raises(kind, match=words):
        eval(asked, {"mk": mk, "two": two, "ops": ops, "law": law, "both": both})


def test_annotate_without_arguments():
    wanted = "takes 2 arguments and is given 0|missing 2 required positional arguments"
    with pytest.raises(TypeError, match=wanted):
        mk.annotate(two)


def test_one_size_is_compared_and_has_no_law():
    one = mk.compare({"a": lambda n: two(float(n), 1.0)}, n=[3])
    assert str(one).endswith("a  no law: one size tells no growth; give at least 3, such as n=[10, 20, 40]")
