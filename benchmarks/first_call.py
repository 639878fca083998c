"""How long the first call of each driver takes: all that has to be compiled, in a process and a cache of its own.

    python benchmarks/first_call.py [part of a name ...]

Finds the drivers by itself: the public functions of the families, and the methods of those that have some. Each runs
the examples of its docstring, up to the first that calls it. Printed is the time to its answer as a multiple of the
first call of a kernel of one loop, which is measured in between, so that it holds on any machine; the multiple with all
code in the cache, in a new process; how many functions were compiled; and the dearest, by their own time.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import statistics
import subprocess
import sys
import tempfile

FAMILIES = ("interpolation", "linear_systems", "optimization")

CHILD = """
import doctest, importlib, json, sys, time
import numpy as np
import mechkit as mk
from numba.core import event

family, name, method = sys.argv[1:]

class Watch(event.Listener):
    def __init__(self):
        self.open, self.own, self.number = [], {}, 0
    def on_start(self, e):
        self.open.append([time.perf_counter(), 0.0])
    def on_end(self, e):
        start, inner = self.open.pop()
        whole = time.perf_counter() - start
        if self.open:
            self.open[-1][1] += whole
        self.number += 1
        function = e.data["dispatcher"].py_func
        key = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        self.own[key] = self.own.get(key, 0.0) + whole - inner

@mk.kernel(cache=True)
def total(x):
    s = 0.0
    for i in range(x.size):
        s += x[i]
    return s

watch = Watch()
event.register("numba:compile", watch)
if name == "a loop":
    start = time.perf_counter()
    total(np.ones(3))
else:
    package = importlib.import_module(f"mechkit.{family}")
    driver = getattr(package, name)
    called = []
    def spy(*args, **kwargs):
        called.append(name)
        return driver(*args, **({**kwargs, "method": method} if method else kwargs))
    names = {**vars(sys.modules[driver.__module__]), "np": np, name: spy}
    examples = doctest.DocTestParser().get_examples(driver.__doc__)
    start = time.perf_counter()
    for example in examples:
        if not example.exc_msg and "law" not in example.source:
            exec(compile(example.source, "<example>", "single"), names)
        if called:
            break
    else:
        raise SystemExit(f"no example of {name} calls it")
seconds = time.perf_counter() - start
dearest = sorted(watch.own.items(), key=lambda item: -item[1])[:5]
print(json.dumps([seconds, watch.number, dearest]))
"""


def drivers() -> list[tuple[str, str, str]]:
    """(family, function, method) of each driver; the method is empty where it is the default, or the only one."""
    found = []
    for family in FAMILIES:
        package = importlib.import_module(f"mechkit.{family}")
        for name in package.__all__:
            driver = getattr(package, name)
            if not inspect.isfunction(driver):
                continue
            found.append((family, name, ""))
            if "method" in inspect.signature(driver).parameters:
                methods = getattr(sys.modules[driver.__module__], "METHODS", ())
                found += [(family, name, method) for method in methods]
    return found


def first_call(folder: str, *which: str) -> tuple[float, int, list[tuple[str, float]]] | str:
    """Seconds, functions compiled and the dearest of them, in a new process; or why it has no answer."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": folder, "NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD, *which], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no answer"])[-1]
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def loop_seconds() -> float:
    with tempfile.TemporaryDirectory() as folder:
        return first_call(folder, "", "a loop", "")[0]


def main(wanted: list[str]) -> None:
    loops = [loop_seconds() for _ in range(3)]
    print(f"{'driver':38} {'seconds':>8} {'/ loop':>7} {'warm':>6} {'compiled':>9}  dearest")
    for family, name, method in drivers():
        title = f"{name} {method}".strip()
        if wanted and not any(part in f"{family}.{title}" for part in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            cold, warm = (first_call(folder, family, name, method) for _ in range(2))
        loops.append(loop_seconds())
        if isinstance(cold, str):
            print(f"{title:38} {cold[:100]}", flush=True)
            continue
        loop = statistics.median(loops)
        dearest = ", ".join(f"{kernel} {seconds / loop:.1f}" for kernel, seconds in cold[2])
        print(
            f"{title:38} {cold[0]:8.2f} {cold[0] / loop:7.1f} {warm[0] / loop:6.2f} {cold[1]:9}  {dearest}", flush=True
        )
    print(f"the loop: {statistics.median(loops):.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
