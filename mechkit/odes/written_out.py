"""Steps of the methods in use every day, written out: `runge_kutta_step.table_step` with the numbers of one table each.

The compiler sees the numbers, and a step of a small system takes half the time. A test holds them to the tables.
"""

from __future__ import annotations

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED
from mechkit.odes.runge_kutta_step import example_step
from mechkit.odes.tableaus import RK45, TSIT5


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def dormand_prince(f, table, t, t_new, y, K, z, e):
    """The six stages of Dormand and Prince, the new state z, the derivative there, and the error.

    Beside the calls of f, which has n flops here:

    >>> from mechkit import law
    >>> law(dormand_prince, n=range(1, 6)).flops
    Polynomial('58n + 9')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., table II.5.2
    h = t_new - t
    k0 = K[0]
    k1 = K[1]
    k2 = K[2]
    k3 = K[3]
    k4 = K[4]
    k5 = K[5]
    k6 = K[6]
    for i in range(y.size):  # 1
        z[i] = y[i] + h * (1 / 5 * k0[i])
    f(t + 1 / 5 * h, z, k1)
    for i in range(y.size):  # 2
        z[i] = y[i] + h * (3 / 40 * k0[i] + 9 / 40 * k1[i])
    f(t + 3 / 10 * h, z, k2)
    for i in range(y.size):  # 3
        z[i] = y[i] + h * (44 / 45 * k0[i] - 56 / 15 * k1[i] + 32 / 9 * k2[i])
    f(t + 4 / 5 * h, z, k3)
    for i in range(y.size):  # 4
        z[i] = y[i] + h * (19372 / 6561 * k0[i] - 25360 / 2187 * k1[i] + 64448 / 6561 * k2[i] - 212 / 729 * k3[i])
    f(t + 8 / 9 * h, z, k4)
    for i in range(y.size):  # 5
        z[i] = y[i] + h * (
            9017 / 3168 * k0[i] - 355 / 33 * k1[i] + 46732 / 5247 * k2[i] + 49 / 176 * k3[i] - 5103 / 18656 * k4[i]
        )
    f(t_new, z, k5)
    for i in range(y.size):  # the new state
        z[i] = y[i] + h * (
            35 / 384 * k0[i] + 500 / 1113 * k2[i] + 125 / 192 * k3[i] - 2187 / 6784 * k4[i] + 11 / 84 * k5[i]
        )
    f(t_new, z, k6)
    for i in range(y.size):  # its error
        e[0, i] = h * (
            -71 / 57600 * k0[i]
            + 71 / 16695 * k2[i]
            - 71 / 1920 * k3[i]
            + 17253 / 339200 * k4[i]
            - 22 / 525 * k5[i]
            + 1 / 40 * k6[i]
        )


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def tsitouras(f, table, t, t_new, y, K, z, e):
    """The six stages of Tsitouras, the new state z, the derivative there, and the error.

    Beside the calls of f, which has n flops here:

    >>> from mechkit import law
    >>> law(tsitouras, n=range(1, 6)).flops
    Polynomial('62n + 9')
    """
    # Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying assumption, 2011
    h = t_new - t
    k0 = K[0]
    k1 = K[1]
    k2 = K[2]
    k3 = K[3]
    k4 = K[4]
    k5 = K[5]
    k6 = K[6]
    for i in range(y.size):  # 1
        z[i] = y[i] + h * (0.161 * k0[i])
    f(t + 0.161 * h, z, k1)
    for i in range(y.size):  # 2
        z[i] = y[i] + h * (-0.008480655492356989 * k0[i] + 0.335480655492357 * k1[i])
    f(t + 0.327 * h, z, k2)
    for i in range(y.size):  # 3
        z[i] = y[i] + h * (2.8971530571054935 * k0[i] - 6.359448489975075 * k1[i] + 4.3622954328695815 * k2[i])
    f(t + 0.9 * h, z, k3)
    for i in range(y.size):  # 4
        z[i] = y[i] + h * (
            5.325864828439257 * k0[i]
            - 11.748883564062828 * k1[i]
            + 7.4955393428898365 * k2[i]
            - 0.09249506636175525 * k3[i]
        )
    f(t + 0.9800255409045097 * h, z, k4)
    for i in range(y.size):  # 5
        z[i] = y[i] + h * (
            5.86145544294642 * k0[i]
            - 12.92096931784711 * k1[i]
            + 8.159367898576159 * k2[i]
            - 0.071584973281401 * k3[i]
            - 0.028269050394068383 * k4[i]
        )
    f(t_new, z, k5)
    for i in range(y.size):  # the new state
        z[i] = y[i] + h * (
            0.09646076681806523 * k0[i]
            + 0.01 * k1[i]
            + 0.4798896504144996 * k2[i]
            + 1.379008574103742 * k3[i]
            - 3.290069515436081 * k4[i]
            + 2.324710524099774 * k5[i]
        )
    f(t_new, z, k6)
    for i in range(y.size):  # its error
        e[0, i] = h * (
            -0.001780011052225777 * k0[i]
            - 0.0008164344596567469 * k1[i]
            + 0.007880878010261995 * k2[i]
            - 0.1447110071732629 * k3[i]
            + 0.5823571654525552 * k4[i]
            - 0.45808210592918697 * k5[i]
            + 0.015151515151515152 * k6[i]
        )


@dormand_prince.example
def _(n):
    return example_step(n, RK45)


@tsitouras.example
def _(n):
    return example_step(n, TSIT5)
