"""A task of a sweep and the row that comes of it, and how a row is written down as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from mechkit.counting.opcounts import OpCounts

#: One number of a result, or a word: also what a task can have as an argument.
Figure = None | bool | int | float | str
#: What a task may return: one figure, or several by name.
Value = Figure | Mapping[str, Figure]

#: Integers of more bits are written in hexadecimal: Python limits the decimal digits it reads.
_DECIMAL_BITS = 10_000


@dataclass(frozen=True)
class Task:
    """One call whose operations are to be counted: a name, a function, and its keyword arguments.

    A task is known by its name and its arguments together.

    Parameters
    ----------
    name : what the row is called
    function : called with the arguments, returns a number, a word, None, or a mapping of such figures by name
    arguments : numbers and words (sizes, the seed, the name of a method); NumPy's numbers become Python's

    Raises TypeError for a function that cannot be called and for arguments of another kind.

    Operation count: none.

    Examples
    --------
    >>> task = Task("power", pow, {"base": 2, "exp": np.int64(10)})
    >>> print(task)
    power(base=2, exp=10)
    """

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, Figure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError(f"the name of a task is {self.name!r}; give it a string")
        if not callable(self.function):
            raise TypeError(f"the function of task {self.name!r} is {self.function!r}, which cannot be called")
        if not isinstance(self.arguments, Mapping):
            raise TypeError(f"the arguments of task {self.name!r} are {self.arguments!r}; give a mapping of names")
        # A copy: what the caller does to his mapping later is not part of the task.
        object.__setattr__(self, "arguments", {k: self._argument(k, v) for k, v in self.arguments.items()})

    def _argument(self, key: object, value: Any) -> Figure:
        if not isinstance(key, str):
            raise TypeError(f"task {self.name!r} has an argument named {key!r}; names are strings")
        if isinstance(value, np.floating) and not isinstance(value, float):
            hint = "name the precision in an argument of its own, such as dtype='float32', and convert in the function"
            raise TypeError(f"task {self.name!r} has the argument {key} = {value!r}; {hint}")
        try:
            return figure(value)
        except TypeError as error:
            hint = "give a number or a string and build the rest in the function"
            raise TypeError(f"task {self.name!r} has the argument {key}, {error}; {hint}") from None

    @cached_property
    def key(self) -> tuple[str, str]:
        """The name and the arguments as text: the same for equal tasks, whatever the order of the arguments."""
        return self.name, ascii(sorted((name, encode(value)) for name, value in self.arguments.items()))

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"


@dataclass(frozen=True)
class Row:
    """What came of a task: exact counts, the value it returned, how long it took, or its error.

    name, arguments : the task's; counts : what its call did in kernels, up to the error if it failed; value : what it
    returned; seconds : wall time, compiling included; error : type and message in one line, None where all went well.

    Operation count: none.

    Examples
    --------
    >>> row = Row("power", {"base": 2}, OpCounts({("float64", "mul"): 9}), 1024, 0.001)
    >>> row.counts.mul, row.value, row.error
    (9, 1024, None)
    """

    name: str
    arguments: Mapping[str, Figure]
    counts: OpCounts
    value: Value
    seconds: float
    error: str | None = None


def figure(value: Any) -> Figure:
    """Python's own number or string for a figure, NumPy's scalars included. Raises TypeError for anything else.

    >>> figure(np.float32(0.5)), figure(np.bool_(True)), figure("nan")
    (0.5, True, 'nan')
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None:
        return None
    if isinstance(plain, str):
        return str.__str__(plain)
    for kind in (bool, int, float):
        if isinstance(plain, kind):
            return kind(plain)
    raise TypeError(f"which is of type {type(value).__name__}")


def figures(task: Task, value: Any) -> Value:
    """What a task returned, as figures. Raises TypeError, naming the task, for what is no figure.

    >>> figures(Task("norm", abs), {"error": np.float64(0.5)})
    {'error': 0.5}
    """
    if not isinstance(value, Mapping):
        try:
            return figure(value)
        except TypeError as error:
            raise _not_figures(task, f"a value {error}") from None
    found: dict[str, Figure] = {}
    for key, part in value.items():
        if not isinstance(key, str):
            raise _not_figures(task, f"a mapping with the key {key!r}")
        try:
            found[key] = figure(part)
        except TypeError as error:
            raise _not_figures(task, f"a mapping with {key!r}, {error}") from None
    return found


def _not_figures(task: Task, what: str) -> TypeError:
    return TypeError(f"{task} returned {what}; return a number, a string, None, or a mapping of such figures by name")


def encode(value: Figure) -> Any:
    """A figure as JSON. What JSON lacks is a list of one word: ``["nan"]``, ``["inf"]``, ``["-inf"]``, ``["0xff.."]``.

    >>> encode(0.1), encode(float("-inf")), encode("inf")
    (0.1, ['-inf'], 'inf')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return [repr(value)]
    if isinstance(value, int) and value.bit_length() > _DECIMAL_BITS:
        return [hex(value)]
    return value


def decode(value: Any) -> Figure:
    """The figure that `encode` wrote. Raises ValueError for what it does not write.

    >>> decode(["-inf"]), decode("inf"), decode(7)
    (-inf, 'inf', 7)
    """
    match value:
        case ["nan" | "inf" | "-inf" as word]:
            return float(word)
        case [str(word)]:
            return int(word, 16)
        case [*_] | {}:
            raise ValueError(f"{value!r} is not a figure")
    return value  # type: ignore[no-any-return]


def encode_row(row: Row) -> dict[str, Any]:
    """What a task did, as JSON: counts, value, error and seconds. The task itself is not part of it.

    >>> encode_row(Row("power", {"base": 2}, OpCounts({("float64", "mul"): 9}), float("nan"), 0.5))
    {'counts': {'float64': {'mul': 9}}, 'value': ['nan'], 'error': None, 'seconds': 0.5}
    """
    several = isinstance(row.value, Mapping)
    value = {name: encode(part) for name, part in row.value.items()} if several else encode(row.value)  # type: ignore
    return {"counts": row.counts.to_dict(), "value": value, "error": row.error, "seconds": row.seconds}


def decode_row(task: Task, written: Mapping[str, Any]) -> Row:
    """The row of a task, from what `encode_row` wrote.

    >>> task = Task("power", pow, {"base": 2})
    >>> decode_row(task, {"counts": {}, "value": {"error": ["inf"]}, "error": None, "seconds": 0.5}).value
    {'error': inf}
    """
    value = written["value"]
    plain = {name: decode(part) for name, part in value.items()} if isinstance(value, dict) else decode(value)
    counts = OpCounts.from_dict(written["counts"])
    return Row(task.name, task.arguments, counts, plain, float(written["seconds"]), written["error"])


def dumps(value: Any) -> str:
    """JSON in one line of ASCII, without spaces; strict: NaN must be encoded before.

    >>> dumps({"n": [1, "é"]})
    '{"n":[1,"\\\\u00e9"]}'
    """
    return _encoder(value)


_encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def qualified(function: Callable[..., Any]) -> str:
    """Module and name of a function; a partial's arguments too. It says where the code is, not what it does.

    >>> qualified(json.dumps), qualified(partial(pow, 2))
    ('json.dumps', 'partial(builtins.pow, (2,), {})')
    """
    if isinstance(function, partial):
        return f"partial({qualified(function.func)}, {function.args!r}, {function.keywords!r})"
    known = function if hasattr(function, "__qualname__") else type(function)
    return f"{known.__module__}.{known.__qualname__}"
