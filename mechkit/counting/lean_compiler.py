"""Numba's compiler with less around it: nothing is collected, timed or noted down that no one asks for.

The garbage collector took a twelfth of the time to compile a driver: it looks again and again through all that Numba
has made. Numba tells all who time a compilation of each call of LLVM, thirty thousand for a driver.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite.binding import ffi
from numba.core.codegen import JITCPUCodegen

#: Whether one set of passes serves all functions; older versions of Numba make it for a module.
_SHARES_PASSES = "llvm_module" not in inspect.signature(JITCPUCodegen._function_pass_manager).parameters


@contextmanager
def undisturbed() -> Iterator[None]:
    """Compile without collecting garbage, and without events for each call of LLVM. Holds the compiler's lock."""
    collects = gc.isenabled()
    callbacks: list[Any] = getattr(getattr(ffi.lib, "_lock", None), "_cblist", [])
    told = list(callbacks)
    gc.disable()
    callbacks.clear()
    try:
        yield
    finally:
        callbacks.extend(told)
        if collects:
            gc.enable()


def optimize_functions(library: Any, module: Any) -> bool:
    """What Numba does first to the functions of a module, with one set of passes, and not one for each declaration.

    Returns whether it was done.
    """
    if not _SHARES_PASSES:
        return False
    module.data_layout = library.codegen._data_layout
    passes, builder = library.codegen._function_pass_manager()
    for function in module.functions:
        if not function.is_declaration:
            passes.run(function, builder)
    return True
