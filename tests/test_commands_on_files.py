"""``mechkit law`` and ``mechkit compare`` on kernels and functions in a file of one's own."""

import csv

import pytest
from click.testing import CliRunner

from mechkit.cli import main
from mechkit.measurement.laws.polynomial import Polynomial

FILE = """
import numpy as np
import mechkit as mk

@mk.kernel
def horner(c, x):
    s = 0.0
    for k in range(c.size - 1, -1, -1):
        s = s * x + c[k]
    return s

def powers(c, x):
    s = 0.0
    for k in range(c.size):
        p = 1.0
        for j in range(k):
            p = p * x
        s = s + c[k] * p
    return s

def example(n):
    return np.ones(n), 0.5
"""
ROOTS = """
def bisect(f, a, b, k):
    for i in range(k):
        m = (a + b) / 2
        if f(m) > 0.0:
            b = m
        else:
            a = m
    return a

def scan(f, a, b, k):
    x = a
    while f(x) < 0.0:
        x += (b - a) / (2 * k)
    return x

def example(n, rng):
    r = rng.random()
    return (lambda x: x * x * x - r), 0.0, 1.0, n
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(FILE)
    (tmp_path / "roots.py").write_text(ROOTS)
    (tmp_path / "bare.py").write_text("def f(x):\n    return x\n")

    def call(*arguments, code=0):
        found = CliRunner().invoke(main, list(map(str, arguments)))
        assert found.exit_code == code, found.output
        return found.output

    return call


def test_the_law_of_a_kernel_and_of_a_plain_function_in_a_file(run):
    assert "flops  2n" in run("law", "own.py:horner")
    assert "n^{2}" in run("law", "own.py:powers", "--sizes", "2:9", "--latex")


def test_kernels_of_a_file_side_by_side(run):
    table = run("compare", "own.py:horner", "own.py:powers", "--sizes", "4:20:4", "--latex")
    assert "20 & 40 & 230 & 0.1739 \\\\" in table
    assert "law & $2 n$ & $\\frac{n^{2}}{2} + \\frac{3 n}{2}$ &  \\\\" in table
    text = run("compare", "own.py:horner", "own.py:powers", "--cost", "bytes", "--csv", "own.csv")
    assert text.startswith("bytes\n")
    assert "powers  8n" in text
    with open("own.csv") as file:
        assert next(csv.DictReader(file))["algorithm"] == "horner"


def test_evaluations_are_a_cost(run):
    text = run("compare", "roots.py:bisect", "roots.py:scan", "--cost", "calls", "--seeds", "3", "--sizes", "8,16,32")
    assert text.startswith("calls, median of 3 seeds\n")
    assert text.splitlines()[5].split()[:2] == ["32", "32"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", "own.py:horner", "own.py:nothing"), "there is no kernel in own.py called 'nothing'"),
        (("compare", "own.py:horner", "--seeds", 3), "leave --seeds out"),
        (("compare", "own.py:horner", "--cost", "cals"), "did you mean 'calls'?"),
        (("compare", "own.py:horner", "banded-dense"), "one comparison of the catalogue, or several kernels"),
        (("compare", "missing.py:f", "own.py:horner"), "there is no file missing.py"),
        (("law", "bare.py:f"), "write a function example(n) beside it"),
        (("law", "own.py:example"), "takes 1 argument and is given 2"),
        (("law", "lu_factor", "--sizes", "2:5"), "--sizes is for a kernel"),
    ],
)
def test_what_cannot_be_run(run, arguments, words):
    output = run(*arguments, code=2 if "law" not in arguments or "lu_factor" in arguments else 1)
    assert words in " ".join(output.split())


@pytest.mark.parametrize(
    ("low", "high", "holds", "reason"),
    [
        ("2n - 7", "2n", True, ""),
        ("2n", "2n", True, ""),
        ("2n + 1", "2n", False, "the term 1 is over 2n"),
        ("n^2/100", "500n", False, "the term n^2/100 is over 500n"),
        ("n^2 - 9n", "n^2", True, ""),
    ],
)
def test_laws_are_compared_from_some_size_on(low, high, holds, reason):
    law = Polynomial.parse(low, ("n",))
    judged = law <= high
    assert (bool(judged), judged.reason) == (holds, reason)
    assert bool(Polynomial.parse(high, ("n",)) >= low) is holds


def test_laws_in_several_variables():
    law = Polynomial.parse("2n k + n", ("n", "k"))
    assert law <= "3n k"
    assert not law <= "2n k"
    assert not law <= "n^2"
    with pytest.raises(TypeError, match="cannot be compared"):
        law <= None  # noqa: B015
