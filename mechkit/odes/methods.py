"""The methods of `solve_ivp` by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mechkit.odes.backward_differences import MAX_ORDER
from mechkit.odes.chebyshev_steps import stabilized
from mechkit.odes.chebyshev_tables import RKC1, RKC2
from mechkit.odes.implicit import BACKWARD_EULER, BDF, RADAU, RODAS4, TRAPEZOID, implicit
from mechkit.odes.problem import Method
from mechkit.odes.runge_kutta import explicit
from mechkit.odes.tableaus import DOP853, RK23, RK45, TSIT5
from mechkit.words import nearest

#: The numbers of diagonals of a banded Jacobian.
BANDS = ("lband", "uband")
METHODS: dict[str, Method] = {
    tableau.name: Method(explicit(tableau), 3 + len(tableau.dense)) for tableau in (RK45, RK23, DOP853, TSIT5)
}
METHODS |= {
    "RKC": Method(stabilized(RKC2), 3),
    "RKC1": Method(stabilized(RKC1), 3),
    "BDF": Method(implicit(BDF), MAX_ORDER, True, BANDS),
    "Radau": Method(implicit(RADAU), 3, True, BANDS),
    "Rodas4": Method(implicit(RODAS4), 3, True, BANDS),
    "BackwardEuler": Method(implicit(BACKWARD_EULER), 2, True, BANDS),
    "Trapezoid": Method(implicit(TRAPEZOID), 2, True, BANDS),
}


def method_named(name: Any, methods: Mapping[str, Method]) -> Method:
    """The method of a name, small and capital letters being alike. Raises ValueError for any other name.

    >>> method_named("radau", METHODS).implicit
    True
    >>> method_named("RK4", METHODS)
    Traceback (most recent call last):
    ValueError: method is 'RK4'; it must be one of RK45, RK23, ..., Trapezoid: did you mean 'RK45'?
    """
    for known, method in methods.items():
        if isinstance(name, str) and name.lower() == known.lower():
            return method
    near = nearest(name, methods) if isinstance(name, str) else None
    hint = f": did you mean {near!r}?" if near else ""
    raise ValueError(f"method is {name!r}; it must be one of {', '.join(methods)}{hint}")
