"""From counts to understanding."""

from mechkit.measurement.law import Law, law
from mechkit.measurement.polynomial import Polynomial

__all__ = ["Law", "Polynomial", "law"]
