"""What follows x in the calls of user's functions: values of any numeric type, read as data."""

import os
import subprocess
import sys
import threading

import numba
import numpy as np
import pytest

import mechkit as mk
from mechkit.optimization import least_squares, minimize, root
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.functions import OBJECTIVE, function

COMPILED = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="needs the compiler")


def mixed(x, a, b, c, d, e):
    return x[0] * a[0] + a[1] * b + float(c) * x[0] + (1.0 if d else 0.0) + e.real * e.imag


def matrix(x, A):
    return x[0] * A[1, 0] + float(A.shape[1])


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_values_of_each_kind_are_read_as_they_are(shift):
    x, values = np.array([2.0]), (np.arange(3.0) + shift, 2.5 + shift, 3 + int(shift), shift == 0.0, 1.5 + 2j)
    with closed_over(values, mixed) as (f,):
        assert function(f, OBJECTIVE)(x) == mixed(x, *values)


A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    "given",
    [A, A.T, np.arange(12.0).reshape(4, 3)[::2], A.astype(">f8"), A.astype(np.float32), A.tolist(), A.astype(int)],
)
def test_arrays_of_any_layout(given):
    with closed_over((given,), matrix) as (f,):
        assert function(f, OBJECTIVE)(np.array([2.0])) == matrix(np.array([2.0]), np.array(given, float))


def line(b, t, y):
    r = np.empty(t.size)
    for i in range(t.size):
        r[i] = b[0] + b[1] * t[i] - y[i]
    return r


@COMPILED
def test_other_data_compile_nothing():
    f, t = mk.kernel(line), np.arange(5.0)
    first = least_squares(f, [0.0, 0.0], args=(t, 1.0 + 2.0 * t))
    with closed_over((t, t), f) as (inside,):
        compiled = len(inside.overloads), len(f.overloads), len(inside._at_addresses)
    for k in range(3):
        longer = np.arange(5.0 + k)
        found = least_squares(f, [0.0, 0.0], args=(longer, float(k) - longer))
        np.testing.assert_allclose(found.x, [float(k), -1.0], atol=1e-8)
    np.testing.assert_allclose(first.x, [1.0, 2.0], atol=1e-8)
    with closed_over((t, t), f) as (again,):
        assert again is inside
        assert (len(again.overloads), len(f.overloads), len(again._at_addresses)) == compiled


def pair(x, a):
    return np.array([x[0] - a[0], x[0] * x[1] - a[1]])


def test_searches_in_several_threads_do_not_disturb_each_other():
    wrong = []

    def work(k):
        for j in range(20):
            a = np.array([k + 1.0, j + 1.0])
            found = root(pair, [1.0, 1.0], args=(a,))
            if abs(found.x - [a[0], a[1] / a[0]]).max() > 1e-9:
                wrong.append((k, j))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_search_within_a_search_has_values_of_its_own():
    inner = []

    def callback(x, f):
        inner.append(root(pair, [1.0, 1.0], args=(np.array([5.0, 10.0]),)).x)

    outer = root(pair, [3.0, 3.0], args=(np.array([2.0, 8.0]),), callback=callback)
    np.testing.assert_allclose(outer.x, [2.0, 4.0])
    np.testing.assert_allclose(inner, np.tile([5.0, 2.0], (len(inner), 1)))
    assert len(inner) == outer.nit > 0


@pytest.mark.parametrize("number", [3, 3.0, np.float32(3.0), np.int8(3), np.array(3.0)])
def test_numbers_of_any_type(number):
    found = minimize(lambda x, a: (x[0] - float(a)) ** 2, [0.0], args=number)
    assert found.x == pytest.approx([float(number)], abs=1e-6)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("a",), r"args\[0\] is 'a'; it must be a number or an array of numbers"),
        (([[1.0], [1.0, 2.0]],), r"args\[0\] is \[\[1.0\], \[1.0, 2.0\]\]; it must be"),
        ((None,), r"args\[0\] is None"),
        ((np.ma.array([1.0, 2.0], mask=[0, 1]),), r"args\[0\] is a masked array; give the numbers that are not masked"),
        ((1.0, 2.0), "pair is called with x and 2 args here: too many positional arguments"),
    ],
)
def test_other_values_are_refused(args, message):
    with pytest.raises(TypeError, match=message):
        root(pair, [1.0, 1.0], args=args)


def test_what_is_wrong_with_a_function_is_not_taken_for_a_wrong_number_of_args():
    def nested(x, a):
        inner = lambda t: t * a
        return inner(x[0])

    with pytest.raises(TypeError, match="nested .*holds a function, lambda or comprehension") as caught:
        minimize(nested, [1.0], args=(2.0,))
    assert "is called with" not in str(caught.value)


SCRIPT = """
import sys
import numpy as np
from mechkit.counting import by_address
from mechkit.optimization.arguments import closed_over
from numba import float64
def line(x, a, b):
    return b[1] * x + a
def value(a, outer):
    with closed_over((a, np.array([0.0, 10.0 * a])), line) as (f,):
        return by_address(f, float64(float64))(2.0) if not outer else (value(7.0, False), value(a, False))
print(value(float(sys.argv[1]), sys.argv[2] == "within"))
"""


@COMPILED
def test_what_reads_arguments_is_kept_for_other_processes(tmp_path):
    (tmp_path / "run.py").write_text(SCRIPT)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def run(*arguments):
        command = [sys.executable, str(tmp_path / "run.py"), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    def entries():
        return {entry.name for entry in tmp_path.glob("cache/*/*")}

    assert run("3", "alone") == "63.0"
    kept = entries()
    assert run("4", "alone") == "84.0"
    assert entries() == kept  # other values compile nothing
    assert run("5", "within").startswith("(147.0, 105.0)")  # the place of a search within a search is another one
    kept = entries()
    assert run("6", "within").startswith("(147.0, 126.0)")
    assert entries() == kept
