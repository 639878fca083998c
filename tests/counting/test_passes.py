"""What CPython and Numba rewrite on the way from the source to the types changes no count, on any version of them."""

import numpy as np
import pytest

import mechkit as mk

pytestmark = pytest.mark.compiled

#: body of kernel(x, i, c, a) -> its counts for x = 0.5, i = 3, c = True, a = a vector of 4 ones.
COUNTS = {
    "a small exit": ("if c:\n        y = 1\n    else:\n        y = x\n    return y + 1", {"float64": {"add": 1}}),
    "an exit of one line": ("y = 1\n    if not c: y = x\n    return y * y", {"float64": {"mul": 1}}),
    "a conditional operand": ("return x + (1 if c else x)", {"float64": {"add": 1}}),
    "a conditional exponent": ("return x ** (2 if c else 5)", {"float64": {"pow": 1}}),
    "an exponent by a global flag": ("return x ** (2 if FLAG else 5)", {"float64": {"pow": 1}}),
    "an exponent by dimensions": (
        "n = x ** (2 if a.ndim == 1 else 5)\n    return n",
        {"float64": {"pow": 1}, "int": {"compare": 1}},
    ),
    "an exponent in place": ("x **= 3\n    return x", {"float64": {"mul": 2}}),
    "an exponent in parentheses": ("return x ** (2)", {"float64": {"mul": 1}}),
    "an exponent with a name": ("n = 2\n    return x ** n", {"float64": {"pow": 1}}),
    "the first test of a while": (
        "while i < 4.5:\n        i = i + x\n    return i",
        {"float64": {"add": 3, "compare": 4}},
    ),
    "a chain as the test of a while": (
        "t = i\n    while 0 <= t < 5:\n        t = t + x\n    return t",
        {"float64": {"add": 4, "compare": 10}},
    ),
    "two tests of a while": (
        "t, k = i, 0\n    while k < 2 and 0 <= t < 5:\n        t = t + x\n        k += 1\n    return t",
        {"float64": {"add": 2, "compare": 4}, "int": {"add": 2, "compare": 3}},
    ),
    "a chain of constants": ("n = 3\n    if 0 < n < 4:\n        x = x + 1.0\n    return x", (1, 2)),
    "a chain of float constants": (
        "t = 0.25\n    if 0.0 < t < 1.0:\n        x = x + 1.0\n    return x",
        (1, 2, "float64"),
    ),
    "dimensions": ("if a.ndim == 1:\n        x = x + 1.0\n    return x", (1, 1)),
    "the length of a tuple": ("t = (x, x)\n    if len(t) == 2:\n        x = x + 1.0\n    return x", (1, 1)),
    "two literals": ("if 1 == 1:\n        x = x + 1.0\n    return x", (1, 1)),
    "after isinstance": (
        "n = 3\n    if isinstance(x, float):\n        x = x + 1.0\n    if n == 3:\n        x = x + 1.0\n    return x",
        (2, 1),
    ),
    "a dead branch on dimensions": ("if a.ndim == 2:\n        x = a[0, 0]\n    return x", (0, 1)),
    "an operation as a test": (
        "n = 7\n    if n % 2:\n        x = x + 1.0\n    return x",
        {"float64": {"add": 1}, "int": {"mod": 1}},
    ),
    "an or of constants": ("s = 1\n    t = s or x\n    return t + 1", {"float64": {"add": 1}}),
    "a length and a constant in branches": (
        "if c:\n        y = len(a) + 2\n    else:\n        y = 1\n    return y",
        {"int": {"add": 1}},
    ),
    "an assignment expression": (
        "if (y := x * x) > 0.0:\n        return y + y\n    return x",
        {"float64": {"add": 1, "mul": 1, "compare": 1}},
    ),
    "an assignment expression as a test": (
        "while (i := i - 1) > 0:\n        x += 1\n    return x + i",
        {"float64": {"add": 3}, "int": {"sub": 3, "compare": 3}},
    ),
    "an assignment expression used twice": (
        "return (y := x * 2.0) + (y := y * y) + y",
        {"float64": {"add": 2, "mul": 2}},
    ),
}


@pytest.mark.parametrize(("body", "expected"), COUNTS.values(), ids=COUNTS)
def test_counts_are_those_of_the_source(from_source, body, expected):
    if isinstance(expected, tuple):  # additions of floats, comparisons, the column of these
        adds, compares, *column = expected
        compared = {"compare": compares}
        floats = {**({"add": adds} if adds else {}), **(compared if column else {})}
        expected = {**({"float64": floats} if floats else {}), **({} if column else {"int": compared})}
    function = from_source(f"def kernel(x, i, c, a):\n    {body}\n", FLAG=True)
    arguments = (0.5, 3, True, np.ones(4))
    with mk.count() as ops:
        result = mk.kernel(function)(*arguments)
    counted = ops.to_dict()
    for column in counted.values():
        column.pop("loads", None)
        column.pop("bytes", None)
    assert counted == expected
    assert result == function(*arguments)
