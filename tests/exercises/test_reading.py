"""Submissions are read, not run: what is refused, with which line, and in which words."""

import json

import numpy as np
import pytest
from course import handed_in

from mechkit.exercises.drivers import DriverError
from mechkit.exercises.kernels import load, require_arguments
from mechkit.exercises.reading import read
from mechkit.exercises.submission import Refused, Submission, from_bytes, from_notebook, read_file

#: The first of those that are read, but compiled or called wrongly.
COMPILED = (
    *("array expression", "sum", "a string", "recursion without a way out"),
    *("nothing returned", "the right hand side", "zeros", "nan", "infinity", "empty", "no columns", "a number"),
    *("a tuple", "true", "a matrix", "off by one", "past the end", "far past the end", "divided by zero", "raises"),
    *("undefined", "two types", "right for small", "single precision", "forgets x", "an integer", "an array"),
    *("uninitialised", "left end", "outside", "dense", "jacobi", "powers by loops", "powers by pow", "fixed point"),
    *("fixed point, few floats", "integers count too", "many evaluations", "no evaluation", "endless loop"),
    *("endless output", "endless recursion", "a hundred gigabytes", "a driver's hundred gigabytes"),
    *("a list that grows", "a huge result", "a generator", "a comprehension"),
)
ALL = handed_in()
ARGUMENTS = {"solve": (1, 2, 3, 4), "evaluate": (1, 2), "find_root": (1, 2, 3, 4)}


@pytest.mark.parametrize("one", [h for h in ALL if h.words and h.name not in COMPILED], ids=lambda h: h.name)
def test_what_is_refused_while_it_is_read(one):
    with pytest.raises(Refused) as caught:
        require_arguments(load(one.submission, one.exercise), ARGUMENTS[one.exercise])
    sentence = f"{one.submission.place(caught.value.line)}: {caught.value.sentence}"
    assert all(words in sentence for words in one.words), sentence


@pytest.mark.parametrize("one", [h for h in ALL if not h.words or h.name in COMPILED], ids=lambda h: h.name)
def test_what_can_be_read(one):
    contents = read(one.submission, one.exercise)
    assert one.exercise in contents.codes


def test_nothing_of_a_submission_is_run(tmp_path):
    trap = tmp_path / "ran"
    texts = [
        f"open({str(trap)!r}, 'w')\n",
        f"@open({str(trap)!r}, 'w').write\ndef g(x):\n    return x\n",
        f"def g(x: open({str(trap)!r}, 'w')) -> open({str(trap)!r}, 'w'):\n    return x\n",
        f"def g(x, y=open({str(trap)!r}, 'w')):\n    return x\n",
        f"X: open({str(trap)!r}, 'w') = 1\n",
        f"if __name__ == '__main__':\n    open({str(trap)!r}, 'w')\n",
    ]
    for text in texts:
        try:
            load(Submission("hw.py", f"{text}def f(x):\n    return x\n"), "f")
        except Refused:
            continue
        finally:
            assert not trap.exists()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("K = 2 * 3", 6),
        ("K = -(2.5)", -2.5),
        ("A = 3\nK = (A, A + 1)", (3, 4)),
        ("import math\nK = math.sqrt(2.0) * math.pi", np.sqrt(2.0) * np.pi),
        ("import numpy as np\nK = np.array([1.0, 2.0])", [1.0, 2.0]),
        ("from numpy import pi as p\nK = p", np.pi),
        ("from math import *\nK = e", np.e),
        ("K, L = 1, 2", 1),
        ("K: int = 7", 7),
    ],
)
def test_constants_are_worked_out_from_the_tree(text, value):
    contents = read(Submission("hw.py", f"{text}\ndef f(x):\n    return x\n"), "f")
    assert np.array_equal(contents.values["K"], value)


STATE = "import numpy as np\nT = {}\ndef g(t):\n    t[0] += 1.0\n    return t[0]\ndef f(x):\n    return g({})\n"


@pytest.mark.parametrize(
    ("made", "handed"),
    [("np.zeros(2)", "T"), ("np.zeros(2)", "T[:]"), ("np.zeros(2)", "np.asarray(T)"), ("(np.zeros(2),)", "T[0]")],
)
def test_no_call_leaves_anything_to_the_next_one(made, handed):
    loaded = load(Submission("hw.py", STATE.format(made, handed)), "f")
    assert loaded.driver is not None
    with pytest.raises(DriverError, match="cannot be written to, as an array outside the kernel"):
        loaded.run((1.0,), lambda kernel, args, named: kernel(*args))
    copy = load(Submission("hw.py", STATE.format(made, f"np.copy({handed})")), "f")
    assert [copy.run((1.0,), lambda kernel, args, named: kernel(*args)) for _ in range(2)] == [1.0, 1.0]


def test_a_driver_does_not_pack_numbers_into_one():
    text = "def g(x):\n    return x\ndef f(x):\n    n = x.size\n    return g(n * n * n)\n"
    loaded = load(Submission("hw.py", text), "f")
    with pytest.raises(DriverError, match=r"n \* n \* n is too large for a size"):
        loaded.run((np.broadcast_to(0.0, 2**21),), lambda kernel, args, named: args[0])
    assert loaded.run((np.zeros(9),), lambda kernel, args, named: args[0]) == 729


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("range = 5\ndef f(x):\n    return x", "range is a name of Python's own; choose another name for the constant"),
        ("def f(x):\n    y = x\n    del y\n    return x", "del is not possible here; leave it out"),
    ],
)
def test_what_the_compiler_would_say_in_its_own_words(text, sentence):
    with pytest.raises(Refused, match=sentence):
        load(Submission("hw.py", text), "f")


def test_the_examples_of_kernels_are_left_out():
    example = "@{0}.example\ndef _(n):\n    return open(n)\n"
    text = "def f(x):\n    return g(x)\n" + example.format("f") + "def g(x):\n    return x\n" + example.format("g")
    assert set(read(Submission("hw.py", text), "f").codes) == {"f", "g"}


def test_files_that_are_no_text(tmp_path):
    cases = {
        "utf16.py": ("x = 1".encode("utf-16"), "UTF-16"),
        "latin.py": ("# Übung\nx = 1".encode("latin-1"), "not in UTF-8"),
        "zeros.py": (b"x = 1\0", "zero bytes"),
        "empty.py": (b" \n\n", "empty"),
        "long.py": (b"x = 1\n" * 200_000, "too long"),
        "hw.txt": (b"x = 1", ".py or .ipynb"),
        "broken.ipynb": (b"{", "no notebook"),
        "list.ipynb": (b"[1, 2]", "no notebook"),
    }
    for name, (content, words) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refused, match=words):
            read_file(tmp_path / name)
    with pytest.raises(Refused, match="there is no file"):
        read_file(tmp_path / "missing.py")
    with pytest.raises(Refused, match="is no file"):
        read_file(tmp_path)
    (tmp_path / "link.py").symlink_to(tmp_path / "latin.py")
    with pytest.raises(Refused, match="is a link"):
        read_file(tmp_path / "link.py")


def test_encodings_that_the_first_line_names_are_read():
    text = "# -*- coding: latin-1 -*-\n# Übung\ndef f(x):\n    return x\n"
    assert "Übung" in from_bytes(text.encode("latin-1"), "hw.py").text
    assert from_bytes(b"\xef\xbb\xbfx = 1", "hw.py").text == "x = 1"


def notebook(*cells):
    made = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# Hi"}, *made], "nbformat": 4}).encode()


def test_a_notebook_is_its_code_cells_and_what_it_tries_out_is_left_out():
    content = notebook(
        "%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt",
        ["def f(x):\n", "    return 2.0 * x\n"],
        "%%bash\nrm -rf ~",
        "plt.plot(f(1.0))\nresult = f(2.0)\nf?",
        "def f(x):\n    return 3.0 * x",
    )
    submission = from_notebook(content, "hw.ipynb")
    assert load(submission, "f").kernels["f"].py_func(2.0) == 6.0
    wrong = from_notebook(notebook("x = 1", "def f(x):\n    import os\n    return x"), "hw.ipynb")
    with pytest.raises(Refused) as caught:
        read(wrong, "f")
    assert wrong.place(caught.value.line) == "cell 3, line 2"


def test_what_a_notebook_left_out_is_not_there_for_its_functions():
    content = notebook("import scipy.linalg as la", "def f(x):\n    return la.norm(x)")
    loaded = load(from_notebook(content, "hw.ipynb"), "f")
    assert "la" not in loaded.contents.values
