"""Random programs by three counters: compiled, the reference on counting values, and the one that reads the source.

MECHKIT_RANDOM_PROGRAMS=5000 runs that many; `python tests/counting/random_programs.py --show N` prints one.
"""

import os
import re

import numpy as np
import pytest
from both_counters import assert_same, compiled_count, reference_outcome
from random_programs import Program, verdict
from source_counter import source_outcome

import mechkit as mk
from mechkit.counting.selftest import GOLDEN

SEED = 1
NUMBER = int(os.environ.get("MECHKIT_RANDOM_PROGRAMS", "100"))
TOGETHER = 20


@pytest.mark.parametrize("first", range(0, NUMBER, TOGETHER))
def test_three_counters_agree_on_random_programs(first, tmp_path):
    for number in range(first, min(first + TOGETHER, NUMBER)):
        source = Program(SEED, number).source
        _, differing = verdict(source, tmp_path / f"random_program_{number}.py")
        assert not differing, "\n".join([f"program {number} of seed {SEED}:", source, *differing])


@pytest.mark.compiled
@pytest.mark.parametrize(("name", "kernel", "arguments"), GOLDEN, ids=[name for name, _, _ in GOLDEN])
def test_the_source_counter_agrees_on_the_golden_kernels(name, kernel, arguments):
    left, right = arguments(), arguments()
    outcome, ops = compiled_count(kernel, *left)
    expected, by_source, _ = source_outcome(kernel, *right)
    assert ops == by_source
    assert_same((outcome, left), (expected, right))


# -- faults that were found, as the smallest programs ------------------------------------------------------------------

SMALL = {
    "a chain of comparisons of constants": ("n = 3\n    return 0 < n < 4", {"int": {"compare": 2}}),
    "a chain in a test": ("n = 3\n    if 0 < n < 4:\n        return 1\n    return 2", {"int": {"compare": 2}}),
    "the dimensions of an array": ("if A.ndim == 2:\n        return 1\n    return 2", {"int": {"compare": 1}}),
    "the length of a tuple": (
        "t = (x, i)\n    if len(t) == 2:\n        return 1\n    return 2",
        {"int": {"compare": 1}},
    ),
    "two literals": ("if 1 == 1:\n        return 1\n    return 2", {"int": {"compare": 1}}),
    "a test of a type": (
        "if isinstance(x, float):\n        i += 1\n    n = 3\n    if n == 3:\n        i += 1\n    return i",
        {"int": {"add": 2, "compare": 1}},
    ),
    "not beside not": ("return (not c) & (not c)", {"int": {"bitand": 1}}),
    "an exponent that is no literal": ("return x ** (2 if c else 5)", {"float64": {"pow": 1}}),
    "literal exponents": ("return x**2 * x**(3) * x**-1", {"float64": {"mul": 5, "div": 1}}),
    "a constant in arithmetic": (
        "if c:\n        y = A.ndim + 2\n    else:\n        y = 1\n    return y",
        {"int": {"add": 1}},
    ),
}
#: An int and a float meet in a variable: the reference counter follows the values.
MEETING = {
    "an exit that is duplicated": (
        "if c:\n        y = 1\n    else:\n        y = x\n    return y + 1",
        {"float64": {"add": 1}},
    ),
    "an exit of a loop": (
        "s = 0\n    while s < 2:\n        s += 1\n        s *= x\n        if i > 9:\n            break\n    return s",
        {"float64": {"add": 4, "mul": 4, "compare": 5}, "int": {"compare": 4}},
    ),
    "a chain as the test of a loop": (
        "s = i\n    while 0 <= s < 5:\n        s = s + x\n    return s",
        {"float64": {"add": 3, "compare": 8}},
    ),
    "a constant that decides a branch": (
        "if FLAG:\n        y = 1\n    else:\n        y = x\n    return y + 1",
        {"int": {"add": 1}},
    ),
    "a conditional expression": ("return (1 if c else x) + 1", {"float64": {"add": 1}}),
    "an and": ("return (i and x) + 1", {"float64": {"add": 1}}),
}


@pytest.fixture
def small(from_source):
    """A function that makes a kernel of a body, and arguments for it."""

    def make(body):
        return mk.kernel(from_source(f"def small(x, i, c, A):\n    {body}\n", FLAG=True)), (
            0.75,
            3,
            True,
            np.ones((2, 2)),
        )

    return make


@pytest.mark.parametrize("name", [*SMALL, *MEETING])
def test_small_programs(name, small):
    body, expected = {**SMALL, **MEETING}[name]
    kernel, arguments = small(body)
    outcome, by_source, _ = source_outcome(kernel, *arguments)
    assert by_source.to_dict() == expected
    if name in SMALL:
        result, by_reference = reference_outcome(kernel, *arguments)
        assert by_reference.to_dict() == expected
        assert_same(result, outcome)


@pytest.mark.compiled
@pytest.mark.parametrize("name", [*SMALL, *MEETING])
def test_small_programs_compiled(name, small):
    body, expected = {**SMALL, **MEETING}[name]
    kernel, arguments = small(body)
    outcome, ops = compiled_count(kernel, *arguments)
    assert ops.to_dict() == expected
    assert_same(outcome, source_outcome(kernel, *arguments)[0])


# -- the generator -----------------------------------------------------------------------------------------------------

#: What the programs must hold, as patterns of their source.
CONSTRUCTS = {
    "chained comparison of constants": r"0 < (k0|LIMIT) < 4",
    "dimensions": r"A\.ndim == 2",
    "length of a tuple": r"len\(p\w+\) == 2|len\(PAIR\) == 2",
    "comparison of literals": r"1 == 1",
    "isinstance": r"isinstance\(",
    "not beside a bit operator": r"\(not [^&|^\n]*[&|^] \(",
    "None beside a bit operator": r"y is (not )?None\)+ [&|^]|[&|^] \(+y is",
    "conditional exponent": r"\*\*\(2 if .* else 3\)",
    "negative literal exponent": r"\*\*\(?-[123]",
    "swap": r"(\w+), (\w+) = \2, \1\n",
    "while with and": r"while .* and ",
    "else of a loop": r"(?m)^    (for|while) .*\n(     .*\n)+    else:",
    "a callee": r"helper\(",
    "exception that is caught": r"except Exception",
    "assert": r"assert ",
    "break": r"break",
    "continue": r"continue",
    "early return in a branch": r"\n        return ",
    "complex power": r"\(z\)\*\*2",
    "slices": r"x\[1:3\]",
    "matrix": r"A\[.*, .*\]",
    "augmented power": r"\*\*= 2",
}


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_programs_hold_each_construct(construct):
    found = sum(bool(re.search(CONSTRUCTS[construct], Program(SEED, number).source)) for number in range(600))
    assert found >= 2


def test_programs_depend_on_seed_and_number_only():
    assert Program(3, 4).source == Program(3, 4).source
    assert len({Program(seed, number).source for seed in (1, 2) for number in range(50)}) == 100
