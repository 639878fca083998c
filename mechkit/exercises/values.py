"""Results on their way from a child process: as JSON, and back as plain numbers and NumPy arrays, and nothing else."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

#: A result of more bytes than this is no answer of an exercise.
MOST_BYTES = 64_000_000
_KINDS = "biufc"


class NoResult(Exception):
    """A result that no exercise asks for; the text says what it is."""


def encoded(value: Any) -> Any:
    """A result as JSON has it. Raises NoResult for what is neither numbers nor arrays, nor tuples or lists of them.

    >>> encoded((1, np.array([2.0])))
    {'tuple': [{'int': '1'}, {'array': '<f8', 'shape': [1], 'data': 'AAAAAAAAAEA='}]}
    """
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return {"bool": bool(value)}
    if isinstance(value, int | np.integer):
        return {"int": str(int(value))}
    if isinstance(value, float | np.floating):
        return {"float": float(value).hex()}
    if isinstance(value, complex | np.complexfloating):
        return {"complex": [float(value.real).hex(), float(value.imag).hex()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in _KINDS:
        if value.nbytes > MOST_BYTES:
            raise NoResult(f"an array of {value.size:,} elements")
        plain = np.ascontiguousarray(value)
        data = base64.b64encode(plain.tobytes()).decode("ascii")
        return {"array": plain.dtype.newbyteorder("<").str, "shape": list(value.shape), "data": data}
    if isinstance(value, tuple | list):
        if len(value) > MOST_BYTES // 64:
            raise NoResult(f"{len(value):,} values")
        return {"tuple" if isinstance(value, tuple) else "list": [encoded(part) for part in value]}
    raise NoResult(f"a value of type {type(value).__name__}")


def decoded(value: Any) -> Any:
    """The plain value of what `encoded` made. Raises ValueError for anything else.

    >>> decoded(encoded((1, np.array([2.0]))))
    (1, array([2.]))
    """
    if value is None:
        return None
    match value:
        case {"bool": bool(found)}:
            return found
        case {"int": str(text)}:
            return int(text)
        case {"float": str(text)}:
            return float.fromhex(text)
        case {"complex": [str(real), str(imaginary)]}:
            return complex(float.fromhex(real), float.fromhex(imaginary))
        case {"array": str(kind), "shape": list(shape), "data": str(data)}:
            dtype = np.dtype(kind)
            if dtype.kind not in _KINDS:
                raise ValueError(f"an array of {kind}")
            flat = np.frombuffer(base64.b64decode(data), dtype)
            return flat.reshape([int(part) for part in shape]).astype(dtype.newbyteorder("="))
        case {"tuple": list(parts)}:
            return tuple(map(decoded, parts))
        case {"list": list(parts)}:
            return list(map(decoded, parts))
    raise ValueError("no value that a result can have")


def described(value: Any) -> str:
    """What a result is, for a sentence.

    >>> [described(value) for value in (None, 2, 1.5, np.zeros((2, 3)), (1.0, np.zeros(2)))]
    ['nothing (None)', 'an integer', 'a number', 'an array of shape (2, 3)', 'a tuple of 2 values']
    """
    if value is None:
        return "nothing (None)"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, int | np.integer):
        return "an integer"
    if isinstance(value, float | np.floating):
        return "a number"
    if isinstance(value, complex | np.complexfloating):
        return "a complex number"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} values"
    return f"a value of type {type(value).__name__}"


def parts(value: Any) -> Iterator[Any]:
    """A value, and all that it holds.

    >>> list(parts((1, [2])))
    [(1, [2]), 1, [2], 2]
    """
    yield value
    for part in value if isinstance(value, tuple | list) else ():
        yield from parts(part)


def not_finite(value: Any) -> str | None:
    """The first number in a result that is no number, and where it is; None where all are finite.

    >>> not_finite(np.array([1.0, np.nan])), not_finite((1.0, 2))
    ('nan at index 1', None)
    """
    for part in parts(value):
        if isinstance(part, np.ndarray) and part.dtype.kind in "fc":
            wrong = np.argwhere(~np.isfinite(part))
            if len(wrong):
                index = tuple(int(i) for i in wrong[0])
                where = "" if not index else f" at index {index[0] if len(index) == 1 else index}"
                return f"{_spelled(part[index])}{where}"
        elif isinstance(part, float | complex | np.inexact) and not np.isfinite(part):
            return _spelled(part)
    return None


def _spelled(number: Any) -> str:
    real = complex(number).real
    return "nan" if math.isnan(real) or math.isnan(complex(number).imag) else "inf" if real > 0 else "-inf"


def copied(value: Any) -> Any:
    """A value with arrays of its own; functions and generators stay what they are."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list):
        return [copied(part) for part in value]
    if type(value) is tuple:
        return tuple(copied(part) for part in value)
    return value
