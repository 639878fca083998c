"""Rodas4, a stiffly accurate Rosenbrock method of order 4 with a third-order companion, as scalars for kernels.

Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., section VI.4, in the form (IV.7.25), whose
stages need no product with the Jacobian.
"""

from __future__ import annotations

import numpy as np

#: The diagonal element, and the weights of df/dt in the stages 1 to 4; the others have none.
GAMMA = 0.25
D = np.array([0.25, -0.1043, 0.1035, -0.0362])
#: The times of stages 1 to 4, by parts of the step; stages 5 and 6 lie at its end.
ALPHA = np.array([0.0, 0.386, 0.21, 0.63])
#: The weights of the stages in the states at which f is evaluated; that of stage 6 is the one of stage 5 plus U5.
A = np.zeros((5, 4))
A[1, :1] = 1.544
A[2, :2] = 0.9466785280815826, 0.2557011698983284
A[3, :3] = 3.314825187068521, 2.896124015972201, 0.9986419139977817
A[4, :4] = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950
#: The weights of the stages, over h, beside f.
C = np.zeros((6, 5))
C[1, :1] = -5.6688
C[2, :2] = -2.430093356833875, -0.2063599157091915
C[3, :3] = -0.1073529058151375, -9.594562251023355, -20.47028614809616
C[4, :4] = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
C[5, :3] = 8.083246795921522, -7.981132988064893, -31.52159432874371
C[5, 3:] = 16.31930543123136, -6.058818238834054
#: The weights of the stages in the two coefficients of the dense output.
P21, P22, P23, P24, P25 = (
    *(10.12623508344586, -7.487995877610167, -34.80091861555747),
    *(-7.992771707568823, 1.025137723295662),
)
P31, P32, P33, P34, P35 = (
    *(-0.6762803392801253, 6.087714651680015, 16.43084320892478),
    *(24.76722511418386, -6.594389125716872),
)
