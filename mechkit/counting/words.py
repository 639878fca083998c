"""Places in memory that compiled code reads by a name: what it finds there is data, and compiles nothing.

The name stands in the code where an address would. So the code can be kept for other processes, each of which has its
places elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import llvmlite.binding as llvm
import llvmlite.ir as ll
import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from mechkit.counting.dispatcher import Kernel
from mechkit.counting.kernel import kernel

#: The words of a place: more than a call has arguments. What is not used takes no memory.
WORDS = 2**17
#: The places there are, and the numbers of those that no call uses: a call within another takes one of its own.
_places: list[np.ndarray] = []
_free: list[int] = []
_one_at_a_time = threading.Lock()
#: Numba's own compiler, which counts nothing: reading arguments is no work of the user's. None without the compiler.
_UNCOUNTED: Any = getattr(getattr(numba.njit(lambda: None), "_compiler", None), "pipeline_class", None)


@contextmanager
def reader_of(values: tuple[Any, ...]) -> Iterator[Any]:
    """A kernel without arguments that gives the values, inside the block: the same for others of the same types.

    values : numbers of Python's, and arrays, which are read where they are.

    >>> with reader_of((2.0, 3)) as read:
    ...     read()
    (2.0, 3)
    """
    if _UNCOUNTED is None:
        yield kernel(error_model="numpy")(lambda: values)
        return
    try:
        place = _free.pop()
    except IndexError:
        place = _new_place()
    try:
        _write(_places[place], values)
        yield _reader(tuple(map(numba.typeof, values)), place)
    finally:
        _free.append(place)


def _new_place() -> int:
    with _one_at_a_time:
        number, words = len(_places), np.zeros(WORDS, np.int64)
        llvm.add_symbol(_name(number), words.ctypes.data)
        _places.append(words)
    return number


def _name(place: int) -> str:
    return f"mechkit_words_{place}"


def _write(place: np.ndarray, values: tuple[Any, ...]) -> None:
    """Numbers, and of arrays what describes them, as compiled code holds them."""
    words: list[Any] = []
    for value in values:
        if isinstance(value, np.ndarray):
            words += [0, 0, value.size, value.itemsize, value.ctypes.data, *value.shape, *value.strides]
        else:
            kinds = {float: np.float64, complex: np.complex128}
            kind = next((kinds[of] for of in kinds if isinstance(value, of)), np.int64)
            words += np.array([value], kind).view(np.int64).tolist()
    place[: len(words)] = words


@lru_cache(maxsize=256)
def _reader(kinds: tuple[Any, ...], place: int) -> Kernel:
    """A kernel without arguments, that counts nothing: the values of some types from a place."""
    scope: dict[str, Any] = {"__name__": __name__, "read": read, "together": types.Tuple(kinds)}
    exec(f"def arguments(): return read({place}, together)", scope)
    options = {"nopython": True, "boundscheck": None, "error_model": "numpy"}
    return Kernel(scope["arguments"], targetoptions=options, pipeline_class=_UNCOUNTED)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def read(typing_context: Any, place: Any, together: Any) -> Any:
    """In compiled code: the values of a tuple's types, which lie one after the other in a place."""
    name, kinds = _name(place.literal_value), together.instance_type

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word, values = ll.IntType(64), []
        there = builder.module.globals.get(name) or ll.GlobalVariable(builder.module, word, name)
        address = builder.ptrtoint(there, word)
        for kind in kinds:
            held = context.get_value_type(types.int64 if kind == types.boolean else kind)
            value = builder.load(builder.inttoptr(address, held.as_pointer()))
            if kind == types.boolean:
                value = builder.trunc(value, context.get_value_type(kind))
            values.append(value)
            address = builder.add(address, word(8 * _length(kind)))
        return context.make_tuple(builder, kinds, values)

    return kinds(place, together), code


def _length(kind: Any) -> int:
    """How many words a value takes."""
    return 5 + 2 * kind.ndim if isinstance(kind, types.Array) else 1 + isinstance(kind, types.Complex)
