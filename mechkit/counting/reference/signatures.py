"""What compiled code does to the arguments of a kernel that has signatures: it converts them first.

Numba's rules, stated anew, for the signatures that the arguments can be converted to. The one is taken that needs the
fewest conversions which lose digits, then the fewest to another kind of number, then the fewest to a wider type.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

from mechkit.counting.errors import KernelError
from mechkit.counting.reference.arrays import unwrap
from mechkit.counting.reference.values import Scalar, as_scalar, float_of

EXACT, WIDER, OTHER_KIND, LOSSY = range(4)
#: The arguments and the result of a signature; None for a result that is not declared.
Signature = tuple[tuple[Any, ...], Any]


def read(signature: Any) -> Signature:
    """A signature as Numba takes it: a text, a tuple of types, or types called with types.

    >>> read("float64(int64, float32)")
    ((int64, float32), float64)
    >>> read((types.int64,))
    ((int64,), None)
    """
    if isinstance(signature, str):
        signature = eval(signature, {}, vars(types))
    return (signature, None) if isinstance(signature, tuple) else (signature.args, signature.return_type)


def signatures_of(kernel: Any) -> list[Signature]:
    """The signatures that a kernel was made with; empty where it takes any types."""
    if hasattr(kernel, "signatures_given"):
        return [read(signature) for signature in kernel.signatures_given]
    return [] if kernel._can_compile else [read(signature) for signature in kernel.nopython_signatures]


def address_of(kernel: Any) -> Signature | None:
    """The signature by which a kernel is passed to others by its address, if it is."""
    type_ = getattr(kernel, "_numba_type_", None)
    return read(type_.signature) if isinstance(type_, types.FunctionType) else None


def conversion(a: np.dtype, b: np.dtype) -> int | None:
    """How far the conversion of a number goes; None where it is impossible.

    >>> conversion(np.dtype("int64"), np.dtype("float64")) == OTHER_KIND
    True
    >>> conversion(np.dtype("complex64"), np.dtype("float64")) is None
    True
    """
    if a == b:
        return EXACT
    if a.kind == "c" != b.kind:
        return None
    if a.kind == b.kind:
        return WIDER if a.itemsize < b.itemsize else LOSSY
    if b.kind in "fc":
        fits = float_of(a).itemsize <= float_of(b).itemsize
    else:
        fits = a.kind == "b" or (a.kind == "u" and b.kind == "i" and a.itemsize < b.itemsize)
    return OTHER_KIND if fits else LOSSY


def _is_number(type_: Any) -> bool:
    return isinstance(type_, types.Number | types.Boolean)


def _dtype(type_: Any) -> np.dtype:
    return np.dtype("bool") if isinstance(type_, types.Boolean) else np.dtype(str(type_))


def _parts(type_: Any) -> list[Any]:
    return list(type_)


def _rate(value: Any, type_: Any) -> int | None:
    """How far a value must be converted to be of a type; None where it cannot be."""
    plain = unwrap(value)
    if _is_number(type_):
        number = isinstance(plain, bool | int | float | complex | np.generic)
        return conversion(as_scalar(plain).v.dtype, _dtype(type_)) if number else None
    if isinstance(type_, types.Array):
        if not isinstance(plain, np.ndarray):
            return None
        given = numba.typeof(plain)
        return EXACT if given == type_ else given.can_convert_to(None, type_) and OTHER_KIND
    if isinstance(type_, types.BaseTuple):
        if not isinstance(plain, tuple) or len(plain) != len(type_):
            return None
        parts = [_rate(part, t) for part, t in zip(plain, _parts(type_), strict=True)]
        return None if None in parts else max(parts, default=EXACT)  # type: ignore[type-var]
    return EXACT


def _convert(value: Any, type_: Any) -> Any:
    if isinstance(type_, types.BaseTuple):
        parts = [_convert(part, t) for part, t in zip(value, _parts(type_), strict=True)]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if not _is_number(type_) or _rate(value, type_) == EXACT:
        return value
    converted = as_scalar(unwrap(value)).v.astype(_dtype(type_))
    return Scalar(converted) if isinstance(value, Scalar) else _python_number(converted)


def _python_number(value: Any) -> Any:
    return value.item() if value.dtype.name in ("bool", "int64", "float64", "complex128") else value


def _ratings(args: tuple[Any, ...], omitted: int, expected: tuple[Any, ...]) -> list[int] | None:
    """How far each argument must be converted; the last arguments may be left out where the signature says so."""
    given, rest = expected[: len(args)], expected[len(args) :]
    if len(given) != len(args) or len(rest) > omitted or not all(isinstance(t, types.Omitted) for t in rest):
        return None
    ratings = [_rate(value, t) for value, t in zip(args, given, strict=True)]
    return None if None in ratings else ratings  # type: ignore[return-value]


def _best(name: str, args: tuple[Any, ...], omitted: int, signatures: list[Signature], direct: bool) -> Signature:
    rated = [(ratings, s) for s in signatures if (ratings := _ratings(args, omitted, s[0])) is not None]
    costs = [tuple(ratings.count(far) for far in (LOSSY, OTHER_KIND, WIDER)) for ratings, _ in rated]
    given = ", ".join(str(_type_of(value)) for value in args)
    known = " and ".join(f"({', '.join(map(str, s[0]))})" for s in signatures)
    if not rated:
        error = TypeError if direct else KernelError
        raise error(f"kernel {name} was given ({given}); it takes {known}: convert the arguments")
    if direct and costs.count(min(costs)) > 1:
        raise TypeError(f"kernel {name} was given ({given}); of {known} several fit: convert the arguments")
    return rated[costs.index(min(costs))][1]


def _type_of(value: Any) -> Any:
    plain = unwrap(value)
    try:
        return numba.typeof(plain)
    except ValueError:
        return type(plain).__name__


def with_signatures(
    function: Callable[..., Any],
    py_func: Callable[..., Any],
    signatures: list[Signature],
    is_direct: Callable[[], bool],
) -> Callable[..., Any]:
    """A function whose arguments are converted to the best of its signatures, and whose result as that declares."""
    parameters = inspect.Signature.from_callable(py_func, follow_wrapped=False)

    def converted(*args: Any, **kwargs: Any) -> Any:
        bound = parameters.bind(*args, **kwargs).args
        omitted = len(parameters.parameters) - len(bound)
        expected, declared = _best(py_func.__name__, bound, omitted, signatures, is_direct())
        result = function(*map(_convert, bound, expected))
        return _as_declared(py_func.__name__, expected, result, declared, LOSSY)

    return converted


def with_address(function: Callable[..., Any], py_func: Callable[..., Any], signature: Signature) -> Callable[..., Any]:
    """A function as it is called by address: no argument and no result may lose digits."""
    expected, declared = signature

    def converted(*args: Any) -> Any:
        ratings = _ratings(args, 0, expected)
        if ratings is None or LOSSY in ratings:
            given = ", ".join(str(_type_of(value)) for value in args)
            takes = ", ".join(map(str, expected))
            raise KernelError(f"kernel {py_func.__name__} was given ({given}); by address it takes ({takes})")
        result = function(*map(_convert, args, expected))
        return _as_declared(py_func.__name__, expected, result, declared, OTHER_KIND)

    return converted


def converting(kernel: Any) -> Callable[..., Any]:
    """A plain kernel's Python function outside all counting, its arguments converted as its signatures say."""
    address = address_of(kernel)
    if address:
        return with_address(kernel.py_func, kernel.py_func, address)
    return with_signatures(kernel.py_func, kernel.py_func, signatures_of(kernel), lambda: True)


def _as_declared(name: str, expected: tuple[Any, ...], result: Any, declared: Any, furthest: int) -> Any:
    if declared is None or declared == types.void:
        return result
    rating = _rate(result, declared)
    if rating is None or rating > furthest:
        given = ", ".join(map(str, expected))
        raise KernelError(f"{name}({given}) returns {_type_of(result)}; here it must be {declared}")
    return _convert(result, declared)
