"""What is wrong with operands, indices, arguments of calls and attributes, in a student's words."""

from __future__ import annotations

import ast
import inspect
import math
import re

import numpy as np

from mechkit.counting.offence import Place
from mechkit.counting.spoken import MAY_BE_NONE, NUMBERS, SYMBOLS, is_array, listed, parts, spoken
from mechkit.words import did_you_mean

OUTSIDE = "call it outside the kernel, and pass the result as an argument"
LIST_OUTSIDE = "{} is a list outside the kernel, which could change; pass it as an argument"
DELETE = "del is not possible in a kernel; copy what is to be kept into another array"
USE_ARRAY = "give the kernel an array, np.array(...)"

#: Their functions are no kernels of the reader's own.
LIBRARIES = ("mechkit", "numpy", "scipy", "math")


def no_implementation(place: Place, name: str, arguments: str) -> str | None:
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
    if name in ("zeros", "empty", "ones", "full", "eye", "identity"):
        return _new_array(place, name, types, words)
    if name == "delitem":
        return DELETE
    if name == "range":
        return f"range takes integers, and this is {words[0]}; write range(x.size), or range(a.shape[0])"
    if name == "len":
        return f"{words[0]} has no len(); {USE_ARRAY}"
    classes = re.findall(r"Function\(<class '(int|float|bool|complex)'>\)", arguments)
    if classes and hasattr(np, name):
        return element_type(place, classes[0])
    called = place.spelled(lambda n: isinstance(n, ast.Call) and _last_name(n.func) == name, "func")
    called = name if called == "this" else called
    if name == "reversed":
        what = place.spelled(lambda n: isinstance(n, ast.Call) and _last_name(n.func) == name, "args")
        hint = f"np.flip({what})" if is_array(words[0]) else "reversed(range(n)) and an index"
        return f"reversed runs over a range, and this is {words[0]}; write {hint}"
    if any(map(is_array, words)) and (hasattr(math, name) or hasattr(np, name) or name in ("int", "float", "complex")):
        return f"{called}(...) takes numbers, and this is {words[0]}; write the loop over the elements"
    number = _number_of_arguments(name)
    if number and number != len(words):
        return f"{called} takes {number} argument{'s' * (number > 1)}, and here it is given {len(words)}"
    if "a complex number" in words and hasattr(math, name):
        return f"{called}(...) takes real numbers, and this is a complex number; write it out in z.real and z.imag"
    if name == "array":
        return (
            "np.array takes numbers, or lists of numbers, all of one kind; make an array with np.zeros(n) and fill it"
        )
    if name in ("enumerate", "zip"):
        wrong = next((word for word in words if word in NUMBERS), words[0])
        return f"{name} runs over arrays, tuples and ranges, and this is {wrong}; write range(n)"
    return f"{called}(...) cannot be called with {listed(words)}"


def _number_of_arguments(name: str) -> int | None:
    """How many arguments a function of math takes; None where it is not one, or may take several numbers of them."""
    function = getattr(math, name, None)
    try:
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return getattr(getattr(np, name, None), "nin", None)
    plain = all(p.kind is p.POSITIONAL_ONLY and p.default is p.empty for p in parameters)
    return len(parameters) if plain else None


def bound_method(place: Place, holder: str, method: str, type_: str, arguments: str) -> str:
    """A method with arguments of types that it does not take."""
    words = [spoken(t) for t in parts(arguments)]
    what = place.spelled(lambda n: isinstance(n, ast.Attribute) and n.attr == method, "value")
    if holder == "list" and method == "append" and words:
        held = spoken(type_[type_.find("(") + 1 : type_.rfind(")")])
        return f"a list holds values of one type: {what} holds {_plural(held)}, and this is {words[0]}; use two"
    if method == "reshape":
        if "a float" in words or "float" in arguments:
            return "a size must be an integer, and this is a float; divide with //, or write int(...)"
        if "a list" in words:
            return f"the shape must be a tuple, in round brackets: {what}.reshape((n, m))"
    return f"{what}.{method}(...) cannot be called with {listed(words) or 'no argument'}"


def _plural(words: str) -> str:
    return words if words == "True or False" else words.split(" ", 1)[1] + "s"


def wrong_call(place: Place, misfit: str) -> str:
    """A kernel called with other arguments than it has."""
    called = place.spelled(lambda n: isinstance(n, ast.Call), "func")
    return f"the kernel {called} is called wrongly here: {misfit}"


def _index(place: Place, types: list[str], words: list[str]) -> str | None:
    container, index = words[0], types[1]
    what = place.spelled(
        lambda n: isinstance(n, ast.Subscript) and _takes(n, index) and place.may_be(n.value, container), "value"
    )
    if container == "a function":
        return f"{what} is a function or method, which has no elements; call it with round brackets first"
    if container == "a tuple" and spoken(index) == "an integer":
        return f"{what} is a tuple of values of several types, whose index must be a number as it stands, {what}[0]"
    if container == MAY_BE_NONE:
        return f"{what} may be None here, which has no elements; set it to an array first"
    if container == "a list":
        return f"{what} is a list, which takes one integer or slice as its index; {USE_ARRAY}"
    if container == "None":
        return f"{what} is None, which has no elements; {_not_given(place, what)}"
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
        remedy = "; begin with a number instead of None" if MAY_BE_NONE in wrong or "None" in wrong else remedy
        remedy = "; write the loop over the elements" if "a list" in wrong or any(map(is_array, wrong)) else remedy
        return f"an index must be an integer, and this one of {what} is {wrong[0]}{remedy}"
    if container == "a 0-dimensional array":
        return f"{what} is an array of no dimension, which has no elements; make it with np.zeros(n)"
    if is_array(container) and not container.startswith(f"a {len(kinds)}-"):
        return f"{what} is {container}, and here it has {len(kinds)} {'index' if len(kinds) == 1 else 'indices'}"
    return None


def _assigned_index(place: Place, types: list[str], words: list[str]) -> str | None:
    container, index, value = words[0], types[1], words[-1]
    what = place.spelled(
        lambda n: isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store) and place.may_be(n.value, container),
        "value",
    )
    if container == "None":
        return f"{what} is None, which has no elements; {_not_given(place, what)}"
    if container == MAY_BE_NONE:
        return f"{what} may be None here, which has no elements; set it to an array first"
    if container in ("a tuple", "a string", *NUMBERS):
        return f"{what} is {container}, whose elements cannot be changed; use an array, np.zeros(n) or np.array(...)"
    if types[0].startswith(("readonly", "Array(")):
        return f"{what} cannot be written to, as an array outside the kernel or a read-only one; pass a copy of it"
    wrong = _wrong_index(what, container, index)
    if wrong and "here it has" not in wrong:
        return wrong
    if is_array(value) and is_array(container):
        return f"an array cannot be put into one element of {what}; write the loop over the elements"
    if value not in NUMBERS:
        return f"an element of {what} is a number, and this is {value}"
    if value == "a complex number" and "complex" not in types[0]:
        return f"an element of {what} is a real number, and this is a complex one; write its part, z.real"
    return wrong


def _not_given(place: Place, what: str) -> str:
    """What to do where an array is missing."""
    given = what in place.parameters
    return f"pass an array for {what}, or write `if {what} is None:` first" if given else USE_ARRAY


def _operator(place: Place, symbol: str, words: list[str]) -> str:
    plain = symbol.removesuffix("=") if symbol not in ("==", "!=", "<=", ">=") else symbol
    place.find(lambda n: isinstance(n, ast.BinOp | ast.AugAssign | ast.Compare | ast.UnaryOp))
    if plain == "^" and "a float" in words:
        return "^ is the exclusive or of integers; power is **"
    if plain in ("&", "|") and "a float" in words:
        return f"{plain} combines the bits of integers; write `{'and' if plain == '&' else 'or'}` between conditions"
    if plain in ("~", "<<", ">>") and "a float" in words:
        instead = (
            "write `not` before a condition" if plain == "~" else f"write x {'*' if plain == '<<' else '/'} 2.0**k"
        )
        return f"{plain} changes the bits of integers, and this is a float; {instead}"
    for i, word in enumerate(words):
        if word == "a string" and words != ["a string"] * 2:
            side = "left" if i == 0 else "right"
            if place.find(lambda n: isinstance(n, ast.BinOp) and (_is_text(n.left) or _is_text(n.right))):
                return f"{symbol} does not put text together in a kernel; format and print outside it"
            return f"the {side} side of {symbol} is a string; make it a number outside the kernel, with float(...)"
        if word == "None":
            side = "left" if i == 0 else "right"
            return f"the {side} side of {symbol} is None where a number is needed; look where it comes from"
    if MAY_BE_NONE in words:
        return f"one side of {symbol} may be None; begin with a number instead, such as x[0]"
    if "a function" in words:
        return f"{symbol} does not work on {listed(words)}; a function is called with round brackets, f(x)"
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
    if name == "full" and len(words) == 1 and words[0] != "a list":
        return "np.full needs a size and a value: np.full(n, 0.0)"
    if words[0] == "a list":
        return f"the shape must be a tuple, in round brackets: np.{name}(({sizes}))"
    if words[0] == "a float":
        return "a size must be an integer, and this is a float; divide with //, or write int(...)"
    if words[:2] == ["an integer"] * 2 and name not in ("full", "eye"):
        return f"two sizes go together in a tuple: np.{name}((n, m))"
    return element_type(place, kinds[0]) if kinds else None


def element_type(place: Place, name: str) -> str:
    """Python's own name of a type where NumPy's is needed."""
    numpy_name = {"int": "int64", "float": "float64", "bool": "bool_", "complex": "complex128"}.get(name, "float64")
    return f"name the type of the elements as NumPy does: np.{numpy_name} instead of {name}"


def attribute(place: Place, name: str, numba_type: str) -> str:
    """An attribute that values of a type have not."""
    words = spoken(numba_type)
    node = place.find(lambda n: isinstance(n, ast.Attribute) and n.attr == name and place.may_be(n.value, words))
    what = ast.unparse(node.value) if node else "this"
    if words == "a module":
        return outside(f"{what}.{name}")
    if words == "a list":
        return f"{what} is a list, which has no .{name} here; {USE_ARRAY}"
    if is_array(words):
        if name in ("append", "extend", "insert", "remove", "pop"):
            return (
                f"an array has a fixed size and no .{name}; make it large enough with np.zeros(n), "
                "and count in a variable how many elements are in use"
            )
        known = _OTHER_NAMES.get(name)
        hint = f": write {what}.{known}" if known else did_you_mean(name, dir(np.ndarray))
        return f"{what} is {words}, which has no .{name}{hint}"
    if words in NUMBERS:
        hint = f"; {USE_ARRAY}" if hasattr(np.ndarray, name) else ""
        return f"{what} is a number, which has no .{name} in a kernel{hint}"
    if words == "a string":
        return f".{name} of a string is not possible in a kernel; format and print outside it"
    if words in ("None", MAY_BE_NONE):
        return f"{what} {'is' if words == 'None' else 'may be'} None, which has no .{name}; {_not_given(place, what)}"
    hint = did_you_mean(name, dir(np.random.Generator)) if words == "a random generator" else ""
    return f"{what} is {words}, which has no .{name} in a kernel{hint}"


#: What other languages call the attributes of an array.
_OTHER_NAMES = {"length": "size", "len": "size", "count": "size", "rows": "shape[0]", "cols": "shape[1]"}


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def outside(name: str) -> str:
    """What is only possible outside a kernel."""
    if name.startswith(("random.", "np.random.", "numpy.random.")):
        return f"{name} cannot be used in a kernel; take rng, a numpy.random.Generator, as an argument"
    return f"{name} cannot be used in a kernel; {OUTSIDE}"
