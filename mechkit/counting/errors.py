"""The two ways in which a kernel says no."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

#: What Numba says of a plain function that a kernel calls.
PLAIN = re.compile(r"Untyped global name '(\w+)': Cannot determine Numba type of <class 'function'>")


class UncountedError(TypeError):
    """Work that would escape the count. The message names the place, the expression and the remedy."""


class KernelError(TypeError):
    """A function that cannot be compiled. The first line says what and where, the rest is Numba's own text."""


def compile_failure(py_func: Callable[..., Any], error: Exception) -> str:
    """What Numba said, after a line that says which kernel, where, and the reason."""
    code = py_func.__code__
    loc = getattr(error, "loc", None)
    line = loc.line if loc is not None and loc.filename == code.co_filename else code.co_firstlineno
    lines = [text.strip() for text in str(error).splitlines()]
    reasons = [text for text in lines if text and not text.startswith("Failed in")]
    reason = (
        " ".join(reasons[:2]) if reasons and reasons[0].endswith("signature:") else (reasons or ["unknown reason"])[0]
    )
    reason = PLAIN.sub(r"\1 is a plain Python function; make it a kernel, with @kernel above it", reason)
    head = f"kernel {py_func.__name__} cannot be compiled ({code.co_filename}, line {line}): {reason}"
    return f"{head}\n\n{error}"
