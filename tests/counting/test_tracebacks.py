"""What a notebook shows of a mistake: the cell, the kernel's line, one sentence, and none of the calls between."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

ROOT = Path(__file__).parents[2]

KERNELS = """
import numpy as np
import mechkit as mk
from mechkit import optimization as mo

@mk.kernel
def wrong(x):
    return np.dot(x, x)

@mk.kernel
def square(x):
    s = 0.0
    for i in range(x.size):
        s += x[i] * x[i]
    return s

@mk.kernel
def over_zero(x):
    y = x - x
    return 1.0 / y

@mk.kernel
def endless(n):
    return endless(n + 1)

@mk.kernel
def beyond(x):
    y = x[0]
    return y + x[x.size]

def plain(x):
    return np.dot(x, x)

def at(f):
    return lambda n: f(np.ones(n))

def close(a, b):
    np.testing.assert_allclose(a, b)
"""

#: The cell -> words that the traceback must have, and in the mode of `mk.debug`, whether it is on.
CELLS = {
    "wrong(np.ones(3))": ("np.dot",),
    "mk.compare({'wrong': at(wrong)}, n=range(4, 10))": ("'wrong' at n = 4", "np.dot"),
    "mk.growth(at(wrong), n=[4, 8, 16])": ("at n = 4", "np.dot"),
    "mk.law(at(wrong), n=range(2, 8))": ("at n = 2", "np.dot"),
    "mk.annotate(wrong, np.ones(3))": ("np.dot",),
    "mo.minimize(wrong, np.ones(3))": ("np.dot",),
    "mo.minimize(plain, np.ones(3))": ("np.dot",),
    "mo.root_scalar(plain, x0=1.0, x1=2.0, method='secant')": ("np.dot",),
    "mo.root(plain, np.ones(3))": ("np.dot",),
    "mo.least_squares(plain, np.ones(3))": ("np.dot",),
    "over_zero(2.0)": ("line 19, in over_zero", "division by zero"),
    "mk.compare({'over_zero': lambda n: over_zero(float(n))}, n=range(4, 10))": ("'over_zero' at n = 4", "by zero"),
    "mk.compare({'a': at(square), 'b': lambda n: square(np.zeros(n))}, n=range(1, 9), check=close)": ("disagree",),
    "mk.compare({'a': at(square)}, n=range(1, 9), measure=lambda r, n: r.error)": ("has no attribute 'error'",),
    "mk.compare({'a': at(square)}, n=range(1, 9)).ratio('a', 'b')": ("'b'",),
    "mk.law(lambda n: square(np.ones(int(n**0.5))), n=range(2, 12))": ("no polynomial",),
}
DEBUGGED = {
    "endless(1)": ("line 23", "calls itself too often"),
    "mk.compare({'endless': endless}, n=range(4, 10))": ("line 23", "calls itself too often"),
    "beyond(np.ones(3))": ("line 28, in beyond", "index 3 is out of bounds"),
    "mk.law(at(beyond), n=range(2, 8))": ("line 28, in beyond", "at n = 2"),
    "mk.compare({'beyond': at(beyond)}, n=range(4, 10))": ("line 28, in beyond", "'beyond' at n = 4"),
    "mo.minimize(beyond, np.ones(3))": ("line 28, in beyond", "out of bounds"),
    "over_zero(1.0)": ("line 19, in over_zero", "division by zero"),
}

PROGRAM = """
import contextlib, io, json, re, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance(colors="NoColor")

def shown(cell):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        shell.run_cell(cell)
    return re.sub(r"\\x1b\\[[0-9;]*m", "", out.getvalue())

first = shown(KERNELS)
assert not first, first
found = [shown(cell) for cell in CELLS]
shown("mk.debug()")
print(json.dumps(found + [shown(cell) for cell in DEBUGGED]))
"""


@pytest.fixture(scope="module")
def tracebacks(tmp_path_factory):
    """The cell -> the traceback that IPython shows of it. One process, for a shell changes Python's own."""
    program = f"KERNELS = {KERNELS!r}\nCELLS = {[*CELLS]!r}\nDEBUGGED = {[*DEBUGGED]!r}\n{PROGRAM}"
    home = tmp_path_factory.mktemp("ipython")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(zip([*CELLS, *DEBUGGED], json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="the sentences are those of the compiler")
@pytest.mark.parametrize("cell", [*CELLS, *DEBUGGED])
def test_a_traceback_is_short(tracebacks, cell):
    text = tracebacks[cell]
    assert [words for words in {**CELLS, **DEBUGGED}[cell] if words not in text] == []
    assert len(text.splitlines()) <= 30
    assert "numba/core" not in text
    assert "reference/arrays" not in text
