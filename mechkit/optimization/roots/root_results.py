"""What `root_scalar` returns: the family's names, and SciPy's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mechkit.optimization.result import OptimizeResult

#: SciPy's names for fields of the result.
NAMES_OF_SCIPY = {"root": "x", "iterations": "nit", "function_calls": "nfev", "converged": "success", "flag": "message"}


@dataclass(frozen=True, repr=False)
class RootResults(OptimizeResult):
    """What `root_scalar` found, for one problem or, in arrays, for many.

    x : where f is zero, or the point with the smallest |f| met where the search failed; fun : f there, NaN where it was
    not called there; success; status : 0 for a root, else the number of the reason; message : how the search ended, in
    words; nit, nfev, njev, nhev : iterations, and calls of f, fprime and fprime2; method; history : "x" and "fun", the
    start's and each iteration's, with NaN for an f that was not called any more (empty for many problems). SciPy's
    names root, iterations, function_calls, converged and flag stand for x, nit, nfev, success and message.

    >>> from mechkit.optimization.roots.root_scalar import root_scalar
    >>> r = root_scalar(lambda x: x * x - 2.0, bracket=(1.0, 2.0))
    >>> r.nfev, r.function_calls, r["converged"]
    (8, 8, True)
    """

    method: str = ""

    def keys(self) -> list[str]:
        """The names of the fields, and SciPy's for some of them."""
        return [*super().keys(), *NAMES_OF_SCIPY]

    @property
    def root(self) -> Any:
        """x."""
        return self.x

    @property
    def iterations(self) -> Any:
        """nit."""
        return self.nit

    @property
    def function_calls(self) -> int:
        """nfev."""
        return self.nfev

    @property
    def converged(self) -> Any:
        """success."""
        return self.success

    @property
    def flag(self) -> str:
        """message."""
        return self.message
