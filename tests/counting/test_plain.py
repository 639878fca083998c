"""With NUMBA_DISABLE_JIT=1 a kernel is plain Python, and its counts are those of compiled code."""

import ast

import pytest

PROGRAM = '''
import pickle
import numpy as np
import mechkit as mk
from mechkit.counting.selftest import GOLDEN

@mk.kernel(cache=True, fastmath=True)
def horner(c, x):
    """Horner's rule."""
    s = 0.0
    for k in range(c.size - 1, -1, -1):
        s = s * x + c[k]
    return s

@mk.kernel("float64(float64)")
def halves(x):
    if x > 1.0:
        raise ValueError("too big")
    return x / 2.0

@mk.kernel
def quarters(x):
    return halves(halves(x))

for name, kernel, arguments in [
    *GOLDEN,
    ("horner", horner, lambda: (np.arange(5.0), 2.0)),
    ("quarters", quarters, lambda: (0.5,)),
    ("too big", quarters, lambda: (1.5,)),
]:
    with mk.count() as ops:
        try:
            kernel(*arguments())
        except ValueError:
            pass
    print(repr((name, ops.to_dict())))
assert pickle.loads(pickle.dumps(horner)) is horner or not %r
assert horner(np.arange(3.0), 2.0) == 10.0
assert horner.py_func(np.arange(3.0), x=2.0) == 10.0
text = str(mk.annotate(horner, np.arange(3.0), 2.0))
print(repr(("annotated", text)))
print(repr(("kernel", repr(horner))))
'''


@pytest.mark.compiled
def test_the_same_counts_without_the_compiler(python, tmp_path):
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    compiled, plain = (
        dict(ast.literal_eval(line) for line in python(PROGRAM % bool(off), NUMBA_DISABLE_JIT=str(off), **cache)[0])
        for off in (0, 1)
    )
    assert compiled.pop("kernel") == "<kernel __main__.horner>"
    assert plain.pop("kernel") == "<kernel __main__.horner, not compiled>"
    assert len(plain) > 20
    assert compiled == plain
    assert plain["horner"] == {"float64": {"add": 5, "mul": 5, "loads": 5, "bytes": 40}, "int": {"sub": 1}}


REFUSED = """
import numba
import numpy as np
import mechkit as mk

@numba.njit
def uncounted(x):
    return x * x

@mk.kernel
def calls(x):
    return uncounted(x[0])

@mk.kernel
def adds(x):
    return x + x

for kernel in (calls, adds):
    kernel(np.ones(2))
    with mk.count() as ops:
        try:
            kernel(np.ones(2))
        except mk.UncountedError as error:
            print(error)
"""


def test_refused_inside_a_count_block_only(python):
    lines, _ = python(REFUSED, NUMBA_DISABLE_JIT="1")
    assert len(lines) == 2
    assert all("would not be counted; " in line for line in lines)
    assert "line 12: the work of uncounted" in lines[0]
    assert "line 16: the work of an operator on arrays" in lines[1]
