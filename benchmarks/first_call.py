"""How long the first call of each driver takes: all that has to be compiled, in a process and a cache of its own.

    python benchmarks/first_call.py [part of a name ...]

Finds the drivers by itself: the public functions of the families, and the methods of those that have some. Each runs
the examples of its docstring, up to the first that calls it. Printed is the processor's time to its answer as a
multiple of the first call of a kernel of one loop, which is measured in between, so that it holds on any machine, and
on a busy one; the multiple with all code in the cache, in a new process; how many functions were compiled; and the
slowest, by their own time.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile

from mechkit.commands.drivers import drivers, families

CHILD = """
import json, sys, time
import numpy as np
import mechkit as mk
from mechkit.commands.drivers import Driver, run_examples
from numba.core import event

driver = Driver(*sys.argv[1:])

class Watch(event.Listener):
    def __init__(self):
        self.open, self.own, self.number = [], {}, 0
    def on_start(self, e):
        self.open.append([time.process_time(), 0.0])
    def on_end(self, e):
        start, inner = self.open.pop()
        whole = time.process_time() - start
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
if driver.name == "a loop":
    start = time.process_time()
    total(np.ones(3))
else:
    driver.function, mk.law  # what is imported is not compiled
    start = time.process_time()
    run_examples(driver, until_called=True)
seconds = time.process_time() - start
slowest = sorted(watch.own.items(), key=lambda item: -item[1])[:5]
print(json.dumps([seconds, watch.number, slowest]))
"""


def first_call(folder: str, *which: str) -> tuple[float, int, list[tuple[str, float]]] | str:
    """Processor seconds, functions compiled and the slowest of them, in a new process; or why it has no answer."""
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
    print(f"{'driver':38} {'seconds':>8} {'/ loop':>7} {'warm':>6} {'compiled':>9}  slowest")
    for driver in drivers(families()):
        title = f"{driver.name} {driver.method}".strip()
        if wanted and not any(part in str(driver) for part in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            cold, warm = (first_call(folder, driver.family, driver.name, driver.method) for _ in range(2))
        loops.append(loop_seconds())
        if isinstance(cold, str):
            print(f"{title:38} {cold[:100]}", flush=True)
            continue
        loop = statistics.median(loops)
        slowest = ", ".join(f"{kernel} {seconds / loop:.1f}" for kernel, seconds in cold[2])
        print(
            f"{title:38} {cold[0]:8.2f} {cold[0] / loop:7.1f} {warm[0] / loop:6.2f} {cold[1]:9}  {slowest}", flush=True
        )
    print(f"the loop: {statistics.median(loops):.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
