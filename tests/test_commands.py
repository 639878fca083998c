"""The commands that look things up and measure: what they print, what they write, how they say no."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from mechkit.catalogue import COMPARISONS, LAWS, NamedComparison, NamedLaw
from mechkit.cli import main
from mechkit.linear_systems import solve

HOMEWORK = """
import numpy as np
import mechkit as mk

@mk.kernel
def dot(x, y):
    s = 0.0
    for i in range(x.size):
        s += x[i] * y[i]
    return s

@dot.example
def _(n):
    return np.ones(n), np.ones(n)

@mk.kernel
def lonely(x):
    return x * x

@mk.kernel
def raising(x):
    if x > 0.0:
        raise ValueError("too large")
    return x

@raising.example
def _(n):
    return (1.0,)

def plain(x):
    return x
"""


@pytest.fixture(autouse=True)
def _as_in_a_process(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def homework(tmp_path):
    path = tmp_path / "homework.py"
    path.write_text(HOMEWORK)
    return path


def invoke(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def refusal(result, code):
    """The one sentence of a command that said no."""
    assert result.exit_code == code
    assert "Traceback" not in result.output
    assert result.stdout == ""
    *usage, sentence = result.stderr.splitlines()
    assert bool(usage) == (code == 2)
    return sentence


# -- compare -----------------------------------------------------------------------------------------------------


def test_compare_prints_counts_laws_and_the_crossover():
    result = invoke("compare", "banded-dense", "--sizes", "10:60:10")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        "flops",
        "",
        " n    dense  banded  dense / banded",
        "10      805      89           9.045",
    ]
    assert lines[-4:] == [
        "dense   2n^3/3 + 3n^2/2 - 7n/6",
        "banded  10n - 11",
        "",
        "banded costs fewer flops at every size from 10 on",
    ]
    assert "\x1b" not in result.output


def test_compare_takes_sizes_as_lists_and_ranges():
    result = invoke("compare", "triangle-dense", "--sizes", "7,3, 10:20:5", "--json")
    found = json.loads(result.stdout)
    assert found["sizes"] == [3, 7, 10, 15, 20]
    assert [row["flops"] for row in found["rows"] if row["algorithm"] == "substitution"] == [9, 49, 100, 225, 400]


def test_compare_writes_what_it_is_told(tmp_path):
    table, picture = tmp_path / "a.csv", tmp_path / "a.png"
    result = invoke("compare", "banded-cholesky", "--sizes", "20,30", "--csv", table, "--plot", picture)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-2:] == [str(table), str(picture)]
    assert table.read_text().splitlines()[0].startswith("algorithm,n,flops,")
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
def test_the_picture_is_the_same_each_time(tmp_path, suffix):
    for name in "ab":
        assert (
            invoke("compare", "triangle-dense", "--sizes", "5,10", "--plot", tmp_path / (name + suffix)).exit_code == 0
        )
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_compare_with_seeds_on_processes_is_the_same():
    arguments = ("compare", "interchanges", "--sizes", "20,40", "--seeds", 3, "--json")
    here, there = invoke(*arguments), invoke(*arguments, "--jobs", 2)
    assert here.exit_code == there.exit_code == 0
    assert here.stdout == there.stdout
    assert json.loads(here.stdout)["seeds"] == [0, 1, 2]


def test_compare_without_a_law_tells_no_crossover():
    result = invoke("compare", "interchanges", "--sizes", "20,40,80", "--seeds", 2)
    assert result.exit_code == 0
    assert "random    ~ n^1." in result.stdout
    assert "costs fewer" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["banded-dnse"], "there is no comparison 'banded-dnse'; did you mean 'banded-dense'?"),
        (["xyz"], "there is no comparison 'xyz'; the nearest of "),
        (["banded-dense", "--seeds", "3"], "nothing in banded-dense is random; leave --seeds out"),
        (["interchanges", "--seeds", "0"], "0 is not in the range x>=1"),
        (["banded-dense", "--sizes", "10,x"], "'x' is no size; write 10,20,40 or 10:200:10"),
        (["banded-dense", "--sizes", ""], "'' is no size"),
        (["banded-dense", "--sizes", "20:10"], "'20:10' holds no sizes"),
        (["banded-dense", "--sizes", "10:20:0"], "'10:20:0' holds no sizes"),
        (["banded-dense", "--sizes", "0"], "'0' holds no sizes"),
        (["banded-dense", "--plot", "a.gif"], "a.gif must end in .png, .svg, .pdf"),
        (["banded-dense", "--csv", "no/such/folder/a.csv"], "no/such/folder/a.csv cannot be written; name a file in"),
        (["banded-dense", "--csv", "."], ". is a folder; name a file"),
        (["banded-dense", "--jobs", "0"], "0 is not in the range x>=1"),
        ([], "Missing argument 'NAME'"),
    ],
)
def test_compare_refuses(arguments, sentence):
    assert sentence in refusal(invoke("compare", *arguments), 2)


def fails(n):
    raise ValueError(f"{n} is\nnot enough")


def test_a_run_that_fails_is_one_sentence(monkeypatch):
    monkeypatch.setitem(COMPARISONS, "mine", NamedComparison("", {"fails": fails}, (1,)))
    assert refusal(invoke("compare", "mine"), 1) == "Error: 'fails' at n = 1 raised ValueError: 1 is not enough"


def wrong(n):
    return solve(np.eye(n), np.ones(n)) + 1.0


def right(n):
    return solve(np.eye(n), np.ones(n))


def test_results_that_disagree_are_told(monkeypatch):
    named = NamedComparison("", {"right": right, "wrong": wrong}, (3,), check=np.allclose)
    monkeypatch.setitem(COMPARISONS, "mine", named)
    sentence = refusal(invoke("compare", "mine"), 1)
    assert sentence == "Error: the results of 'right' and 'wrong' at n = 3 disagree: allclose is false of them"


def test_a_terminal_gets_a_table_with_rules(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("mechkit.commands.compare.on_a_terminal", lambda: True)
    result = CliRunner().invoke(main, ["compare", "triangle-dense", "--sizes", "3:8"], color=True)
    assert result.exit_code == 0
    assert "\x1b[" in result.stdout
    assert "──" in result.stdout
    assert result.stdout.splitlines()[-1] == "substitution costs fewer flops at every size from 3 on"


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_runs(name):
    named = COMPARISONS[name]
    sizes = "8,12" if name == "exact-tours" else "12,24"  # whose cost doubles with each city
    result = invoke("compare", name, "--sizes", sizes, *(["--seeds", "2"] if named.seeds else []), "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found["algorithms"]) == list(named.algorithms)
    assert all(row["flops"] > 0 for row in found["rows"])


def test_interchanges_make_a_band_dearer():
    found = json.loads(invoke("compare", "interchanges", "--sizes", "50", "--json").stdout)
    flops = {(row["algorithm"], row["seed"]): row["flops"] for row in found["rows"]}
    for seed in range(5):
        law = 2 * 50 * 25 - 4 * 125 / 3 + 7 * 50 * 5 - 13 * 25 / 2 + 50 - 19 * 5 / 6
        assert flops["dominant", seed] == round(law)
        assert flops["random", seed] > flops["dominant", seed]


# -- law ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "flops"),
    [
        ("lu_factor", "2n^3/3 - n^2/2 - n/6"),
        ("lu_solve", "2n^2 - n"),
        ("solve", "2n^3/3 + 3n^2/2 - 7n/6"),
        ("cholesky", "n^3/3 + n^2/2 + n/6"),
        ("cho_factor", "n^3/3 + n^2/2 + n/6"),
        ("cho_solve", "2n^2"),
        ("solve-pos", "n^3/3 + 5n^2/2 + n/6"),
        ("solve_triangular", "n^2"),
        ("solve_banded", "2np^2 - 4p^3/3 + 7np - 13p^2/2 + n - 19p/6"),
        ("solve_banded-tridiagonal", "10n - 11"),
        ("solveh_banded", "np^2 - 2p^3/3 + 6np - 7p^2/2 + 3n - 17p/6"),
    ],
)
def test_laws(name, flops):
    result = invoke("law", name, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["counts"]["flops"], found["condition"], found["name"]) == (flops, "", name)
    assert found["verified at"] == dict(LAWS[name].far)


def test_a_law_is_printed_as_text_and_latex():
    text = invoke("law", "cho_solve").stdout
    assert text.splitlines()[0] == "cho_solve: one right-hand side, with the factor of cho_factor"
    assert text.splitlines()[-3:] == ["flops  2n^2", "", "verified at n = 120"]
    latex = invoke("law", "cho_solve", "--latex").stdout
    assert latex.startswith("\\begin{align*}\n")
    assert "\\text{flops} &= 2 n^{2}" in latex


def test_law_refuses(monkeypatch):
    assert "there is no law 'lu_facter'; did you mean 'lu_factor'?" in refusal(invoke("law", "lu_facter"), 2)
    assert "exclude each other" in refusal(invoke("law", "solve", "--json", "--latex"), 2)
    off = NamedLaw("", lambda n: [right(n) for _ in range(1 + (n > 20))], {"n": range(2, 9)}, {"n": 21})
    monkeypatch.setitem(LAWS, "off", off)
    said = refusal(invoke("law", "off"), 1)
    assert said.startswith("Error: off counts OpCounts(flops=13622;")
    assert "at {'n': 21}, its law predicts OpCounts(flops=6811;" in said


# -- annotate ----------------------------------------------------------------------------------------------------


def test_annotate_a_kernel_of_a_file(homework, tmp_path):
    page = tmp_path / "dot.html"
    result = invoke("annotate", f"{homework}:dot", "--size", 5, "--html", page)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["add", "mul", "loads"]
    assert lines[-3].split() == ["return", "s"] or "return s" in lines[-3]
    assert lines[-2].split() == ["5", "5", "10", "total"]
    assert lines[-1] == str(page)
    assert page.read_text().startswith('<!doctype html>\n<meta charset="utf-8">\n<title>dot</title>\n<table')


def test_annotate_a_kernel_of_a_module(monkeypatch, homework):
    result = invoke("annotate", "mechkit.linear_systems.dense:eliminate", "--size", 4)
    assert result.exit_code == 0
    total = result.stdout.splitlines()[-1].split()
    assert total[:3] == ["14", "14", "6"]  # sub, mul: n^3/3 - n^2/2 + n/6; div: n^2/2 - n/2
    monkeypatch.chdir(homework.parent)
    monkeypatch.delitem(sys.modules, "homework", raising=False)  # another test's, in the same process
    assert invoke("annotate", "homework:dot").stdout.splitlines()[-1].split() == ["8", "8", "16", "total"]


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("{}:dto", 2, "called 'dto'; did you mean 'dot'?"),
        ("{}:plain", 2, "is not a kernel; decorate it with @mechkit.kernel"),
        ("{}:lonely", 1, "kernel lonely has no example; give it one with @lonely.example"),
        ("{}:raising", 1, "on its example of size 8: ValueError: too large"),
        ("{}", 2, "does not name a kernel; write MODULE:FUNCTION"),
        ("none.py:dot", 2, "there is no file none.py"),
        ("mechkit.checking:dot", 2, "there are no kernels in mechkit.checking"),
        (
            "mechkit.linear_system.dense:eliminate",
            2,
            "there is no kernel 'mechkit.linear_system.dense:eliminate'; "
            "did you mean 'mechkit.linear_systems.dense:eliminate'?",
        ),
        ("..:x", 2, "there is no kernel '..:x'"),
    ],
)
def test_annotate_refuses(homework, name, code, sentence):
    assert sentence in refusal(invoke("annotate", name.format(homework)), code)


def test_annotate_says_why_a_file_cannot_be_loaded(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("import mechkit\n1 / 0\n")
    sentence = refusal(invoke("annotate", f"{broken}:x"), 1)
    assert sentence == f"Error: {broken} cannot be loaded: ZeroDivisionError: division by zero"


def test_annotate_a_file_that_is_named_like_a_module(homework):
    named = homework.with_name("json.py")
    named.write_text(HOMEWORK)
    assert invoke("annotate", f"{named}:dot").exit_code == 0
    assert sys.modules["json"] is json


# -- list --------------------------------------------------------------------------------------------------------


def test_list_names_everything():
    found = json.loads(invoke("list", "--json").stdout)
    assert list(found["comparisons"]) == list(COMPARISONS)
    assert list(found["laws"]) == list(LAWS)
    assert "mechkit.linear_systems.dense:eliminate" in found["kernels"]
    assert {"S1", "S2"} <= set(found["claims"])
    assert found["claims"]["C2"]["file"] == "mechkit/mechanisms/claims/c2_quasi_newton.py"
    text = invoke("list").stdout
    assert "steps. (mechkit/mechanisms/claims/c2_quasi_newton.py)" in text
    for names in found.values():
        for name in names:
            assert f"  {name} " in text


# -- all ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("compare", ["--sizes", "--seeds", "--csv", "--plot", "--jobs", "--json", "mechkit compare banded-dense"]),
        ("law", ["--json", "--latex", "mechkit law lu_factor"]),
        ("annotate", ["--size", "--html", "mechkit annotate homework.py:horner"]),
        ("list", ["--json", "mechkit list"]),
    ],
)
def test_help_shows_an_example(command, words):
    result = invoke(command, "--help")
    assert result.exit_code == 0
    for word in (*words, "Examples:"):
        assert word in result.stdout
    assert command in invoke("--help").stdout


def test_the_commands_load_nothing_heavy_before_they_run():
    heavy = ("matplotlib", "rich", "mechkit.measurement", "mechkit.mechanisms", "mechkit.linear_systems")
    code = f"import sys, mechkit.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
