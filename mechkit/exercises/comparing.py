"""Whether a result is right: compared with an answer, or looked at by the instructor's check, never trusting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.exercises.values import described, not_finite, parts
from mechkit.words import one_line


def differs(result: Any, answer: Any, rtol: float) -> str | None:
    """How a result differs from the answer, in one sentence; None where it is right.

    Floats may differ by rtol times the largest number of the answer. Integers and truth values must be equal.

    >>> differs(np.array([1.0, 2.5]), np.array([1.0, 2.0]), 1e-9)
    'element 1 is 2.5 and must be 2 (relative error 0.25)'
    >>> differs(None, 2.0, 1e-9)
    'the result is nothing (None) and must be a number'
    """
    wrong = misfit(result, answer)
    if wrong:
        return wrong
    if isinstance(answer, tuple | list):
        for i, (got, wanted) in enumerate(zip(result, answer, strict=True)):
            wrong = differs(got, wanted, rtol)
            if wrong:
                return f"in part {i}: {wrong}"
        return None
    if answer is None:
        return None
    return _differ(np.asarray(result), np.asarray(answer), rtol)


def misfit(result: Any, answer: Any) -> str | None:
    """Why a result is of another kind, or of another shape, than an answer; None where they fit.

    >>> misfit(np.zeros((2, 1)), np.zeros(2))
    'the result is an array of shape (2, 1) and must be an array of shape (2,)'
    """
    sentence = f"the result is {described(result)} and must be {described(answer)}"
    if isinstance(answer, tuple | list):
        if not isinstance(result, tuple | list) or len(result) != len(answer):
            return sentence
        inner = (misfit(got, wanted) for got, wanted in zip(result, answer, strict=True))
        return next((f"in part {i}: {words}" for i, words in enumerate(inner) if words), None)
    if answer is None or result is None:
        return None if answer is result else sentence
    if isinstance(result, tuple | list) or np.shape(result) != np.shape(answer):
        return sentence
    if not np.can_cast(np.asarray(result).dtype, np.result_type(np.asarray(answer).dtype, np.float64), "same_kind"):
        return sentence if described(result) != described(answer) else f"{sentence[:-1]} of real numbers"
    return None


def _differ(result: np.ndarray, answer: np.ndarray, rtol: float) -> str | None:
    if answer.dtype.kind in "biu":
        wrong = result != answer
        error = None
    else:
        finite = answer[np.isfinite(answer)]
        scale = float(np.max(np.abs(finite), initial=0.0))
        with np.errstate(all="ignore"):
            close = np.abs(result - answer) <= rtol * scale
        wrong = ~(close | (result == answer) | (np.isnan(answer) & np.isnan(result)))
        error = scale or 1.0
    where = np.argwhere(wrong)
    if not len(where):
        return None
    index = tuple(int(i) for i in where[0])
    got, wanted = result[index], answer[index]
    name = "the result" if not index else f"element {index[0] if len(index) == 1 else index}"
    relative = "" if error is None or not np.isfinite(got) else f" (relative error {abs(got - wanted) / error:.2g})"
    return f"{name} is {_number(got)} and must be {_number(wanted)}{relative}"


def _number(value: Any) -> str:
    plain = value.item()
    return f"{plain:.10g}" if isinstance(plain, float | complex) else str(plain)


def unfit(result: Any, model: Any = None, has_model: bool = False) -> str | None:
    """Why a result is no answer, whatever the exercise asks: nothing, no numbers, an empty array.

    A check that compares with ``>`` would take nan for right, and an empty array has no wrong element.
    model : the result of the instructor's own solution, whose kind and shape the result must have.
    """
    if has_model:
        wrong = misfit(result, model)
        if wrong:
            return wrong
        if not_finite(model):
            return None
    elif result is None:
        return "nothing is returned; end the function with return and the answer"
    elif any(isinstance(part, np.ndarray) and not part.size for part in parts(result)):
        return f"the result is {described(result)}, which is empty"
    found = not_finite(result)
    return (
        f"the result holds {found}; look for a division by zero, or for an element that was not set" if found else None
    )


def checked(check: Callable[..., Any], result: Any, args: tuple[Any, ...]) -> str | None:
    """What the instructor's check says of a result: None where it is right, else one sentence.

    Raises ValueError where the check itself is wrong: it must return True, False, or a sentence.
    """
    try:
        with np.errstate(all="ignore"):
            verdict = check(result, *args)
    except Exception as error:  # a result of another shape than the check thinks of
        return f"the result is {described(result)}, which cannot be checked: {one_line(error)}"
    if isinstance(verdict, bool | np.bool_):
        return None if verdict else "the answer is wrong"
    if isinstance(verdict, str):
        return " ".join(verdict.split()) or "the answer is wrong"
    raise ValueError(f"the check of the exercise returned {verdict!r}; it must return True, or a sentence")
