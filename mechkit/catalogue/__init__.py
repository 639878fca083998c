"""What can be asked for by name from the shell: laws and comparisons, a file for each family of algorithms."""

from mechkit.catalogue import compression, finite_elements, interpolation, linear_systems, odes, optimization, tsp
from mechkit.catalogue.entries import NamedComparison, NamedLaw, verified

_FAMILIES = (linear_systems, optimization, interpolation, odes, finite_elements, tsp, compression)
#: The laws by name, which ``mechkit law NAME`` prints.
LAWS = {name: entry for family in _FAMILIES for name, entry in family.LAWS.items()}
#: The comparisons by name, which ``mechkit compare NAME`` runs.
COMPARISONS = {name: entry for family in _FAMILIES for name, entry in family.COMPARISONS.items()}

__all__ = ["COMPARISONS", "LAWS", "NamedComparison", "NamedLaw", "verified"]
