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
import scipy.sparse  # noqa: F401
from mistakes import MISTAKES

import mechkit as mk
from mechkit.linear_systems import solve  # noqa: F401

#: What plain Python does as it stands: there is nothing to be told.
PYTHON_CAN = {
    *("global", "try of a type", "assert with a message", "f-string with a format", "print with a format"),
    *("two return types", "returns a string or a number", "a name of two types", "ternary of two types"),
    *("a list of two types", "np.zeros with a type by place", "np.zeros of a list", "np.zeros of two numbers"),
    *("a string compared", "star", "a global array is written to", "a read-only array"),
    *("tuple grows", "empty list returned", "dictionary inside", "input", "time"),
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
    return names["f"], eval(f"({mistake.arguments},)", names), file, line


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.filterwarnings("ignore::numba.NumbaWarning")
def test_one_sentence_names_the_line_and_the_remedy(name):
    function, arguments, file, line = made(name)
    if numba.config.DISABLE_JIT and name in PYTHON_CAN:
        pytest.skip("plain Python can do this")
    with pytest.raises(Exception, match=".") as caught, mk.count():
        mk.kernel(function)(*arguments)
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
    function, arguments, *_ = made("caret")
    with pytest.raises(mk.KernelError) as caught:
        mk.kernel(function)(*arguments)
    assert "xor(float64, Literal[int](2))" in caught.value.details


def test_the_kernel_that_is_wrong_is_named_not_its_caller(from_source):
    if numba.config.DISABLE_JIT:
        pytest.skip("needs the compiler")
    inner = mk.kernel(from_source("def inner(x):\n    y = x\n    return y ^ 2\n"))
    outer = mk.kernel(from_source("def outer(x):\n    return inner(x)\n", inner=inner))
    with pytest.raises(mk.KernelError, match=r"kernel inner cannot be compiled \(.*, line 3\): \^ is the exclusive or"):
        outer(2.0)
