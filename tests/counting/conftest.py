"""What the tests of the instrument share: asking both counters, and kernels made from source text."""

import linecache
import math
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from both_counters import agree_on

import mechkit as mk

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items):
    for item in items:
        if numba.config.DISABLE_JIT and item.get_closest_marker("compiled"):
            item.add_marker(pytest.mark.skip(reason="needs the compiler"))


def pytest_configure(config):
    config.addinivalue_line("markers", "compiled: about compiled code itself; skipped without the compiler")


@pytest.fixture
def agree():
    """A function that runs a kernel by both counters, demands equal outcomes, and returns (outcome, counts)."""
    return agree_on


@pytest.fixture
def from_source(tmp_path):
    """A function that makes a Python function of a text, with a file behind it."""

    def make(text, **names):
        path = tmp_path / f"source{len(list(tmp_path.iterdir()))}.py"
        path.write_text(text)
        linecache.checkcache(str(path))
        namespace = {"np": np, "math": math, "mk": mk, "__name__": path.stem, **names}
        before = set(namespace)
        exec(compile(text, str(path), "exec"), namespace)
        (name,) = [key for key in namespace if key not in before and not key.startswith("__")]
        return namespace[name]

    return make


@pytest.fixture
def python(tmp_path):
    """A function that runs a program in a fresh process and returns what it prints, line by line."""

    def run_program(program, *arguments, **environment):
        path = tmp_path / "program.py"
        path.write_text(program)
        done = subprocess.run(
            [sys.executable, str(path), *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines(), done.stderr

    return run_program
