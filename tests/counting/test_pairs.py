"""Every pair of the 13 types of numbers: each operation runs in the same type by both counters.

One kernel an expression, a line a pair; the counts of the lines are compared, so that no two faults can cancel.
"""

from itertools import chain, product

import numpy as np
import pytest
from both_counters import compiled_count, reference_outcome

import mechkit as mk
from mechkit.counting.plain import PlainKernel

pytestmark = pytest.mark.compiled

VALUES = {
    **{"bool": True, "i8": np.int8(2), "i16": np.int16(4), "i32": np.int32(5), "i64": 3},
    **{"u8": np.uint8(7), "u16": np.uint16(11), "u32": np.uint32(6), "u64": np.uint64(9)},
    **{"f32": np.float32(0.6), "f64": 0.7, "c64": np.complex64(1 + 3j), "c128": 1 + 2j},
}
EXPRESSIONS = (
    *("{} + {}", "{} / {}", "{} // {}", "{} % {}", "{} ** {}", "{} < {}", "{} != {}", "{} & {}", "{} << {}"),
    *("min({}, {}, u8)", "math.atan2({}, {})", "(not {}) & (not {})"),
)
ALONE = ("-{}", "+{}", "abs({})", "~{}", "{}**2", "{}**-2", "1 / {}", "{} + True", "{} * 2.0", "math.sqrt({})")


def check(lines, from_source):
    """Both counters take the same lines, and count and give the same on each."""
    text = lambda chosen: "".join(f"    r{i} = {line}\n" for i, line in enumerate(chosen))
    kernel = lambda body: mk.kernel(from_source(f"def kernel({', '.join(VALUES)}):\n{body}"))
    values = tuple(VALUES.values())
    taken, refused = [], []
    for line in lines:
        outcome, _ = reference_outcome(kernel(f"    return {line}\n"), *values)
        (refused if isinstance(outcome, TypeError) else taken).append(line)
    names = [f"r{i}" for i in range(len(taken))]
    groups = ", ".join(f"({', '.join(names[i : i + 20])},)" for i in range(0, len(names), 20))
    every = kernel(f"{text(taken)}    return {groups},\n")
    compiled = mk.annotate(every, *values)
    with np.errstate(all="ignore"):
        reference = mk.annotate(PlainKernel(every.py_func, every.targetoptions), *values)
    found = [(line.source, line.ops.to_dict()) for line in compiled.lines]
    assert found == [(line.source, line.ops.to_dict()) for line in reference.lines]
    for line, x, y in zip(taken, chain(*compiled.result), chain(*reference.result), strict=True):
        assert np.allclose(x, y, rtol=1e-5, equal_nan=True), f"{line}: {x!r}, {y!r}"
        assert type(x) is type(y), f"{line}: {x!r}, {y!r}"
    return taken, refused


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_pairs(expression, from_source):
    taken, refused = check([expression.format(*pair) for pair in product(VALUES, repeat=2)], from_source)
    assert len(taken) + len(refused) == 169
    integers = 81 if "&" in expression or "<<" in expression else 0
    reals = {"{} + {}": 169, "{} / {}": 169, "{} != {}": 169, "(not {}) & (not {})": 169}
    assert len(taken) == (reals.get(expression) or integers or 121)


@pytest.mark.parametrize("expression", ALONE)
def test_each_alone(expression, from_source):
    taken, _ = check([expression.format(name) for name in VALUES], from_source)
    assert len(taken) == {"~{}": 9, "{}**-2": 4, "math.sqrt({})": 11}.get(expression, 13)


REFUSED = ("min(f64, c128)", "c64 < f32", "c128 ** 2.0", "c128 // f64", "i8 ** -2", "f64 & i64", "~f32", "c64 % c64")


@pytest.mark.parametrize("expression", REFUSED)
def test_what_one_refuses_the_other_does(expression, from_source):
    kernel = mk.kernel(from_source(f"def kernel({', '.join(VALUES)}):\n    return {expression}\n"))
    for outcome, ops in (compiled_count(kernel, *VALUES.values()), reference_outcome(kernel, *VALUES.values())):
        assert isinstance(outcome, TypeError)
        assert not ops
