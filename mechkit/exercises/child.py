"""The process in which a submission is compiled and called, within limits. It tells what happens, line by line.

It knows the arguments and nothing else of the exercise: neither its check nor its answers nor its budgets.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

from mechkit.counting import KernelError, UncountedError, count
from mechkit.counting.opcounts import OpCounts
from mechkit.exercises.drivers import DriverError
from mechkit.exercises.kernels import Loaded, bound, load, require_arguments
from mechkit.exercises.lines import costs_by_line, explained
from mechkit.exercises.roles import received
from mechkit.exercises.submission import Refused
from mechkit.exercises.values import NoResult, copied, encoded

#: Seconds of the processor that compiling one kernel may take; most take one.
TO_COMPILE = 90.0
#: Bytes that the compiler may take, whatever the submission may.
FOR_THE_COMPILER = 2_000_000_000


class Limits:
    """What the process may use: of the processor while it compiles and while it runs, and of the memory."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds, self._memory = seconds, memory
        self._start = _address_space()
        if sys.platform != "win32":
            import resource

            self._resource = resource
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    def compiling(self) -> None:
        """From here on, what is used is the compiler's."""
        self._allow(TO_COMPILE, FOR_THE_COMPILER)

    def running(self) -> None:
        """From here on, what is used is the submission's."""
        self._allow(self._seconds, self._memory)

    def _allow(self, seconds: float, memory: int) -> None:
        if sys.platform == "win32":
            return
        # The clock of the process alone: how busy the machine is does not matter.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        _, hard = self._resource.getrlimit(self._resource.RLIMIT_AS)
        self._resource.setrlimit(self._resource.RLIMIT_AS, (_address_space() + memory, hard))


def _address_space() -> int:
    """The bytes of address space that the process has; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0 if sys.platform == "linux" else 64 * 2**30


def main() -> None:
    """Read a request from standard input, and tell what happens on what was standard output."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    request = pickle.load(sys.stdin.buffer)
    nonce = request["nonce"]

    def tell(**what: Any) -> None:
        out.write(nonce + json.dumps(what).encode("ascii") + b"\n")
        out.flush()

    warnings.simplefilter("ignore")
    for number in (signal.SIGINT,):
        signal.signal(number, signal.SIG_IGN)
    limits = Limits(request["seconds"], request["memory"])
    try:
        _grade(request, tell, limits)
        tell(kind="end")
        _answer_questions(request, tell, limits)
    except BaseException as error:
        tell(kind="broken", sentence=f"{type(error).__name__}: {error}")
    os._exit(0)


def _grade(request: dict[str, Any], tell: Callable[..., None], limits: Limits) -> None:
    """Read the submission, and call it for each case."""
    limits.compiling()
    tell(kind="phase", phase="reading")
    cases = [received(args) for args in pickle.loads(request["cases"])]
    request["cases"] = cases
    try:
        loaded = load(request["submission"], request["name"])
        if cases:
            require_arguments(loaded, cases[0])
    except Refused as refused:
        tell(kind="refused", sentence=refused.sentence, line=refused.line)
        return
    except (UncountedError, KernelError) as error:
        tell(kind="not compiled", sentence=str(error))
        return
    request["loaded"] = loaded
    tell(kind="read", recursive=loaded.recursive)
    for index, args in enumerate(cases):
        tell(kind="phase", phase="running")
        outcome = _called(loaded, args, limits, tell)
        tell(kind="case", case=index, **outcome)
        if "not compiled" in outcome:
            return


def _called(loaded: Loaded, args: tuple[Any, ...], limits: Limits, tell: Callable[..., None]) -> dict[str, Any]:
    """What came of one call: a result and its counts, or what went wrong."""

    def call(kernel: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        arguments = bound(kernel, arguments, named)
        tell(kind="phase", phase="compiling")
        limits.compiling()
        try:
            kernel._compile_for_args(*arguments)
        except (UncountedError, KernelError) as error:
            raise _NotCompiled(str(error)) from None
        tell(kind="phase", phase="running")
        limits.running()
        try:
            return kernel(*arguments)
        except (UncountedError, KernelError) as error:
            raise _NotCompiled(str(error)) from None
        except Exception as error:
            raise _Raised(error) from None

    limits.running()
    counted = OpCounts()
    try:
        with count() as counted:
            result = loaded.run(tuple(map(copied, args)), call)
        return {"result": encoded(result), "ops": counted.to_dict()}
    except _NotCompiled as error:
        return {"not compiled": str(error)}
    except DriverError as error:
        return {"raised": error.sentence, "line": error.line}
    except NoResult as error:
        return {"raised": f"{loaded.name} returns {error}, which is no answer", "line": None}
    except MemoryError:
        return {"memory": True}
    except _Raised as error:
        inner = error.args[0]
        if isinstance(inner, MemoryError):
            return {"memory": True}
        return {"raised": _worded(inner), "line": None, "hint": True}
    except RecursionError:
        return {"raised": "the recursion is too deep", "line": None}


class _NotCompiled(Exception):
    """What the compiler of kernels refuses, in its words."""


class _Raised(Exception):
    """What a kernel raised."""


def _worded(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _answer_questions(request: dict[str, Any], tell: Callable[..., None], limits: Limits) -> None:
    """Say which line costs most, or why a case went wrong, as long as the parent asks."""
    for line in sys.stdin.buffer:
        question = json.loads(line)
        loaded, args = request["loaded"], request["cases"][question["case"]]
        if question["about"] == "costs":
            limits.compiling()
            tell(kind="answer", **costs_by_line(loaded, args))
        else:
            limits.running()
            tell(kind="answer", **explained(loaded, args))
