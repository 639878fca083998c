"""The annotated source: the lines add up to the count, by both counters."""

import contextlib
import functools
import linecache
import re
import types

import numpy as np
import pytest
from both_counters import compiled_count
from numba import float64

import mechkit as mk
from mechkit.counting.plain import PlainKernel
from mechkit.counting.selftest import GOLDEN


@mk.kernel
def square(x):
    return x * x


@mk.kernel
def sums(x):
    s = 0.0
    for k in range(x.size):
        y = x[k] + 1.0
        s += square(x[k]) + square(y)
    return s  # < a & "b" >


@mk.kernel
def factorial(n):
    if n <= 1:
        return 1.0
    return n * factorial(n - 1)


@mk.kernel
def fails(x):
    y = square(x)
    raise ValueError("no")
    return y


def plain(kernel):
    """The same kernel as it is without the compiler."""
    return PlainKernel(kernel.py_func, kernel.targetoptions)


def by_source(annotation):
    return {line.source.strip(): line.ops.to_dict() for line in annotation.lines if line.ops}


RETURNING = [(kernel, arguments) for name, kernel, arguments in GOLDEN if "raises" not in name]


@pytest.mark.parametrize(("kernel", "arguments"), RETURNING[::3], ids=lambda value: getattr(value, "__name__", ""))
def test_lines_add_up_to_the_count(kernel, arguments):
    _, ops = compiled_count(kernel, *arguments())
    for annotated in (kernel, plain(kernel)):
        annotation = mk.annotate(annotated, *arguments())
        assert annotation.total == ops
        assert sum(line.ops for line in annotation.lines) == ops
    lines = [mk.annotate(k, *arguments()).lines for k in (kernel, plain(kernel))]
    assert lines[0] == lines[1]


def test_what_a_callee_counts_belongs_to_the_line_that_calls_it():
    for kernel in (sums, plain(sums)):
        annotation = mk.annotate(kernel, np.arange(4.0))
        assert annotation.name == "sums"
        assert annotation.result == sum(k**2 + (k + 1) ** 2 for k in range(4))
        assert by_source(annotation) == {
            "y = x[k] + 1.0": {"float64": {"add": 4, "loads": 4, "bytes": 32}},
            "s += square(x[k]) + square(y)": {"float64": {"add": 8, "mul": 8, "loads": 4, "bytes": 32}},
        }
        assert [line.number for line in annotation.lines] == list(
            range(annotation.lines[0].number, annotation.lines[-1].number + 1)
        )


def test_recursion_counts_each_line_of_each_call():
    for kernel in (factorial, plain(factorial)):
        assert by_source(mk.annotate(kernel, 5)) == {
            "if n <= 1:": {"int": {"compare": 5}},
            "return n * factorial(n - 1)": {"float64": {"mul": 4}, "int": {"sub": 4}},
        }


@pytest.mark.parametrize("kernel", [fails, plain(fails)], ids=["compiled", "plain"])
def test_a_kernel_that_raises_raises_and_the_next_run_starts_anew(kernel):
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            mk.annotate(kernel, 2.0)
    assert mk.annotate(square, 2.0).total.mul == 1


@pytest.mark.parametrize("kernel", [factorial, sums, fails, plain(factorial), plain(fails)], ids=repr)
def test_a_count_block_around_it_sees_nothing(kernel):
    """Neither the lines nor what the callees count, also where the kernel raises."""
    with mk.count() as ops:
        square(3.0)
        with contextlib.suppress(ValueError):
            mk.annotate(kernel, *([np.arange(4.0)] if kernel is sums else [5.0]))
        square(3.0)
    assert ops.to_dict() == {"float64": {"mul": 2}}


helpers = types.ModuleType("helpers")
helpers.square = square


@mk.kernel
def of_a_module(x):
    return helpers.square(x) + 1.0


@mk.kernel
def even(n):
    if n == 0:
        return 1.0
    return 2.0 * odd(n - 1)


@mk.kernel
def odd(n):
    if n == 0:
        return 0.0
    return 1.0 + even(n - 1)


def closing():
    @mk.kernel
    def inner(n):
        if n < 1:
            return 1.0
        return n * inner(n - 1)

    return inner


closed = closing()


@mk.kernel
def calls_what_it_closes_over(x):
    return closed(3) * x


def squared_after(f):
    @mk.kernel
    def composed(x):
        y = f(x)
        return y * y

    return composed


composed = squared_after(squared_after(square))


@mk.kernel("float64(float64)")
def declared(x):
    return x * x


@mk.kernel
def twice(f, x):
    return f(x) + f(x)


def cube(x):
    return x * x * x


cube_at = mk.counting.by_address(cube, float64(float64), "f")
EVERY_WAY = [
    *((of_a_module, (2.0,)), (even, (4,)), (odd, (5,)), (closed, (4,)), (calls_what_it_closes_over, (2.0,))),
    *((declared, (3,)), (twice, (cube_at, 2.0)), (cube_at, (2.0,)), (cube_at, (2,))),
]


@pytest.mark.parametrize(("kernel", "args"), EVERY_WAY, ids=lambda value: getattr(value, "__name__", ""))
def test_the_total_is_the_count_of_the_same_call(kernel, args):
    result, ops = compiled_count(kernel, *args)
    annotation = mk.annotate(kernel, *args)
    assert annotation.total.to_dict() == ops.to_dict() != {}
    assert annotation.result == result
    if kernel in (declared, cube_at):
        return
    assert mk.annotate(plain(kernel), *args).lines == annotation.lines


def test_what_callees_call_back_belongs_to_the_line_that_called_them():
    for kernel in (even, plain(even)):
        assert by_source(mk.annotate(kernel, 4)) == {
            "if n == 0:": {"int": {"compare": 1}},
            "return 2.0 * odd(n - 1)": {"float64": {"add": 2, "mul": 2}, "int": {"compare": 4, "sub": 4}},
        }


def test_kernels_that_share_their_code_are_told_apart():
    for kernel in (composed, plain(composed)):
        assert by_source(mk.annotate(kernel, 2.0)) == {
            "y = f(x)": {"float64": {"mul": 2}},
            "return y * y": {"float64": {"mul": 1}},
        }


def another(x):
    """A text that is not the kernel's."""
    return x


@mk.kernel
@functools.wraps(another)
def wrapped(x):
    return x * x


def keeps(function):
    return function


@mk.kernel
@keeps
@keeps
def async_def (x):  # fmt: skip
    # def async_def(x): a comment
    return x * x


assigned = mk.kernel(lambda x: x * x)


@pytest.mark.parametrize(
    ("kernel", "lines", "line"),
    [
        (wrapped, 4, "return x * x"),
        (async_def, 6, "return x * x"),
        (assigned, 1, "assigned = mk.kernel(lambda x: x * x)"),
    ],
)
def test_the_source_is_that_of_the_code(kernel, lines, line):
    for k in (kernel, plain(kernel)):
        annotation = mk.annotate(k, 2.0)
        assert len(annotation.lines) == lines
        assert by_source(annotation) == {line: {"float64": {"mul": 1}}}


def test_an_edited_file_is_refused(tmp_path):
    text = "import mechkit as mk\n@mk.kernel\ndef f(x):\n    return x * x\n"
    path = tmp_path / "edited.py"
    path.write_text(text)
    namespace = {}
    exec(compile(text, str(path), "exec"), namespace)
    for kernel in (namespace["f"], plain(namespace["f"])):
        path.write_text(text)
        assert by_source(mk.annotate(kernel, 2.0)) == {"return x * x": {"float64": {"mul": 1}}}
        path.write_text("\n" + text)
        sentence = f"the source of kernel f has changed: line 2 of {path} no longer holds what the kernel was made from"
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}; reload it$"):
            mk.annotate(kernel, 2.0)


def test_text():
    text = str(mk.annotate(factorial, 5)).splitlines()
    first = factorial.py_func.__code__.co_firstlineno
    assert text[0] == "mul  int sub  int compare"
    assert text[1].split() == [str(first), "@mk.kernel"]
    assert text[3].split() == ["5", str(first + 2), "if", "n", "<=", "1:"]
    assert text[-1].split() == ["4", "4", "5", "total"]
    assert len({line.index(" @") for line in text if " @" in line}) == 1


def test_html_stands_alone_and_is_escaped():
    page = mk.annotate(sums, np.arange(4.0)).to_html()
    assert page == mk.annotate(sums, np.arange(4.0))._repr_html_()
    assert "return s  # &lt; a &amp; &quot;b&quot; &gt;" in page
    assert page.startswith("<table")
    assert page.count("<tr>") == len(mk.annotate(sums, np.arange(4.0)).lines) + 2
    assert 'title="16 flops"' in page
    assert "<script" not in page
    assert "http" not in page


def test_a_kernel_that_counts_nothing():
    @mk.kernel
    def nothing(x):
        return x

    annotation = mk.annotate(nothing, 1.0)
    assert not annotation.total
    assert "return x" in str(annotation)
    assert "return x" in annotation.to_html()


def test_no_annotation_of_what_is_not_a_kernel():
    for thing in (len, square.py_func, 3):
        with pytest.raises(
            TypeError, match="annotate takes a kernel, not .*; decorate the function with @mechkit.kernel"
        ):
            mk.annotate(thing, 1.0)


@pytest.mark.parametrize("other", ["", "print('the text of another string')\n" * 9])
def test_no_annotation_without_source(monkeypatch, other):
    monkeypatch.setitem(linecache.cache, "<string>", (len(other), None, other.splitlines(keepends=True), "<string>"))
    namespace = {"mk": mk}
    exec("@mk.kernel\ndef unseen(x):\n    return x + x\n", namespace)
    sentence = r"the source of kernel unseen cannot be found \(it was defined in '<string>'\); put it in a file"
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        mk.annotate(namespace["unseen"], 1.0)
