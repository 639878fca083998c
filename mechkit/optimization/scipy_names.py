"""SciPy's names of methods: taken where the method is the same, and where it is not, the nearest is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mechkit.checking import one_of


def named_as_in_scipy(
    value: Any, choices: Iterable[str], same: Mapping[str, str], nearest: Mapping[str, str], name: str = "method"
) -> str:
    """The one of the choices, in lower case, that a value names, by its own name or by SciPy's.

    same : SciPy's names for choices; nearest : what to use instead of SciPy's other methods. Raises ValueError for any
    other value.

    >>> named_as_in_scipy("L-BFGS-B", ["l-bfgs"], {"l-bfgs-b": "l-bfgs"}, {})
    'l-bfgs'
    >>> named_as_in_scipy("CG", ["l-bfgs"], {}, {"cg": "'L-BFGS'"})
    Traceback (most recent call last):
    ValueError: method is 'CG'; it must be one of l-bfgs: nearest to SciPy's 'CG' is 'L-BFGS'
    """
    lower = value.lower() if isinstance(value, str) else ""
    if lower in same:
        return same[lower]
    if lower in nearest:
        known = ", ".join(choices)
        raise ValueError(
            f"{name} is {value!r}; it must be one of {known}: nearest to SciPy's {value!r} is {nearest[lower]}"
        )
    return one_of(name, value, choices)
