"""The page for SciPy's users: each of its rows is held against the signatures of both functions."""

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest
import scipy

import mechkit

PAGE = Path(__file__).parents[1] / "docs" / "coming-from-scipy.md"
ROW = re.compile(r"^\| `(scipy\.[\w.]+)` \| `([\w.]+)` \| (.+) \|$", re.MULTILINE)
ROWS = {found[1]: (found[2], found[3]) for found in ROW.finditer(PAGE.read_text())}
#: Where SciPy's functions are, for each family of ours.
HOMES = {
    "linear_systems": ("scipy.linalg", "scipy.sparse.linalg"),
    "optimization": ("scipy.optimize",),
}
VERSION = tuple(int(part) for part in scipy.__version__.split(".")[:2])


def resolved(name, root=None):
    """What a dotted name stands for."""
    module, _, function = name.rpartition(".")
    return getattr(root or importlib.import_module(module), function)


def ours(name):
    family, _, function = name.partition(".")
    return getattr(getattr(mechkit, family), function)


def differences(theirs, mine):
    """The parameters that one of two functions lacks, or that differ in their default or kind."""
    first, second = (dict(inspect.signature(function).parameters) for function in (theirs, mine))
    return {
        name
        for name in first.keys() | second.keys()
        if name not in first
        or name not in second
        or first[name].kind != second[name].kind
        or not same(first[name].default, second[name].default)
    }


def same(first, second):
    return first is second or (type(first) is type(second) and first == second)


def namesakes():
    """SciPy's names of the functions that have one of ours with the same name."""
    for family, homes in HOMES.items():
        for name in getattr(mechkit, family).__all__:
            for home in homes:
                if inspect.isfunction(getattr(importlib.import_module(home), name, None)):
                    yield f"{home}.{name}", f"{family}.{name}"


@pytest.mark.parametrize("theirs", ROWS)
def test_a_row_names_what_exists(theirs):
    assert callable(resolved(theirs))
    assert callable(ours(ROWS[theirs][0]))


@pytest.mark.skipif(VERSION < (1, 17), reason="the page is written for the signatures of SciPy 1.17")
@pytest.mark.parametrize(
    "theirs", [theirs for theirs, (mine, _) in ROWS.items() if theirs.endswith(mine.split(".")[1])]
)
def test_a_row_names_the_parameters_that_differ_and_no_others(theirs):
    mine, text = ROWS[theirs]
    function, own = resolved(theirs), ours(mine)
    known = set(inspect.signature(function).parameters) | set(inspect.signature(own).parameters)
    assert set(re.findall(r"`(\w+)`", text)) & known == differences(function, own)


def test_every_namesake_has_a_row():
    expected = dict(namesakes())
    assert len(expected) > 15
    assert {theirs: ROWS.get(theirs, ("no row",))[0] for theirs in expected} == expected


def test_a_difference_is_noticed():
    def theirs(a, b=1, *, c=None):
        return a, b, c

    def mine(a, b=2, c=None, d=0):
        return a, b, c, d

    assert differences(theirs, mine) == {"b", "c", "d"}
    assert differences(theirs, theirs) == set()


def test_every_example_is_right():
    failed, tried = doctest.testfile(
        str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert failed == 0
    assert tried > 5
