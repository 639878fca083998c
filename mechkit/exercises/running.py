"""A submission in a process of its own: started, listened to, and ended from outside."""

from __future__ import annotations

import json
import os
import pickle
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numba import cloudpickle

from mechkit.counting.opcounts import OpCounts
from mechkit.exercises.reading import FILE
from mechkit.exercises.roles import sent
from mechkit.exercises.submission import Submission
from mechkit.exercises.values import decoded

#: A phase may last so many times its seconds of the processor, and so many seconds more: only what hangs takes longer.
WALL_TIMES, WALL_MORE = 20, 300
#: The longest line that a child may send.
LONGEST = 200_000_000

_PROGRAM = "import sys; sys.path[:0] = {path!r}; from mechkit.exercises.child import main; main()"
_KERNEL = re.compile(rf"^kernel (\w+)( cannot be compiled)? \({FILE}, line (\d+)\):? ?")
_PLACE = re.compile(rf"{FILE}, line (\d+)")


class GraderError(RuntimeError):
    """The grader itself could not do its work; this tells nothing about the submission."""


@dataclass
class Outcome:
    """What came of one case: a result and its counts, or a sentence that says what went wrong, with its line."""

    result: Any = None
    ops: OpCounts | None = None
    wrong: str | None = None
    line: int | None = None
    #: Whether one run of the reference counter may tell more.
    asks: bool = False


@dataclass
class Run:
    """What came of a submission: why it was refused, or the outcome of each case."""

    refused: str | None = None
    line: int | None = None
    outcomes: list[Outcome] = field(default_factory=list)


#: The processes that are at work, so that all can be ended.
_at_work: set[Child] = set()


def end_all() -> None:
    """End all processes that grade, as after Ctrl-C."""
    for child in list(_at_work):
        child.end()


class Child:
    """A process that grades one submission, as a context manager: when it is left, the process is gone."""

    def __init__(
        self, submission: Submission, name: str, cases: Sequence[tuple[Any, ...]], seconds: float, memory: int
    ) -> None:
        self._nonce = secrets.token_hex(16).encode("ascii")
        self._submission, self._seconds = submission, seconds
        self._request = pickle.dumps(
            {
                "nonce": self._nonce,
                "submission": submission,
                "name": name,
                "cases": cloudpickle.dumps([sent(args) for args in cases]),
                "seconds": seconds,
                "memory": memory,
            }
        )
        self._number = len(cases)
        self._hung = False

    def __enter__(self) -> Child:
        home = str(Path(__file__).parents[2])
        path = [home, *(place for place in sys.path if place and Path(place).is_dir() and place != home)]
        self._folder = tempfile.TemporaryDirectory(prefix="mechkit-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-c", _PROGRAM.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=_environment(),
            start_new_session=True,
        )
        _at_work.add(self)
        assert self._process.stdin
        with suppress(OSError):  # the child is gone already: the end of its output tells
            self._process.stdin.write(self._request)
            self._process.stdin.flush()
        return self

    def __exit__(self, *_: object) -> None:
        _at_work.discard(self)
        self.end()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()
        self._process.wait()
        self._folder.cleanup()

    def end(self) -> None:
        """End the process, and all that it started."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def _hangs(self) -> None:
        self._hung = True
        self.end()

    def _told(self) -> dict[str, Any] | None:
        """The next thing that the child tells; None when it is gone."""
        assert self._process.stdout
        timer = threading.Timer(WALL_TIMES * self._seconds + WALL_MORE, self._hangs)
        timer.daemon = True
        timer.start()
        try:
            line = self._process.stdout.readline(LONGEST)
        finally:
            timer.cancel()
        if not line.startswith(self._nonce) or not line.endswith(b"\n"):
            return None
        try:
            told = json.loads(line[len(self._nonce) :])
        except (ValueError, RecursionError):
            return None
        return told if isinstance(told, dict) else None

    def run(self, progress: Callable[[int], None] = lambda case: None) -> Run:
        """Listen until all cases are done, or the process is gone."""
        run = Run()
        phase, recursive = "starting", False
        while True:
            told = self._told()
            if told is None:
                return self._gone(run, phase, recursive)
            match told["kind"]:
                case "phase":
                    phase = told["phase"]
                case "read":
                    recursive = told["recursive"]
                case "refused":
                    run.refused, run.line = told["sentence"], told["line"]
                case "not compiled":
                    run.refused, run.line = self.compiler_says(told["sentence"])
                case "case":
                    run.outcomes.append(self._outcome(told))
                    progress(told["case"])
                case "broken":
                    raise GraderError(f"the submission could not be graded: {told['sentence']}")
                case "end":
                    break
        if run.refused is None and len(run.outcomes) < self._number:
            after = Outcome(wrong="it was not called, since it cannot be compiled")
            run.outcomes += [after] * (self._number - len(run.outcomes))
        return run

    def _outcome(self, told: dict[str, Any]) -> Outcome:
        if "not compiled" in told:
            sentence, line = self.compiler_says(told["not compiled"])
            return Outcome(wrong=sentence, line=line)
        if "memory" in told:
            return Outcome(wrong="it asks for more memory than it may have; make arrays no larger than the problem")
        if "raised" in told:
            sentence, line = told["raised"], told["line"]
            return Outcome(wrong=sentence, line=line, asks=bool(told.get("hint")))
        return Outcome(result=decoded(told["result"]), ops=OpCounts.from_dict(told["ops"]))

    def ask(self, about: str, case: int) -> dict[str, Any] | None:
        """The child's answer to a question about a case, asked when all cases are done; None where it has none."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps({"about": about, "case": case}).encode("ascii") + b"\n")
            self._process.stdin.flush()
        except OSError:
            return None
        told = self._told()
        return told if told and told["kind"] == "answer" else None

    def compiler_says(self, sentence: str) -> tuple[str, int | None]:
        """What the compiler of kernels says, without the name of the file; and the line."""
        found = _KERNEL.match(sentence) or _PLACE.match(sentence)
        line = int(found[found.re.groups]) if found else None
        rest = sentence[found.end() :].lstrip(": ") if found else sentence
        if found and found.re is _KERNEL and not found[2]:
            rest = f"{found[1]} {rest}"
        return _PLACE.sub(lambda each: self._submission.place(int(each[1])), rest), line

    def _gone(self, run: Run, phase: str, recursive: bool) -> Run:
        """What a run is whose process is gone: the case at hand, and all after it, went wrong."""
        self.end()
        code = self._process.wait()
        sentence = self._reason(-code if code < 0 else code, phase, recursive)
        if phase == "starting":
            raise GraderError(f"the process that grades could not start (exit code {code})")
        if phase == "reading":
            run.refused = sentence
            return run
        run.outcomes.append(Outcome(wrong=sentence))
        after = Outcome(wrong="it was not called: it did not come to its end before")
        run.outcomes += [after] * (self._number - len(run.outcomes))
        return run

    def _reason(self, number: int, phase: str, recursive: bool) -> str:
        slow = {getattr(signal, name, None) for name in ("SIGPROF", "SIGXCPU")}
        if self._hung or number in slow:
            if phase in ("reading", "compiling"):
                return "it takes too long to compile; write shorter functions"
            return f"it does not end within {self._seconds:g} seconds of computing; look for an endless loop"
        if recursive and number in (signal.SIGSEGV, getattr(signal, "SIGBUS", None)):
            return "it calls itself without end; add a return that does not call it"
        if number in (signal.SIGKILL, signal.SIGABRT):
            return "it was ended by the system, most likely since memory ran out; make smaller arrays"
        return f"it crashed (signal {number}); look at its indices and its recursion"


def _environment() -> dict[str, str]:
    """The variables of the child: the compiler is on, as always, and uses one thread."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NUMBA_", "MECHKIT_", "PYTHONSTARTUP")) or name == "NUMBA_CACHE_DIR"
    }
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **threads, "MECHKIT_QUIET": "1"}
