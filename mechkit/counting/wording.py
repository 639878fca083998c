"""What stops the compiler, in a student's words: the line, what is wrong there, and what to write instead.

Numba says what it was looking for; this is what the reader wrote. What no pattern fits keeps Numba's words.
"""

from __future__ import annotations

import ast
import builtins
import math
import re
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from mechkit.counting.misused import (
    LIBRARIES,
    LIST_OUTSIDE,
    OUTSIDE,
    USE_ARRAY,
    attribute,
    bound_method,
    element_type,
    no_implementation,
    outside,
    wrong_call,
)
from mechkit.counting.offence import Place
from mechkit.counting.spoken import NUMBERS, is_array, listed, parts, spoken, spoken_apart
from mechkit.words import did_you_mean


def explain(py_func: Callable[..., Any], error: Exception, given: Sequence[Any] = ()) -> tuple[int, str]:
    """The line of a function that an error of the compiler is about, and one sentence.

    given : the types of the arguments that it was compiled for.
    """
    text = re.sub(r"signature:\s*>>>", "signature: >>>", str(error))
    place = Place(py_func, error, text, given)
    reasons = [line.strip() for line in text.splitlines()]
    reasons = [line for line in reasons if line and not line.startswith("Failed in")]
    reason = reasons[0] if reasons else type(error).__name__
    for pattern, words in _RULES:
        match = re.search(pattern, reason)
        sentence = match and words(place, *match.groups())
        if sentence:
            return place.line, sentence
    return place.line, reason


# -- what was written, and what to write -----------------------------------------------------------------------------


def _name(place: Place, name: str, kind: str) -> str:
    place.find(lambda n: isinstance(n, ast.Name) and n.id == name)
    value = place.function.__globals__.get(name, getattr(builtins, name, None))
    if isinstance(value, dict):
        return f"{name} is a dict, which a kernel cannot use; pass its values as arguments"
    module = getattr(value, "__module__", None) or ""
    if kind == "function" and module.partition(".")[0] not in LIBRARIES:
        return f"{name} is a plain Python function; make it a kernel, with @kernel above it"
    return outside(name)


def _undefined(place: Place, name: str) -> str:
    place.find(lambda n: isinstance(n, ast.Name) and n.id == name)
    if hasattr(math, name.lower()):
        return f"the name {name} is not defined; write math.{name.lower()}, and import math above the kernel"
    if name in ("copy", "astype", "fill", "reshape"):
        return f"the name {name} is not defined; it is a method of arrays: write x.{name}(...)"
    if hasattr(np, name):
        return f"the name {name} is not defined; write np.{name}"
    return f"the name {name} is not defined{did_you_mean(name, place.names() - {name})}"


def _not_set(place: Place, name: str) -> str:
    if hasattr(builtins, name):
        return f"{name} is used before it has a value: it has the name of Python's own {name}; choose another name"
    others = set(place.code.co_varnames) - {name}
    return f"{name} is used before it has a value; set it first, on every way here{did_you_mean(name, others)}"


def _no_member(place: Place, module: str, name: str) -> str:
    place.find(lambda n: isinstance(n, ast.Attribute) and n.attr == name)
    members = dir(next((m for m in _modules(place.function) if m.__name__ == module), math))
    return f"{module} has no {name}{did_you_mean(name, members)}"


def _modules(function: Any) -> Iterator[ModuleType]:
    yield from (value for value in function.__globals__.values() if isinstance(value, ModuleType))


def _one_type(place: Place, first: str, second: str, name: str) -> str:
    words = spoken_apart([first, second])
    if words == ["a tuple"]:
        kinds = "tuples of two lengths or types; a tuple cannot grow, use an array"
    else:
        kinds = f"{words[0]} in one place and {words[1]} in another"
    if name.startswith("$"):
        return f"a value is {kinds}; it must be of one type"
    name = name.partition(".")[0]
    stores = [
        n.lineno for n in place.nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    ]
    if stores and place.line not in stores:
        place.line = max(stores)
    return f"{name} is {kinds}; a name keeps one type, so take two names"


def _returns(place: Place, types: str) -> str:
    file = re.escape(place.code.co_filename)
    named = re.findall(rf'File "{file}", line (\d+)', place.text)
    returns = [n.lineno for n in place.nodes if isinstance(n, ast.Return)]
    place.line = max([int(line) for line in named if int(line) in returns] or returns, default=place.line)
    kinds = spoken_apart(parts(types))
    if "None" in kinds:
        other = next(kind for kind in kinds if kind != "None")
        return f"the kernel returns {other} on one way and None, or nothing, on another; return one type on all"
    return f"one return gives {listed(kinds)}; all returns must give one type"


def _opcode(place: Place, name: str) -> str | None:
    if name.startswith("IMPORT"):
        return "import at the top of the file, above the kernel"
    if name.startswith("MATCH"):
        place.find(lambda n: isinstance(n, ast.Match))
        return "match is not possible in a kernel; write if and elif"
    if name == "STORE_GLOBAL":
        return "a kernel cannot change a global name; return the new value, or change an array"
    if name == "LOAD_BUILD_CLASS":
        return "a class cannot be defined in a kernel"
    if name == "UNPACK_EX":
        return "a kernel cannot gather several values in one name with *; write a name for each"
    if name.startswith("DELETE"):
        return "del is not possible in a kernel; copy what is to be kept into another array"
    return None


def _with(place: Place) -> str:
    node = place.find(lambda n: isinstance(n, ast.With))
    if node and "count" in ast.unparse(node.items[0].context_expr):
        return "count goes around the call of the kernel, outside it"
    return f"with is not possible in a kernel; {OUTSIDE.replace('call it', 'do it')}"


def _says(sentence: str, fits: Callable[[Any], bool] | None = None) -> Callable[..., str]:
    def words(place: Place, *groups: str) -> str:
        if fits:
            place.find(fits)
        return sentence.format(*groups)

    return words


def _loop(place: Place, numba_type: str) -> str:
    what = place.spelled(lambda n: isinstance(n, ast.For), "iter")
    word = spoken(numba_type)
    if word == "a tuple":
        return f"a loop over a tuple needs elements of one type, unlike {what}; use an array, or write them out"
    if word == "an integer":
        return f"a loop cannot run over {what}, an integer; write range({what})"
    return f"a loop cannot run over {what}, which is {word}"


def _unpacked(place: Place, numba_type: str) -> str:
    what = place.spelled(lambda n: isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Tuple), "value")
    words = spoken(numba_type)
    if is_array(words):
        return f"{what} is an array, which cannot be unpacked in a kernel; take its elements by their indices"
    return f"{what} is {'a number' if words in NUMBERS else words}, which cannot be unpacked into several names"


def _called(place: Place, numba_type: str) -> str | None:
    words = spoken(numba_type)
    if not is_array(words) and words not in ("a list", "a tuple", *NUMBERS):
        return None
    what = place.spelled(lambda n: isinstance(n, ast.Call), "func")
    if words in NUMBERS:
        return f"{what} is a number, no function; leave out the brackets, or write * to multiply"
    i = "0" if words == "a tuple" else "i"
    return f"{what} is {words}, no function; an element is {what}[{i}], in square brackets"


def _lengths(place: Place, expected: str, got: str) -> str:
    what = place.spelled(lambda n: isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Tuple), "value")
    return f"{what} cannot be unpacked into {expected} names, it has {got}"


SIGNATURE = "the signature has {} arguments, and the function takes {}; make them equal"


def _is_raise(node: Any) -> bool:
    return isinstance(node, ast.Raise)


def _removed(place: Place, name: str) -> str:
    return _no_member(place, "numpy", name)


def _too_large(place: Place, digits: str) -> str:
    place.find(lambda n: isinstance(n, ast.Constant | ast.BinOp) and _value(n) == int(digits))
    return f"an integer of {len(digits)} digits does not fit into 64 bits; write a float, {float(digits):.0e}"


def _value(node: ast.expr) -> object:
    try:
        return eval(ast.unparse(node), {"__builtins__": {}})
    except Exception:  # it has names in it
        return None


def _result_of_signature(place: Place, found: str, wanted: str) -> str:
    place.find(lambda n: isinstance(n, ast.Return))
    return f"the kernel returns {spoken(found)}, and its signature says {wanted}; write the signature anew"


_RULES: list[tuple[str, Callable[..., str | None]]] = [
    (r"No implementation of function .* found for signature: >>> (\w+)\((.*)\)$", no_implementation),
    (r"^Invalid use of .*Function\(<class '(int|float|bool|complex)'>\)", element_type),
    (r"Cannot interpret 'Function\(<class '(\w+)'>\)' as a data type", element_type),
    (r"Unknown attribute '(\w+)' of type (.*)$", attribute),
    (r"Untyped global name '(\w+)': Cannot determine Numba type of <class '([\w.]+)'>", _name),
    (r"NameError: name '(\w+)' is not defined", _undefined),
    (r"Variable '(\w+)' is not defined", _not_set),
    (r"module '([\w.]+)' has no attribute '(\w+)'", _no_member),
    (r"^Cannot unify (.+) and (.+) for '([^']+)', defined at", _one_type),
    (r"Can't unify return type from the following types: (.*)$", _returns),
    (r"Use of unsupported opcode \((\w+)\)", _opcode),
    (r"The 'with \(context manager\)|Unsupported context manager|'with' statement", lambda place: _with(place)),
    (r"The use of a reflected list.* type, assigned to variable '(\w+)' in globals", _says(LIST_OUTSIDE)),
    (r"OverloadSelector object at .*\(List\(", _says("a list cannot be a constant of a kernel; use a tuple")),
    (
        r"OverloadSelector object at .*NumPyRandomGenerator",
        _says("a random generator outside the kernel is not possible; take rng as an argument"),
    ),
    (
        r"runaway recursion",
        _says("the recursion never ends; add a return that does not call the kernel itself"),
    ),
    (r"Cannot bind '.*' to signature '.*' due to \"TypeError: (.*?)\"", wrong_call),
    (r"format spec in f-strings", _says("an f-string with a format is not possible in a kernel; print outside it")),
    (r"Invalid use of getiter with parameters \((.*)\)$", _loop),
    (r"failed to unpack (.*)$", _unpacked),
    (r"'wrong tuple length for .*', 'expected (\d+), got (\d+)'", _lengths),
    (r"^Invalid use of BoundFunction\((\w+)\.(\w+) for (.*)\) with parameters \((.*)\)$", bound_method),
    (r"^Invalid use of (.+) with parameters \(", _called),
    (r"imprecise type: list\(undefined\)", _says("an empty list has no type; use an array, np.zeros(n)")),
    (r"imprecise type: DictType", _says("a kernel cannot use a dict; use an array, or a name for each value")),
    (r"`np\.(\w+)` was removed", _removed),
    (r"Int value is too large: (\d+)", _too_large),
    (r"tuple index out of range", _says("an index is past the end of the tuple; the last one is its length - 1")),
    (r"Directly raising a string", _says("raise an exception, not a string: raise ValueError('...')", _is_raise)),
    (r"Exception object cannot be stored", _says("a kernel cannot name the exception; write `except Exception:`")),
    (r"^'?\(?float16", _says("a kernel computes in float32 and float64; pass x.astype(np.float32)")),
    (r"Signature mismatch: (\d+) argument types given, but function takes (\d+)", _says(SIGNATURE)),
    (r"No conversion from (.+) to (.+) for '\$.*return_value", _result_of_signature),
    (r"invalid signature: '(.*?)' \(type", _says("{0!r} is no signature; write one such as 'float64({0})'")),
    (
        r"unhashable type: 'list'",
        _says("a list must hold values of one type, not numbers and strings", lambda n: isinstance(n, ast.List)),
    ),
    (r"cannot reflect element of reflected container", _says(f"a list of lists cannot be an argument; {USE_ARRAY}")),
    (
        r"non-precise type array\(pyobject",
        _says("an array of Python objects cannot be an argument; make it one of numbers, with .astype(float)"),
    ),
]
