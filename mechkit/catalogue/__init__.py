"""What can be asked for by name from the shell: laws and comparisons, a file for each family of algorithms."""

from mechkit.catalogue import interpolation, linear_systems, optimization
from mechkit.catalogue.entries import NamedComparison, NamedLaw, verified

#: The laws by name, which ``mechkit law NAME`` prints.
LAWS = {**linear_systems.LAWS, **optimization.LAWS, **interpolation.LAWS}
#: The comparisons by name, which ``mechkit compare NAME`` runs.
COMPARISONS = {**linear_systems.COMPARISONS, **optimization.COMPARISONS, **interpolation.COMPARISONS}

__all__ = ["COMPARISONS", "LAWS", "NamedComparison", "NamedLaw", "verified"]
