"""What the user wants to be told after each iteration, as SciPy tells it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

#: SciPy's status of a search that its callback has ended.
STOPPED = 99


def checked_callback(callback: Any) -> Any:
    """A callback, or None. Raises TypeError for what cannot be called.

    >>> checked_callback(5)
    Traceback (most recent call last):
    TypeError: callback is 5; it must be a function, or None
    """
    if callback is not None and not callable(callback):
        raise TypeError(f"callback is {callback!r}; it must be a function, or None")
    return callback


def asks_to_stop(callback: Callable[..., Any], *arguments: Any) -> bool:
    """Call a callback. Returns whether it asks for the end of the search: it does by raising StopIteration.

    >>> asks_to_stop(next, iter(()))
    True
    """
    try:
        callback(*arguments)
    except StopIteration:
        return True
    return False


def tells_to_stop(callback: Callable[..., Any], result: Any) -> bool:
    """Call a callback as SciPy does, with an intermediate result by its name, or else with its x.

    Returns whether it asks for the end of the search.
    """
    if takes_result(callback):
        return asks_to_stop(lambda: callback(intermediate_result=result))
    return asks_to_stop(callback, result.x)


def takes_result(callback: Callable[..., Any]) -> bool:
    """Whether a callback is one that SciPy calls as callback(intermediate_result=...), with nothing else.

    >>> takes_result(lambda intermediate_result: None), takes_result(lambda xk: None)
    (True, False)
    """
    try:
        return set(inspect.signature(callback).parameters) == {"intermediate_result"}
    except (TypeError, ValueError):  # built-in functions may have no signature
        return False
