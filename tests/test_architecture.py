"""The house: who may import whom, where Numba's internals are touched, and how long a file may be.

Read from the sources with ``ast``; imports inside functions count too, those for type checkers only do not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mechkit"
FILES = sorted(PACKAGE.rglob("*.py"))

#: Words for messages, the writing of files, and the version: what everything may import, and what imports nothing.
_LEAVES = {"words", "files", "version"}
_FOUNDATIONS = {"counting", "checking", "result_access"}
_FAMILIES = {"compression", "interpolation", "linear_systems", "odes", "optimization", "tsp"}
#: Part of the package -> the parts that it may import, besides itself.
MAY_IMPORT = {
    "counting": set(),
    "checking": set(),
    "result_access": set(),
    "problems": {"checking", "counting"},
    "interpolation": {*_FOUNDATIONS, "linear_systems"},
    "linear_systems": _FOUNDATIONS,
    "optimization": {*_FOUNDATIONS, "linear_systems"},
    "odes": {*_FOUNDATIONS, "linear_systems", "optimization"},
    "tsp": {*_FOUNDATIONS, "problems"},
    "compression": _FOUNDATIONS,
    "exercises": {*_FOUNDATIONS, "measurement"},
    "measurement": {"counting"},
    "catalogue": {*_FAMILIES, "problems", "measurement", "counting"},
    **{leaf: set() for leaf in _LEAVES},
}
MAY_IMPORT["mechanisms"] = {"catalogue", *MAY_IMPORT["catalogue"]}
MAY_IMPORT["report"] = {"mechanisms", *MAY_IMPORT["mechanisms"], "checking"}
MAY_IMPORT["commands"] = {"exercises", "report", *MAY_IMPORT["report"]}
MAY_IMPORT["cli"] = {"commands", *MAY_IMPORT["commands"]}
MAY_IMPORT["__main__"] = {"cli"}
for _part in {*MAY_IMPORT} - _LEAVES:
    MAY_IMPORT[_part] = {*MAY_IMPORT[_part], *_LEAVES}
#: mechkit/__init__.py gathers the names of the surface, so it may import all but these.
MAY_IMPORT["__init__"] = {*MAY_IMPORT} - {"report", "commands", "cli", "__main__"}

INTERNALS = ("numba.core", "numba.misc", "numba.experimental", "numba.np", "llvmlite")
TOUCHES_INTERNALS = {
    f"counting/{name}.py"
    for name in (
        "translation",
        "passes",
        "lowering",
        "lean_compiler",
        "lean_lowering",
        "lean_loops",
        "lean_typing",
        "library",
        "dispatcher",
        "functions",
        "kernel_cache",
        "thread_lookup",
        "words",
    )
}
LONGEST: dict[str, int] = {}


def imports(source: str, package: str) -> Iterator[str]:
    """The dotted names that a source imports; package: the one it is in, for relative imports."""
    hidden = {
        inner
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in map(ast.unparse, ast.walk(statement))
        if inner
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def part(path: str) -> str:
    """The part of the package that a file belongs to: its folder, or its own name."""
    return path.split("/")[0].removesuffix(".py")


def violations(path: str, source: str) -> list[str]:
    """What a file of the package imports against the rules; path is relative to the package."""
    own = part(path)
    found = []
    for name in imports(source, ".".join(["mechkit", *path.split("/")[:-1]])):
        if path not in TOUCHES_INTERNALS and f"{name}.".startswith(tuple(f"{internal}." for internal in INTERNALS)):
            found.append(f"{path} touches Numba's internals: {name}")
        if name.split(".")[0] == "mechkit":
            target = name.split(".")[1] if "." in name else "__init__"
            if target not in MAY_IMPORT:  # a name of the surface, such as mechkit.kernel
                target = "__init__"
            if target != own and target not in MAY_IMPORT[own]:
                found.append(f"{path} imports {name}, but {own} may import {sorted(MAY_IMPORT[own]) or 'nobody'}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(path):
    assert violations(path.relative_to(PACKAGE).as_posix(), path.read_text()) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_file_is_long(path):
    length = len(path.read_text().splitlines())
    assert length <= LONGEST.get(path.relative_to(PACKAGE).as_posix(), 400)


def test_every_part_of_the_package_has_a_rule():
    parts = {part(path.relative_to(PACKAGE).as_posix()) for path in FILES}
    assert parts <= set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("counting/new.py", "from mechkit.measurement import law", "counting may import ['files', 'version', 'words']"),
        ("counting/new.py", "import mechkit", "counting/new.py imports mechkit,"),
        ("counting/new.py", "from numba.core import types", "touches Numba's internals: numba.core.types"),
        ("counting/new.py", "import llvmlite", "touches Numba's internals: llvmlite"),
        ("counting/reference/new.py", "from ...optimization import root", "imports mechkit.optimization.root"),
        ("problems/new.py", "def f():\n    from mechkit import count", "imports mechkit.count,"),
        (
            "linear_systems/new.py",
            "import mechkit.optimization",
            "linear_systems may import ['checking', 'counting', 'files', ",
        ),
        ("problems/new.py", "from mechkit import linear_systems", "imports mechkit.linear_systems"),
        ("measurement/new.py", "from mechkit.problems import band", "measurement may import ['counting', 'files', "),
        ("catalogue/new.py", "from mechkit.mechanisms import CLAIMS", "imports mechkit.mechanisms.CLAIMS"),
        ("mechanisms/new.py", "if True:\n    from mechkit.report import page", "imports mechkit.report.page"),
        ("report/new.py", "from .. import cli", "imports mechkit.cli"),
        ("checking.py", "from .counting import count", "checking may import ['files', 'version', 'words']"),
        ("counting/new.py", "from mechkit import kernel", "counting may import ['files', 'version', 'words']"),
        (
            "linear_systems/new.py",
            "if TYPE_CHECKING:\n    from mechkit.problems import a\nelse:\n    from mechkit.optimization import b",
            "imports mechkit.optimization.b",
        ),
    ],
)
def test_a_violation_is_noticed(path, source, complaint):
    (sentence,) = violations(path, source)
    assert complaint in sentence


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "counting/lowering.py",
            "import llvmlite.binding\nfrom numba.core import types\nfrom mechkit.counting import rules",
        ),
        ("counting/new.py", "from numba import types\nimport numba\nfrom .kinds import KINDS"),
        ("optimization/new.py", "from mechkit.linear_systems import banded\nfrom ..counting import kernel"),
        ("linear_systems/new.py", "if TYPE_CHECKING:\n    from mechkit.optimization import root"),
        (
            "cli.py",
            "from mechkit.version import __version__\ndef f():\n    from mechkit.counting.lowering import TESTED_NUMBA",
        ),
        ("__main__.py", "from mechkit.cli import main"),
        ("measurement/new.py", "from mechkit.version import __version__"),
    ],
)
def test_what_is_allowed_is_not_complained_of(path, source):
    assert violations(path, source) == []
