"""Compiled code that comes with the package: another machine that it fits starts without the compiler."""

import shutil
import sys
from pathlib import Path

import numba
import pytest
import test_warm
from test_warm import ROOT, python

from mechkit.counting.shipped import runs_on

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(numba.config.DISABLE_JIT or sys.platform == "win32", reason="needs the compiler"),
]
#: One driver is enough here.
COMMAND, COMPILED = (
    program.replace('("solve_triangular", "matvec", "solve_tridiagonal")', '("matvec",)')
    for program in (test_warm.COMMAND, test_warm.COMPILED)
)
#: The least that every processor can do: code for it runs wherever the tests do.
LEAST = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "HOME": "/nowhere"}
LABEL = """
from mechkit.counting.kernel_cache import places, prepare_directory
from mechkit.counting.shipped import label
place, processor, _ = next(places())
label(prepare_directory(), processor)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """mechkit in another place than it was compiled in, with the compiled code of a few drivers."""
    tmp_path = tmp_path_factory.mktemp("two machines")
    source, other = tmp_path / "build machine", tmp_path / "user machine"
    shutil.copytree(ROOT / "mechkit", source / "mechkit", ignore=shutil.ignore_patterns("__pycache__"))
    done = python(LABEL + COMMAND, source, PYTHONPATH=source, NUMBA_CACHE_DIR=tmp_path / "compiled", **LEAST)
    assert done.stdout.startswith("linear_systems: 1 of 1 drivers are warm\n"), done.stderr
    shutil.copytree(source / "mechkit", other / "mechkit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(source)
    shutil.move(tmp_path / "compiled", other / "mechkit" / "compiled")
    return other


def compiled(installed, cache, **more):
    done = python(COMPILED, installed, PYTHONPATH=installed, NUMBA_CACHE_DIR=cache, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout, {path.name for path in Path(cache).rglob("*.kernel")}


def test_another_machine_starts_without_compiling(installed, tmp_path):
    home = tmp_path / "home"
    assert compiled(installed, tmp_path / "cache", HOME=home, NUMBA_CPU_NAME="x86-64-v2") == ("[]\n", set())
    done = python(COMMAND, installed, PYTHONPATH=installed, NUMBA_CACHE_DIR=tmp_path / "cache", HOME=home)
    assert done.stdout == "linear_systems: 1 of 1 drivers are warm\n"


def test_nothing_is_said_of_a_folder_that_is_not_needed(installed, tmp_path):
    (tmp_path / "file").write_text("")
    done = python(COMPILED, installed, PYTHONPATH=installed, NUMBA_CACHE_DIR=tmp_path / "file" / "below")
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("change", [{"MECHKIT_SHIPPED": "0"}, {"NUMBA_OPT": "1"}])
def test_what_does_not_fit_is_compiled(installed, tmp_path, change):
    names, kept = compiled(installed, tmp_path / "cache", **change)
    assert "csr_product" in names
    assert kept


def test_damaged_code_is_compiled_anew(installed, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(installed, other)
    for entry in other.rglob("*.kernel"):
        entry.write_bytes(entry.read_bytes()[:-1])
    names, kept = compiled(other, tmp_path / "cache")
    assert names != "[]\n"
    assert kept


@pytest.mark.parametrize(
    ("here", "made_for", "fits"),
    [
        (("x86_64", "a", "+avx,+avx2"), ("x86_64", "b", "+avx"), True),
        (("x86_64", "a", "+avx,-avx2"), ("x86_64", "b", "+avx,+avx2"), False),
        (("x86_64", "a", "+avx"), ("x86_64", "b", ""), True),
        (("aarch64", "a", "+avx"), ("x86_64", "b", "+avx"), False),
        (("x86_64", "a", ""), ("x86_64", "a", "+avx"), False),
    ],
)
def test_code_runs_where_all_features_are(here, made_for, fits):
    assert runs_on(here, made_for) is fits
