"""From counts to understanding: laws, growth, comparisons, and the sweeps behind them."""

from mechkit.measurement.comparing.compare import compare
from mechkit.measurement.comparing.comparison import Comparison
from mechkit.measurement.laws.exact_law import Law
from mechkit.measurement.laws.growth import Growth, growth
from mechkit.measurement.laws.law import law
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.measurement.sweeping.sweep import sweep
from mechkit.measurement.sweeping.task import Task

__all__ = ["Comparison", "Growth", "Law", "Polynomial", "Task", "compare", "growth", "law", "sweep"]
