"""The instrument: exact operation counts inside compiled code."""

from mechkit.counting.address import by_address
from mechkit.counting.annotate import annotate
from mechkit.counting.costs import COST_MODELS, CostModel
from mechkit.counting.count import count
from mechkit.counting.debug import debug
from mechkit.counting.errors import KernelError, UncountedError
from mechkit.counting.kernel import kernel
from mechkit.counting.opcounts import OpCounts

__all__ = [
    "COST_MODELS",
    "CostModel",
    "KernelError",
    "OpCounts",
    "UncountedError",
    "annotate",
    "by_address",
    "count",
    "debug",
    "kernel",
]
