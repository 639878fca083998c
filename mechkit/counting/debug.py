"""The mode for classes: what goes wrong in a kernel is reported in Python's own words."""

from __future__ import annotations

import os
from typing import Any
from weakref import WeakSet

_on = os.environ.get("MECHKIT_DEBUG", "0") not in ("", "0")
_kernels: WeakSet[Any] = WeakSet()  # those that the mode is for


def debug(on: bool = True) -> None:
    """Run the first call of each kernel as plain Python, and check all indices in later ones.

    A compiled kernel reads past the end of an array without a word, can end the whole session where it writes there,
    and cannot be interrupted. In this mode the first call with arguments of new types is run by the reference counter.
    The counts are the same, an exception is Python's own and names the line, and an endless loop stops at Ctrl-C. An
    endless recursion is a RecursionError, as is one of more than some hundred calls. Later calls are compiled, with a
    check at each index; those of kernels that call themselves stay Python. A kernel that is given to a driver, such as
    `mechkit.optimization.minimize`, is compiled at once, with the checks. The kernels of mechkit itself run as always.
    The environment variable ``MECHKIT_DEBUG=1`` switches the mode on from the start.

    Parameters
    ----------
    on : whether the mode is to be on

    Raises TypeError where on is neither True nor False.

    Operation count: that of the kernels, as always; a first call takes some hundred times as long as plain Python.

    Examples
    --------
    >>> import mechkit as mk
    >>> @mk.kernel
    ... def last(x):
    ...     return x[x.size]
    >>> mk.debug()
    >>> last(np.ones(3))
    Traceback (most recent call last):
    IndexError: index 3 is out of bounds for axis 0 with size 3
    >>> mk.debug(False)
    """
    global _on
    if not isinstance(on, bool):
        raise TypeError(f"on is {on!r}; it must be True or False")
    if on != _on:
        _on = on
        for kernel in list(_kernels):
            kernel.switch_debugging(_on)


def debugs(kernel: Any) -> bool:
    """Whether a new kernel starts in the mode; unless it is the library's, it learns of changes from now on."""
    in_doctest = kernel.py_func.__code__.co_filename.startswith("<doctest")
    if str(kernel.__module__).startswith("mechkit.") and not in_doctest:
        return False
    _kernels.add(kernel)
    return _on
