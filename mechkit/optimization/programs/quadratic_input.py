"""The input of a quadratic program: arrays of any kind as the kernels take them, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse

from mechkit.checking import float_array, is_sparse
from mechkit.optimization.programs.quadratic_preparation import INFINITE, compress, fault

#: P with so many unknowns is kept sparse where it comes so, or where it holds few nonzeros; and how few.
MANY, FEW = 200, 0.2
#: Differences of P and its transpose that are rounding, relative.
SYMMETRIC = 1e-10
#: A matrix A with so few elements is kept with its zeros for what is checked in NumPy.
DENSE = 100_000

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(eq=False)
class Program:
    """Minimize x'Px/2 + q'x subject to l <= Ax <= u.

    P : (n, n) dense, or CSR; A : data, indices, indptr by rows; l, u : (m,), infinite for no limit; simple : whether
    the rows are x itself, for want of an A.
    """

    P: Any
    q: np.ndarray
    A: Rows
    l: np.ndarray
    u: np.ndarray
    simple: bool = False

    @cached_property
    def matrices(self) -> tuple[Any, Any, Any, Any]:
        """P, A, |P| and |A| for checks in NumPy: dense where they are small, else SciPy's sparse arrays."""
        m, n = self.l.size, self.q.size
        if m * n > DENSE or not isinstance(self.P, np.ndarray):
            P, A = self.sparse()
            return P, A, abs(P), abs(A)
        data, indices, indptr = self.A
        dense = np.zeros((m, n))
        dense[np.repeat(np.arange(m), np.diff(indptr)), indices] = data
        return self.P, dense, np.abs(self.P), np.abs(dense)

    @cached_property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """The bounds of x that rows with one nonzero stand for."""
        data, indices, indptr = self.A
        lower, upper = np.full(self.q.size, -np.inf), np.full(self.q.size, np.inf)
        rows = np.flatnonzero(np.diff(indptr) == 1)
        at = indptr[rows]
        a, j = data[at], indices[at]
        rows, a, j = rows[a != 0.0], a[a != 0.0], j[a != 0.0]
        low, high = self.l[rows] / a, self.u[rows] / a
        np.maximum.at(lower, j, np.minimum(low, high))
        np.minimum.at(upper, j, np.maximum(low, high))
        return lower, upper

    @cached_property
    def sizes_of_limits(self) -> tuple[np.ndarray, np.ndarray]:
        """The sizes of the limits that are neither zero nor infinite, and their rows."""
        sizes = np.abs(np.concatenate((self.l, self.u)))
        used = np.flatnonzero((sizes > 0.0) & (sizes < np.inf))
        return sizes[used], used % self.l.size

    @cached_property
    def sizes_of_x(self) -> np.ndarray:
        """The sizes of x that q and the diagonal of P name, where there are both."""
        diagonal = self.P.diagonal()
        return np.divide(np.abs(self.q), diagonal, out=np.zeros(self.q.size), where=diagonal > 0.0)

    def name(self, i: int) -> str:
        """What a message calls row i."""
        return f"x[{i}]" if self.simple else f"row {i}"

    def sparse(self) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
        """P and A as SciPy's sparse arrays."""
        n, (data, indices, indptr) = self.q.size, self.A
        A = scipy.sparse.csr_array(
            (data, indices.astype(np.int32), indptr.astype(np.int32)), shape=(indptr.size - 1, n)
        )
        return scipy.sparse.csr_array(self.P), A

    def within(self, l: np.ndarray, u: np.ndarray) -> Program:
        """The same program with other limits."""
        return replace(self, l=l, u=u)

    def with_rows(self, kept: np.ndarray) -> Program:
        """The program with some of its rows."""
        data, indices, indptr = self.A
        lengths = np.diff(indptr)
        elements = np.repeat(kept, lengths)
        starts = np.append(0, np.cumsum(lengths[kept])).astype(np.uint32)
        return replace(self, A=(data[elements], indices[elements], starts), l=self.l[kept], u=self.u[kept])


def program(P: Any, q: Any, A: Any, l: Any, u: Any) -> Program:
    """The program that the arguments of `quadratic_program` stand for. ValueError, TypeError where they are none."""
    q = floats("q", q, 1)
    n = q.size
    P = _symmetric_input(P, n)
    rows = _rows(np.eye(n) if A is None else A, n)
    m = rows[2].size - 1
    l, u = _bound("l", l, m, -np.inf), _bound("u", u, m, np.inf)
    if isinstance(P, np.ndarray):
        if fault(P, q, rows[0], l, u):
            _complain(P, q, rows[0], l, u)
    elif fault(np.zeros((0, 0)), q[:0], np.concatenate([q, P.data, rows[0]]), l, u) or abs(P - P.T).nnz:
        _complain(P, q, rows[0], l, u)
    l, u = np.where(l > -INFINITE, l, -np.inf), np.where(u < INFINITE, u, np.inf)
    return Program(P, q, rows, l, u, A is None)


def floats(name: str, value: Any, dimensions: int) -> np.ndarray:
    """A float64 array. What needs nothing done costs nothing; whether the numbers are finite is asked by `fault`."""
    if type(value) is np.ndarray and value.dtype == np.float64 and value.ndim == dimensions and value.size:
        return np.ascontiguousarray(value)
    if is_sparse(value):
        raise TypeError(
            f"{name} is a sparse matrix of shape {value.shape}; give it as an array, {name}.toarray().ravel()"
        )
    shape = np.shape(value) if isinstance(value, np.ndarray) else ()
    if dimensions == 1 and len(shape) == 2 and 1 in shape:
        raise ValueError(f"{name} has shape {shape}; it must have one dimension: give {name}.ravel()")
    return float_array(name, value, (dimensions,), check_finite=False).astype(np.float64, copy=False)


def _symmetric_input(P: Any, n: int) -> Any:
    if n <= MANY and isinstance(P, np.ndarray) and P.shape == (n, n):
        return floats("P", P, 2)
    if is_sparse(P):
        if P.shape != (n, n):
            raise ValueError(f"P has shape {P.shape}; it must be ({n}, {n}), as q has {n} elements")
        if n <= MANY:
            return floats("P", P.toarray(), 2)
        P = P.tocsr(copy=True)
        data = floats("P.data", P.data, 1) if P.nnz else np.empty(0)
        P = scipy.sparse.csr_array((data, P.indices, P.indptr), shape=P.shape)
        P.sum_duplicates()
        return P if P.nnz <= FEW * n * n else P.toarray()
    P = floats("P", P, 2)
    if P.shape != (n, n):
        raise ValueError(f"P has shape {P.shape}; it must be ({n}, {n}), as q has {n} elements")
    return scipy.sparse.csr_array(P) if n > MANY and np.count_nonzero(P) <= FEW * n * n else P


def by_rows(A: np.ndarray) -> Rows:
    """The nonzeros of a dense matrix by rows."""
    data, indices, indptr = np.empty(A.size), np.empty(A.size, np.uint32), np.empty(len(A) + 1, np.uint32)
    nonzeros = compress(A, data, indices, indptr)
    return data[:nonzeros], indices[:nonzeros], indptr


def _rows(A: Any, n: int) -> Rows:
    """A by rows, sorted and without duplicates; A is not changed, but may share its memory."""
    sparse = is_sparse(A)
    if not sparse and not (isinstance(A, np.ndarray) and A.ndim == 2 and len(A) == 0):
        A = floats("A", A, 2)
    if A.ndim != 2 or A.shape[1] != n:
        raise ValueError(f"A has shape {A.shape}; it needs {n} columns, one an unknown")
    if not sparse:
        return by_rows(A)
    if 0 < A.shape[0] * n <= DENSE:  # which takes a tenth of the time for a few numbers
        dense = floats("A", A.toarray(), 2)
        i, j = dense.nonzero()
        return dense[i, j], j.astype(np.uint32), np.searchsorted(i, np.arange(len(dense) + 1)).astype(np.uint32)
    A = A.tocsr()
    if not A.has_canonical_format:
        A = A.copy()
        A.sum_duplicates()
    data = floats("A.data", A.data, 1) if A.nnz else np.empty(0)
    return data, A.indices.astype(np.uint32), A.indptr.astype(np.uint32)


def _bound(name: str, value: Any, m: int, missing: float) -> np.ndarray:
    if value is None or m == np.size(value) == 0:
        return np.full(m, missing)
    bound = floats(name, value, 1)
    if bound.size != m:
        raise ValueError(f"{name} has shape {bound.shape}; it needs {m} elements, one a row of A")
    return bound


def _complain(P: Any, q: np.ndarray, data: np.ndarray, l: np.ndarray, u: np.ndarray) -> None:
    """Say what `fault` found; nothing where the difference of P and its transpose is rounding."""
    name_of_P = "P.data" if is_sparse(P) else "P"
    for name, array in ((name_of_P, P.data if is_sparse(P) else P), ("q", q), ("A.data", data)):
        if array.size:
            float_array(name, array, (1, 2))
    if is_sparse(P):
        different = abs(P - P.T) > SYMMETRIC * abs(P).maximum(abs(P.T))
        places = np.argwhere(different.toarray()) if different.nnz else np.empty((0, 2), int)
    else:
        places = np.argwhere(np.abs(P - P.T) > SYMMETRIC * np.maximum(np.abs(P), np.abs(P.T)))
    for i, j in places:
        raise ValueError(
            f"P is not symmetric: P[{i}, {j}] is {P[i, j]} and P[{j}, {i}] is {P[j, i]}; give both triangles"
        )
    for i in np.flatnonzero(~((l <= u) & (l < INFINITE) & (u > -INFINITE))):
        raise ValueError(
            f"the bounds of row {i} contradict each other: l[{i}] is {l[i]} and u[{i}] is {u[i]}; l must not be above "
            "u, and 1e20 or more counts as infinite"
        )
