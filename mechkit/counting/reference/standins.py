"""Counting stand-ins for ``math``, ``numpy`` and the builtins that kernels may use."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import count, islice
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from mechkit.counting.errors import NOT_AN_INTEGER, ZIP_ARRAYS
from mechkit.counting.reference.arrays import Array, Convert, unwrap
from mechkit.counting.reference.creation import array, asarray, copy, creation, flip
from mechkit.counting.reference.values import (
    Scalar,
    as_scalar,
    inverse_power,
    promote,
    refuse,
    refuse_zero_to,
    tally,
    wrong,
)
from mechkit.words import did_you_mean

_REWRITE = "write it out in loops over scalars, or as a kernel of its own"


def _numbers(name: str, args: tuple[Any, ...]) -> list[Scalar]:
    for arg in args:
        if not isinstance(arg, Scalar | int | float | complex | np.generic):
            raise refuse(f"{name} of {type(arg).__name__.lower()}", "call it on one number")
    return [as_scalar(arg) for arg in args]


def _elementary(kind: str, fn: Callable[..., Any], to_int: bool = False) -> Callable[..., Any]:
    """A function of numbers that is one operation, in the float type of its arguments."""
    wanted = getattr(fn, "nin", 1)

    def function(*args: Any) -> Any:
        if len(args) != wanted:
            many = f"{wanted} argument{'s' * (wanted > 1)}"
            raise wrong(f"{kind} takes {many}, and here it is given {len(args)}")
        numbers = _numbers(kind, args)
        t = numbers[0].v.dtype
        if kind in (*_ROUNDINGS, "copysign") and any(n.v.dtype.kind in "iub" for n in numbers):
            raise refuse(f"{kind} of an integer", f"{kind} takes floats")
        for other in numbers[1:]:
            t = promote(t, other.v.dtype)
        if t.kind == "c":
            return _complex(kind, numbers[0].v)
        if t.kind in "iub":
            t = np.dtype("float64")
        tally(t, kind)
        value = fn(*(t.type(n.v) for n in numbers))
        return Scalar(np.int64(value) if to_int else t.type(value))

    return function


def _ufunc(kind: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    """A NumPy function of numbers, which must agree in type."""
    elementary = _elementary(kind, fn)

    def function(*args: Any) -> Any:
        numbers = _numbers(kind, args)
        t = numbers[0].v.dtype
        if any(n.v.dtype != t for n in numbers):
            raise refuse(f"np.{kind} of numbers of several types", "convert one, so that both have the same type")
        if kind in ("compare", "pow", "mod") and t.kind != "c":
            tally(t, kind)
            return Scalar(t.type(fn(*(n.v for n in numbers))))
        if t.kind == "b" or (t.kind in "iu" and t.itemsize < 8):
            raise refuse(f"np.{kind} of an integer", "convert the number to a float first")
        return elementary(*numbers)

    return function


def _complex(kind: str, z: Any) -> Scalar:
    if kind == "exp":
        for part, n in {"exp": 1, "cos": 1, "sin": 1, "mul": 2}.items():
            tally(z.dtype, part, n)
        return Scalar(np.exp(z))
    raise refuse(f"{kind} of a complex number", "spell it out in real arithmetic")


def _abs(x: Any) -> Scalar:
    (n,) = _numbers("abs", (x,))
    if n.v.dtype.kind == "c":
        for part, k in {"mul": 2, "add": 1, "sqrt": 1}.items():
            tally(n.v.dtype, part, k)
    else:
        tally(n.v.dtype, "abs")
    return Scalar(abs(np.int64(n.v) if n.v.dtype.kind == "b" else n.v))


def _unified(numbers: list[Scalar]) -> np.dtype:
    """The one type of several numbers: for Numba, as for NumPy, the smallest that holds all their types."""
    return reduce(np.promote_types, sorted({n.v.dtype for n in numbers}, key=lambda t: (t.kind != "b", t.itemsize)))


def _extreme(name: str, pick: Callable[..., Any]) -> Callable[..., Any]:
    def function(*args: Any) -> Any:
        numbers = _numbers(name, args)
        t = _unified(numbers)
        if t.kind == "c":
            raise refuse(f"{name} of complex numbers", "compare their parts, or their absolute values")
        tally(t, "compare", len(numbers) - 1)
        return Scalar(t.type(pick(n.v for n in numbers)))

    return function


def _predicate(fn: Callable[[Any], Any]) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        (n,) = _numbers("isnan", (x,))
        tally(n.v.dtype, "compare", 2 if n.v.dtype.kind == "c" else 1)
        return Scalar(np.bool_(fn(n.v)))

    return function


def _integer_power(base: Any, exponent: Any) -> Any:
    """pow(x, y), never a literal power: a call."""
    return as_scalar(base)._power(exponent, None)


def _round(x: Any, digits: Any = None) -> Any:
    (n,) = _numbers("round", (x,))
    if n.v.dtype.kind in "iub":
        raise refuse("round of an integer", "round takes floats")
    tally(n.v.dtype, "round")
    if digits is None:
        return Scalar(np.int64(np.rint(n.v)))  # of inf and nan too
    return Scalar(n.v.dtype.type(builtins.round(float(n.v), int(unwrap(digits)))))


def _float(x: Any) -> Scalar:
    """float(x): a float32 stays one, as in compiled code."""
    (n,) = _numbers("float", (x,))
    if n.v.dtype.kind == "b":
        raise refuse("float of a bool", "write 1.0 if x else 0.0")
    t = n.v.dtype if n.v.dtype == np.float32 else np.dtype("float64")
    tally(t, "convert")
    return Scalar(t.type(n.v))


def _gamma(x: Any) -> Any:
    """The gamma function, with values where `math.gamma` raises."""
    try:
        return math.gamma(x)
    except OverflowError:
        return math.copysign(math.inf, x)
    except ValueError:
        return math.copysign(math.inf, x) if x == 0 else math.nan


def _lgamma(x: Any) -> Any:
    """The logarithm of the gamma function, with values where `math.lgamma` raises."""
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return math.inf


def _math_pow(base: Any, exponent: Any) -> Scalar:
    power = _elementary("pow", np.power)(base, exponent)
    refuse_zero_to(as_scalar(base).v, as_scalar(exponent).v)
    return power


def _np_power(base: Any, exponent: Any) -> Any:
    if base.dtype.kind == "i" and exponent < 0:
        return inverse_power(base, exponent)
    return np.power(base, exponent)


def _bool(x: Any = False) -> Scalar:
    return Scalar(np.bool_(bool(x)))


def _complex_number(*args: Any) -> Scalar:
    parts = _numbers("complex", args)
    single = all(n.v.dtype == np.float32 for n in parts) or parts[0].v.dtype == np.complex64
    return Scalar((np.complex64 if single else np.complex128)(complex(*(n.v.item() for n in parts))))


def _limits(of: Callable[[Any], Any], names: tuple[str, ...]) -> Callable[[Any], Any]:
    """np.finfo or np.iinfo, whose attributes are numbers."""

    def info(dtype: Any) -> Any:
        limits = of(unwrap(dtype))
        return SimpleNamespace(**{name: as_scalar(getattr(limits, name)) for name in names})

    return info


class Draws:
    """A random generator that counts its draws and continues the stream of the one it wraps."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.numpy_object = generator

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.numpy_object, name)

        def draw(*args: Any, **kwargs: Any) -> Scalar:
            value = method(*map(unwrap, args), **{k: unwrap(v) for k, v in kwargs.items()})
            if isinstance(value, np.ndarray) or value is None:
                raise refuse(f"rng.{name}", "draw one number at a time, without size")
            drawn = as_scalar(value)
            tally(drawn.v.dtype, "random")
            return drawn

        return draw


_ROUNDINGS = ("floor", "ceil", "trunc", "round")
_MATH_ALONE = {"erf": math.erf, "erfc": math.erfc, "gamma": _gamma, "lgamma": _lgamma}
_BOTH = (
    *("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("cbrt", "hypot", "copysign"),
)
_ARCS = {f"a{n}": f"arc{n}" for n in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")}

_shared = {
    **{name: _predicate(getattr(np, name)) for name in ("isnan", "isinf", "isfinite")},
    **{name: Scalar(np.float64(getattr(math, name))) for name in ("pi", "e", "inf", "nan")},
}
MATH: dict[str, Any] = {
    **_shared,
    **{name: _elementary(name, getattr(np, name)) for name in _BOTH if hasattr(math, name)},
    **{name: _elementary(name, fn) for name, fn in _MATH_ALONE.items()},
    **{name: _elementary(name, getattr(np, arc)) for name, arc in _ARCS.items()},
    **{name: _elementary(name, getattr(np, name), to_int=True) for name in _ROUNDINGS if name != "round"},
    "fabs": _elementary("abs", np.fabs),
    "pow": _math_pow,
}
NUMPY: dict[str, Any] = {
    **_shared,
    **{name: _ufunc(name, getattr(np, name)) for name in _BOTH},
    **{arc: _ufunc(name, getattr(np, arc)) for name, arc in _ARCS.items()},
    **{name: _ufunc(name, getattr(np, name)) for name in _ROUNDINGS if name != "round"},
    **{name: _ufunc("compare", getattr(np, name)) for name in ("minimum", "maximum", "fmin", "fmax")},
    **dict.fromkeys(("abs", "absolute"), _abs),
    "fabs": _ufunc("abs", np.fabs),
    "rint": _ufunc("round", np.rint),
    "power": _ufunc("pow", _np_power),
    "fmod": _ufunc("mod", np.fmod),
    **dict.fromkeys(("mod", "remainder"), _ufunc("mod", np.remainder)),
    **dict.fromkeys(("conj", "conjugate"), lambda z: as_scalar(z).conjugate()),
    **{
        name: Convert(getattr(np, name))
        for name in (
            *("float32", "float64", "complex64", "complex128", "bool_"),
            *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "intp"),
        )
    },
    **{
        name: creation(getattr(np, name))
        for name in (
            *("empty", "zeros", "ones", "full", "empty_like", "zeros_like", "ones_like", "full_like"),
            *("eye", "identity"),
        )
    },
    "array": array,
    "asarray": asarray,
    "copy": copy,
    "flip": flip,
    "newaxis": None,
    "finfo": _limits(np.finfo, ("bits", "eps", "epsneg", "max", "min", "tiny", "resolution")),
    "iinfo": _limits(np.iinfo, ("bits", "max", "min")),
}


class Module:
    """A module in which only what is counted can be used."""

    def __init__(self, module: ModuleType, members: dict[str, Any]) -> None:
        self._module, self._name, self._members = module, module.__name__, members

    def __getattr__(self, name: str) -> Any:
        if not hasattr(self._module, name):
            raise wrong(f"{self._name} has no {name}{did_you_mean(name, dir(self._module))}")
        if name not in self._members:
            remedy = "take rng, a numpy.random.Generator, as an argument" if name == "random" else _REWRITE
            raise refuse(f"{self._name}.{name}", remedy)
        return self._members[name]


def _range(*bounds: Any) -> Iterator[Scalar]:
    if any(np.asarray(unwrap(bound)).dtype.kind not in "iub" for bound in bounds):
        raise wrong(NOT_AN_INTEGER.format("range takes integers"))
    return (Scalar(np.int64(i)) for i in range(*(int(unwrap(b)) for b in bounds)))


def _reversed(items: Any) -> Iterator[Scalar]:
    if isinstance(items, Array | tuple) or not hasattr(items, "__next__"):
        raise refuse("reversed of what is no range", "loop over an index, with reversed(range(n))")
    return iter(list(items)[::-1])


def _enumerate(items: Any, start: Any = 0) -> Iterator[Any]:
    return map(lambda i, item: (Scalar(np.int64(i)), item), count(int(unwrap(start))), items)


def _zip(*items: Any) -> Iterator[Any]:
    if any(isinstance(item, map | zip) for item in items):
        raise refuse("zip over enumerate or zip", ZIP_ARRAYS)
    sources = [item if isinstance(item, Array) else tuple(item) for item in items]
    length = min(map(len, sources), default=0)  # an element is loaded where all have one left
    return zip(*(islice(source, length) for source in sources), strict=False)


def _refused(name: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise refuse(name, _REWRITE)

    return function


def _as_dtype(function: Callable[..., Scalar], numpy_object: type) -> Callable[..., Scalar]:
    """A builtin that converts numbers, and names a type of elements: ``np.zeros(n, dtype=float)``."""
    function.numpy_object = numpy_object  # type: ignore[attr-defined]
    return function


def is_exception(value: Any) -> bool:
    """Whether a value is a class of exceptions."""
    return isinstance(value, type) and issubclass(value, BaseException)


#: Builtins that do no work on numbers, or show and stop the kernel being looked at.
def _isinstance(value: Any, types: Any) -> Scalar:
    """isinstance(value, types), which in compiled code asks for the very type: an int32 is no int."""
    wanted = types if isinstance(types, tuple) else (types,)
    plain = {id(BUILTINS[name]): np.dtype(t) for name, t in _NUMBER_TYPES.items()}
    if isinstance(value, Scalar):
        return Scalar(np.bool_(any(plain.get(id(t)) == value.v.dtype for t in wanted)))
    return Scalar(np.bool_(any(t is tuple and isinstance(value, tuple) for t in wanted)))


def _import(*args: Any) -> Any:
    raise wrong("import at the top of the file, above the kernel")


_NUMBER_TYPES = {"bool": np.bool_, "int": np.int64, "float": np.float64, "complex": np.complex128}
_AS_THEY_ARE = ("slice", "tuple", "breakpoint", "locals", "globals")
BUILTINS: dict[str, Any] = {
    **{
        name: value
        if name.startswith("__") or name in _AS_THEY_ARE or not callable(value) or is_exception(value)
        else _refused(name)
        for name, value in vars(builtins).items()
    },
    "range": _range,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "zip": _zip,
    "len": lambda x: as_scalar(len(x)),
    "abs": _abs,
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "pow": _integer_power,
    "round": _round,
    "bool": _as_dtype(_bool, np.bool_),
    "float": _as_dtype(_float, np.float64),
    "int": Convert(np.int64),
    "complex": _as_dtype(_complex_number, np.complex128),
    "isinstance": _isinstance,
    "__import__": _import,
    "print": lambda *args, **kwargs: print(*map(unwrap, args), **kwargs),
}
#: Objects that a kernel may refer to by any name, and what stands in for them. By identity: some are not hashable.
BY_IDENTITY: dict[int, Any] = {
    id(math): Module(math, MATH),
    id(np): Module(np, NUMPY),
    **{id(getattr(math, name)): value for name, value in MATH.items() if callable(value)},
    **{id(getattr(np, name)): value for name, value in NUMPY.items() if callable(value)},
    **{id(getattr(builtins, name)): v for name, v in BUILTINS.items() if getattr(builtins, name) is not v},
}
