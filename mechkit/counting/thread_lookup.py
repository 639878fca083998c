"""The one function of the instrument that is machine code of our own: it finds a thread's table, or takes a new one.

Threads without the interpreter lock call it, so it cannot be Python.
"""

from __future__ import annotations

import ctypes
from typing import Any

import llvmlite.binding as llvm
import llvmlite.ir as ll
import numpy as np

_I64, _POINTER = ll.IntType(64), ll.IntType(8).as_pointer()
_kept_alive: list[Any] = []


def compile_lookup(name: str, tables: np.ndarray, owners: np.ndarray, taken: np.ndarray) -> int:
    """Compile the look-up and make it known to the linker by its name; returns its address.

    tables : (threads, size) int64; owners : (threads,) uint64, gets the native identity of each thread that takes one;
    taken : (1,) int64, how many are taken.
    """
    api = ctypes.pythonapi
    api.PyThread_tss_alloc.restype = ctypes.c_void_p
    api.PyThread_tss_create.argtypes = [ctypes.c_void_p]
    key = api.PyThread_tss_alloc()
    if api.PyThread_tss_create(key):
        raise MemoryError("this process has no thread-specific storage left for the table of counts")

    module = ll.Module(name)
    module.triple = llvm.get_process_triple()
    function = ll.Function(module, ll.FunctionType(_POINTER, []), name)
    builder = ll.IRBuilder(function.append_basic_block())

    def c_function(c: Any, result: ll.Type, *arguments: ll.Type) -> Any:
        address = _I64(ctypes.cast(c, ctypes.c_void_p).value)
        return builder.inttoptr(address, ll.FunctionType(result, arguments).as_pointer())

    key_pointer = _I64(key).inttoptr(_POINTER)

    known = builder.call(c_function(api.PyThread_tss_get, _POINTER, _POINTER), [key_pointer])
    is_new = builder.icmp_unsigned("==", known, ll.Constant(_POINTER, None))
    with builder.if_then(is_new):
        counter = _I64(taken.ctypes.data).inttoptr(_I64.as_pointer())
        next_one = builder.atomic_rmw("add", counter, _I64(1), "seq_cst")
        last = _I64(len(tables) - 1)
        slot = builder.select(builder.icmp_signed("<", next_one, last), next_one, last)
        owner = builder.inttoptr(_at(builder, owners, slot), _I64.as_pointer())
        builder.store(builder.call(c_function(api.PyThread_get_thread_native_id, _I64), []), owner)
        table = builder.inttoptr(_at(builder, tables, slot), _POINTER)
        builder.call(c_function(api.PyThread_tss_set, ll.IntType(32), _POINTER, _POINTER), [key_pointer, table])
        builder.ret(table)
    builder.ret(known)

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(str(module)), machine)
    engine.finalize_object()
    _kept_alive.append(engine)
    address: int = engine.get_function_address(name)
    llvm.add_symbol(name, address)
    return address


def _at(builder: Any, array: np.ndarray, row: Any) -> Any:
    """The address of a row of an array."""
    return builder.add(_I64(array.ctypes.data), builder.mul(row, _I64(array.strides[0])))
