"""Compiling ahead: what is warm, what happens to a run that is disturbed, and folders that hold nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numba
import pytest
from click.testing import CliRunner
from test_architecture import _FAMILIES, PACKAGE

from mechkit.cli import main
from mechkit.commands import warm
from mechkit.commands.drivers import Driver, drivers, families, run_examples
from mechkit.commands.worker import WorkerError

ROOT = Path(__file__).parents[1]
compiled = [
    pytest.mark.slow,
    pytest.mark.skipif(numba.config.DISABLE_JIT or sys.platform == "win32", reason="needs the compiler, and signals"),
]

#: The command with three drivers that compile fast, two of which share kernels.
FEW = """
import sys
from mechkit.commands import warm
from mechkit.commands.drivers import Driver
FEW = [Driver("linear_systems", name) for name in ("solve_triangular", "matvec", "solve_tridiagonal")]
warm.drivers = lambda wanted: FEW
"""
COMMAND = FEW + "from mechkit.cli import main\nmain(['warm', '--jobs', '2'])\n"
#: The same drivers in a new process: how often the compiler ran.
COMPILED = (
    FEW
    + """
from mechkit.commands.drivers import run_examples
from mechkit.counting.dispatcher import CountingCompiler

runs = []
compile_bytecode = CountingCompiler._compile_bytecode
CountingCompiler._compile_bytecode = lambda self: (
    runs.append(self.state.func_id.func_qualname), compile_bytecode(self)
)[1]
for driver in FEW:
    run_examples(driver, until_called=True)
print([name for name in runs if not name.startswith("<")])
"""
)


def environment(**more):
    changed = {"PYTHONPATH": ROOT, **more}
    kept = {name: value for name, value in os.environ.items() if name not in changed}
    return {**kept, **{name: str(value) for name, value in changed.items() if value is not None}}


def python(program, folder, **more):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, env=environment(**more)
    )


def test_families_are_found():
    assert set(families()) == {name for name in _FAMILIES if (PACKAGE / name).is_dir()}


@pytest.mark.parametrize("family", families())
def test_every_public_function_is_a_driver_and_has_an_example(family):
    import doctest

    found = drivers([family])
    assert len(found) > 5
    for driver in found:
        examples = doctest.DocTestParser().get_examples(driver.function.__doc__)
        assert any(f"{driver.name}(" in example.source for example in examples)


def test_an_example_runs_with_each_method(monkeypatch):
    used = []
    monkeypatch.setattr(Driver, "function", property(lambda self: spied))

    def spied(x, y, method="schoolbook"):
        """An example.

        >>> spied(3, 4, "schoolbook")
        12
        """
        used.append(method)
        return x * y

    run_examples(Driver("here", "spied", "karatsuba"))
    run_examples(Driver("here", "spied"))
    assert used == ["karatsuba", "schoolbook"]


def test_the_first_answer_needs_no_law(monkeypatch):
    def half(x):
        """Half of a number.

        >>> from mechkit import count, law
        >>> found = law(half, n=range(3))
        >>> found.flops
        1
        >>> def again(n):
        ...     return law(half, n=range(n))
        >>> again(3) == found
        True
        >>> half(3.0), count is not None
        (1.5, True)
        >>> half(4.0)
        2.0
        """
        called.append(x)
        return x / 2.0

    called = []
    monkeypatch.setattr(Driver, "function", property(lambda self: half))
    run_examples(Driver("here", "half"), until_called=True)
    assert called == [3.0]


def test_a_driver_without_an_example_is_no_success(monkeypatch):
    def silent():
        """Nothing."""

    monkeypatch.setattr(Driver, "function", property(lambda self: silent))
    with pytest.raises(ValueError, match="no example of silent calls it"):
        run_examples(Driver("here", "silent"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["linear_system"], "there is no family 'linear_system'; did you mean 'linear_systems'?"),
        (["--jobs", "0"], "0 is not in the range x>=1"),
    ],
)
def test_what_is_asked_wrongly_is_refused(arguments, sentence):
    result = CliRunner().invoke(main, ["warm", *arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_without_the_compiler_there_is_nothing_to_do(monkeypatch):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    result = CliRunner().invoke(main, ["warm"])
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: the compiler is off; unset NUMBA_DISABLE_JIT and run mechkit warm again\n",
    )


@pytest.fixture
def one_driver(monkeypatch, tmp_path):
    """A family of one driver; what its examples do is given; the cache is a folder of the test's own."""
    driver = Driver("linear_systems", "matvec")
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 0)
    monkeypatch.setattr(warm, "drivers", lambda wanted: [driver])
    monkeypatch.setattr("mechkit.counting.kernel_cache.cache_directory", lambda: tmp_path / "cache")
    monkeypatch.setattr("mechkit.counting.kernel_cache.used", set())
    monkeypatch.setattr(warm, "in_worker", lambda work, receive: work(receive))

    def run(examples):
        monkeypatch.setattr(warm, "run_examples", examples)
        monkeypatch.setattr(warm, "_compile_all", lambda cold, jobs, send: [send(warm._compile_apart(d)) for d in cold])
        return CliRunner().invoke(main, ["warm"])

    return run


def failing(error):
    def examples(driver, until_called):
        raise error

    return examples


def test_what_an_example_raises_is_one_line(one_driver):
    result = one_driver(failing(ValueError("x is\n3")))
    assert (result.exit_code, result.stderr) == (1, "linear_systems.matvec: ValueError: x is 3\n")
    assert "linear_systems: 0 of 1 drivers are warm" in result.stdout


def test_a_crash_is_one_line(one_driver, monkeypatch):
    def died(work):
        raise WorkerError("the process that did the work died (signal 11)")

    monkeypatch.setattr(warm, "results", died)
    result = one_driver(failing(ValueError))
    assert (result.exit_code, result.stderr) == (
        1,
        "linear_systems.matvec: the process that did the work died (signal 11)\n",
    )


def test_warm_is_what_has_all_its_entries_whole(one_driver, tmp_path):
    from mechkit.counting import kernel_cache

    def examples(driver, until_called):
        kernel_cache._write(tmp_path / "cache" / "an entry", ("key",), b"code")
        kernel_cache.used.add("an entry")

    def never(driver, until_called):
        raise AssertionError

    result = one_driver(examples)
    assert result.exit_code == 0
    assert result.stdout.startswith("linear_systems: 1 of 1 drivers are warm\n1 drivers compiled in ")
    assert one_driver(never).stdout == "linear_systems: 1 of 1 drivers are warm\n"
    entry = tmp_path / "cache" / "an entry"
    for damage in (lambda: entry.write_bytes(entry.read_bytes()[:-1]), entry.unlink):
        damage()
        assert warm.warm_ones(warm.drivers(())) == set()
    (note,) = (tmp_path / "cache" / "warm").iterdir()
    for text in ("{", json.dumps({}), ""):
        note.write_text(text)
        assert warm.warm_ones(warm.drivers(())) == set()


def test_a_folder_that_is_read_only_may_be_warm(one_driver, monkeypatch):
    def read_only():
        raise OSError(30, "Read-only file system")

    one_driver(lambda driver, until_called: None)
    monkeypatch.setattr("mechkit.counting.kernel_cache.prepare_directory", read_only)
    assert one_driver(failing(AssertionError)).stdout == "linear_systems: 1 of 1 drivers are warm\n"
    monkeypatch.setattr(warm, "warm_ones", lambda chosen: set())
    result = one_driver(failing(AssertionError))
    assert result.exit_code == 1
    assert "(Read-only file system): they are compiled anew in each process" in result.stderr


def test_warm_for_other_sources_or_another_machine_is_cold(one_driver, monkeypatch, tmp_path):
    from mechkit.counting import kernel_cache

    one_driver(lambda driver, until_called: None)
    (driver,) = warm.drivers(())
    assert warm.warm_ones([driver]) == {driver}
    with monkeypatch.context() as patch:
        patch.setattr(warm, "_sources", lambda: "other")
        assert warm.warm_ones([driver]) == set()
    monkeypatch.setattr(kernel_cache, "places", lambda: iter([(tmp_path / "cache", ("x", "other", ""), ())]))
    assert warm.warm_ones([driver]) == set()


class TestProcesses:
    pytestmark = compiled

    def test_what_was_compiled_ahead_is_not_compiled_again(self, tmp_path):
        folder = tmp_path / "a path with spaces"
        folder.mkdir()
        done = python(COMMAND, folder, NUMBA_CACHE_DIR=folder / "the cache")
        assert (done.returncode, done.stderr) == (0, "")
        first, second = done.stdout.splitlines()
        assert first == "linear_systems: 3 of 3 drivers are warm"
        assert second.startswith("3 drivers compiled in ")
        assert python(COMPILED, folder, NUMBA_CACHE_DIR=folder / "the cache").stdout == "[]\n"

    def test_two_runs_at_once_and_one_that_is_killed(self, tmp_path):
        cache = tmp_path / "cache"
        start = lambda: subprocess.Popen(
            [sys.executable, "-c", COMMAND],
            env=environment(NUMBA_CACHE_DIR=cache),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        killed, interrupted = start(), start()
        deadline = time.monotonic() + 100
        while len(list(cache.rglob("*.kernel"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        killed.kill()
        interrupted.send_signal(signal.SIGINT)
        killed.communicate()
        out, err = interrupted.communicate()
        if interrupted.returncode:  # else it was done already
            assert (interrupted.returncode, out) == (130, "")
            assert err.startswith("Stopped after ")
            assert err.endswith("of 3 drivers; what is compiled is kept: run mechkit warm again.\n")
        together = [start(), start()]
        for process in together:
            out, err = process.communicate()
            assert (process.returncode, err) == (0, "")
            assert out.startswith("linear_systems: 3 of 3 drivers are warm\n")
        assert python(COMPILED, tmp_path, NUMBA_CACHE_DIR=cache).stdout == "[]\n"

    def test_a_disk_without_room_is_one_line(self, tmp_path):
        small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        done = python(small + COMMAND, tmp_path, NUMBA_CACHE_DIR=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"Error: compiled kernels cannot be kept in {tmp_path}")
        assert "(File too large)" in line
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"NUMBA_CACHE_DIR": "file/below"}, "Not a directory"),
        (
            {"NUMBA_CACHE_DIR": None, "HOME": "nowhere", "XDG_CACHE_HOME": None},
            "it is no absolute path, since HOME or XDG_CACHE_HOME is none",
        ),
        (
            {"NUMBA_CACHE_DIR": None, "XDG_CACHE_HOME": ""},
            "it is no absolute path, since HOME or XDG_CACHE_HOME is none",
        ),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="where the cache is")
def test_a_folder_that_cannot_be_is_one_line(tmp_path, variables, why):
    (tmp_path / "file").write_text("")
    done = python("from mechkit.cli import main\nmain(['warm'])", tmp_path, NUMBA_DISABLE_JIT="0", **variables)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith("Error: compiled kernels cannot be kept in ")
    assert f"({why}): they are compiled anew in each process; set NUMBA_CACHE_DIR" in line
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_relative_folder_stays_where_it_was_when_the_program_moves(tmp_path):
    from mechkit.counting import kernel_cache

    program = (
        "import os; from mechkit.counting.kernel_cache import cache_directory as place; print(place()); "
        "os.chdir('/'); print(place.__wrapped__().is_absolute())"
    )
    assert kernel_cache.cache_directory().is_absolute()
    first, second = python(program, tmp_path, NUMBA_CACHE_DIR="here").stdout.split()
    assert (Path(first).parent, second) == (tmp_path / "here", "True")
    first, _ = python(program, tmp_path, NUMBA_CACHE_DIR="~/there", HOME=tmp_path).stdout.split()
    assert Path(first).parent == tmp_path / "there"
