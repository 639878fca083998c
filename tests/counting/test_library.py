"""Large kernels are compiled once and called; small ones are linked: the answers, counts and errors are the same."""

import math
import os
import shutil
import textwrap
from pathlib import Path

import numpy as np
import pytest

import mechkit as mk
from mechkit.counting import library

pytestmark = pytest.mark.compiled
ROOT = Path(__file__).parents[2]


@mk.kernel
def add_products(x, k):
    s = x[0]
    for i in range(x.size):
        s = s + x[i] * x[-1 - i]
    if k == 7:
        raise ValueError("seven")
    return s


@mk.kernel
def twice(x, k):
    return add_products(x, k) + add_products(x, k)


@mk.kernel
def many_times(x, k, n):
    s = 0.0
    for _ in range(n):
        s = s + twice(x, k)
    return s


@mk.kernel
def or_else(x, k):
    try:
        return add_products(x, k)
    except Exception:
        return -1.0


@mk.kernel
def is_even(n):
    return n == 0 or is_odd(n - 1)


@mk.kernel
def is_odd(n):
    return n != 0 and is_even(n - 1)


KERNELS = (add_products, twice, many_times, or_else, is_even, is_odd)


@pytest.fixture(params=[1, 10**6], ids=["called", "linked"])
def large(request, monkeypatch):
    """How large a kernel must be to stand alone: all do, or none."""
    monkeypatch.setattr(library, "LARGE", request.param)
    for kernel in KERNELS:
        kernel._forget()
    yield request.param
    for kernel in KERNELS:
        kernel._forget()


def library_of(kernel):
    (compiled,) = kernel.overloads.values()
    return compiled.library


def test_answers_counts_and_errors_do_not_depend_on_how_callees_are_compiled(large, agree):
    x = np.arange(5.0)
    outcome, counts = agree(many_times, x, 1, 3)
    assert (outcome, counts.flops) == (60.0, 66)
    assert or_else(x, 7) == -1.0
    with pytest.raises(ValueError, match="seven"):
        many_times(x, 7, 1)
    with mk.count() as ops, pytest.raises(ValueError, match="seven"):
        twice(x, 7)
    assert ops.flops == 10
    assert (is_even(10), is_odd(10)) == (True, False)
    names = [callee.name for callee in library_of(many_times).callees]
    assert names == (["add_products", "twice"] if large == 1 else [])


def test_kernels_that_call_each_other_are_one(large):
    assert is_even(3) is False
    assert library_of(is_even).callees == []


PROJECT = {
    "lower.py": """
        import math
        import mechkit as mk
        @mk.kernel(cache=True)
        def lower(x, k):
            s = x[0]
            for i in range(x.size):
                s = s + math.exp(x[i])
            if k == 7:
                raise ValueError("seven", k)
            return s
        @mk.kernel(cache=True)
        def upper(x, k):
            return lower(x, k) + 1.0
        """,
    "run.py": """
        import sys
        import numpy as np
        import mechkit as mk
        from mechkit.counting import library
        library.LARGE = 1
        import lower, upper
        with mk.count() as ops:
            answer = upper.kernel(np.zeros(4), 1)
        try:
            upper.kernel(np.zeros(4), 7)
        except ValueError as error:
            print(error.args, end=" ")
        print(sum(upper.kernel.stats.cache_hits.values()), answer, ops.flops)
        if "both" in sys.argv:
            print(lower.lower(np.zeros(4), 1), lower.upper(np.zeros(4), 1))
        """,
    "upper.py": """
        import mechkit as mk
        from lower import upper
        @mk.kernel(cache=True)
        def kernel(x, k):
            return upper(x, k) + upper(x, k)
        """,
}


def test_the_cache_of_a_caller_holds_what_it_calls(tmp_path, python):
    folder = tmp_path / "project"
    folder.mkdir()
    for name, text in PROJECT.items():
        (folder / name).write_text(textwrap.dedent(text))

    def run(*arguments):
        where = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
        return "\n".join(python(textwrap.dedent(PROJECT["run.py"]), *arguments, **where)[0])

    assert run() == "('seven', 7) 0 10.0 19"
    assert run("both") == "('seven', 7) 1 10.0 19\n4.0 5.0"
    for entry in (tmp_path / "cache").glob("*/lower.*"):  # the entries of the callees are gone
        entry.unlink()
    assert run() == "('seven', 7) 1 10.0 19"
    assert run("both") == "('seven', 7) 1 10.0 19\n4.0 5.0"
    for entry in (tmp_path / "cache").glob("*/upper.*"):  # that of the caller is
        entry.unlink()
    assert run() == "('seven', 7) 0 10.0 19"
    callee = folder / "lower.py"
    callee.write_text(callee.read_text().replace("+ 1.0", "+ 2.0"))  # a callee is another one
    assert run() == "('seven', 7) 0 12.0 19"
    shutil.rmtree(tmp_path / "cache")
    assert run() == "('seven', 7) 0 12.0 19"


def test_a_part_of_another_size_is_refused_without_functions_on_strings():
    @mk.kernel
    def assign(x, y):
        x[1:3] = y

    with pytest.raises(ValueError, match="cannot assign slice"):
        assign(np.zeros(4), np.zeros(3))
    (compiled,) = assign.overloads.values()
    assert "unicode" not in compiled.library.get_llvm_str()


@mk.kernel
def elements(A, i, j, v):
    row = A[i]
    A[i, j] = v
    return row[j], A[i][-1], A[j, i]


@pytest.mark.parametrize("index", [np.int8, np.int32, np.uint8, np.uint32, np.int64, np.uint64])
@pytest.mark.parametrize("layout", ["C", "F", "A"])
def test_elements_are_found_by_every_kind_of_integer_and_layout(index, layout):
    whole = np.arange(24.0).reshape(4, 6)
    A = {"C": whole.copy(), "F": np.asfortranarray(whole), "A": whole.copy()[::-1, ::-1]}[layout]
    expected = A.copy()
    for i, j in ((1, 2), (3, 0)) if np.dtype(index).kind == "u" else ((1, 2), (-1, -2), (3, -4)):
        expected[i, j] = math.pi
        assert elements(A, index(i), index(j), math.pi) == (math.pi, expected[i][-1], expected[j, i])
    assert np.array_equal(A, expected)
