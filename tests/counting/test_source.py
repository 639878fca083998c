"""The source of a function is found by its code, checked against it, and can be compiled with a change."""

import ast
import functools
import linecache
import os

import pytest

from mechkit.counting.source import source_of, why_no_source


def decorated(*arguments):
    return lambda function: function


@decorated
def swallowed(function):
    return function


@decorated(
    "of several lines",
)
@decorated(lambda x: x)
def several (x):  # fmt: skip
    # def several(x): of a comment
    return x + 1


def another(x):
    return x - 1


@functools.wraps(another)
def wrapped(x):
    return x * x


def closing(y):
    def inner(x):
        return x + y

    return inner


class Names:
    def method(self, x):
        return x.__private


first, second = lambda x: x * x, lambda x: x * x * x


@pytest.mark.parametrize(
    ("function", "opening", "length"),
    [
        (several, "@decorated(", 7),
        (wrapped, "@functools.wraps(another)", 3),
        (closing(2), "    def inner(x):", 2),
        (Names.method, "    def method(self, x):", 2),
        (second, "first, second = lambda x: x * x, lambda x: x * x * x", 1),
    ],
)
def test_found(function, opening, length):
    lines = source_of(function).lines
    assert (lines[0], len(lines)) == (opening, length)
    assert source_of(function).first == function.__code__.co_firstlineno


def sums_for_products(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            node.op = ast.Add()
    return tree


@pytest.mark.parametrize(("function", "value"), [(first, 6), (second, 9), (wrapped, 6)])
def test_compiled_with_a_change(function, value):
    code = source_of(function).compiled(sums_for_products)
    assert (code.co_filename, code.co_firstlineno) == (__file__, function.__code__.co_firstlineno)
    assert list(code.co_positions())[-1] == list(function.__code__.co_positions())[-1]
    function = type(function)(code, {})
    assert function(3) == value


TEXT = "def f(x):\n    y = x + 1\n    return y\n\n\ndef g(x):\n    return x - 1\n"
EDITS = {
    "an operation": TEXT.replace("x + 1", "x * 1"),
    "a number": TEXT.replace("x + 1", "x + 2"),
    "a name": TEXT.replace("y", "z"),
    "a line above": "\n" + TEXT,
    "a line inside": TEXT.replace("    return y", "\n    return y"),
    "a column": TEXT.replace("x + 1", "x  + 1"),
    "gone": "",
    "not Python": TEXT + "def h(:\n",
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_file_is_noticed(tmp_path, edit):
    path = tmp_path / "edited.py"
    path.write_text(TEXT)
    namespace = {}
    exec(compile(TEXT, str(path), "exec"), namespace)
    f = namespace["f"]
    assert source_of(f).lines == TEXT.splitlines()[:3]
    path.write_text(EDITS[edit])
    os.utime(path, (1, 1))  # linecache looks at size and time
    assert source_of(f) is None
    sentence = f"the source of kernel f has changed: line 1 of {path} no longer holds what the kernel was made from"
    assert why_no_source(f) == f"{sentence}; reload it"
    path.write_text(TEXT.replace("x - 1", "x - 22"))  # in g
    assert source_of(f).lines == TEXT.splitlines()[:3]


def test_registered_text_is_found_and_unregistered_is_not(monkeypatch):
    text = "from __future__ import annotations\n" + TEXT
    namespace = {}
    exec(compile(text, "<cell 7>", "exec"), namespace)
    f = namespace["f"]
    assert source_of(f) is None
    assert why_no_source(f) == "the source of kernel f cannot be found (it was defined in '<cell 7>'); put it in a file"
    monkeypatch.setitem(linecache.cache, "<cell 7>", (len(text), None, text.splitlines(keepends=True), "<cell 7>"))
    assert source_of(f).lines == TEXT.splitlines()[:3]
    awaiting = "await something()\n" + TEXT  # as a notebook's cell may
    monkeypatch.setitem(linecache.cache, "<cell 7>", (1, None, awaiting.splitlines(keepends=True), "<cell 7>"))
    assert source_of(f).lines == TEXT.splitlines()[:3]


def test_flags_of_an_earlier_cell(monkeypatch):
    import __future__

    text = "def f(x: int):\n    return x\n"
    flags = __future__.annotations.compiler_flag
    namespace = {}
    exec(compile(text, "<cell 8>", "exec", flags), namespace)
    monkeypatch.setitem(linecache.cache, "<cell 8>", (len(text), None, text.splitlines(keepends=True), "<cell 8>"))
    assert source_of(namespace["f"]).lines == text.splitlines()
