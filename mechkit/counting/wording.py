"""What stops the compiler, in a student's words: the line, what is wrong there, and what to write instead.

Numba says what it was looking for; here is said what the reader wrote. What no pattern fits keeps Numba's words.
"""

from __future__ import annotations

import ast
import builtins
import math
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from mechkit.counting.offence import Place
from mechkit.counting.spoken import NUMBERS, SYMBOLS, did_you_mean, is_array, listed, parts, spoken, spoken_apart

OUTSIDE = "call it outside the kernel, and pass the result as an argument"
LIST_OUTSIDE = "{} is a list outside the kernel, which could change; pass it as an argument"
USE_ARRAY = "give the kernel an array, np.array(...)"

#: Their functions are no kernels of the reader's own.
LIBRARIES = ("mechkit", "numpy", "scipy", "math")


def explain(py_func: Callable[..., Any], error: Exception) -> tuple[int, str]:
    """The line of a function that an error of the compiler is about, and one sentence."""
    text = re.sub(r"signature:\s*>>>", "signature: >>>", str(error))
    place = Place(py_func, error, text)
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


def _no_implementation(place: Place, name: str, arguments: str) -> str | None:
    """A call, an operator or an index with types that it does not take."""
    types = parts(arguments)
    words = [spoken(t) for t in types]
    if name in ("getitem", "static_getitem"):
        return _index(place, types, words)
    if name in ("setitem", "static_setitem"):
        return _assigned_index(place, types, words)
    if name in SYMBOLS:
        return _operator(place, SYMBOLS[name], words)
    if name == "exception_match":
        place.find(lambda n: isinstance(n, ast.ExceptHandler) and n.type is not None)
        return "a kernel cannot tell exceptions apart; write `except Exception:`"
    if name in ("zeros", "empty", "ones", "full"):
        return _new_array(place, name, types, words)
    if name == "delitem":
        return _opcode(place, "DELETE_SUBSCR")
    if name == "range":
        return f"range takes integers, and this is {words[0]}; write range(x.size), or range(a.shape[0])"
    if name == "len":
        return f"{words[0]} has no len(); {USE_ARRAY}"
    classes = re.findall(r"Function\(<class '(int|float|bool|complex)'>\)", arguments)
    if classes and hasattr(np, name):
        return _element_type(place, classes[0])
    called = place.spelled(lambda n: isinstance(n, ast.Call) and _last_name(n.func) == name, "func")
    called = name if called == "this" else called
    if name == "array" and is_array(words[0]):
        return "np.array of an array is not possible in a kernel; write x.copy()"
    if any(map(is_array, words)) and (hasattr(math, name) or hasattr(np, name)):
        return f"{called}(...) takes numbers, and this is {words[0]}; write the loop over the elements"
    return f"{called}(...) cannot be called with {listed(words)}"


def _index(place: Place, types: list[str], words: list[str]) -> str | None:
    container, index = words[0], types[1]
    what = place.spelled(lambda n: isinstance(n, ast.Subscript) and _takes(n, index), "value")
    if container == "a list":
        return f"{what} is a list, which takes one integer or slice as its index; {USE_ARRAY}"
    if container == "None":
        return f"{what} is None, which has no elements; {USE_ARRAY}"
    if container in NUMBERS:
        return f"{what} is a number, which has no elements; leave out the index, or {USE_ARRAY}"
    return _wrong_index(what, container, index) if is_array(container) or container == "a string" else None


def _takes(node: ast.Subscript, index: str) -> bool:
    """Whether a subscript may be the one that Numba complains of: as many indices, and the literal that it names."""
    many = len(parts(index[index.find("(") + 1 : -1])) if "Tuple(" in index and "UniTuple" not in index else 1
    repeated = re.match(r"UniTuple\(.* x (\d+)\)", index)
    many = int(repeated[1]) if repeated else many
    literal = re.match(r"Literal\[int\]\((-?\d+)\)", index)
    same = not literal or not isinstance(node.slice, ast.Constant) or node.slice.value == int(literal[1])
    return same and many == (len(node.slice.elts) if isinstance(node.slice, ast.Tuple) else 1)


def _wrong_index(what: str, container: str, index: str) -> str | None:
    kinds = [spoken(t) for t in parts(index[index.find("(") + 1 : -1])] if "Tuple(" in index else [spoken(index)]
    repeated = re.match(r"UniTuple\((.*) x (\d+)\)", index)
    if repeated:
        kinds = [spoken(repeated[1])] * int(repeated[2])
    wrong = [kind for kind in kinds if kind not in ("an integer", "a slice")]
    if wrong:
        remedy = "; divide with //, or write int(...)" if "a float" in wrong else ""
        remedy = "; write the loop over the elements" if "a list" in wrong or any(map(is_array, wrong)) else remedy
        return f"an index must be an integer, and this one of {what} is {wrong[0]}{remedy}"
    if container == "a 0-dimensional array":
        return f"{what} is an array of no dimension, which has no elements; make it with np.zeros(n)"
    if is_array(container):
        return f"{what} is {container}, and here it has {len(kinds)} indices"
    return None


def _assigned_index(place: Place, types: list[str], words: list[str]) -> str | None:
    container, index, value = words[0], types[1], words[-1]
    what = place.spelled(lambda n: isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store), "value")
    if container in ("a tuple", "a string", *NUMBERS):
        return f"{what} is {container}, whose elements cannot be changed; use an array, np.zeros(n) or np.array(...)"
    if types[0].startswith(("readonly", "Array(")):
        return f"{what} cannot be written to, as an array outside the kernel or a read-only one; pass a copy of it"
    wrong = _wrong_index(what, container, index)
    if wrong and "indices" not in wrong:
        return wrong
    if is_array(value) and is_array(container):
        return f"an array cannot be put into one element of {what}; write the loop over the elements"
    if value not in NUMBERS:
        return f"an element of {what} is a number, and this is {value}"
    return wrong


def _operator(place: Place, symbol: str, words: list[str]) -> str:
    plain = symbol.removesuffix("=") if symbol not in ("==", "!=", "<=", ">=") else symbol
    place.find(lambda n: isinstance(n, ast.BinOp | ast.AugAssign | ast.Compare | ast.UnaryOp))
    if plain == "^" and "a float" in words:
        return "^ is the exclusive or of integers; power is **"
    if plain in ("&", "|") and "a float" in words:
        return f"{plain} combines the bits of integers; write `{'and' if plain == '&' else 'or'}` between conditions"
    for i, word in enumerate(words):
        if word == "a string" and words != ["a string"] * 2:
            side = "left" if i == 0 else "right"
            if place.find(lambda n: isinstance(n, ast.BinOp) and (_is_text(n.left) or _is_text(n.right))):
                return f"{symbol} does not put text together in a kernel; format and print outside it"
            return f"the {side} side of {symbol} is a string; make it a number outside the kernel, with float(...)"
        if word == "None":
            side = "left" if i == 0 else "right"
            return f"the {side} side of {symbol} is None where a number is needed; look where it comes from"
    if "a list" in words:
        return f"{symbol} does not work on a list; {USE_ARRAY}, and write the loop over the elements"
    if any(map(is_array, words)):
        array = next(filter(is_array, words))
        hint = "" if "1-" not in array else " (an element of a matrix has two indices, a[i, j])"
        return f"{symbol} works on numbers, and this is {array}; write the loop over the elements{hint}"
    if "a tuple" in words and not is_array(words[0]):
        return f"{symbol} does not work on {listed(words)}; of x.shape take one size, x.shape[0]"
    if "a complex number" in words:
        return f"{symbol} does not work on complex numbers; compare abs(...), or the real part"
    return f"{symbol} does not work on {listed(words)}"


def _new_array(place: Place, name: str, types: list[str], words: list[str]) -> str | None:
    call = place.find(lambda n: isinstance(n, ast.Call) and _last_name(n.func) == name)
    shape = call.args[0] if call and call.args else None
    sizes = ", ".join(map(ast.unparse, shape.elts)) if isinstance(shape, ast.List) else "n, m"
    known = {"shape", "dtype", "fill_value"}
    strange = [t.partition("=")[0] for t in types if re.match(r"\w+=", t) and t.partition("=")[0] not in known]
    if strange:
        return f"np.{name} has no argument {strange[0]}{did_you_mean(strange[0], known)} in a kernel"
    kinds = re.findall(r"<class '(\w+)'>", " ".join(types))
    if not words:
        return f"np.{name} needs a size: np.{name}(n)"
    if words[0] == "a list":
        return f"the shape must be a tuple, in round brackets: np.{name}(({sizes}))"
    if words[0] == "a float":
        return "a size must be an integer, and this is a float; divide with //, or write int(...)"
    if words[:2] == ["an integer"] * 2 and name != "full":
        return f"two sizes go together in a tuple: np.{name}((n, m))"
    return _element_type(place, kinds[0]) if kinds else None


def _element_type(place: Place, name: str) -> str:
    numpy_name = {"int": "int64", "float": "float64", "bool": "bool_", "complex": "complex128"}.get(name, "float64")
    return f"name the type of the elements as NumPy does: np.{numpy_name} instead of {name}"


def _attribute(place: Place, name: str, numba_type: str) -> str:
    words = spoken(numba_type)
    node = place.find(lambda n: isinstance(n, ast.Attribute) and n.attr == name)
    what = ast.unparse(node.value) if node else "this"
    if words == "a module":
        return _outside(f"{what}.{name}")
    if words == "a list":
        return f"{what} is a list, which has no .{name} here; {USE_ARRAY}"
    if is_array(words):
        if name in ("append", "extend", "insert", "remove", "pop"):
            return (
                f"an array has a fixed size and no .{name}; make it large enough with np.zeros(n), "
                "and count in a variable how many elements are in use"
            )
        return f"{what} is {words}, which has no .{name}{did_you_mean(name, dir(np.ndarray))}"
    if words in NUMBERS:
        hint = f"; {USE_ARRAY}" if hasattr(np.ndarray, name) else ""
        return f"{what} is a number, which has no .{name} in a kernel{hint}"
    if words == "a string":
        return f".{name} of a string is not possible in a kernel; format and print outside it"
    return f"{what} is {words}, which has no .{name} in a kernel"


def _name(place: Place, name: str, kind: str) -> str:
    place.find(lambda n: isinstance(n, ast.Name) and n.id == name)
    if name == "reversed":
        return "reversed is not possible in a kernel; write range(n - 1, -1, -1)"
    value = place.function.__globals__.get(name, getattr(builtins, name, None))
    if isinstance(value, dict):
        return f"{name} is a dict, which a kernel cannot use; pass its values as arguments"
    module = getattr(value, "__module__", None) or ""
    if kind == "function" and module.partition(".")[0] not in LIBRARIES:
        return f"{name} is a plain Python function; make it a kernel, with @kernel above it"
    return _outside(name)


def _outside(name: str) -> str:
    if name.startswith(("random.", "np.random.", "numpy.random.")):
        return f"{name} cannot be used in a kernel; take rng, a numpy.random.Generator, as an argument"
    return f"{name} cannot be used in a kernel; {OUTSIDE}"


def _undefined(place: Place, name: str) -> str:
    place.find(lambda n: isinstance(n, ast.Name) and n.id == name)
    if hasattr(math, name.lower()):
        return f"the name {name} is not defined; write math.{name.lower()}, and import math above the kernel"
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
    if name == "STORE_GLOBAL":
        return "a kernel cannot change a global name; return the new value, or change an array"
    if name == "LOAD_BUILD_CLASS":
        return "a class cannot be defined in a kernel"
    if name == "UNPACK_EX":
        return "a kernel cannot gather several values in one name with *; write a name for each"
    if name.startswith("DELETE"):
        return "del is not possible in a kernel; copy what is to be kept into another array"
    if name in ("MATCH_SEQUENCE", "MATCH_MAPPING", "MATCH_CLASS"):
        return "match is not possible in a kernel; write if and elif"
    return None


def _with(place: Place) -> str:
    node = place.find(lambda n: isinstance(n, ast.With))
    if node and "count" in ast.unparse(node.items[0].context_expr):
        return "count goes around the call of the kernel, outside it"
    return f"with is not possible in a kernel; {OUTSIDE.replace('call it', 'do it')}"


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _says(sentence: str, fits: Callable[[Any], bool] | None = None) -> Callable[..., str]:
    def words(place: Place, *groups: str) -> str:
        if fits:
            place.find(fits)
        return sentence.format(*groups)

    return words


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _loop(place: Place, numba_type: str) -> str:
    what = place.spelled(lambda n: isinstance(n, ast.For), "iter")
    word = spoken(numba_type)
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


_RULES: list[tuple[str, Callable[..., str | None]]] = [
    (r"No implementation of function .* found for signature: >>> (\w+)\((.*)\)$", _no_implementation),
    (r"^Invalid use of .*Function\(<class '(int|float|bool|complex)'>\)", _element_type),
    (r"Cannot interpret 'Function\(<class '(\w+)'>\)' as a data type", _element_type),
    (r"Unknown attribute '(\w+)' of type (.*)$", _attribute),
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
    (r"Cannot bind '.*' to signature '.*' due to \"TypeError: (.*?)\"", _says("a kernel is called wrongly here: {}")),
    (r"format spec in f-strings", _says("an f-string with a format is not possible in a kernel; print outside it")),
    (r"Invalid use of getiter with parameters \((.*)\)$", _loop),
    (r"failed to unpack (.*)$", _unpacked),
    (r"'wrong tuple length for .*', 'expected (\d+), got (\d+)'", _lengths),
    (r"^Invalid use of (.+) with parameters \(", _called),
    (r"imprecise type: list\(undefined\)", _says("an empty list has no type; use an array, np.zeros(n)")),
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
