"""Radau IIA of order 5: its nodes, the eigenvalues of its inverse matrix, and its error, as scalars for kernels."""

from __future__ import annotations

import numpy as np

#: The nodes; the third is 1.
NODE_1, NODE_2 = (4.0 - 6.0**0.5) / 10.0, (4.0 + 6.0**0.5) / 10.0
#: The inverse of A has a real eigenvalue, and the pair PAIR_REAL +- i PAIR_IMAGINARY.
REAL = 3.0 + 3.0 ** (2.0 / 3.0) - 3.0 ** (1.0 / 3.0)
PAIR_REAL = 3.0 + 0.5 * (3.0 ** (1.0 / 3.0) - 3.0 ** (2.0 / 3.0))
PAIR_IMAGINARY = -0.5 * (3.0 ** (5.0 / 6.0) + 3.0 ** (7.0 / 6.0))
#: The weights of the stages in the estimate of the error.
ERROR_1, ERROR_2, ERROR_3 = (-13.0 - 7.0 * 6.0**0.5) / 3.0, (-13.0 + 7.0 * 6.0**0.5) / 3.0, -1.0 / 3.0
#: T makes the inverse of A block diagonal; its last row is 1, 1, 0. Hairer and Wanner, section IV.8.
T = np.array(
    [
        [0.09443876248897524, -0.14125529502095421, 0.03002919410514742],
        [0.25021312296533332, 0.20412935229379994, -0.38294211275726192],
        [1.0, 1.0, 0.0],
    ]
)
T_INVERSE = np.array(
    [
        [4.17871859155190428, 0.32768282076106237, 0.52337644549944951],
        [-4.17871859155190428, -0.32768282076106237, 0.47662355450055044],
        [0.50287263494578682, -2.57192694985560522, 0.59603920482822492],
    ]
)
#: The solution within a step is y + x q[0] + x^2 q[1] + x^3 q[2], q = POWERS Z, Z the stages less y.
POWERS = np.array(
    [
        [13.0 / 3.0 + 7.0 * 6.0**0.5 / 3.0, 13.0 / 3.0 - 7.0 * 6.0**0.5 / 3.0, 1.0 / 3.0],
        [-23.0 / 3.0 - 22.0 * 6.0**0.5 / 3.0, -23.0 / 3.0 + 22.0 * 6.0**0.5 / 3.0, -8.0 / 3.0],
        [10.0 / 3.0 + 5.0 * 6.0**0.5, 10.0 / 3.0 - 5.0 * 6.0**0.5, 10.0 / 3.0],
    ]
)
