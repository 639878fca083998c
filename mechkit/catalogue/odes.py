"""Differential equations: the laws and comparisons that can be asked for by name."""

from mechkit.catalogue.entries import NamedComparison, NamedLaw

LAWS: dict[str, NamedLaw] = {}

COMPARISONS: dict[str, NamedComparison] = {}
