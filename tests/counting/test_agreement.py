"""The compiled and the reference counter, expression by expression and type by type."""

import warnings
from itertools import chain

import numpy as np
import pytest
from both_counters import compiled_count, reference_outcome

import mechkit as mk

pytestmark = pytest.mark.compiled

VALUES = {
    **{"f64": 0.7, "f32": np.float32(0.6), "c128": 1 + 2j, "c64": np.complex64(1 + 3j), "bool": True},
    **{"i64": 3, "i32": np.int32(5), "i16": np.int16(4), "i8": np.int8(2)},
    **{"u64": np.uint64(9), "u32": np.uint32(6), "u8": np.uint8(7)},
}
REAL = """
a + b; a - b; a * b; a / b; a // b; a % b; a < b; a <= b; a > b; a >= b; a == b; a != b; -a; +a; not a; a**0
a**1; a**2; a**3; a**4; a**7; a**16; a**17; a**-1; a**-2; a**-7; a**b; a**0.5; 2**a; a * 2; a * 2.0; 1 / a
a + True; abs(a); min(a, b); max(a, b, a); round(a); round(a, 1); int(a); float(a); pow(a, 2); np.float32(a)
np.int32(a); np.bool_(a); math.sqrt(a); math.exp(a); math.expm1(a); math.log(a); math.log10(a); math.log1p(a)
math.sin(a); math.cos(a); math.tan(a); math.asin(a); math.acos(a); math.atan(a); math.sinh(a); math.cosh(a)
math.tanh(a); math.asinh(a); math.erf(a); math.erfc(a); math.gamma(a); math.lgamma(a); math.fabs(a)
math.floor(a); math.ceil(a); math.trunc(a); math.isnan(a); math.isinf(a); math.atan2(a, b); math.hypot(a, b)
math.copysign(a, b); math.fmod(a, b); math.pow(a, b); math.isfinite(a); np.sqrt(a); np.exp(a); np.log(a)
np.sin(a); np.cbrt(a); np.exp2(a); np.log2(a); np.arctan(a); np.abs(a); np.fabs(a); np.floor(a); np.ceil(a)
np.trunc(a); np.rint(a); np.isnan(a); np.arctan2(a, b); np.hypot(a, b); np.minimum(a, b); np.maximum(a, b)
np.power(a, b); np.fmod(a, b); np.copysign(a, b); np.remainder(a, b); a if a < b else b; a and b; a or b
(a < b) & (b < a); a < b < a
"""
BITS = "a << b; a >> b; a & b; a | b; a ^ b; ~a"
COMPLEX = """
a + b; a - b; a * b; a / b; a**0; a**1; a**2; a**3; a**-1; a == b; a != b; -a; abs(a); a * 2; a * 2.0; 1 / a; a + b.real
a.real * b.imag; a.conjugate(); np.conj(a); np.exp(a); complex(1.0, 2.0) * a; complex(a.real, b.imag); complex(a)
a**0.5; a**b; np.sqrt(a); abs(a) < 3.0; np.complex64(a); np.complex128(a)
"""
PAIRS = [
    *((t, t) for t in ("f64", "f32", "i64", "i32", "u64", "u8", "bool")),
    *(("f32", "f64"), ("f32", "i64"), ("i64", "f32"), ("f64", "i32"), ("i16", "f32"), ("i8", "u8"), ("u8", "i64")),
    *(("u64", "i64"), ("u64", "f32"), ("bool", "i64"), ("u32", "i32")),
]
INTEGERS = [pair for pair in PAIRS if not any("f" in t for t in pair)]


def expressions(text):
    return [e.strip() for line in text.strip().splitlines() for e in line.split(";")]


def check_all(listed, left, right, from_source):
    """One kernel of all the expressions that the reference counter takes; each that it refuses, on its own."""
    a, b = VALUES[left], VALUES[right]
    taken, refused = [], []
    for expression in listed:
        single = mk.kernel(from_source(f"def single(a, b):\n    return {expression}\n"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's own word on overflow
            outcome, _ = reference_outcome(single, a, b)
        (refused if isinstance(outcome, TypeError) else taken).append((expression, single, outcome))
    for expression, single, _ in refused:
        outcome, ops = compiled_count(single, a, b)
        assert isinstance(outcome, TypeError), f"{expression} is refused by the reference counter only"
        assert not ops
    body = "".join(f"    r{i} = {expression}\n" for i, (expression, _, _) in enumerate(taken))
    names = [f"r{i}" for i in range(len(taken))]
    groups = ", ".join(f"({', '.join(names[i : i + 20])},)" for i in range(0, len(names), 20))
    every = mk.kernel(from_source(f"def every(a, b):\n{body}    return {groups},\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, reference = reference_outcome(every, a, b)
    outcome, ops = compiled_count(every, a, b)
    if not isinstance(outcome, tuple) or ops != reference:
        differing = [
            e for e, single, _ in taken if compiled_count(single, a, b)[1] != reference_outcome(single, a, b)[1]
        ]
        pytest.fail(f"{left}, {right}: {outcome}; the counters differ on {differing}")
    for (expression, _, _), x, y in zip(taken, chain(*outcome), chain(*expected), strict=True):
        assert np.allclose(x, y, rtol=1e-5, equal_nan=True), f"{expression}: {x!r}, {y!r}"


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_real_expressions(left, right, from_source):
    listed = expressions(REAL)
    if "bool" in (left, right):  # older Numbas have no min and max of a bool
        listed = [expression for expression in listed if not expression.startswith(("min", "max"))]
    check_all(listed, left, right, from_source)


@pytest.mark.parametrize(("left", "right"), INTEGERS)
def test_bits(left, right, from_source):
    check_all(expressions(BITS), left, right, from_source)


@pytest.mark.parametrize(("left", "right"), [("c128", "c128"), ("c64", "c64"), ("c128", "c64")])
def test_complex_expressions(left, right, from_source):
    check_all(expressions(COMPLEX), left, right, from_source)


def statements(other):
    return f"""
x[0] = 1; x[-1] = x[i]; x[1] += 2; x[i] *= x[0]; x[0], x[1] = x[1], x[0]
x[:] = 3; x[1:3] = x[:2]; x[::2] = x[1::2]; x[...] = 1; x.fill(2); y = x.copy(); y = x.astype({other})
y = np.zeros_like(x); y = np.full(3, x[2]); y = np.array([x[0], x[1]]); y = np.empty(2, x.dtype).size
y = x.dtype.type(3); y = x[1:]; y = x.reshape(2, 2)[1, 0]; y = x.T[1]; y = len(x) + x.size; y = x.shape[0] * 2
for v in x: y = v
for k, v in enumerate(x, 1): y = v * k
for v, k, w in zip(x, range(9), x[1:]): y = v * k + w
for k, (v, w) in enumerate(zip(x[2:], np.flip(x)), 3): y = v * k + w
for k in range(x.size - 1, -1, -1): x[k] = k
"""


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int32", "uint8", "bool", "complex128", "complex64"])
def test_arrays(dtype, from_source, agree):
    listed = expressions(statements("np.complex64" if "complex" in dtype else "np.float32"))
    body = "".join(f"    {statement.replace('y = ', f'y{k} = ')}\n" for k, statement in enumerate(listed))
    _, ops = agree(
        mk.kernel(from_source(f"def kernel(x, i):\n{body}    return x[0]\n")), np.arange(1, 5).astype(dtype), 2
    )
    column = {"complex128": "float64", "complex64": "float32"}.get(dtype, dtype if "float" in dtype else "int")
    parts = 2 if "complex" in dtype else 1
    in_own_type = 1 + 1 + 1 + 1 + 2 + 4 + 2 + 2 + 4 + 4 + 4 + 4  # statement by statement; astype is next
    assert ops[column].stores == parts * (in_own_type + (4 if dtype in ("float32", "complex64") else 0))


def test_matrices(from_source, agree):
    body = """def kernel(a, b):
    a[0, 1] = 2.0
    a[1] = 3.0
    a[:, 0] = 1.0
    a[0, :] = a[1, :]
    a[1][2] = 5.0
    a[0][1] += 1
    a[1:, 1:] = b[1:, 1:]
    b[::-1, 0] = a[:, 1]
    a[:] = b[0]
    a[..., 0] = 2.0
    s = 0.0
    for row in a:
        for v in row:
            s += v
    for i, row in enumerate(b):
        for j, v in enumerate(row):
            s += v * i * j
    return s, a.T, a.reshape(6)[1:3]
"""
    a = np.arange(6.0).reshape(2, 3)
    _, ops = agree(mk.kernel(from_source(body)), a, a.copy())
    assert ops["float64"].stores == 1 + 3 + 2 + 3 + 1 + 1 + 2 + 2 + 6 + 2


def test_zero_dimensional_arrays(from_source, agree):
    _, ops = agree(mk.kernel(from_source("def kernel(x):\n    x[()] = 2.0\n    return x[()] * 2\n")), np.array(1.0))
    assert ops.to_dict() == {"float64": {"mul": 1, "loads": 1, "stores": 1, "bytes": 16}}


LIMIT = 3


@mk.kernel
def from_a_constant(n):
    ratio = 0.0
    steps = 0
    while ratio < 1e-4 and steps < n:
        ratio = ratio + 1e-5
        steps = steps + 1
    return ratio


@mk.kernel
def of_constants(x):
    a, s = 1.0, x
    if a < 2.0 and LIMIT > 2:
        s = s * x
        a = x
    return s + a


@mk.kernel
def with_a_default(x, y=None):
    if y is None:
        return x
    return x * y


@pytest.mark.parametrize(
    ("kernel", "arguments", "floats", "ints"),
    [
        (from_a_constant, (3,), 4, 4),
        (of_constants, (1.5,), 1, 1),
        (with_a_default, (1.5,), 0, 0),
        (with_a_default, (1.5, 2.0), 0, 0),
    ],
)
def test_comparisons_of_constants_are_counted_where_they_are_spelled(agree, kernel, arguments, floats, ints):
    _, ops = agree(kernel, *arguments)
    assert (ops.compare, ops["int"].compare) == (floats, ints)
