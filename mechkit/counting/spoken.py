"""How a student calls Numba's types."""

from __future__ import annotations

import operator
import re

#: The names that Numba has for operators -> what the source spells.
SYMBOLS = {
    **{"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@"},
    **{"and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>", "neg": "-", "pos": "+", "invert": "~"},
    **{"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "contains": "in"},
}
SYMBOLS |= {f"i{name.rstrip('_')}": f"{symbol}=" for name, symbol in SYMBOLS.items() if hasattr(operator, f"i{name}")}

MAY_BE_NONE = "a value that may be None"
_SPOKEN = [
    (r"Literal\[int\]|u?int\d+$", "an integer"),
    (r"float\d+$", "a float"),
    (r"complex\d+$", "a complex number"),
    (r"bool(ean)?$|Literal\[bool\]", "True or False"),
    (r"unicode_type|Literal\[str\]|\[unichr|undefined string", "a string"),
    (r"none$", "None"),
    (r"OptionalType|Optional\(", MAY_BE_NONE),
    (r"NumPyRandomGeneratorType", "a random generator"),
    (r"(?:readonly )?[aA]rray\((\w+), (\d)d?,", "a {1}-dimensional array"),
    (r"(reflected )?list\(|ListType|LiteralList", "a list"),
    (r"(Uni|Named)?(Uni)?Tuple|LiteralStrKey", "a tuple"),
    (r"(reflected )?set\(", "a set"),
    (r"DictType", "a dict"),
    (r"slice<", "a slice"),
    (r"type\(CPUDispatcher|Function|BoundFunction|FunctionType", "a function"),
    (r"[mM]odule", "a module"),
    (r"range", "a range"),
    (r"(?!class|type|dtype|NumberClass|Exception)[A-Za-z_]\w*\(", "a tuple"),  # a named one
]
NUMBERS = ("an integer", "a float", "a complex number", "True or False")


def spoken(numba_type: str) -> str:
    """How a student calls one of Numba's types.

    >>> spoken("array(float64, 2d, C)"), spoken("reflected list(int64)<iv=None>"), spoken("unicode_type")
    ('a 2-dimensional array', 'a list', 'a string')
    """
    for pattern, words in _SPOKEN:
        match = re.match(pattern, numba_type)
        if match:
            return words.format(*match.groups())
    return numba_type


def spoken_apart(numba_types: list[str]) -> list[str]:
    """How to call types that are set against each other: numbers only by their kind where all are numbers."""
    words = list(dict.fromkeys(map(spoken, numba_types)))
    if all(word in NUMBERS for word in words):
        return words
    return list(dict.fromkeys("a number" if word in NUMBERS else word for word in words))


def is_array(words: str) -> bool:
    """Whether `spoken` words are those of an array."""
    return words.endswith("array")


def parts(text: str) -> list[str]:
    """Split at the commas that are in no brackets.

    >>> parts("array(float64, 1d, C), Tuple(int64, float64), dtype=int64")
    ['array(float64, 1d, C)', 'Tuple(int64, float64)', 'dtype=int64']
    """
    found, depth, start = [], 0, 0
    for i, character in enumerate(text):
        depth += (character in "([{<") - (character in ")]}>")
        if character == "," and not depth:
            found.append(text[start:i].strip())
            start = i + 1
    return [*found, text[start:].strip()] if text.strip() else []


def listed(words: list[str]) -> str:
    """Words in a sentence.

    >>> listed(["a list", "a float", "None"])
    'a list, a float and None'
    """
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
