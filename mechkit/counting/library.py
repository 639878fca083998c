"""Separate compilation: a large kernel is compiled once, and its callers only call it.

Numba links the code of whatever a function calls into it and optimizes it there again, at every level of calls. LLVM
inlines small functions only, so for large ones that is work for nothing. Small kernels are linked, and inlined.
"""

from __future__ import annotations

from itertools import islice
from typing import Any
from weakref import WeakValueDictionary

import llvmlite.binding as llvm
from numba.core.codegen import JITCodeLibrary, RuntimeLinker
from numba.core.compiler import CompileResult

from mechkit.counting.callers import KERNELS
from mechkit.counting.lean_compiler import optimize_functions

#: A kernel of at least so many instructions stands alone; LLVM would inline none of this size.
LARGE = 200

#: How Numba names the place of the address of a kernel that calls itself.
UNRESOLVED = RuntimeLinker.PREFIX
_WRAPPERS = ("_ZN7cpython", "cfunc.")
#: How the names begin that kernels and LLVM define.
_INSIDE = ("_ZN", "llvm.")
#: The libraries of this process by the name of their kernel's code.
_libraries: WeakValueDictionary[str, KernelLibrary] = WeakValueDictionary()


class KernelLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The compiled code of one kernel; callees : the libraries that it calls, innermost first."""

    #: Who can call the code, as in callers.py.
    serves = KERNELS

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self.callees: list[KernelLibrary] = []
        self._result: Any = None
        self._payload: Any = None

    def belongs_to(self, result: Any, payload: Any = None) -> None:
        """Tell what the library is part of: a result of compilation, which was perhaps made from a payload."""
        self._result, self._payload = result, payload
        _libraries[result.fndesc.llvm_func_name] = self

    @property
    def payload_is_missing(self) -> bool:
        """Whether nobody has told yet what the library belongs to."""
        return self._result is None

    @property
    def payload(self) -> Any:
        """What Numba keeps of the result, from which `revive` makes it anew."""
        if self._payload is None:
            self._payload = self._result._replace(type_annotation="")._reduce()  # the types of all variables, in words
        return self._payload

    @property
    def has_dynamic_globals(self) -> bool:
        self._ensure_finalized()
        return bool(self._dynamic_globals) or any(callee.has_dynamic_globals for callee in self.callees)

    @property
    def symbols(self) -> list[str]:
        """The names of what the code calls or reads outside of kernels: of Python, of Numba, and of C."""
        module = self.inner._get_module_for_linking()
        given = [v.name for part in (module.functions, module.global_variables) for v in part if v.is_declaration]
        return [name for name in given if not name.startswith(_INSIDE)]

    @property
    def is_complete(self) -> bool:
        """Whether the code, with that of its callees, defines all kernels that it calls, itself among them."""
        modules = [library.inner._get_module_for_linking() for library in (self, *self.callees)]
        defined = {function.name for module in modules for function in module.functions if not function.is_declaration}
        return all(name.removeprefix(UNRESOLVED) in defined for name in self.symbols if name.startswith(UNRESOLVED))

    def _optimize_functions(self, ll_module: Any) -> None:
        if not optimize_functions(self, ll_module):
            super()._optimize_functions(ll_module)

    def add_linking_library(self, library: Any) -> None:
        if not isinstance(library, KernelLibrary):
            return super().add_linking_library(library)
        library._ensure_finalized()
        self.callees = list(dict.fromkeys([*self.callees, *library.callees]))
        if not library.stands_alone():
            return super().add_linking_library(library.inner)
        _reload_functions(self).update(_reload_functions(library))
        self.callees = list(dict.fromkeys([*self.callees, library]))
        return None

    def stands_alone(self) -> bool:
        """Whether callers call the code and do not link it."""
        module = self.inner._get_module_for_linking()
        if any(symbol.startswith(UNRESOLVED) for symbol in self.symbols):
            return self.is_complete  # one that calls itself does, but kernels that call each other are one
        bodies = (f for f in module.functions if not f.name.startswith(_WRAPPERS))
        instructions = (i for f in bodies for block in f.blocks for i in block.instructions)
        return len(list(islice(instructions, LARGE))) == LARGE

    @property
    def inner(self) -> _Inner:
        """What is linked into other kernels: the code without that of callees."""
        if not hasattr(self, "_inner"):
            self._inner = _Inner(self)
        return self._inner

    def _get_module_for_linking(self) -> Any:
        # What is not a kernel calls this. It takes all, since it would not load the callees from its cache.
        module = super()._get_module_for_linking()
        if self.callees:
            module = module.clone()
            for callee in self.callees:
                module.link_in(callee.inner._get_module_for_linking(), preserve=True)
        return module

    def serialize_using_object_code(self) -> Any:
        self._ensure_finalized()
        module = self.inner._get_module_for_linking()
        return self.name, "object", (self._get_compiled_object(), module.as_bitcode())


class _Inner:
    """A library as Numba links it."""

    def __init__(self, library: KernelLibrary) -> None:
        self._library = library
        self._reload_init = _reload_functions(library)

    def _ensure_finalized(self) -> None:
        self._library._ensure_finalized()

    def _get_module_for_linking(self) -> Any:
        return JITCodeLibrary._get_module_for_linking(self._library)


def _reload_functions(library: KernelLibrary) -> set[Any]:
    """What must run before a library is loaded; old versions of Numba have nothing of the kind."""
    functions: set[Any] = getattr(library, "_reload_init", set())
    return functions


def revive(target_context: Any, payload: Any, callees: list[Any]) -> Any:
    """A result of compilation from its payload, and those of the libraries that it calls, innermost first."""
    libraries: list[KernelLibrary] = []
    for one in callees:
        known = _libraries.get(one[1].llvm_func_name)
        libraries.append(known or _rebuilt(target_context, one, list(libraries)).library)
    return _rebuilt(target_context, payload, libraries)


def _rebuilt(target_context: Any, payload: Any, callees: list[KernelLibrary]) -> Any:
    codegen = target_context.codegen()
    (_, _, (_, bitcode)), *_ = payload
    calls_itself = UNRESOLVED.encode() in bitcode
    if calls_itself:  # Numba looks for the places of such addresses in code that it compiles, not in what it loads
        codegen._rtlinker.scan_unresolved_symbols(llvm.parse_bitcode(bitcode), codegen._engine)
    result = CompileResult._rebuild(target_context, *payload)
    library = result.library
    if calls_itself:
        codegen._scan_and_fix_unresolved_refs(library._shared_module)
    library.__class__ = KernelLibrary
    library.callees = callees
    library.belongs_to(result, payload)
    return result
