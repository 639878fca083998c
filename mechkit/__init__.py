"""mechkit: numerical methods in pairs, with exact operation counts that show why one algorithm beats another."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mechkit.counting import (
    COST_MODELS,
    CostModel,
    KernelError,
    OpCounts,
    UncountedError,
    annotate,
    count,
    debug,
    kernel,
)

if TYPE_CHECKING:
    from mechkit import interpolation, linear_systems, mechanisms, optimization, problems
    from mechkit.measurement.compare import compare
    from mechkit.measurement.growth import growth
    from mechkit.measurement.recovery import law
    from mechkit.measurement.sweep import sweep
    from mechkit.measurement.task import Task

__version__ = "0.1.0"

#: What loads when it is first used: importing mechkit costs little more than importing Numba.
_LAZY = {
    **dict.fromkeys(("Task", "compare", "growth", "law", "sweep"), "mechkit.measurement"),
    **dict.fromkeys(("interpolation", "linear_systems", "mechanisms", "optimization", "problems"), ""),
}

__all__ = [
    "COST_MODELS",
    "CostModel",
    "KernelError",
    "OpCounts",
    "Task",
    "UncountedError",
    "annotate",
    "compare",
    "count",
    "debug",
    "growth",
    "interpolation",
    "kernel",
    "law",
    "linear_systems",
    "mechanisms",
    "optimization",
    "problems",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'mechkit' has no attribute {name!r}")
    home = _LAZY[name]
    return getattr(import_module(home), name) if home else import_module(f"mechkit.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
