"""The command line as a shell meets it: Ctrl-C, closed pipes, full disks, narrow terminals, too much asked for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from mechkit.catalogue import COMPARISONS, NamedComparison
from mechkit.cli import main
from mechkit.commands.memory import grown
from mechkit.commands.worker import WorkerError, in_worker, results
from mechkit.linear_systems import solve_triangular

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="work is not done in a process of its own"),
]


@pytest.fixture
def alone(monkeypatch):
    """As if this process had no other threads: with them, work is done in it, and it must not die."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


#: What stands in for compiled code: it does not hear Ctrl-C.
DEAF = "sum(range(10**13))"

PROGRAM = f"""
import sys, time
import numpy as np
from mechkit import mechanisms
from mechkit.cli import main
from mechkit.linear_systems import solve_triangular
from mechkit.catalogue import COMPARISONS, NamedComparison
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, above

CHECKS, HEADLINE, GAIN = [Check("p", "c", 2, above(1))], Headline("It is {{}} times faster.", 2), Gain("n", 2, 1)

def evidence():
    return Evidence(CHECKS, HEADLINE, GAIN, figures=[Figure("a line", lambda axes: axes.plot([1, 2]))])

def claim(key, measure=evidence):
    return Claim(key, "sparsity", *"abcd", {{"p": "q"}}, measure)

def told():
    print("ready", file=sys.stderr, flush=True)
    {DEAF}

def run(n):
    if n == 9:
        told()
    return solve_triangular(np.tri(n), np.ones(n), lower=True)

mechanisms.CLAIMS = {{"A": claim("A"), "B": claim("B"), "C": claim("C", told)}}
COMPARISONS["deaf"] = NamedComparison("", {{"one": run, "two": run}}, (2, 3, 4, 5, 9))
main(sys.argv[1:])
"""


@pytest.fixture
def program(tmp_path):
    """Starts the command line with claims and a comparison that do not come to an end."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)

    started = []

    def start(*arguments):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
        for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        for member in members(process.pid):
            os.kill(member, signal.SIGKILL)
        process.communicate()


def members(group):
    """The processes of a group, and of the groups of its session."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == group and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def stop(process, number=signal.SIGINT):
    """Wait until the deaf work runs, send a signal to the group in the foreground, and say what came of it."""
    assert process.stderr.readline() == "ready\n"
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while members(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert members(process.pid) == []
    return process.returncode, out, err


# -- Ctrl-C ----------------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_a_report_and_keeps_what_is_done(program, tmp_path):
    code, out, err = stop(program("report", "--jobs", 1, "--out", tmp_path / "out"))
    assert code == 130
    assert err == f"Stopped after 2 of 3 claims; the report in {tmp_path / 'out'} holds these.\n"
    assert out.split().count("confirmed") == 2
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [each["key"] for each in record["claims"]] == ["A", "B"]
    assert record["not run"] == 1
    names = {each.name for each in (tmp_path / "out" / "figures").iterdir()}
    assert names == {"01-A-1.svg", "02-B-1.svg", "minute.svg"}
    for page in ("report.html", "report.md"):
        text = (tmp_path / "out" / page).read_text()
        assert "2 confirmed; the run was stopped before the other 1" in text


def test_ctrl_c_ends_a_comparison_and_keeps_what_is_done(program, tmp_path):
    code, out, err = stop(program("compare", "deaf", "--csv", "o.csv"))
    assert code == 130
    assert err == "Stopped after 4 of 5 runs; above and o.csv are the results of these.\n"
    assert "n^2" in out
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 1 + 4 * 2


def test_ctrl_c_ends_a_comparison_on_processes(program):
    code, out, err = stop(program("compare", "deaf", "--jobs", "2", "--sizes", "9"))
    assert (code, out) == (130, "")
    assert err.splitlines()[-1] == "Stopped before the first size was done; nothing was kept."
    assert "Traceback" not in err


@pytest.mark.parametrize(("number", "code", "jobs"), [(signal.SIGTERM, 143, 1), (signal.SIGKILL, -9, 2)])
def test_no_child_outlives_the_command(program, number, code, jobs):
    # A signal to the command alone: its children have to notice.
    process = program("compare", "deaf", "--sizes", "8,9", "--jobs", jobs)
    assert process.stderr.readline() == "ready\n"
    os.kill(process.pid, number)
    process.communicate(timeout=60)
    assert process.returncode == code
    deadline = time.monotonic() + 20
    while members(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert members(process.pid) == []


# -- work in a process of its own ------------------------------------------------------------------------------------


def test_what_work_raises_is_raised_here(alone):
    def work(send):
        send(1)
        raise LookupError("no such thing")

    received = []
    with pytest.raises(LookupError, match="no such thing"):
        in_worker(work, received.append)
    assert received == [1]

    class Local(Exception):
        """An error that cannot be sent."""

    def odd(send):
        raise Local("odd")

    with pytest.raises(RuntimeError, match="odd"):
        results(odd)


def test_work_that_dies_is_told(alone):
    with pytest.raises(WorkerError, match=r"died \(signal 9\): most likely memory ran out"):
        results(lambda send: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(WorkerError, match=r"died \(exit code 3\)"):
        results(lambda send: os._exit(3))


def dies(n):
    if n == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return triangle(n)


def triangle(n):
    import numpy as np

    return solve_triangular(np.tri(n), np.ones(n), lower=True)


def test_a_comparison_whose_process_dies_keeps_what_is_done(monkeypatch, alone):
    monkeypatch.setitem(COMPARISONS, "dies", NamedComparison("", {"one": dies}, (1, 2, 3, 4, 5, 6)))
    result = CliRunner().invoke(main, ["compare", "dies"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the process that did the work died (signal 9)")
    assert result.stderr.endswith("Stopped after 5 of 6 runs; above are the results of these.\n")
    assert "one  n^2" in result.stdout


# -- pipes and disks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["--help"],
        ["law", "cho_solve"],
        ["compare", "triangle-dense", "--sizes", "3,4", "--csv", "/dev/stdout"],
    ],
    ids=" ".join,
)
def test_a_closed_pipe_is_silent(arguments, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "mechkit", *arguments], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_report_is_written_though_nobody_reads_the_verdicts(tmp_path):
    matrix = tmp_path / "a.mtx"
    matrix.write_text("%%MatrixMarket matrix coordinate real general\n3 3 3\n1 1 1\n2 2 1\n3 3 1\n")
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "mechkit", "report", "--matrix", "/dev/stdin", "--out", str(tmp_path / "out")]
    with matrix.open() as given:
        done = subprocess.run(command, stdin=given, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
    assert json.loads((tmp_path / "out" / "report.json").read_text())["claims"][0]["verdict"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_sentence():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mechkit", "law", "cho_solve"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert done.stderr == "Error: what is printed cannot be written: No space left on device\n"
    result = CliRunner().invoke(main, ["compare", "triangle-dense", "--sizes", "3:8", "--csv", "/dev/full"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the table cannot be written to /dev/full: No space left on device")
    assert "substitution  n^2" in result.stdout  # what was counted is not lost


def test_without_standard_output_nothing_is_wrong():
    command = f'"{sys.executable}" -m mechkit compare triangle-dense --sizes 3,4 <&- >&-'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# -- too much --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["banded-dense", "--sizes", "10:10000000000"],
            "holds 9,999,999,991 sizes; give at most 10,000",
        ),
        (["banded-dense", "--sizes", "1" * 5000], "is no size; write 10,20,40"),
        (["interchanges", "--seeds", "1000000000"], "5,000,000,000 runs are too many; give at most 10,000"),
        (["banded-dense", "--csv", "x" * 300], "x... cannot be written: File name too long; name another file"),
    ],
)
def test_too_much_is_refused(arguments, sentence):
    result = CliRunner().invoke(main, ["compare", *arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr) < 400


@pytest.mark.parametrize("jobs", [1, 2])
def test_sizes_that_do_not_fit_are_refused_before_they_are_run(jobs):
    result = CliRunner().invoke(main, ["compare", "banded-dense", "--sizes", "10,1000000", "--jobs", str(jobs)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: 'dense' of banded-dense at n = 1,000,000 would take ")
    assert result.stderr.endswith(" GB are free; give smaller sizes\n")


def test_an_example_that_does_not_fit_is_refused():
    result = CliRunner().invoke(main, ["annotate", "mechkit.linear_systems.dense:eliminate", "--size", "10000000"])
    assert result.exit_code == 1
    assert "at n = 10,000,000 would take 800," in result.stderr or "GB of memory, and" in result.stderr


def test_memory_grows_by_whole_powers():
    assert grown([(80, 154616), (160, 616056), (320, 1648305)], 640) == 4 * 1648305  # n^2, a temporary array saved
    assert grown([(80, 8056), (160, 14456), (320, 27320)], 640) == 2 * 27320
    assert grown([(1, 10), (2, 10), (4, 10)], 10**9) == 10
    assert grown([(1, 1), (2, 2**300), (4, 2**900)], 10**9) == float("inf")


# -- narrow terminals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["1", "40"])
def test_a_narrow_terminal_loses_no_figure(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("mechkit.commands.compare.on_a_terminal", lambda: True)
    result = CliRunner().invoke(main, ["compare", "triangle-dense", "--sizes", "10,100,200"])
    assert result.exit_code == 0
    assert (
        "n = 200\n  elimination: 5,393,100\n  substitution: 40,000\n  elimination / substitution: 134.8\n"
        in result.stdout
    )
    assert "…" not in result.stdout


# -- names and files -------------------------------------------------------------------------------------------------


def test_a_kernel_that_is_nowhere_names_three(tmp_path):
    result = CliRunner().invoke(main, ["annotate", "nowhere:f"])
    assert result.exit_code == 2
    assert "there is no kernel 'nowhere:f'; the nearest of " in result.stderr
    assert result.stderr.count("mechkit.") == 3
    assert result.stderr.endswith("; mechkit list names all\n")
    assert len(result.stderr) < 600


@pytest.mark.parametrize("leave", ["import sys; sys.exit(3)", "raise SystemExit(3)", "quit(3)"])
def test_a_file_that_exits_is_told(tmp_path, monkeypatch, leave):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "leaving.py").write_text(leave)
    result = CliRunner().invoke(main, ["annotate", f"{tmp_path / 'leaving.py'}:f"])
    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path / 'leaving.py'} cannot be loaded: SystemExit: 3\n"


@pytest.mark.parametrize("name", ["work.py", "json.py", "statistics.py", "a b.PY"])
def test_a_file_is_run_once(tmp_path, monkeypatch, name):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / name).write_text(
        f"with open({str(tmp_path / 'runs')!r}, 'a') as runs:\n    runs.write(__name__ + '\\n')\n"
        "import mechkit as mk\n"
        "@mk.kernel\ndef square(x):\n    return x * x\n"
        "@square.example\ndef _(n):\n    return (float(n),)\n"
    )
    result = CliRunner().invoke(main, ["annotate", f"{tmp_path / name}:square"])
    assert result.exit_code == 0
    assert len((tmp_path / "runs").read_text().splitlines()) == 1
    assert sys.modules["json"] is json


def test_a_page_keeps_its_link(tmp_path):
    (tmp_path / "link.html").symlink_to("real.html")
    result = CliRunner().invoke(
        main, ["annotate", "mechkit.linear_systems.dense:eliminate", "--html", str(tmp_path / "link.html")]
    )
    assert result.exit_code == 0
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "real.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("content", ["3 1\n1 2\n", "1 1 1\n1 1 5\n"])
def test_a_matrix_that_tests_nothing_is_one_sentence(tmp_path, content):
    kind = "vector" if content.startswith("3") else "matrix"
    (tmp_path / "a.mtx").write_text(f"%%MatrixMarket {kind} coordinate real general\n{content}")
    result = CliRunner().invoke(main, ["report", "--matrix", str(tmp_path / "a.mtx"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "it holds a vector, not a matrix" in result.stderr or "none of them is zero" in result.stderr
    assert not (tmp_path / "out").exists()
