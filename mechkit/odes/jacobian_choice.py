"""Which Jacobian a problem asks for: given, constant, by a complex step or by differences, full or banded."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numba import complex128, float64, void

from mechkit.checking import float_array, whole
from mechkit.counting import by_address, kernel
from mechkit.odes.implicit_bundles import Pair, System
from mechkit.odes.jacobians import LEAST, given_jacobian, jacobian_kernel
from mechkit.odes.pair_systems import pair_memory
from mechkit.odes.problem import Problem
from mechkit.odes.right_hand_side import JACOBIAN
from mechkit.odes.shifted_systems import SMALL_ORDER, banded_system, dense_system
from mechkit.optimization.inlined import COMPLEX_STEP, inlined

#: What a right-hand side of complex numbers is compiled for.
COMPLEX_FIELD = void(float64, complex128[::1], complex128[::1])
#: SciPy's words for differences to one side and to both, and for a complex step.
ONE_SIDED, TWO_SIDED, BY_COMPLEX_STEP = WORDS = "2-point", "3-point", "cs"


class JacobianChoice:
    """The Jacobian of a problem, and the memory for it and its factors.

    calls_each : calls of f that each Jacobian takes.
    """

    def __init__(self, problem: Problem, default: str) -> None:
        self.problem, n = problem, problem.y0.size
        lower, upper = (problem.options.get(name) for name in ("lband", "uband"))
        self.banded = lower is not None or upper is not None
        l = 0 if lower is None else whole("lband", lower, least=0)
        u = 0 if upper is None else whole("uband", upper, least=0)
        self.bands = np.array([l, u, self.banded], np.int64)
        self.shape = (n, 2 * l + u + 1) if self.banded else (n, n)
        self.J, self.calls_each = np.zeros(self.shape), 0
        groups = min(l + u + 1, n) if self.banded else n
        jac = default if problem.jac is None else problem.jac
        if isinstance(jac, str):
            if jac not in WORDS:
                raise ValueError(f"jac is {jac!r}; it must be a function, a matrix, None, '2-point', '3-point' or 'cs'")
            self.calls_each = {ONE_SIDED: groups + 1, TWO_SIDED: 2 * groups, BY_COMPLEX_STEP: groups}[jac]
            if jac == BY_COMPLEX_STEP:
                self.fill = given_jacobian(by_complex_step(problem.f, self.banded, l, u), self.banded)
            else:
                self.fill = jacobian_kernel(jac, self.banded)
        elif callable(jac):
            self.fill = given_jacobian(jac, self.banded)
        else:
            self.fill = jacobian_kernel("constant", self.banded)
            self._take(float_array("jac", jac, (2,)), l, u)

    def _take(self, matrix: np.ndarray, l: int, u: int) -> None:
        """A constant Jacobian."""
        n = len(self.J)
        rows = l + u + 1 if self.banded else n
        if matrix.shape != (rows, n):
            raise ValueError(f"jac has shape {matrix.shape}; it must be {(rows, n)}")
        if self.banded:
            self.J[:, l:] = matrix.T
        else:
            self.J[:] = matrix

    def system(self, slope: np.ndarray, h: float) -> System:
        """Memory and kernels for the real system; slope : f at the start; h : the first step."""
        p, n = self.problem, slope.size
        LU = np.zeros((1, self.J.size) if self.banded else (n, n))
        memory = np.zeros((4, n))
        memory[LEAST] = np.maximum(p.atol, np.abs(h * slope))
        kernels = banded_system() if self.banded else dense_system(n <= SMALL_ORDER)
        arrays = self.J, LU, np.zeros(n, np.int32), self.bands, memory
        return System(*arrays, p.f, self.fill, *kernels)

    def bad_row(self) -> int:
        """The first component of f with a derivative that is NaN or infinite, or -1."""
        where = np.argwhere(~np.isfinite(self.J))
        if not where.size:
            return -1
        rows = where.sum(axis=1) - self.bands[0] - self.bands[1] if self.banded else where[:, 0]
        return int(rows.min())

    def pair(self) -> Pair:
        """Memory and kernels for the complex system."""
        return Pair(*pair_memory(*self.J.shape, self.banded))


@lru_cache(maxsize=64)
def by_complex_step(f: Any, banded: bool, l: int, u: int) -> Any:
    """The Jacobian of f(t, y, out) as a kernel: Im f(t, y + ih e_j) / h, exact to rounding; bands by groups.

    >>> from mechkit.odes.right_hand_side import right_hand_side
    >>> f, J = right_hand_side(lambda t, y: [y[0] * y[0] * y[0]], 0.0, np.ones(1)), np.zeros((1, 1))
    >>> by_complex_step(f, False, 0, 0)(0.0, np.array([2.0]), J), J
    (None, array([[12.]]))
    """
    g = inlined(f, COMPLEX_FIELD, "f")

    @kernel(cache=g.cached, error_model="numpy")
    def jac(t, y, J):
        n = y.size
        width = l + u + 1 if banded else n
        z, out = np.empty(n, np.complex128), np.empty(n, np.complex128)
        for i in range(n):
            z[i] = complex(y[i], 0.0)
        for first in range(min(width, n)):
            for j in range(first, n, width):
                z[j] = complex(y[j], COMPLEX_STEP)
            g(t, z, out)
            for j in range(first, n, width):
                z[j] = complex(y[j], 0.0)
                if banded:
                    for i in range(max(0, j - u), min(n, j + l + 1)):
                        J[u + i - j, j] = out[i].imag / COMPLEX_STEP
                else:
                    for i in range(n):
                        J[i, j] = out[i].imag / COMPLEX_STEP

    return by_address(jac, JACOBIAN)
