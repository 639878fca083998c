"""From counts to understanding: laws, growth, comparisons, and the sweeps behind them."""

from mechkit.measurement.compare import compare
from mechkit.measurement.comparison import Comparison
from mechkit.measurement.growth import Growth, growth
from mechkit.measurement.law import Law
from mechkit.measurement.polynomial import Polynomial
from mechkit.measurement.recovery import law
from mechkit.measurement.sweep import sweep
from mechkit.measurement.task import Task

__all__ = ["Comparison", "Growth", "Law", "Polynomial", "Task", "compare", "growth", "law", "sweep"]
