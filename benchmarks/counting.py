"""What counting costs: every kernel of the package against a plain njit twin of the same source, in one run.

    python benchmarks/counting.py            # ratios: running, compiling, importing, first call from the cache
    python benchmarks/counting.py programs   # the first two, of the kernels with this in their names

Finds the kernels by itself; each is run on its own example, at a size at which the plain twin takes a few
milliseconds. The two sides take turns, and the median of the ratios is reported.
"""

from __future__ import annotations

import os
import resource

os.environ.update(OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
import types

import numba
import numpy as np

import mechkit
from mechkit.counting.dispatcher import Kernel
from mechkit.counting.example import kernels_of

#: An example that would need more ends in a MemoryError, and the size before is measured.
MEMORY = 8 * 2**30


def kernels(part: str = "") -> dict[str, Kernel]:
    """Every kernel of the package that has an example, or those with a part in their names."""
    return {name: k for name, k in kernels_of(mechkit).items() if k.has_example and part in name}


def plain_twin(kernel: Kernel, twins: dict[Kernel, object]) -> object:
    """The same bytecode compiled by plain njit with the same options, calling plain twins of the kernels it calls."""
    if kernel not in twins:
        function = kernel.py_func
        namespace = dict(function.__globals__)
        copy = types.FunctionType(
            function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
        )
        options = {name: value for name, value in kernel.targetoptions.items() if name != "nopython"}
        twins[kernel] = numba.njit(**options)(copy)
        namespace.update(
            (name, plain_twin(value, twins)) for name, value in namespace.items() if isinstance(value, Kernel)
        )
    return twins[kernel]


def copied(arguments: tuple) -> tuple:
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)


def seconds(function: object, arguments: tuple) -> float:
    fresh = copied(arguments)
    start = time.perf_counter()
    function(*fresh)
    return time.perf_counter() - start


def run_ratio(kernel: Kernel, twin: object) -> tuple[int, float, float]:
    """(size, milliseconds of the twin, median of counted / plain inside a count block)."""
    n = 32
    while True:
        try:
            arguments = kernel.example_arguments(n)
        except (MemoryError, OverflowError):  # an example that grows faster than n
            n //= 2
            break
        kernel(*copied(arguments))
        twin(*copied(arguments))
        plain = min(seconds(twin, arguments) for _ in range(3))
        if plain > 2e-3 or n > 2_000_000 or sum(a.nbytes for a in arguments if isinstance(a, np.ndarray)) > 1e8:
            break
        n *= 2
    ratios = []
    with mechkit.count():
        deadline = time.perf_counter() + 1.5
        while len(ratios) < 20 or time.perf_counter() < deadline:
            if len(ratios) % 2:
                counted = seconds(kernel, arguments)
                ratios.append(counted / seconds(twin, arguments))
            else:
                plain = seconds(twin, arguments)
                ratios.append(seconds(kernel, arguments) / plain)
            if len(ratios) >= 400:
                break
    return n, 1e3 * plain, statistics.median(ratios)


def warm(x):
    return x + 1.0


def compile_ratio(part: str, repeats: int = 3) -> dict[str, float]:
    """Median over fresh dispatchers of compile time, counted / plain, by kernel."""
    numba.njit(warm)(1.0), mechkit.kernel(warm)(1.0)
    ratios = {}
    for name, kernel in kernels(part).items():
        signature = tuple(map(numba.typeof, kernel.example_arguments(16)))
        measured = []
        for turn in range(repeats):
            counted = Kernel(kernel.py_func, targetoptions=dict(kernel.targetoptions))
            plain = numba.njit(**{k: v for k, v in kernel.targetoptions.items() if k != "nopython"})(kernel.py_func)
            sides = [("plain", plain), ("counted", counted)]
            times = {}
            for label, function in sides if turn % 2 else sides[::-1]:
                start = time.perf_counter()
                function.compile(signature)
                times[label] = time.perf_counter() - start
            measured.append(times["counted"] / times["plain"])
        ratios[name] = statistics.median(measured)
    return ratios


def python_seconds(code: str, environment: dict[str, str] | None = None) -> float:
    """What a fresh interpreter prints: a number of seconds. Bytecode is written, as in an installed package."""
    variables = {**os.environ, **(environment or {})}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=variables)
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


IMPORT = "import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"

FIRST_CALL = """
import time, numpy as np, numba, {module} as m
numba.njit(lambda x: x + 1.0)(1.0)  # Numba's own initialisation
start = time.perf_counter(); m.{call}; print(time.perf_counter() - start)
"""


def import_ratio(repeats: int = 7) -> tuple[float, float]:
    """(seconds to import numba, median of import mechkit / import numba), fresh interpreters taking turns."""
    numba_times, ratios = [], []
    python_seconds(IMPORT.format(module="mechkit"))
    for _ in range(repeats):
        base = python_seconds(IMPORT.format(module="numba"))
        ratios.append(python_seconds(IMPORT.format(module="mechkit")) / base)
        numba_times.append(base)
    return statistics.median(numba_times), statistics.median(ratios)


def first_cached_call(repeats: int = 5) -> float:
    """Median seconds of a cached kernel's first call in a new process, beyond Numba's own initialisation."""
    code = FIRST_CALL.format(module="mechkit.linear_systems", call="solve(np.eye(3) + 1.0, np.ones(3))")
    with tempfile.TemporaryDirectory() as folder:
        environment = {"NUMBA_CACHE_DIR": folder}
        python_seconds(code, environment)
        return statistics.median(python_seconds(code, environment) for _ in range(repeats))


def main(part: str = "") -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    twins: dict[Kernel, object] = {}
    ratios = {}
    print(f"{'kernel':60} {'n':>8} {'plain ms':>9} {'counted/plain':>14}")
    for name, kernel in kernels(part).items():
        n, milliseconds, ratio = run_ratio(kernel, plain_twin(kernel, twins))
        ratios[name] = ratio
        print(f"{name:60} {n:8,} {milliseconds:9.2f} {ratio:14.3f}", flush=True)
    print(
        f"running:   geometric mean {math.exp(statistics.fmean(map(math.log, ratios.values()))):.3f} (goal 1.02), "
        f"largest {max(ratios.values()):.3f} (goal 1.10)"
    )
    compiling = compile_ratio(part)
    worst = max(compiling, key=compiling.__getitem__)
    print(
        f"compiling: geometric mean {math.exp(statistics.fmean(map(math.log, compiling.values()))):.3f} (goal 1.2), "
        f"largest {compiling[worst]:.3f} ({worst})"
    )
    if part:
        return
    base, ratio = import_ratio()
    print(f"importing: mechkit / numba {ratio:.3f} (goal 1.2; numba takes {base:.2f} s)")
    print(f"first cached call of solve in a new process: {1e3 * first_cached_call():.1f} ms (goal 30)")


if __name__ == "__main__":
    main(*sys.argv[1:2])
