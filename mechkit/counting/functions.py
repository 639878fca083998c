"""Which functions a kernel may hold or be given: kernels, and no others, wherever they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from numba.core import types
from numba.core.ccallback import CFunc
from numba.core.dispatcher import Dispatcher

from mechkit.counting.example import WithExample
from mechkit.counting.rules import Refusal

IN_PYTHON = "write it in Python and decorate it with @mechkit.kernel"


def _parts(type_: types.Type) -> Iterator[types.Type]:
    """A type, and all that values of it hold."""
    yield type_
    if isinstance(type_, types.BaseTuple):
        inner = list(type_)
    elif isinstance(type_, types.Optional):
        inner = [type_.type]
    elif isinstance(type_, types.List | types.ListType | types.Set):
        inner = [type_.dtype]
    elif isinstance(type_, types.DictType):
        inner = [type_.key_type, type_.value_type]
    else:
        inner = []
    for part in inner:
        yield from _parts(part)


def needs_look(type_: types.Type) -> bool:
    """Whether the values of a type must be looked at one by one, since they hold functions or lists."""
    return any(isinstance(part, types.FunctionType | types.Dispatcher | types.List) for part in _parts(type_))


def kernels_within(types_: Iterable[types.Type]) -> Iterator[Any]:
    """The kernels that values of types are, or hold."""
    for type_ in types_:
        for part in _parts(type_):
            if isinstance(part, types.Dispatcher):
                yield part.dispatcher


def require_kernels(type_: types.Type) -> None:
    """Refuse the type of a value that is, or holds, a compiled function that is not a kernel."""
    for part in _parts(type_):
        if isinstance(part, types.Dispatcher) and not isinstance(part.dispatcher, WithExample):
            name = getattr(part.dispatcher.py_func, "__name__", "it")
            raise Refusal(f"decorate {name} with @mechkit.kernel")


def require_counted(value: Any) -> None:
    """Refuse a constant that is, or holds, a compiled function that is not a kernel."""
    for part in value if isinstance(value, tuple | list) else ():
        require_counted(part)
    if isinstance(value, Dispatcher):
        require_kernels(types.Dispatcher(value))
    elif is_c_function(value):
        raise Refusal(IN_PYTHON)


def require_no_lists_of_functions(type_: types.Type) -> None:
    """Refuse an argument whose functions cannot be looked at one by one when it arrives."""
    for part in _parts(type_):
        if not isinstance(part, types.BaseTuple | types.FunctionType) and any(
            isinstance(p, types.FunctionType) for p in _parts(part)
        ):
            raise Refusal("pass functions as arguments of their own, or in a tuple")


def is_compiled_by_numba(value: Any) -> bool:
    """Whether a value is a function that ``numba.njit`` or its like has made, a kernel among them."""
    return isinstance(value, Dispatcher)


def is_c_function(value: Any) -> bool:
    """Whether a value is code from outside Python, be it compiled by Numba."""
    wrapped = isinstance(value, CFunc | types.WrapperAddressProtocol) and not isinstance(value, WithExample)
    return wrapped or type(value).__module__ in ("ctypes", "_cffi_backend")
