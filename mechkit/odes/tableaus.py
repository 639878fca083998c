"""Explicit Runge-Kutta methods as tables of their nonzero numbers: a new method is data.

A stored zero would be multiplied by, and counted. So each row is a dict {column: value}.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from mechkit.odes import dop853_numbers

Row = dict[int, float]


class Table(NamedTuple):
    """A tableau as kernels read it: row r has the values from first[r] to first[r + 1], in the columns beside them.

    The rows are those of stages 1, 2, ..., then the weights, the errors, the extra stages, the dense output. The
    numbers stages, errors, extra and dense are how many of each there are.

    early : 1 where an error needs the derivative at the end of the step; power : the order of the error in h.
    """

    nodes: Any
    first: Any
    columns: Any
    values: Any
    stages: int
    errors: int
    extra: int
    dense: int
    early: int
    power: float


@dataclass(frozen=True)
class Tableau:
    """An explicit Runge-Kutta method with s stages, which are numbered from 0.

    name, order : of the method; nodes : c, for the s stages, the derivative at the end of the step (stage s), and the
    extra stages; stages : rows of A for stages 1 to s - 1; weights : b; errors : rows of the estimates of the error, of
    which the second steadies the first; power : the order of the error in h; extra : rows of A for stages s + 1, ...,
    that only the dense output needs; dense : rows of its coefficients from F3 on, in the form of dense_output.py.

    >>> TABLEAUS["rk4"].A
    array([[0. , 0. , 0. , 0. ],
           [0.5, 0. , 0. , 0. ],
           [0. , 0.5, 0. , 0. ],
           [0. , 0. , 1. , 0. ]])
    """

    name: str
    order: int
    nodes: tuple[float, ...]
    stages: tuple[Row, ...]
    weights: Row
    errors: tuple[Row, ...] = ()
    power: int = 0
    extra: tuple[Row, ...] = ()
    dense: tuple[Row, ...] = ()

    @property
    def s(self) -> int:
        """The number of stages."""
        return len(self.stages) + 1

    @property
    def A(self) -> np.ndarray:
        """The matrix of Butcher's table, (s, s)."""
        A = np.zeros((self.s, self.s))
        for i, row in enumerate(self.stages):
            A[i + 1, list(row)] = list(row.values())
        return A

    @property
    def b(self) -> np.ndarray:
        """The weights, (s,)."""
        b = np.zeros(self.s)
        b[list(self.weights)] = list(self.weights.values())
        return b

    @property
    def c(self) -> np.ndarray:
        """The nodes of the s stages."""
        return np.array(self.nodes[: self.s])

    @cached_property
    def table(self) -> Table:
        """The table as kernels read it."""
        rows = [*self.stages, self.weights, *self.errors, *self.extra, *self.dense]
        first = np.cumsum([0, *map(len, rows)])
        columns = np.array([column for row in rows for column in row], np.int64)
        values = np.array([value for row in rows for value in row.values()])
        early = any(self.s in row for row in self.errors)
        counts = self.s, len(self.errors), len(self.extra), len(self.dense), int(early)
        return Table(np.array(self.nodes), first.astype(np.int64), columns, values, *counts, float(self.power))


EULER = Tableau("euler", 1, (0.0,), (), {0: 1.0})
MIDPOINT = Tableau("midpoint", 2, (0.0, 0.5), ({0: 0.5},), {1: 1.0})
HEUN = Tableau("heun", 2, (0.0, 1.0), ({0: 1.0},), {0: 0.5, 1: 0.5})
#: Kutta's method of order 3.
RK3 = Tableau("rk3", 3, (0.0, 0.5, 1.0), ({0: 0.5}, {0: -1.0, 1: 2.0}), {0: 1 / 6, 1: 2 / 3, 2: 1 / 6})
#: Kutta's method of order 4.
RK4 = Tableau(
    "rk4",
    4,
    (0.0, 0.5, 0.5, 1.0),
    ({0: 0.5}, {1: 0.5}, {2: 1.0}),
    {0: 1 / 6, 1: 1 / 3, 2: 1 / 3, 3: 1 / 6},
)
#: Bogacki and Shampine, A 3(2) pair of Runge-Kutta formulas, 1989.
RK23 = Tableau(
    "RK23",
    3,
    (0.0, 1 / 2, 3 / 4, 1.0),
    ({0: 1 / 2}, {1: 3 / 4}),
    {0: 2 / 9, 1: 1 / 3, 2: 4 / 9},
    ({0: 5 / 72, 1: -1 / 12, 2: -1 / 9, 3: 1 / 8},),
    3,
)
#: Dormand and Prince, A family of embedded Runge-Kutta formulae, 1980; the dense output is Shampine's.
RK45 = Tableau(
    "RK45",
    5,
    (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0),
    (
        {0: 1 / 5},
        {0: 3 / 40, 1: 9 / 40},
        {0: 44 / 45, 1: -56 / 15, 2: 32 / 9},
        {0: 19372 / 6561, 1: -25360 / 2187, 2: 64448 / 6561, 3: -212 / 729},
        {0: 9017 / 3168, 1: -355 / 33, 2: 46732 / 5247, 3: 49 / 176, 4: -5103 / 18656},
    ),
    {0: 35 / 384, 2: 500 / 1113, 3: 125 / 192, 4: -2187 / 6784, 5: 11 / 84},
    ({0: -71 / 57600, 2: 71 / 16695, 3: -71 / 1920, 4: 17253 / 339200, 5: -22 / 525, 6: 1 / 40},),
    5,
    dense=(
        {
            0: -12715105075 / 11282082432,
            2: 87487479700 / 32700410799,
            3: -10690763975 / 1880347072,
            4: 701980252875 / 199316789632,
            5: -1453857185 / 822651844,
            6: 69997945 / 29380423,
        },
    ),
)
#: Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying assumption, 2011.
TSIT5 = Tableau(
    "Tsit5",
    5,
    (0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0),
    (
        {0: 0.161},
        {0: -0.008480655492356989, 1: 0.335480655492357},
        {0: 2.8971530571054935, 1: -6.359448489975075, 2: 4.3622954328695815},
        {0: 5.325864828439257, 1: -11.748883564062828, 2: 7.4955393428898365, 3: -0.09249506636175525},
        {0: 5.86145544294642, 1: -12.92096931784711, 2: 8.159367898576159, 3: -0.071584973281401,
         4: -0.028269050394068383},
    ),
    {0: 0.09646076681806523, 1: 0.01, 2: 0.4798896504144996, 3: 1.379008574103742, 4: -3.290069515436081,
     5: 2.324710524099774},
    (
        {
            0: -0.00178001105222577714,
            1: -0.0008164344596567469,
            2: 0.007880878010261995,
            3: -0.1447110071732629,
            4: 0.5823571654525552,
            5: -0.45808210592918697,
            6: 0.015151515151515152,
        },
    ),
    5,
    dense=(
        {
            0: -1.0530884977290216,
            1: 0.1017,
            2: 2.490627285651252793,
            3: -16.54810288924490272,
            4: 47.37952196281928122,
            5: -34.87065786149660974,
            6: 2.5,
        },
    ),
)  # fmt: skip
#: Hairer, Norsett and Wanner, section II.10.
DOP853 = Tableau(
    "DOP853",
    8,
    dop853_numbers.NODES,
    dop853_numbers.STAGES,
    dop853_numbers.WEIGHTS,
    dop853_numbers.ERRORS,
    8,
    dop853_numbers.EXTRA_STAGES,
    dop853_numbers.DENSE,
)

#: The explicit Runge-Kutta methods by name.
TABLEAUS = {tableau.name: tableau for tableau in (EULER, MIDPOINT, HEUN, RK3, RK4, RK23, RK45, TSIT5, DOP853)}
