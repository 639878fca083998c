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
from mechkit.version import __version__
from mechkit.words import did_you_mean

if TYPE_CHECKING:
    from mechkit import (
        compression,
        exercises,
        interpolation,
        linear_systems,
        mechanisms,
        odes,
        optimization,
        problems,
        tsp,
    )
    from mechkit.exercises.exercise import Exercise
    from mechkit.measurement.comparing.compare import compare
    from mechkit.measurement.laws.growth import growth
    from mechkit.measurement.laws.law import law
    from mechkit.measurement.sweeping.sweep import sweep
    from mechkit.measurement.sweeping.task import Task

#: What loads when it is first used: importing mechkit costs little more than importing Numba.
_LAZY = {
    **dict.fromkeys(("Task", "compare", "growth", "law", "sweep"), "mechkit.measurement"),
    "Exercise": "mechkit.exercises",
    **dict.fromkeys(
        (
            "compression",
            "exercises",
            "interpolation",
            "linear_systems",
            "mechanisms",
            "odes",
            "optimization",
            "problems",
            "tsp",
        ),
        "",
    ),
}

__all__ = [
    "COST_MODELS",
    "CostModel",
    "Exercise",
    "KernelError",
    "OpCounts",
    "Task",
    "UncountedError",
    "__version__",
    "annotate",
    "compare",
    "compression",
    "count",
    "debug",
    "exercises",
    "growth",
    "interpolation",
    "kernel",
    "law",
    "linear_systems",
    "mechanisms",
    "odes",
    "optimization",
    "problems",
    "sweep",
    "tsp",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'mechkit' has no attribute {name!r}{did_you_mean(name, __all__)}")
    home = _LAZY[name]
    return getattr(import_module(home), name) if home else import_module(f"mechkit.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
