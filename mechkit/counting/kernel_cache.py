"""The cache of compiled kernels between processes: one file an entry, found by all that its code depends on.

Numba's own cache has an index beside its data. Where two processes compile one kernel for different types at once, the
second overwrites the index of the first, and code for one type can answer for another. Here an entry is one file that
is replaced as a whole, and says itself what it is the answer to.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import pickle
import secrets
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core import config, serialize, types
from numba.core.caching import _Cache
from numba.core.registry import cpu_target
from numba.core.runtime.nrt import rtsys
from numba.misc.appdirs import user_cache_dir

from mechkit.counting.callers import ADDRESSES, caller
from mechkit.counting.digest import describes_closure, digest, large_arrays
from mechkit.counting.library import UNRESOLVED, revive
from mechkit.counting.shipped import Processor, shipped
from mechkit.counting.tables import provide_lookup

#: Numba's settings that change the code.
_SETTINGS = (
    *("BOUNDSCHECK", "OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "DISABLE_INTEL_SVML", "USING_SVML"),
    *("DEBUGINFO_DEFAULT", "ENABLE_PROFILING", "EXTEND_VARIABLE_LIFETIMES", "LLVM_REFPRUNE_PASS", "DEBUG_NRT"),
)
#: The bytes of the checksum at the head of an entry.
_CHECKSUM = 32
#: The names of the entries that this process has loaded or written.
used: set[str] = set()


class CacheWarning(RuntimeWarning):
    """Compiled kernels cannot be kept: each process compiles them anew."""


@cache
def cache_directory() -> Path:
    """Where compiled kernels are kept: a folder whose name depends on the sources that count and on what compiles.

    Numba itself would not notice that the instrument has changed, and a stale kernel would report stale counts. What a
    kernel is made of, be it a user's or one of the library, is in the name of its entry. The path is not absolute where
    the user has no home folder: `prepare_directory` refuses it.
    """
    compiles = f"{sys.implementation.cache_tag} {numba.__version__} {llvmlite.__version__} {np.__version__}"
    sources = hashlib.sha256(compiles.encode())
    instrument = Path(__file__).parent
    for source in sorted(instrument.rglob("*.py")):
        sources.update(source.relative_to(instrument).as_posix().encode() + source.read_bytes())
    chosen = config.CACHE_DIR and Path(os.path.expanduser(config.CACHE_DIR)).absolute()
    place = chosen or Path(user_cache_dir("mechkit"))
    return place / sources.hexdigest()[:16]


def prepare_directory() -> Path:
    """The folder of the compiled kernels, made where it is missing. Raises OSError where it cannot be written."""
    place = cache_directory()
    if not place.is_absolute():  # else a folder called ~ would come to be
        raise OSError(errno.ENOENT, "it is no absolute path, since HOME or XDG_CACHE_HOME is none")
    place.mkdir(parents=True, exist_ok=True)
    if not os.access(place, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    return place


def cannot_be_kept(error: OSError) -> str:
    """The sentence for a folder that cannot hold compiled kernels."""
    return (
        f"compiled kernels cannot be kept in {cache_directory()} ({error.strerror}): they are compiled "
        f"anew in each process; set NUMBA_CACHE_DIR to a folder that can be written"
    )


def places(processor: Processor | None = None) -> Iterator[tuple[Path, Processor, tuple[str, ...]]]:
    """Where compiled code may be, with the processor that it is for and Numba's settings.

    The user's own comes first: it is made for the very processor.
    """
    here = processor or cpu_target.target_context.codegen().magic_tuple()
    yield cache_directory(), here, _settings()
    came = shipped(cache_directory().name, here)
    if came is not None:
        yield *came, _settings()


def _settings() -> tuple[str, ...]:
    return tuple(str(getattr(config, name, None)) for name in _SETTINGS)


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
        if not self._enabled or not describes_closure(self._kernel):
            return None
        if self._kernel._compiling_counter.counter > 1:  # it calls itself, by the name of what is being compiled
            return None
        provide_lookup()
        payload = failure = None
        found = digest(self._kernel)
        here = list(places(target_context.codegen().magic_tuple()))
        for whom, (place, *rest) in itertools.product(range(caller(), ADDRESSES + 1), here):
            key = found, whom, signature, *rest
            try:
                payload = _read(place / self._name(key), key)
            except OSError as error:
                failure = error
            if payload is not None:
                used.add(self._name(key))
                break
        if payload is None:
            return self._give_up(failure) if failure else None
        *compiled, symbols = payload
        _provide(symbols, target_context)
        result = revive(target_context, *compiled)
        result.library.serves = whom
        return result if tuple(result.signature.args) == _arguments(signature) else None

    def save_overload(self, signature: Any, data: Any) -> None:
        if not self._enabled or not describes_closure(self._kernel):
            return
        if any(isinstance(t, types.Dispatcher) for t in _arguments(signature)):
            return  # compiled for one function of this process: no other process would ever find it
        if not data.library.is_complete:
            return  # of kernels that call each other, one alone cannot be loaded
        if data.metadata["mechkit_inlined"]:
            return  # the source of what Numba inlined is not part of the digest
        if data.library.has_dynamic_globals:  # addresses of this process
            if large_arrays(self._kernel):
                _warn_once(
                    f"kernel {self._kernel.__name__} is compiled anew in each process, since it refers to an array of "
                    f"more than 1 MB; pass the array as an argument"
                )
            return
        key = digest(self._kernel), data.library.serves, signature, data.codegen.magic_tuple(), _settings()
        try:
            libraries = data.library, *data.library.callees
            payload, *of_callees = [library.payload for library in libraries]
            symbols = sorted({symbol for library in libraries for symbol in library.symbols})
            _write(prepare_directory() / self._name(key), key, (payload, of_callees, symbols))
            used.add(self._name(key))
        except OSError as error:
            self._give_up(error)

    def _name(self, key: tuple[Any, ...]) -> str:
        name = f"{self._kernel.__module__}.{self._kernel.__name__}"
        return f"{name[-100:]}-{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.kernel"

    def _give_up(self, error: OSError) -> None:
        self.disable()
        _warn_once(cannot_be_kept(error), CacheWarning)


def _arguments(signature: Any) -> tuple[types.Type, ...]:
    return tuple(getattr(signature, "args", signature))


def _provide(symbols: list[str], target_context: Any) -> None:
    """Make the symbols of compiled code known to its linker.

    Numba's own way is to load all that it can compile, which takes longer than to load the code of a driver. It is
    taken only where a symbol is not known yet.
    """
    rtsys.initialize(target_context)
    outside = (symbol for symbol in symbols if not symbol.startswith(UNRESOLVED))
    if any(llvm.address_of_symbol(symbol) is None for symbol in outside):
        target_context.refresh()


def _read(path: Path, key: tuple[Any, ...]) -> Any:
    """What `_write` wrote for the key; None where there is nothing, or nothing whole, or the answer to another key."""
    try:
        stored = path.read_bytes()
    except FileNotFoundError:
        return None
    if not _is_whole(stored):
        return None  # cut short or damaged: the next _write replaces it
    try:
        stored_key, payload = pickle.loads(stored[_CHECKSUM:])
    except Exception:  # it names what another version of a library had
        return None
    return payload if stored_key == key else None


def _is_whole(stored: bytes) -> bool:
    return hashlib.sha256(stored[_CHECKSUM:]).digest() == stored[:_CHECKSUM]


def is_kept(name: str) -> bool:
    """Whether an entry of this name is there, and it is whole."""
    for place, *_ in places():
        try:
            return _is_whole((place / name).read_bytes())
        except OSError:
            continue
    return False


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
def _warn_once(text: str, category: type[Warning] = RuntimeWarning) -> None:
    warnings.warn_explicit(text, category, "mechkit", 1)  # in one line: a line of Numba's source would say nothing
