"""SciPy's names of methods and options: taken where they are the same; else what is nearest is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mechkit.checking import one_of

_STEPS = "steps of differences are chosen here; give jac, or jac='3-point'"
_ITERATIONS = "limit the iterations with maxiter; nfev in the result tells the calls"
#: What to do instead of giving SciPy's options.
OPTIONS = {
    "eps": _STEPS,
    "epsfcn": _STEPS,
    "finite_diff_rel_step": _STEPS,
    "maxfev": _ITERATIONS,
    "maxfun": _ITERATIONS,
    "return_all": "history in the result is always kept",
}


def with_keywords(options: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """Options, and what was given by keyword of the same names. Raises ValueError where one is given twice.

    >>> with_keywords({"maxiter": 5}, gtol=1e-3, maxiter=None)
    {'maxiter': 5, 'gtol': 0.001}
    """
    given = {name: value for name, value in keywords.items() if value is not None}
    for name in given.keys() & options.keys():
        raise ValueError(f"{name} is {given[name]!r}, and {options[name]!r} in options; give it once")
    return {**options, **given}


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
