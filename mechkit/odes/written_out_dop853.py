"""A step of DOP853, written out: `runge_kutta_step.table_step` with the numbers of its table."""

from __future__ import annotations

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED
from mechkit.odes.runge_kutta_step import example_step
from mechkit.odes.tableaus import DOP853


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def dop853(f, table, t, t_new, y, K, z, e):
    """The twelve stages of DOP853, the new state z, and the two estimates of the error.

    Beside the calls of f, which has n flops here:

    >>> from mechkit import law
    >>> law(dop853, n=range(1, 6)).flops
    Polynomial('160n + 21')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section II.10
    h = t_new - t
    k0 = K[0]
    k1 = K[1]
    k2 = K[2]
    k3 = K[3]
    k4 = K[4]
    k5 = K[5]
    k6 = K[6]
    k7 = K[7]
    k8 = K[8]
    k9 = K[9]
    k10 = K[10]
    k11 = K[11]
    for i in range(y.size):  # 1
        z[i] = y[i] + h * (0.05260015195876773 * k0[i])
    f(t + 0.05260015195876773 * h, z, k1)
    for i in range(y.size):  # 2
        z[i] = y[i] + h * (0.0197250569845379 * k0[i] + 0.0591751709536137 * k1[i])
    f(t + 0.0789002279381516 * h, z, k2)
    for i in range(y.size):  # 3
        z[i] = y[i] + h * (0.02958758547680685 * k0[i] + 0.08876275643042054 * k2[i])
    f(t + 0.1183503419072274 * h, z, k3)
    for i in range(y.size):  # 4
        z[i] = y[i] + h * (0.2413651341592667 * k0[i] - 0.8845494793282861 * k2[i] + 0.924834003261792 * k3[i])
    f(t + 0.2816496580927726 * h, z, k4)
    for i in range(y.size):  # 5
        z[i] = y[i] + h * (0.037037037037037035 * k0[i] + 0.17082860872947386 * k3[i] + 0.12546768756682242 * k4[i])
    f(t + 0.3333333333333333 * h, z, k5)
    for i in range(y.size):  # 6
        z[i] = y[i] + h * (
            0.037109375 * k0[i] + 0.17025221101954405 * k3[i] + 0.06021653898045596 * k4[i] - 0.017578125 * k5[i]
        )
    f(t + 0.25 * h, z, k6)
    for i in range(y.size):  # 7
        z[i] = y[i] + h * (
            0.03709200011850479 * k0[i]
            + 0.17038392571223998 * k3[i]
            + 0.10726203044637328 * k4[i]
            - 0.015319437748624402 * k5[i]
            + 0.008273789163814023 * k6[i]
        )
    f(t + 0.3076923076923077 * h, z, k7)
    for i in range(y.size):  # 8
        z[i] = y[i] + h * (
            0.6241109587160757 * k0[i]
            - 3.3608926294469414 * k3[i]
            - 0.868219346841726 * k4[i]
            + 27.59209969944671 * k5[i]
            + 20.154067550477894 * k6[i]
            - 43.48988418106996 * k7[i]
        )
    f(t + 0.6512820512820513 * h, z, k8)
    for i in range(y.size):  # 9
        z[i] = y[i] + h * (
            0.47766253643826434 * k0[i]
            - 2.4881146199716677 * k3[i]
            - 0.590290826836843 * k4[i]
            + 21.230051448181193 * k5[i]
            + 15.279233632882423 * k6[i]
            - 33.28821096898486 * k7[i]
            - 0.020331201708508627 * k8[i]
        )
    f(t + 0.6 * h, z, k9)
    for i in range(y.size):  # 10
        z[i] = y[i] + h * (
            -0.9371424300859873 * k0[i]
            + 5.186372428844064 * k3[i]
            + 1.0914373489967295 * k4[i]
            - 8.149787010746927 * k5[i]
            - 18.52006565999696 * k6[i]
            + 22.739487099350505 * k7[i]
            + 2.4936055526796523 * k8[i]
            - 3.0467644718982196 * k9[i]
        )
    f(t + 0.8571428571428571 * h, z, k10)
    for i in range(y.size):  # 11
        z[i] = y[i] + h * (
            2.273310147516538 * k0[i]
            - 10.53449546673725 * k3[i]
            - 2.0008720582248625 * k4[i]
            - 17.9589318631188 * k5[i]
            + 27.94888452941996 * k6[i]
            - 2.8589982771350235 * k7[i]
            - 8.87285693353063 * k8[i]
            + 12.360567175794303 * k9[i]
            + 0.6433927460157636 * k10[i]
        )
    f(t_new, z, k11)
    for i in range(y.size):  # the new state
        z[i] = y[i] + h * (
            0.054293734116568765 * k0[i]
            + 4.450312892752409 * k5[i]
            + 1.8915178993145003 * k6[i]
            - 5.801203960010585 * k7[i]
            + 0.3111643669578199 * k8[i]
            - 0.1521609496625161 * k9[i]
            + 0.20136540080403034 * k10[i]
            + 0.04471061572777259 * k11[i]
        )
    for i in range(y.size):  # its error
        e[0, i] = h * (
            0.01312004499419488 * k0[i]
            - 1.2251564463762044 * k5[i]
            - 0.4957589496572502 * k6[i]
            + 1.6643771824549864 * k7[i]
            - 0.35032884874997366 * k8[i]
            + 0.3341791187130175 * k9[i]
            + 0.08192320648511571 * k10[i]
            - 0.022355307863886294 * k11[i]
        )
        e[1, i] = h * (
            -0.18980075407240762 * k0[i]
            + 4.450312892752409 * k5[i]
            + 1.8915178993145003 * k6[i]
            - 5.801203960010585 * k7[i]
            - 0.4226823213237919 * k8[i]
            - 0.1521609496625161 * k9[i]
            + 0.20136540080403034 * k10[i]
            + 0.02265179219836082 * k11[i]
        )


@dop853.example
def _(n):
    return example_step(n, DOP853)
