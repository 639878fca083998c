"""The code through which Python calls a kernel: compiled for the kernels that Python calls, and for no others.

Most kernels are called by kernels only. The wrapper that turns Python's objects into numbers, and the one for calls by
address, took a third of the time to compile a small one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core.compiler_lock import global_compiler_lock
from numba.core.runtime.nrt import rtsys

from mechkit.counting.library import WRAPPER, KernelLibrary

_asking = threading.local()


@contextmanager
def asked_by_a_kernel() -> Iterator[None]:
    """What is compiled inside the block is called by a kernel that is being compiled."""
    before = is_asked_by_a_kernel()
    _asking.kernel = True
    try:
        yield
    finally:
        _asking.kernel = before


def is_asked_by_a_kernel() -> bool:
    """Whether the code that is compiled next is for a kernel, and not for Python."""
    return getattr(_asking, "kernel", False)


@contextmanager
def compiling() -> Iterator[bool]:
    """Around the compiling of a function: whether it is for a kernel. What is asked for inside is not, of itself."""
    asked = is_asked_by_a_kernel()
    _asking.kernel = False
    try:
        yield asked
    finally:
        _asking.kernel = asked


def serves_python(result: Any) -> bool:
    """Whether Python can call what was compiled. What Numba compiles by itself always can be called."""
    return bool(getattr(result.library, "serves_python", True))


@global_compiler_lock  # type: ignore[untyped-decorator]
def with_wrapper(result: Any, releases_lock: bool = False, by_address: bool = False) -> Any:
    """The result of compilation for kernels as one for Python, or by_address: its code with a wrapper around it."""
    library, context = KernelLibrary(result.codegen, result.library.name + WRAPPER), result.target_context
    library.enable_object_caching()
    parts = library, result.fndesc, result.environment, result.call_helper
    if by_address:
        context.create_cfunc_wrapper(*parts)
    else:
        context.create_cpython_wrapper(*parts, release_gil=releases_lock)
        library.serves_python = True
    library.add_linking_library(result.library)
    library.add_linking_library(rtsys.library)
    entry = context.get_executable(library, result.fndesc, result.environment)
    context.insert_user_function(entry, result.fndesc, [library])
    return result._replace(library=library, entry_point=entry)
