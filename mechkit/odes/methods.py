"""The methods of `solve_ivp` by name."""

from __future__ import annotations

from mechkit.odes.backward_differences import MAX_ORDER
from mechkit.odes.chebyshev_steps import stabilized
from mechkit.odes.chebyshev_tables import RKC1, RKC2
from mechkit.odes.implicit import BACKWARD_EULER, BDF, RADAU, RODAS4, TRAPEZOID, implicit
from mechkit.odes.problem import Method
from mechkit.odes.runge_kutta import explicit
from mechkit.odes.tableaus import DOP853, RK23, RK45, TSIT5

#: The numbers of diagonals of a banded Jacobian.
BANDS = ("lband", "uband")
#: The names in lower case, as they are compared.
METHODS: dict[str, Method] = {
    tableau.name.lower(): Method(explicit(tableau), 3 + len(tableau.dense)) for tableau in (RK45, RK23, DOP853, TSIT5)
}
METHODS |= {
    "rkc": Method(stabilized(RKC2), 3),
    "rkc1": Method(stabilized(RKC1), 3),
    "bdf": Method(implicit(BDF), MAX_ORDER, True, BANDS),
    "radau": Method(implicit(RADAU), 3, True, BANDS),
    "rodas4": Method(implicit(RODAS4), 3, True, BANDS),
    "backwardeuler": Method(implicit(BACKWARD_EULER), 2, True, BANDS),
    "trapezoid": Method(implicit(TRAPEZOID), 2, True, BANDS),
}
