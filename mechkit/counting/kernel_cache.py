"""The cache of compiled kernels between processes: one file an entry, found by all that its code depends on.

Numba's own cache has an index beside its data: of two processes that compile one kernel for different types at once,
the second overwrites the index of the first, and code for one type can answer for another. Here an entry is one
file that is replaced as a whole, and says itself what it is the answer to.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import secrets
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import config, serialize, types
from numba.core.caching import _Cache
from numba.misc.appdirs import user_cache_dir

from mechkit.counting.digest import describes_closure, digest, is_recursive, large_arrays
from mechkit.counting.library import revive
from mechkit.counting.tables import provide_lookup

#: Numba's settings that change the code.
_SETTINGS = (
    *("BOUNDSCHECK", "OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "DISABLE_INTEL_SVML"),
    *("DEBUGINFO_DEFAULT", "ENABLE_PROFILING", "EXTEND_VARIABLE_LIFETIMES", "LLVM_REFPRUNE_PASS", "DEBUG_NRT"),
)


@cache
def cache_directory() -> Path:
    """Where compiled kernels are kept: a folder whose name depends on the sources that count and on what compiles.

    Numba itself would not notice that the instrument has changed, and a stale kernel would report stale counts. What a
    kernel is made of, be it a user's or one of the library, is in the name of its entry.
    """
    sources = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__} {np.__version__}".encode())
    instrument = Path(__file__).parent
    for source in sorted(instrument.rglob("*.py")):
        sources.update(source.relative_to(instrument).as_posix().encode() + source.read_bytes())
    return Path(config.CACHE_DIR or user_cache_dir("mechkit")) / sources.hexdigest()[:16]


class KernelCache(_Cache):  # type: ignore[misc]
    """The entries of one kernel, in `cache_directory`.

    kernel : has py_func, and is what `digest` describes.
    """

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel
        self._enabled = True

    @property
    def cache_path(self) -> str:
        return str(cache_directory())

    def enable(self) -> None:
        self._enabled = True

    def disable(self) -> None:
        self._enabled = False

    def flush(self) -> None:
        """Forget nothing: what has changed has another name, and the rest is right."""

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        if is_recursive(self._kernel):  # Numba's code of such, loaded and called by another kernel, crashes
            self.disable()
        if not self._enabled or not describes_closure(self._kernel):
            return None
        target_context.refresh()
        provide_lookup()
        key = self._key(signature, target_context.codegen())
        try:
            payload = _read(self._path(key), key)
        except OSError as error:
            return self._give_up(error)
        if payload is None:
            return None
        result = revive(target_context, *payload)
        return result if tuple(result.signature.args) == _arguments(signature) else None

    def save_overload(self, signature: Any, data: Any) -> None:
        if not self._enabled or not describes_closure(self._kernel):
            return
        if any(isinstance(t, types.Dispatcher) for t in _arguments(signature)):
            return  # compiled for one function of this process: no other process would ever find it
        if data.metadata["mechkit_inlined"]:
            return  # the source of what Numba inlined is not part of the digest
        if data.library.has_dynamic_globals:  # addresses of this process
            if large_arrays(self._kernel):
                _warn_once(
                    f"kernel {self._kernel.__name__} is compiled anew in each process, since it refers to an array of "
                    f"more than 1 MB; pass the array as an argument"
                )
            return
        key = self._key(signature, data.codegen)
        try:
            cache_directory().mkdir(parents=True, exist_ok=True)
            _write(self._path(key), key, (data._reduce(), [callee.payload for callee in data.library.callees]))
        except OSError as error:
            self._give_up(error)

    def _key(self, signature: Any, codegen: Any) -> tuple[Any, ...]:
        # Anew at each look-up: what the kernel refers to may have changed since it was compiled for other types.
        settings = tuple(str(getattr(config, name, None)) for name in _SETTINGS)
        return digest(self._kernel), signature, codegen.magic_tuple(), settings

    def _path(self, key: tuple[Any, ...]) -> Path:
        name = f"{self._kernel.__module__}.{self._kernel.__name__}"
        return cache_directory() / f"{name[-100:]}-{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.kernel"

    def _give_up(self, error: OSError) -> None:
        self.disable()
        _warn_once(
            f"compiled kernels cannot be kept in {cache_directory()} ({error.strerror}): they are compiled "
            f"anew in each process; set NUMBA_CACHE_DIR to a folder that can be written"
        )


def _arguments(signature: Any) -> tuple[types.Type, ...]:
    return tuple(getattr(signature, "args", signature))


def _read(path: Path, key: tuple[Any, ...]) -> Any:
    """What `_write` wrote for the key; None where there is nothing, or nothing whole, or the answer to another key."""
    try:
        stored = path.read_bytes()
    except FileNotFoundError:
        return None
    checksum, entry = stored[:32], stored[32:]
    if hashlib.sha256(entry).digest() != checksum:
        return None  # cut short or damaged: the next _write replaces it
    stored_key, payload = pickle.loads(entry)
    return payload if stored_key == key else None


def _write(path: Path, key: tuple[Any, ...], payload: Any) -> None:
    """Put an entry in its place as a whole: who reads meanwhile sees the old one or the new one."""
    entry = serialize.dumps((key, payload))
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        unfinished.write_bytes(hashlib.sha256(entry).digest() + entry)
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


@cache
def _warn_once(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=4)
