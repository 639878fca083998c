"""Who waits for the compiler is told so, once, and nobody else."""

import io
import os
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest

from mechkit.counting import notice

pytestmark = pytest.mark.compiled
ROOT = Path(__file__).parents[2]


@pytest.fixture
def waiting(monkeypatch):
    """Runs what compiles in a driver called cg, with standard error as a terminal, or not; gives what is printed."""
    monkeypatch.setattr(notice, "_spent", {})
    monkeypatch.setattr(notice, "_told", set())
    monkeypatch.setattr(notice, "_driver", lambda frame: "cg")
    monkeypatch.setattr(notice, "os", types.SimpleNamespace(environ={}))  # pytest sets a variable there
    stderr = io.StringIO()
    stderr.isatty = lambda: True
    of_the_test = types.SimpleNamespace(
        stderr=stderr, modules={}, _getframe=sys._getframe
    )  # pytest changes the true one
    monkeypatch.setattr(notice, "sys", of_the_test)
    return stderr


@pytest.fixture
def clock(monkeypatch):
    """Timers that go off when the clock is moved on."""

    class Timer:
        daemon = False

        def __init__(self, seconds, call, arguments):
            self.at, self.call, self.arguments = now[0] + seconds, call, arguments

        def start(self):
            running.append(self)

        def cancel(self):
            if self in running:
                running.remove(self)

    def move(seconds):
        now[0] += seconds
        for timer in [timer for timer in running if timer.at <= now[0]]:
            running.remove(timer)
            timer.call(*timer.arguments)

    now, running = [0.0], []
    monkeypatch.setattr(notice.threading, "Timer", Timer)
    monkeypatch.setattr(notice, "time", types.SimpleNamespace(perf_counter=lambda: now[0]))
    return move


LINE = "compiling cg, once on this machine ... (MECHKIT_QUIET=1 hides this line)\n"


def test_a_second_of_compiling_is_told_once(waiting, clock):
    with notice.noticed(True):
        clock(0.9)
    assert waiting.getvalue() == ""
    clock(100.0)  # which nobody waits for
    with notice.noticed(True):
        with notice.noticed(True):  # a kernel that this one calls
            clock(0.05)
        clock(0.1)
        assert waiting.getvalue() == LINE
    with notice.noticed(True):
        clock(100.0)
    assert waiting.getvalue() == LINE


def test_code_that_is_not_kept_is_not_compiled_once(waiting, clock):
    with notice.noticed(False):
        clock(2.0)
    assert waiting.getvalue() == "compiling cg ... (MECHKIT_QUIET=1 hides this line)\n"


def test_a_failure_ends_the_waiting(waiting, clock):
    with pytest.raises(TypeError), notice.noticed(True):
        raise TypeError
    clock(2.0)
    with notice.noticed(True):
        clock(2.0)
    assert waiting.getvalue() == LINE


@pytest.mark.parametrize("why", ["pipe", "switch", "test", "no stream", "closed", "no driver", "worker"])
def test_nobody_else_is_told(waiting, clock, monkeypatch, why):
    if why == "pipe":
        waiting.isatty = lambda: False
    if why == "closed":
        del waiting.isatty
        waiting.close()
    if why == "no stream":
        notice.sys.stderr = None
    if why == "switch":
        notice.os.environ["MECHKIT_QUIET"] = "1"
    if why == "test":
        notice.os.environ["PYTEST_CURRENT_TEST"] = "a test"
    if why == "no driver":
        monkeypatch.setattr(notice, "_driver", lambda frame: None)
    if why == "worker":
        monkeypatch.setattr(notice.multiprocessing, "parent_process", lambda: "its parent")
    with notice.noticed(True):
        clock(2.0)
    assert waiting.closed or waiting.getvalue() == ""
    assert notice._told == set()


@pytest.mark.parametrize(("shell", "told"), [(types.SimpleNamespace(kernel=1), True), (object(), False), (None, False)])
def test_a_notebook_is_told(waiting, clock, shell, told):
    waiting.isatty = lambda: False
    notice.sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
    with notice.noticed(True):
        clock(2.0)
    assert bool(waiting.getvalue()) == told


def test_the_driver_is_the_one_that_the_user_called(monkeypatch):
    from mechkit import linear_systems, optimization

    found = []

    class Spy:
        def __len__(self):
            found.append(notice._driver(sys._getframe()))
            raise TypeError

        __float__ = __array__ = __getitem__ = __iter__ = __len__

    assert notice._driver(sys._getframe()) is None
    for driver in (linear_systems.solve, optimization.linprog):
        with pytest.raises((TypeError, ValueError)):
            driver(Spy(), Spy())
    assert set(found) == {"solve", "linprog"}


PROGRAM = """
import sys, time
from mechkit.counting import dispatcher, notice
notice.PATIENCE = 0.0
from mechkit.linear_systems import solve_triangular
import numpy as np
print(solve_triangular(np.eye(2), np.ones(2)))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="terminals")
def test_a_terminal_shows_one_line_and_a_pipe_none(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name in ("PYTEST_CURRENT_TEST", "MECHKIT_QUIET"):
        environment.pop(name, None)
    shown = {}
    for kind in ("terminal", "pipe"):
        reader, writer = os.openpty() if kind == "terminal" else os.pipe()
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**environment, "NUMBA_CACHE_DIR": str(tmp_path / kind)},
            stdout=subprocess.PIPE,
            stderr=writer,
            text=True,
        )
        assert done.stdout == "[1. 1.]\n"
        os.write(writer, b"end\n")
        shown[kind] = ""
        while not shown[kind].endswith("end\n"):
            shown[kind] += os.read(reader, 10_000).decode().replace("\r", "")
        os.close(reader)
        os.close(writer)
    line = "compiling solve_triangular, once on this machine ... (MECHKIT_QUIET=1 hides this line)\n"
    assert shown == {"terminal": line + "end\n", "pipe": "end\n"}


def test_other_threads_may_compile_meanwhile(waiting, clock):
    with notice.noticed(True):
        other = threading.Thread(target=lambda: notice.noticed(True).__enter__())
        other.start()
        other.join()
        clock(2.0)
    assert waiting.getvalue() == LINE
