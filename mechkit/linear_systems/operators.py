"""What iterations apply: matrices, functions that stand for matrices, and preconditioners.

An operator is a kernel and the data that it needs: ``apply(*data, x, y)`` writes y = Ax. A Krylov method takes both as
arguments, the kernel by its address, so it is compiled once for all operators of a type.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import scipy.sparse
from numba import typeof, void

from mechkit.checking import float_array, square
from mechkit.counting import by_address, kernel
from mechkit.linear_systems.constants import FOUR, ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.linear_systems.incomplete_cholesky import incomplete_cholesky
from mechkit.linear_systems.sparse import (
    csr,
    csr_arrays,
    csr_back_substitution_transposed,
    csr_forward_substitution,
    csr_product,
)
from mechkit.linear_systems.triangular import require_diagonal

# -- kernels that apply an operator --------------------------------------------------------------------------------


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def dense_product(A, x, y):
    """y = Ax, A (n, n).

    >>> from mechkit import law
    >>> law(dense_product, n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    for i in range(y.size):
        row = A[i]
        s = ZERO
        for j in range(row.size):
            s = s + row[j] * x[j]
        y[i] = s


@kernel(cache=True, error_model="numpy")
def diagonal_solve(d, x, y):
    """Solve Dy = x, D diagonal.

    >>> from mechkit import law
    >>> law(diagonal_solve, n=range(1, 6)).flops
    Polynomial('n')
    """
    for i in range(x.size):
        y[i] = x[i] / d[i]


@kernel(cache=True, error_model="numpy")
def cholesky_solve(data, indices, indptr, x, y):
    """Solve LL'y = x, L sparse: two substitutions.

    >>> from mechkit import law
    >>> law(cholesky_solve, n=range(2, 7)).flops  # two diagonals
    Polynomial('6n - 4')
    """
    for i in range(x.size):
        y[i] = x[i]
    csr_forward_substitution(data, indices, indptr, y)
    csr_back_substitution_transposed(data, indices, indptr, y)


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def five_point_star(columns, x, y):
    """y = Ax for Poisson's equation on a grid, numbered row by row, without a matrix: y = 4x - its neighbors.

    >>> from mechkit import law
    >>> law(five_point_star, n=range(2, 7))  # n x n points; outside the grid there are zeros
    sub    4n^2 - 2n
    mul    n^2
    flops  5n^2 - 2n
    """
    if columns < 1 or x.size % columns != 0:
        raise ValueError("five_point_star needs whole rows: the size of x must be a multiple of columns")
    last = columns - 1
    outside = np.zeros_like(x[:columns])
    for k in range(0, x.size, columns):  # where a row begins
        here, out = x[k : k + columns], y[k : k + columns]
        above = x[k - columns : k] if k > 0 else outside
        below = x[k + columns : k + 2 * columns] if k + columns < x.size else outside
        out[0] = FOUR * here[0] - above[0] - below[0]  # 1  the two ends, which lack a neighbor
        out[last] = FOUR * here[last] - above[last] - below[last]
        if columns > 1:
            out[0] = out[0] - here[1]
            out[last] = out[last] - here[last - 1]

        o, c, right, a, b = out[1:last], here[1:last], here[2:], above[1:last], below[1:last]  # 2  the rest
        for j in range(o.size):
            o[j] = FOUR * c[j] - here[j] - right[j] - a[j] - b[j]


@dense_product.example
def _(n):
    return np.full((n, n), 1.0 / n) + np.eye(n), np.ones(n), np.zeros(n)


@diagonal_solve.example
def _(n):
    return np.full(n, 2.5), np.ones(n), np.zeros(n)


@cholesky_solve.example
def _(n):
    return *csr_forward_substitution.example_arguments(n), np.zeros(n)


@five_point_star.example
def _(n):
    return n, np.arange(float(n * n)), np.zeros(n * n)


# -- operators -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Operator:
    """A linear operator: ``apply(*data, x, y)`` writes y = Ax.

    apply : a kernel, or a plain Python function, which is compiled; data : its first arguments, arrays and numbers;
    n : its order, None where any x will do.

    >>> from mechkit.linear_systems.conjugate_gradients import cg
    >>> cg(Operator(five_point_star, (3,)), np.ones(9)).x  # a grid of three columns
    array([0.6875, 0.875 , 0.6875, 0.875 , 1.125 , 0.875 , 0.6875, 0.875 , 0.6875])
    """

    apply: Any
    data: tuple[Any, ...] = ()
    n: int | None = None

    def matrix(self, dtype: Any) -> Any:
        """The matrix (n, n), dense or by rows, in a dtype; None where there is but a function."""
        if self.apply is dense_product:
            return self.data[0].astype(dtype, copy=False)
        if self.apply is csr_product:
            values, indices, indptr = self.data
            arrays = (values.astype(dtype, copy=False), indices.view(np.int32), indptr.view(np.int32))
            return scipy.sparse.csr_array(arrays, shape=(self.n, self.n))
        return None

    def bound(self, dtype: Any) -> tuple[Any, tuple[Any, ...]]:
        """The kernel by its address, for vectors of a dtype, and its data with their floats in this dtype."""
        data = tuple(_as_argument(value, dtype) for value in self.data)
        vector = typeof(np.empty(0, dtype))
        return by_address(self.apply, void(*map(typeof, data), vector, vector)), data


def _as_argument(value: Any, dtype: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    # Writeable, because whatever is not is another type to Numba, to be compiled for anew.
    return np.require(value, dtype if value.dtype.kind == "f" else value.dtype, ["C", "ALIGNED", "WRITEABLE"])


def as_operator(name: str, A: Any, order: int | None = None) -> tuple[Operator, Any]:
    """Whatever stands for a matrix, as an operator, and the dtype it brings along, None for functions.

    A : (n, n), dense or sparse; or a function ``A(x, y)`` that writes y = Ax, a kernel or to be compiled as one; or an
    Operator; order : what n must be, if given. Raises TypeError and ValueError for anything else.

    >>> operator, dtype = as_operator("A", [[2.0, 0.0], [1.0, 3.0]])
    >>> operator.n, dtype
    (2, dtype('float64'))
    """
    operator, dtype = _operator(name, A)
    if order is not None and operator.n not in (None, order):
        raise ValueError(f"{name} is of order {operator.n}; it must be of order {order}, like A")
    return operator, dtype


def _operator(name: str, A: Any) -> tuple[Operator, Any]:
    if isinstance(A, Operator):
        return A, None
    if scipy.sparse.issparse(A):
        rows = csr(name, A)
        return Operator(csr_product, csr_arrays(rows), rows.shape[0]), rows.dtype
    if hasattr(A, "matvec"):
        raise TypeError(
            f"{name} is a {type(A).__name__}, which is Python inside, so its work would not be counted; give a "
            f"function {name}(x, y) of plain loops that writes the product into y, or the matrix"
        )
    if callable(A):
        _require_two_arguments(name, A)
        return Operator(A), None
    matrix = float_array(name, A, (2,))
    return Operator(dense_product, (matrix,), square(name, matrix)), matrix.dtype


def _require_two_arguments(name: str, A: Any) -> None:
    try:
        signature(A).bind(None, None)
    except TypeError:
        raise TypeError(
            f"{name} is a function of other arguments than x and y; give {name}(x, y), which writes the product into y"
        ) from None
    except ValueError:  # nothing is known of its arguments
        return


def jacobi_preconditioner(A: Any) -> Operator:
    """The inverse of the diagonal of A, as the M of `cg` and `gmres`: one division an unknown and step.

    Parameters
    ----------
    A : (n, n), sparse or dense

    Raises LinAlgError where there is a zero on the diagonal.

    References: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 10.2.

    >>> from mechkit.linear_systems.conjugate_gradients import cg
    >>> A = np.diag([1.0, 10.0, 100.0])
    >>> cg(A, np.ones(3)).nit, cg(A, np.ones(3), M=jacobi_preconditioner(A)).nit
    (3, 1)
    """
    diagonal = csr("A", A).diagonal()
    require_diagonal(diagonal, "divide by the diagonal")
    return Operator(diagonal_solve, (diagonal,), diagonal.size)


def ic0_preconditioner(A: Any) -> Operator:
    """The inverse of LL', L the incomplete Cholesky factor of A, as the M of `cg`: it costs about as much as A.

    Parameters
    ----------
    A : (n, n), sparse or dense, symmetric positive definite

    Raises LinAlgError where `incomplete_cholesky` does.

    References: Meijerink and van der Vorst, Math. Comp. 31 (1977) 148-162.

    >>> from mechkit.linear_systems.conjugate_gradients import cg
    >>> from mechkit.problems import poisson_2d
    >>> A, b = poisson_2d(31), np.ones(31 * 31)
    >>> cg(A, b).nit, cg(A, b, M=ic0_preconditioner(A)).nit
    (45, 18)
    """
    L = incomplete_cholesky(A)
    return Operator(cholesky_solve, csr_arrays(L), L.shape[0])
