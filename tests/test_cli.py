"""The command line: what it prints, what it writes, how it says no."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import mechkit
from mechkit import mechanisms, problems
from mechkit.cli import main
from mechkit.commands import warm
from mechkit.commands.drivers import drivers
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, above
from mechkit.problems import Matrix, poisson_1d

CHECKS = [Check("it is fast", "n = 8", 8.0, above(2)), Check("it is fast", "n = 2", 1.0, above(2), within=False)]


def evidence(headline="The band takes {:.0f} times [fewer] flops, each counted.", checks=CHECKS, **more):
    return Evidence(checks, Headline(headline, 8.0), Gain("n = 8", 80, 10), **more)


def claim(key, measure=evidence, on_a_matrix=None, mechanism="complexity trade-offs"):
    return Claim(
        key=key,
        mechanism=mechanism,
        statement="One needs fewer flops.",
        source="section 3",
        baseline="dense",
        improvement="banded",
        parts={"it is fast": "the ratio of the flops"},
        measure=measure,
        measure_on=on_a_matrix,
    )


def fail():
    raise ZeroDivisionError("no slope")


def fail_to_draw(axes):
    raise RuntimeError("no data")


@pytest.fixture(autouse=True)
def _a_pipe_of_80_columns(monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def given(monkeypatch):
    """Sets the claims that can be measured."""

    def give(*claims):
        monkeypatch.setattr(mechanisms, "CLAIMS", {claim.key: claim for claim in claims})

    return give


@pytest.fixture
def reader(monkeypatch):
    """Sets what reading a matrix file does."""

    def give(read):
        monkeypatch.setattr(problems, "read_matrix_market", read)

    return give


def invoke(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def raises(error):
    def function(*_):
        raise error

    return function


def test_report_prints_the_verdicts_and_the_paths(given, tmp_path):
    given(claim("S1"), claim("FI-2"))
    result = invoke("report", "--out", tmp_path / "a" / "b")
    assert result.exit_code == 0
    assert result.stderr == ""
    words = result.stdout.split()
    for word in ("S1", "FI-2", "complexity", "trade-offs", "confirmed", "[fewer]", "counted."):
        assert word in words
    assert result.stdout.splitlines()[-4:] == [
        str(tmp_path / "a" / "b" / name) for name in ("report.html", "report.md", "report.json", "report.csv")
    ]
    record = json.loads((tmp_path / "a" / "b" / "report.json").read_text("utf-8"))
    assert record["command"] == f"mechkit report --out {tmp_path / 'a' / 'b'}"


def test_report_measures_the_claims_that_are_named_and_shows_their_checks(given, tmp_path):
    given(claim("C2", fail), claim("S1", mechanism="sparsity"), claim("C1"))
    result = invoke("report", "c1", "S1", "S1", "--out", tmp_path)
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    for part in (
        "S1: One needs fewer flops.",
        "gain: 8 times fewer flops: from 80 to 10 (n = 8)",
        "confirmed: it is fast: true in the one case",
        "it is fast n = 8 8 above 2 yes",
        "it is fast n = 2 1 above 2 no",
    ):
        assert words.count(part) == 1 + (not part.startswith("S1"))
    record = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert record["command"] == f"mechkit report S1 C1 --out {tmp_path}"
    assert [one["key"] for one in record["claims"]] == ["S1", "C1"]


@pytest.mark.parametrize(
    ("key", "hint"), [("S11", "did you mean 'S1'?"), ("Q", "there are S1, C2"), ("C", "did you mean 'C2'?")]
)
def test_an_unknown_claim_is_refused_with_the_nearest_known_one(given, tmp_path, key, hint):
    given(claim("S1"), claim("C2"))
    result = invoke("report", "S1", key, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"Error: Invalid value for CLAIM: there is no claim {key!r}; {hint}"
    assert not (tmp_path / "out").exists()


def test_report_is_plain_in_a_pipe_and_fits_80_columns(given, tmp_path):
    given(
        claim(
            "S1",
            lambda: evidence(
                "This headline of {:.0f} long words is far longer than any single line of a narrow terminal."
            ),
        )
    )
    result = invoke("report", "--out", tmp_path)
    table = result.stdout.splitlines()[:-4]
    assert "\x1b" not in result.stdout
    assert "…" not in result.stdout
    assert max(map(len, table)) <= 80
    assert " ".join(result.stdout.split()).count("narrow terminal.") == 1


def test_a_report_is_held_against_an_earlier_one(given, tmp_path):
    given(claim("S1"), claim("C1"))
    assert invoke("report", "--out", tmp_path).exit_code == 0
    old = tmp_path / "report.json"
    same = invoke("report", "--jobs", 2, "--check", old, "--out", tmp_path / "same")
    assert same.exit_code == 0
    assert same.stdout.splitlines()[-1] == f"no count, verdict or headline differs from {old}"
    given(claim("S1"), claim("C1", lambda: evidence(checks=[Check("it is fast", "n = 8", 1.0, above(2))])))
    other = invoke("report", "--check", old, "--out", tmp_path / "other")
    assert other.exit_code == 1
    assert other.stdout.splitlines()[-3:] == [
        "C1: the verdict was confirmed and is refuted",
        "C1: it is fast, n = 8, was 8.0 and is 1.0",
        "C1: it is fast, n = 2, was 1.0 and is missing",
    ]
    old.write_text("[]")
    refused = invoke("report", "--check", old, "--out", tmp_path / "none")
    assert refused.stderr == f"Error: {old} is no report; give a report.json that mechkit report has written\n"


def test_two_reports_differ_in_their_timings_alone(given, tmp_path):
    given(claim("S1"), claim("C1"))
    records = []
    for jobs in (1, 2):
        assert invoke("report", "--jobs", jobs, "--out", tmp_path).exit_code == 0
        record = json.loads((tmp_path / "report.json").read_text("utf-8"))
        assert set(record.pop("timings")) == {"S1", "C1"}
        records.append((record, (tmp_path / "report.csv").read_bytes(), (tmp_path / "report.md").read_bytes()))
    assert records[0] == records[1]


def test_a_quick_report_leaves_out_what_takes_long(given, tmp_path):
    given(claim("S1"), replace(claim("C1"), quick=False))
    assert invoke("report", "--quick", "--out", tmp_path).exit_code == 0
    assert [one["key"] for one in json.loads((tmp_path / "report.json").read_text("utf-8"))["claims"]] == ["S1"]
    refused = invoke("report", "c1", "--quick", "--out", tmp_path)
    assert refused.stderr == "Error: no claim that is named is quick (c1); leave --quick out\n"


def test_published_problems_come_first_in_what_is_told(given, tmp_path):
    def published(folder):
        assert folder == tmp_path
        return evidence("The published one takes {:.0f} times fewer.")

    given(replace(claim("S1", mechanism="sparsity"), measure_published=published), claim("C1"))
    assert invoke("report", "--problems", tmp_path, "--out", tmp_path).exit_code == 0
    first, second = json.loads((tmp_path / "report.json").read_text("utf-8"))["claims"]
    assert first["headline"]["sentence"] == "The published one takes 8 times fewer."
    assert (len(first["checks"]), len(second["checks"])) == (4, 2)


def test_report_writes_to_mechkit_report_unless_told(given, tmp_path, monkeypatch):
    given(claim("S1"))
    monkeypatch.chdir(tmp_path)
    assert invoke("report").exit_code == 0
    assert sorted(os.listdir("mechkit-report")) == ["figures", "report.csv", "report.html", "report.json", "report.md"]


def test_a_claim_that_fails_keeps_the_rest(given, tmp_path):
    given(claim("S1", fail), claim("S2"))
    result = invoke("report", "--out", tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith("S1 failed: ZeroDivisionError: no slope (test_cli.py, line ")
    assert result.stderr.count("\n") == 1
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "ZeroDivisionError: no slope" in page
    assert "8 times [fewer] flops" in page


def test_a_figure_that_fails_is_told(given, tmp_path):
    given(claim("S1", lambda: evidence(figures=[Figure("", fail_to_draw)])))
    result = invoke("report", "--out", tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith("a figure of S1 could not be drawn: RuntimeError: no data")
    assert (tmp_path / "report.html").exists()


def test_an_impossible_folder_is_refused_before_any_claim_runs(given, tmp_path):
    ran = []
    given(claim("S1", lambda: ran.append("S1")))
    (tmp_path / "file").write_text("")
    result = invoke("report", "--out", tmp_path / "file" / "report")
    place = tmp_path / "file" / "report"
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: the report cannot be written to {place}: a file is in the way; name a folder that can be written\n"
    )
    assert ran == []


def test_a_disk_that_fills_up_does_not_lose_the_verdicts(given, tmp_path):
    def in_the_way():
        (tmp_path / "report.json").mkdir()
        return evidence()

    given(claim("S1", in_the_way))
    result = invoke("report", "--out", tmp_path)
    assert result.exit_code == 1
    assert "confirmed" in result.stdout
    assert result.stderr.startswith(f"Error: the report cannot be written to {tmp_path / 'report.json'}: ")
    assert result.stderr.count("\n") == 1


def test_the_matrix_is_read_and_handed_on(given, reader, tmp_path):
    read = []
    given(
        claim("S1", on_a_matrix=lambda matrix: evidence(f"In {matrix.name} it is {{:.0f}} times faster.")), claim("S2")
    )
    reader(lambda path: read.append(str(path)) or Matrix.of("west", poisson_1d(3)))
    assert invoke("report", "--matrix", "west.mtx", "--out", tmp_path).exit_code == 0
    assert read == ["west.mtx"]
    record = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert record["command"] == f"mechkit report --matrix west.mtx --out {tmp_path}"
    assert [one["headline"]["sentence"] for one in record["claims"]] == ["In west it is 8 times faster."]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("line 3 of west.mtx\nis not a number"), "line 3 of west.mtx is not a number"),
        (FileNotFoundError("there is no file 'west.mtx'"), "there is no file 'west.mtx'"),
        (PermissionError(13, "Permission denied"), "the matrix file west.mtx cannot be read: Permission denied; give "),
    ],
)
def test_a_matrix_that_cannot_be_read_is_one_sentence(given, reader, tmp_path, error, sentence):
    given(claim("S1"))
    reader(raises(error))
    result = invoke("report", "--matrix", "west.mtx", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {sentence}")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_missing_matrix_file_is_one_sentence(given, tmp_path):
    given(claim("S1"))
    result = invoke("report", "--matrix", tmp_path / "none.mtx", "--out", tmp_path)
    assert result.exit_code == 1
    assert "none.mtx" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("keys", "which"), [((), "no claim can"), (("S1", "C1"), "S1 and C1 cannot")])
def test_a_matrix_that_no_claim_takes_is_told(given, reader, tmp_path, keys, which):
    given(claim("S1", mechanism="sparsity"), claim("C1"), claim("C2"))
    reader(lambda path: Matrix.of("west", poisson_1d(3)))
    result = invoke("report", *keys, "--matrix", "west.mtx", "--out", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == f"Error: {which} be measured on the matrix in west.mtx; leave --matrix out\n"


def test_an_interrupt_ends_with_one_line(given, tmp_path):
    given(claim("S1", raises(KeyboardInterrupt())))
    result = invoke("report", "--out", tmp_path)
    assert result.exit_code == 130
    assert result.stderr == "Stopped before the first claim was measured; nothing was written.\n"
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [["reprot"], ["report", "--outt", "x"], ["report", "extra"], ["doctor", "-x"]])
def test_wrong_usage_exits_with_2(arguments):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["report", "doctor", "mechkit report --matrix"]),
        (["report"], ["--matrix FILE", "--out DIR", "mechkit-report", "Examples:", "mechkit report --matrix"]),
        (["doctor"], ["Example:", "mechkit doctor"]),
    ],
)
def test_help_shows_an_example(arguments, words):
    result = invoke(*arguments, "--help")
    assert result.exit_code == 0
    for word in words:
        assert word in result.stdout


def test_version():
    assert invoke("--version").stdout == f"mechkit, version {mechkit.__version__}\n"


@pytest.fixture
def self_test(monkeypatch):
    """Sets what the self-test finds."""

    def give(disagreements, golden=(1, 2, 3)):
        fake = SimpleNamespace(GOLDEN=golden, disagreements=disagreements)
        monkeypatch.setitem(sys.modules, "mechkit.counting.selftest", fake)

    return give


def test_doctor_says_what_it_saw(self_test):
    self_test(list)
    result = invoke("doctor")
    assert result.exit_code == 0
    facts = dict(line.split(":", 1) for line in result.stdout.splitlines())
    assert {"mechkit", "Python", "numba", "llvmlite", "numpy", "scipy", "compile cache", "compiler"} <= set(facts)
    assert facts["mechkit"].strip() == mechkit.__version__
    assert facts["self-test"].strip() == "3 golden kernels agree"


def test_doctor_exits_with_1_where_the_counters_differ(self_test):
    self_test(lambda: ["kernel dot: 3 mul here, 4 in the reference"])
    result = invoke("doctor")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == "kernel dot: 3 mul here, 4 in the reference"
    assert "cannot be trusted" in result.stderr
    assert "agree" not in result.stdout


def test_doctor_exits_with_1_where_the_self_test_cannot_run(self_test):
    self_test(raises(AttributeError("Lower has no lower_inst")))
    result = invoke("doctor")
    assert result.exit_code == 1
    assert result.stderr.startswith("The self-test could not run: AttributeError: Lower has no lower_inst")


@pytest.mark.parametrize(
    ("version", "word"),
    [("0.59.1", "UNTESTED"), ("0.60.0", "among"), ("0.68.1", "among"), ("0.69.0rc1", "UNTESTED"), ("1.0", "UNTESTED")],
)
def test_doctor_knows_the_tested_versions(self_test, monkeypatch, version, word):
    self_test(list)
    monkeypatch.setattr("mechkit.counting.dispatcher.TESTED_NUMBA", ("0.60", "0.68"))
    monkeypatch.setattr("numba.__version__", version)
    result = invoke("doctor")
    assert result.exit_code == 0
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("tested Numba:")]
    assert word in line


def test_doctor_says_whether_the_cache_can_be_written(self_test, monkeypatch, tmp_path):
    self_test(list)
    (tmp_path / "file").write_text("")
    for place, word in ((tmp_path / "not" / "yet", "(can be written)"), (tmp_path / "file" / "x", "CANNOT be written")):
        monkeypatch.setattr("mechkit.counting.kernel_cache.cache_directory", lambda place=place: place)
        result = invoke("doctor")
        assert result.exit_code == 0
        (line,) = [line for line in result.stdout.splitlines() if line.startswith("compile cache:")]
        assert str(place) in line
        assert word in line
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize(
    ("off", "word"), [(0, "on"), (1, "off (NUMBA_DISABLE_JIT is set): kernels run as plain Python")]
)
def test_doctor_says_whether_the_compiler_is_off(self_test, monkeypatch, off, word):
    self_test(list)
    monkeypatch.setattr("numba.config.DISABLE_JIT", off)
    result = invoke("doctor")
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("compiler:")]
    assert line.removeprefix("compiler:").strip() == word
    assert result.exit_code == off


def test_doctor_says_what_is_warm(self_test, monkeypatch, tmp_path):
    self_test(list)
    monkeypatch.setattr("numba.config.DISABLE_JIT", 0)
    monkeypatch.setattr("mechkit.counting.kernel_cache.cache_directory", lambda: tmp_path)
    result = invoke("doctor")
    number = len(drivers(["linear_systems"]))
    assert f"linear_systems: 0 of {number} drivers are warm; mechkit warm compiles ahead\n" in result.stdout
    for driver in drivers(["linear_systems"]):
        warm._write_note(driver, [])
    result = invoke("doctor")
    assert f"linear_systems: {number} of {number} drivers are warm\n" in result.stdout
    assert list(tmp_path.glob("*.kernel")) == []


def test_doctor_without_the_compiler_compares_nothing():
    done = python(["-m", "mechkit", "doctor"], NUMBA_DISABLE_JIT="1")
    assert done.returncode == 1
    assert "agree" not in done.stdout + done.stderr
    sentence = (
        "self-test: nothing was compared: with the compiler off, only the reference counter counts; "
        "unset NUMBA_DISABLE_JIT and run mechkit doctor again"
    )
    assert " ".join(done.stderr.split()) == sentence


def python(code, **environment):
    return subprocess.run(
        [sys.executable, *code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_python_m_mechkit():
    done = python(["-m", "mechkit", "--version"])
    assert (done.returncode, done.stdout) == (0, f"mechkit, version {mechkit.__version__}\n")


def test_importing_the_command_line_loads_no_page_tools():
    heavy = ("matplotlib", "jinja2", "rich", "mechkit.report", "mechkit.mechanisms")
    done = python(["-c", f"import sys, mechkit.cli; print([m for m in {heavy} if m in sys.modules])"])
    assert done.stdout == "[]\n"


def test_doctor_needs_the_instrument_alone(tmp_path):
    script = tmp_path / "light.py"
    script.write_text(
        "import sys, types\n"
        "fake = types.SimpleNamespace(GOLDEN=[1], disagreements=lambda: [])\n"
        "sys.modules['mechkit.counting.selftest'] = fake\n"
        "from mechkit.cli import main\n"
        "main(['doctor'], standalone_mode=False)\n"
        "print([m for m in ('matplotlib', 'jinja2', 'mechkit.mechanisms') if m in sys.modules])\n"
    )
    done = python([str(script)], PYTHONPATH=os.pathsep.join(sys.path))
    assert done.stdout.splitlines()[-2:] == ["self-test:     1 golden kernels agree", "[]"]


def test_a_pipe_without_unicode_is_no_traceback(tmp_path):
    script = tmp_path / "narrow.py"
    script.write_text(
        "from mechkit import mechanisms\n"
        "from mechkit.cli import main\n"
        "from mechkit.mechanisms.claim import Check, Claim, Evidence, Gain, Headline, at_most\n"
        "checks, gain = [Check('p', 'c', 1, at_most(1))], Gain('n', 2, 1)\n"
        "found = Evidence(checks, Headline('n\\u00b2 \\u2264 {}', 1), gain)\n"
        "one = Claim('S1', 'sparsity', *'abcd', {'p': 'q'}, lambda: found)\n"
        "mechanisms.CLAIMS = {'S1': one}\n"
        f"main(['report', '--out', {str(tmp_path)!r}])\n",
        encoding="utf-8",
    )
    done = python([str(script)], PYTHONIOENCODING="ascii", PYTHONPATH=os.pathsep.join(sys.path))
    assert done.stderr == ""
    assert done.returncode == 0
    assert "n? ? 1" in done.stdout
