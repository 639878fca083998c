"""The page that states the rules is right: every example in it is run."""

import doctest
import math
import re
from pathlib import Path

import numpy as np
import pytest

import mechkit as mk
from mechkit.counting import rules
from mechkit.counting.kinds import FLOPS, KINDS, MEMORY, QUIET

PAGE = Path(__file__).parents[2] / "docs" / "what-is-counted.md"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.compiled
def test_every_example_is_right():
    names = {"np": np, "math": math, "mk": mk}
    for block in BLOCKS:
        if ">>>" not in block:
            exec(compile(block, str(PAGE), "exec"), names)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, globs=names, optionflags=OPTIONS)
    assert failed == 0
    assert tried > 40


def test_every_kind_is_named_in_its_group():
    rows = {cells[1].strip(): cells for line in PAGE.read_text().splitlines() if len(cells := line.split("|")) == 5}
    named = {group: re.findall(r"`(\w+)`", cells[2]) for group, cells in rows.items()}
    assert named["arithmetic"] + named["elementary functions"] == list(FLOPS)
    assert named["other work on numbers"] == list(QUIET)
    assert named["memory"] == list(MEMORY)
    assert sorted(kind for group in named.values() for kind in group) == sorted(KINDS)


def test_the_table_of_complex_operations_is_that_of_the_rules():
    rows = {
        cells[1].strip(): cells[2].strip()
        for line in PAGE.read_text().splitlines()
        if len(cells := line.split("|")) == 4
    }
    spelled = lambda name: ", ".join(f"{n} {kind}" for kind, n in rules._COMPLEX[name])
    assert rows["`z * w`"] == spelled("mul")
    assert rows["`z / w`"] == spelled("div")
    assert rows["`abs(z)`"] == spelled("abs")
    assert rows["`np.exp(z)`"] == spelled("exp")
    assert rows["`z + w`, `z - w`"] == f"{spelled('add')}, {spelled('sub')}"
    assert rows["`-z`, `z.conjugate()`"] == f"{spelled('neg')}, {spelled('conjugate')}"
    assert rows["`z == w`"] == spelled("compare")
