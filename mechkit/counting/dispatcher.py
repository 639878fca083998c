"""Kernels: Numba dispatchers that compile with the counting passes, take counted functions only, and word errors."""

from __future__ import annotations

import secrets
import sys
import types as pytypes
from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numba.core import compiler, config, errors, types
from numba.core.registry import CPUDispatcher
from numba.core.sigutils import normalize_signature
from numba.core.typed_passes import InlineOverloads, NativeLowering
from numba.core.untyped_passes import DeadBranchPrune, LiteralPropagationSubPipelinePass, TranslateByteCode

import mechkit.counting.overloads  # noqa: F401, what it holds is registered with Numba
from mechkit.counting.arguments import check_argument, not_an_argument, wrong_arguments
from mechkit.counting.callers import ADDRESSES, KERNELS, PYTHON, called_by, caller, serves
from mechkit.counting.captured import Captured, captured, has_changed
from mechkit.counting.debug import debugs
from mechkit.counting.digest import is_recursive, reached
from mechkit.counting.errors import KernelError, UncountedError, location
from mechkit.counting.example import WithExample
from mechkit.counting.functions import kernels_within, needs_look
from mechkit.counting.kernel_cache import KernelCache
from mechkit.counting.lean_compiler import undisturbed
from mechkit.counting.lean_typing import lean_typing
from mechkit.counting.library import KernelLibrary
from mechkit.counting.lines import LineTable
from mechkit.counting.lowering import CountingLowering
from mechkit.counting.notice import noticed
from mechkit.counting.passes import NoteSpelledAssignments, PropagateLiterals, PruneBranches
from mechkit.counting.tables import provide_lookup, thread_table
from mechkit.counting.translation import TranslateBytecode
from mechkit.counting.wording import explain

#: The versions of Numba that the tests have run on, oldest and newest.
TESTED_NUMBA = ("0.60", "0.68")

#: Numba's passes, and what takes their place.
_PASSES = {
    TranslateByteCode: TranslateBytecode,
    DeadBranchPrune: PruneBranches,
    LiteralPropagationSubPipelinePass: PropagateLiterals,
    NativeLowering: CountingLowering,
}


class CountingCompiler(compiler.CompilerBase):
    """Numba's nopython pipeline with the lowering replaced."""

    def _compile_bytecode(self) -> Any:
        provide_lookup()
        # Numba numbers functions within a process, and names their code so: code from the cache, compiled by several
        # processes, could have equal names, and a kernel that calls both would call one of them twice.
        self.state.func_id.unique_id = secrets.token_hex(8)
        is_kept = str(self.state.func_id.func.__module__).startswith("mechkit.")
        self.state.caller = caller()
        with noticed(is_kept), undisturbed(), lean_typing(), called_by(PYTHON):
            return super()._compile_bytecode()

    def define_pipelines(self) -> list[Any]:
        manager = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        manager.add_pass_after(NoteSpelledAssignments, InlineOverloads)
        manager.passes = [(_PASSES.get(pass_, pass_), text) for pass_, text in manager.passes]
        manager._finalized = False
        manager.finalize()
        return [manager]


# -- the kernel --------------------------------------------------------------------------------------------------


class Kernel(WithExample, CPUDispatcher):  # type: ignore[misc]
    """A compiled function whose operations are counted. Made by `mechkit.kernel`.

    A Numba dispatcher: called from Python at a dispatcher's speed, callable from other kernels, and passed to
    them as an argument. ``py_func`` is the Python function.
    """

    #: The kernel that could not be compiled, of those that call each other, Numba's error, and the types given.
    _wrong: tuple[Kernel, Exception, Any] | None = None

    def __init__(
        self,
        py_func: Callable[..., Any],
        locals: dict[str, Any] | None = None,
        targetoptions: dict[str, Any] | None = None,
        pipeline_class: type = CountingCompiler,
    ) -> None:
        super().__init__(py_func, locals or {}, targetoptions or {}, pipeline_class)
        self._at_addresses: dict[Any, KernelAtAddress] = {}
        self._captured: list[Captured] = []
        #: Where there are any, the kernel is compiled for these only.
        self.fixed_signatures: list[Any] = []
        if type(self) is Kernel:
            # The class is the mode: Python looks __call__ up in it, so a kernel without checks pays for none.
            self.__class__ = CheckedKernel  # until it is compiled
            if debugs(self):
                self.switch_debugging(True)

    def switch_debugging(self, on: bool) -> None:
        """Go over to the mode of `mechkit.debug`, or back: what is compiled is forgotten."""
        if on:
            self._boundscheck = self.targetoptions.get("boundscheck")
            self._tried: set[Any] = set()
        self.targetoptions["boundscheck"] = True if on else self._boundscheck
        self.__class__ = DebuggedKernel if on else CheckedKernel
        self._at_addresses = {}
        self._forget()
        self.compile_fixed()

    def enable_caching(self) -> None:
        if self.__module__ in sys.modules and not self.__module__.startswith("<"):
            self._cache = KernelCache(self)  # a module that cannot be imported, as runpy's, could not be found again
            self.cached = True

    def typeof_pyval(self, value: Any) -> types.Type:
        # Numba asks this for the type of every argument that it has not met before.
        check_argument(self.__name__, value)
        found = super().typeof_pyval(value)
        if found is types.pyobject:
            raise KernelError(not_an_argument(self.__name__, value))
        return found

    def add_overload(self, result: Any) -> None:
        if isinstance(result.library, KernelLibrary) and result.library.payload_is_missing:
            result.library.belongs_to(result)
        if serves(result) == KERNELS:
            self.overloads[tuple(result.signature.args)] = result  # Python does not find it: see `compile`
        else:
            super().add_overload(result)
        self._captured = captured(self._compiled_in())
        if type(self) in (Kernel, CheckedKernel):
            self.__class__ = CheckedKernel if self._captured or any(map(needs_look, self._taken())) else Kernel

    def _taken(self) -> Iterator[types.Type]:
        """The types of arguments that the kernel is compiled for."""
        for arguments in self.overloads:
            yield from arguments

    def _compiled_in(self) -> Iterator[Kernel]:
        """The kernels whose code is part of this one's: itself, those that it calls, and those that it was given."""
        yield from reached(self)
        for arguments in self.overloads:
            for kernel in kernels_within(arguments):
                yield from reached(kernel)

    def compile(self, sig: Any) -> Any:
        # All code of a kernel is of one time: what is stale goes before more is added.
        self.renew()
        whom = ADDRESSES if self.fixed_signatures else caller()
        args = tuple(normalize_signature(sig)[0])
        if args in self.overloads and serves(self.overloads[args]) < whom:
            del self.overloads[args]
        try:
            with called_by(whom):
                return super().compile(sig)
        except errors.NumbaError as error:
            if not (Kernel._wrong and str(Kernel._wrong[1]) in str(error)):  # else it is that of a kernel called here
                Kernel._wrong = self, error, sig
            raise

    def get_compile_result(self, signature: Any) -> Any:
        # Numba asks this where a kernel becomes a value that is called by address: one of two kernels, say.
        if self._can_compile:
            with called_by(ADDRESSES):
                self.compile(signature.args)
        return super().get_compile_result(signature)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        self.renew()  # a caller is being compiled, and takes what is there
        with called_by(KERNELS):
            return self._call_template(args, kws)

    def _call_template(self, args: Any, kws: Any) -> Any:
        numbers = [types.unliteral(arg) if isinstance(arg, types.IntegerLiteral) else arg for arg in args]
        if numbers == list(args) or is_recursive(self):  # Numba knows a recursion by the types of its arguments
            return super().get_call_template(args, kws)
        try:
            return super().get_call_template(numbers, kws)  # f(x, 0) and f(x, k) are one
        except errors.TypingError:  # a part of a tuple has a type only where its number is known
            return super().get_call_template(args, kws)

    def renew(self) -> None:
        """Forget the code in which something is compiled in that has changed since; make that of fixed signatures."""
        __tracebackhide__ = True
        if not has_changed(self._captured):
            return
        stale = [one for one in dict.fromkeys(self._compiled_in()) if has_changed(one._captured)]
        for one in stale:
            one._forget()
        for one in stale:
            one.compile_fixed()

    def _forget(self) -> None:
        """Forget all compiled code."""
        self._captured = []
        self._make_finalizer()()
        self._reset_overloads()

    def compile_fixed(self) -> None:
        """Compile for the signatures that the kernel was made for, and for no others."""
        __tracebackhide__ = True
        self._can_compile = True
        try:
            for signature in self.fixed_signatures:
                self.compile(signature)
            return
        except Exception as error:
            self._captured = captured(self._compiled_in())  # the next call looks whether this was mended
            failure = self._failure(error)
        finally:
            self._can_compile = not self.fixed_signatures
        raise failure from None

    def _compile_for_args(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # in IPython: what is wrong is in the kernel, or in its call
        try:
            return super()._compile_for_args(*args, **kwargs)
        except Exception as error:
            failure, cause = self._failure(error), error
        raise failure from (cause if config.FULL_TRACEBACKS else None)

    def _explain_matching_error(self, *args: Any, **kwargs: Any) -> Any:
        # Numba asks this where the arguments fit none of the signatures that the kernel was made for.
        __tracebackhide__ = True
        misfit = wrong_arguments(self, args, kwargs)
        if misfit is None:
            return super()._explain_matching_error(*args, **kwargs)
        raise KernelError(misfit)

    def _failure(self, error: Exception) -> Exception:
        """What a kernel raises when the compiler did: a sentence, without the frames of the compiler."""
        self._compiler._failed_cache.clear()  # what has failed may be mended by a new global
        if isinstance(error, UncountedError | KernelError | Warning):
            return error.with_traceback(None)
        kernel, found, given = Kernel._wrong or (self, error, ())
        Kernel._wrong = None
        line, sentence = explain(kernel.py_func, found, given if isinstance(given, tuple) else ())
        where = location(kernel.py_func.__code__.co_filename, line)
        return KernelError(f"kernel {kernel.__name__} cannot be compiled ({where}): {sentence}", str(error))

    def at_address(self, signature: Any, role: str | None) -> KernelAtAddress:
        """The kernel as an argument of the type of a signature; the same object each time."""
        __tracebackhide__ = True
        if (signature, role) not in self._at_addresses:
            self._at_addresses[signature, role] = KernelAtAddress(self, signature, role)
        return self._at_addresses[signature, role]

    def __repr__(self) -> str:
        return f"<kernel {self.__module__}.{self.__qualname__}>"


class KernelAtAddress(Kernel):
    """A kernel as an argument that Numba types by its signature: what takes it is not compiled anew for it."""

    def __init__(self, kernel: Kernel, signature: Any, role: str | None) -> None:
        __tracebackhide__ = True
        function = _copy(kernel.py_func, kernel.py_func.__globals__)
        function._mechkit_role = self.role = role
        super().__init__(function, targetoptions=kernel.targetoptions)
        self._signature, self.fixed_signatures = signature, [signature.args]
        self._type = types.FunctionType(signature)
        if kernel.cached:
            self.enable_caching()
        self.compile_fixed()

    def compile_fixed(self) -> None:
        __tracebackhide__ = True
        super().compile_fixed()
        self._can_compile = True  # called from Python, it is the kernel itself
        compiled = self.overloads[self._signature.args]
        result = types.unliteral(compiled.signature.return_type)
        if result != self._signature.return_type:
            given = ", ".join(map(str, self._signature.args))
            wanted = self._signature.return_type
            raise KernelError(f"{self.__name__}({given}) returns {result}; here it must be {wanted}")
        # What Numba asks for at each call of what takes it; it would search for the addresses each time.
        library = SimpleNamespace(get_pointer_to_function=cache(compiled.library.get_pointer_to_function))
        self._compiled = SimpleNamespace(fndesc=compiled.fndesc, library=library)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        self.renew()
        return super().__call__(*args, **kwargs)

    @property
    def _numba_type_(self) -> types.Type:
        return self._type

    def get_compile_result(self, signature: Any) -> Any:
        self.renew()
        return self._compiled


class CheckedKernel(Kernel):
    """A kernel whose calls look at two things first: each is one until it is compiled, and stays one where they matter.

    Values that it has captured may have changed. And the type of a function that it takes by address does not tell
    whether the function is counted; that of a list does not tell what the list holds. Other kernels are called at a
    dispatcher's speed.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        self.renew()
        for value in (*args, *kwargs.values()):
            if type(value) not in _NEED_NO_LOOK:
                check_argument(self.__name__, value)
        try:
            return super().__call__(*args, **kwargs)
        except TypeError as error:
            misfit = None if isinstance(error, KernelError | UncountedError) else wrong_arguments(self, args, kwargs)
            if misfit is None:
                raise
        raise KernelError(misfit)


class DebuggedKernel(CheckedKernel):
    """A kernel in the mode of `mechkit.debug`: it is Python until a call with arguments of the types has ended well."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        for value in (*args, *kwargs.values()):
            check_argument(self.__name__, value)
        types_ = tuple(map(self.typeof_pyval, args)), *((k, self.typeof_pyval(v)) for k, v in sorted(kwargs.items()))
        from mechkit.counting.reference.run import run_into_table  # half of what importing mechkit would cost

        if types_ in self._tried and not is_recursive(self):  # an endless recursion of compiled code ends the session
            copies = [value.copy() if isinstance(value, np.ndarray) else value for value in args]
            try:
                return super().__call__(*args, **kwargs)
            except IndexError:
                run_into_table(self, tuple(copies), kwargs)  # raises it with the line
                raise
        result = run_into_table(self, args, kwargs)
        self._tried.add(types_)
        return result


#: The types of most arguments: data, and functions that are surely counted.
_NEED_NO_LOOK = {np.ndarray, float, int, bool, np.float64, np.int64, KernelAtAddress}


# -- annotation --------------------------------------------------------------------------------------------------


def _copy(function: Any, namespace: dict[str, Any], closure: tuple[Any, ...] | None = None) -> Any:
    """The same function, with globals of its own choosing and room for attributes of its own."""
    copy = pytypes.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, closure or function.__closure__
    )
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    return copy


def annotated(kernel: Kernel) -> tuple[Kernel, LineTable]:
    """A version of the kernel that counts each line apart, and the table it counts into."""
    thread_table()  # callees count into it
    original = kernel.py_func
    namespace = dict(original.__globals__)
    cells = tuple(pytypes.CellType(cell.cell_contents) for cell in original.__closure__ or ())
    function = _copy(original, namespace, cells)
    table = LineTable(function)
    function._mechkit_lines = table
    function._mechkit_role = getattr(original, "_mechkit_role", None)
    version = Kernel(function, targetoptions=dict(kernel.targetoptions))
    version.__class__ = CheckedKernel  # compiled at once, in every mode
    namespace.update((name, version) for name, value in original.__globals__.items() if value is kernel)
    for cell in cells:
        if cell.cell_contents is kernel:
            cell.cell_contents = version
    if not kernel._can_compile:  # made for its signatures only
        for signature in kernel.nopython_signatures:
            version.compile(signature)
        version.disable_compile()
    return version, table
