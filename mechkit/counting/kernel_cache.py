"""The cache of compiled kernels between processes: Numba's, but found by all that the code depends on.

Beside `lowering.py` this is the one file that touches Numba's internals.
"""

from __future__ import annotations

import hashlib
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import config, types
from numba.core.caching import FunctionCache, IndexDataCacheFile, _CacheLocator
from numba.misc.appdirs import user_cache_dir

from mechkit.counting.digest import describes_closure, digest, is_recursive


@cache
def cache_directory() -> Path:
    """Where compiled kernels are kept: a folder whose name depends on all sources of the package and on what compiles.

    Numba itself would not notice that the instrument has changed, and a stale kernel would report stale counts.
    """
    sources = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__} {np.__version__}".encode())
    package = Path(__file__).parents[1]
    for source in sorted(package.rglob("*.py")):
        sources.update(source.relative_to(package).as_posix().encode() + source.read_bytes())
    return Path(config.CACHE_DIR or user_cache_dir("mechkit")) / sources.hexdigest()[:16]


class _Locator(_CacheLocator):  # type: ignore[misc]
    def __init__(self, path: Path) -> None:
        self._path = path

    def get_cache_path(self) -> str:
        return str(self._path)

    def get_source_stamp(self) -> str:
        return ""  # the names of folder and file say it all

    def get_disambiguator(self) -> str:
        return ""


class KernelCache(FunctionCache):  # type: ignore[misc]
    """Numba's cache of compiled functions, in `cache_directory`; made ready at the first look-up, not at import.

    kernel : has py_func, and is what `digest` describes.
    """

    def __init__(self, kernel: Any) -> None:
        self._kernel, self._py_func, self._name = kernel, kernel.py_func, repr(kernel.py_func)
        self.enable()

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        if is_recursive(self._kernel):  # Numba's code of such, loaded and called by another kernel, crashes
            self.disable()
        if not self._enabled:
            return None
        try:
            path = cache_directory()
            self._cache_path = str(path)
            self._impl = _KernelCacheImpl(path)
            # Anew at each look-up: what the kernel refers to may have changed since it was compiled for other types.
            name = f"{self._kernel.__module__}.{self._kernel.__name__}-{digest(self._kernel)}"
            self._cache_file = IndexDataCacheFile(str(path), name, "")
            return super().load_overload(signature, target_context)
        except OSError as error:
            return self._give_up(error)

    def save_overload(self, signature: Any, data: Any) -> None:
        if any(isinstance(t, types.Dispatcher) for t in signature):
            return  # compiled for one function of this process: no other process would ever find it
        try:
            super().save_overload(signature, data)
        except OSError as error:
            self._give_up(error)

    def _index_key(self, signature: Any, codegen: Any) -> Any:
        # Numba would pickle what a function closes over, which for a kernel is another word in each process.
        if describes_closure(self._kernel):
            return signature, codegen.magic_tuple()
        return super()._index_key(signature, codegen)

    def _give_up(self, error: OSError) -> None:
        self.disable()
        _warn_once(
            f"compiled kernels cannot be kept in {cache_directory()} ({error.strerror}): they are compiled "
            f"anew in each process; set NUMBA_CACHE_DIR to a folder that can be written"
        )


@cache
def _warn_once(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=4)


class _KernelCacheImpl(FunctionCache._impl_class):  # type: ignore[misc]
    def __init__(self, path: Path) -> None:
        self._locator = _Locator(path)
        self._lineno = 0
