"""The annotated source: the lines add up to the count, by both counters."""

import linecache

import numpy as np
import pytest
from both_counters import compiled_count

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


@pytest.mark.compiled
def test_a_count_block_around_it_does_not_see_the_lines():
    with mk.count() as ops:
        mk.annotate(factorial, 5)
    assert not ops


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
