"""Golden kernels: small functions that together use every kind of operation, on which the two counters must agree."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from mechkit.counting.count import count
from mechkit.counting.kernel import kernel
from mechkit.counting.kinds import COLUMNS, KINDS
from mechkit.counting.opcounts import OpCounts
from mechkit.counting.plain import PlainKernel
from mechkit.counting.reference import run


@kernel(cache=True)
def _arithmetic(a, b):
    s = a + b - a * b / (a + 1)
    s += a // b + a % b + a**b - a**3 + pow(a, 2)
    s -= (-a) * abs(b)
    s *= min(a, b, s) + max(a, b)
    return s if a < b or a == b else -s


@kernel(cache=True)
def _powers(x):
    x **= 2
    return x**7 * x**-2 + x**0 + x**0.5 + x**17


@kernel(cache=True)
def _bits(i, j):
    return ((i << 2) | (j >> 1)) ^ (i & ~j), i / j


@kernel(cache=True)
def _functions(x):
    s = math.sqrt(x) + math.exp(x) + math.expm1(x) + np.exp2(x) + math.log(x) + np.log2(x) + math.log10(x)
    s += math.log1p(x) + math.sin(x) + math.cos(x) + math.tan(x) + math.asin(x) + math.acos(x) + math.atan(x)
    s += math.sinh(x) + math.cosh(x) + math.tanh(x) + math.asinh(x) + math.acosh(1 / x) + math.atanh(x)
    s += math.erf(x) + math.erfc(x) + math.gamma(x) + math.lgamma(x) + np.cbrt(x)
    s += math.atan2(x, s) + math.hypot(x, s) + math.copysign(x, s) + math.pow(x, s) + np.arctan2(x, x)
    s += math.floor(s) + math.ceil(s) + math.trunc(s) + round(s) + np.rint(x) + math.fabs(x)
    return s + int(x) + float(x) + np.float32(x) + (0 if math.isnan(s) else 1)


@kernel(cache=True)
def _complex(z, w):
    v = z * w + z / w - z**2 + abs(z) * z.conjugate() + np.exp(w) + complex(1.0, 2.0)
    return -v if z == w else v * 2.0


@kernel(cache=True)
def _vectors(x):
    x[0] = 1.0
    x[1] += x[0] * x[-1]
    y = np.empty_like(x)
    y[:] = x
    y[1:3] = 0.0
    z = y.copy()
    z.fill(0.5)
    total = z.astype(np.float64)[1] + np.array([1.0, 2.0])[0]
    for value in x:
        total += value
    for i, value in enumerate(y):
        total += i * value
    return total, y


@kernel(cache=True)
def _matrix(a):
    a[0, 1] = 2
    a[1] = 3
    a[:, 0] = a[0]
    for row in a:
        row[1] *= row[0]
    for k in range(a.shape[0] - 1, -1, -1):
        a[k, k] -= k
    return a.T[1, 0]


@kernel(cache=True)
def _newton(a):
    x, steps = a, 0
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
        steps += 1
        if steps == 50:
            break
    return x, (steps, not steps)


@kernel(cache=True)
def _factorial(n):
    if n <= 1:
        return 1
    return n * _factorial(n - 1)


@kernel(cache=True)
def _root(x):
    shifted = x - 1.0
    if shifted < 0.0:
        raise ValueError("negative")
    return math.sqrt(shifted)


@kernel(cache=True)
def _roots(x):
    s = 0.0
    for k in range(5):
        s += _root(x - k)
    return s


@kernel(cache=True)
def _apply(f, x):
    return f(x) + f(2.0 * x)


@kernel(cache=True)
def _draws(rng, n):
    s = 0.0
    for _ in range(n):
        s += rng.random() * rng.standard_normal() + rng.integers(0, 10)
    return s


#: (name, kernel, what makes its arguments, the same each time).
GOLDEN: tuple[tuple[str, Any, Callable[[], tuple[Any, ...]]], ...] = (
    ("arithmetic in float64", _arithmetic, lambda: (1.5, 2.5)),
    ("arithmetic in float32", _arithmetic, lambda: (np.float32(1.5), np.float32(2.5))),
    ("arithmetic of float32 and int", _arithmetic, lambda: (np.float32(1.5), 2)),
    ("arithmetic in int", _arithmetic, lambda: (7, 2)),
    ("literal powers", _powers, lambda: (1.25,)),
    ("bits", _bits, lambda: (13, 6)),
    ("elementary functions in float64", _functions, lambda: (0.5,)),
    ("elementary functions in float32", _functions, lambda: (np.float32(0.5),)),
    ("complex arithmetic", _complex, lambda: (1.0 + 2.0j, 0.5 - 1.0j)),
    ("complex arithmetic in float32", _complex, lambda: (np.complex64(1 + 2j), np.complex64(1 + 2j))),
    ("vectors of float64", _vectors, lambda: (np.arange(1.0, 6.0),)),
    ("vectors of float32", _vectors, lambda: (np.arange(1, 6, dtype=np.float32),)),
    ("a matrix of int", _matrix, lambda: (np.arange(4).reshape(2, 2),)),
    ("a while loop", _newton, lambda: (2.0,)),
    ("recursion", _factorial, lambda: (5,)),
    ("a callee that raises", _roots, lambda: (4.0,)),
    ("a kernel as an argument", _apply, lambda: (_root, 3.0)),
    ("random draws", _draws, lambda: (np.random.default_rng(1), 4)),
)


def disagreements(golden: Iterable[tuple[str, Any, Callable[[], tuple[Any, ...]]]] = GOLDEN) -> list[str]:
    """Run each golden kernel by the compiled and by the reference counter; a sentence for each difference.

    Raises RuntimeError where a kernel is not compiled: its counts are those of the reference counter.

    >>> disagreements()
    []
    """
    return [sentence for name, function, arguments in golden for sentence in _compare(name, function, arguments)]


def _compare(name: str, function: Any, arguments: Callable[[], tuple[Any, ...]]) -> Iterator[str]:
    if isinstance(function, PlainKernel):
        raise RuntimeError(f"{name}: the compiler is off (NUMBA_DISABLE_JIT), so there is nothing to compare")
    tally: Counter[tuple[str, str]] = Counter()

    def record(column: str, kind: str, n: int) -> None:
        tally[column, kind] += n

    args, again = arguments(), arguments()
    with count() as ops:
        result = _outcome(lambda: function(*args))
    expected = _outcome(lambda: run(function, again, {}, record))
    reference = OpCounts(tally)
    for column in COLUMNS:
        for kind in KINDS:
            n, m = ops[column][kind], reference[column][kind]
            if n != m:
                yield f"{name}: compiled code counts {n} {column} {kind}, the reference counter {m}"
    if not _same((result, args), (expected, again)):
        yield f"{name}: compiled code gives {result!r}, the reference counter {expected!r}"


def _outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (ValueError, ArithmeticError) as error:
        return type(error).__name__


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple | list) and type(a) is type(b):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, np.ndarray | complex | float | int) and isinstance(b, np.ndarray | complex | float | int):
        return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-5, equal_nan=True)
    return type(a) is type(b) and (a == b if isinstance(a, str) else True)
