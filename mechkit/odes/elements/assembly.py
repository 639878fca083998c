"""Assembly: the matrices of the elements are added up in a band, on a line, or by rows (CSR).

`dofs` (t, k) has the numbers of each element's degrees of freedom, and `number` the unknown that each of them is, or -1
where its value is given.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def assemble_band(E, dofs, number, ab):
    """Add the matrices E (t, k, k) to the lower triangle of a band: ab[i - j, j] is element (i, j).

    n linear elements, and n + 1 unknowns:

    >>> from mechkit import law
    >>> law(assemble_band, n=range(1, 6)).add
    Polynomial('3n')
    """
    k = dofs.shape[1]
    for t in range(dofs.shape[0]):
        for p in range(k):
            i = number[dofs[t, p]]
            if i < 0:
                continue
            for q in range(k):
                j = number[dofs[t, q]]
                if 0 <= j <= i:
                    ab[i - j, j] = ab[i - j, j] + E[t, p, q]


@kernel(cache=True)
def find_pattern(dofs, number, start, length, columns):
    """Which columns each row holds: row i has length[i] of them, ascending, from columns[start[i]] on.

    No operation on numbers:

    >>> from mechkit import law
    >>> law(find_pattern, n=range(1, 6)).flops
    Polynomial('0')
    """
    k = dofs.shape[1]
    for t in range(dofs.shape[0]):
        for p in range(k):
            i = number[dofs[t, p]]
            if i < 0:
                continue
            first = start[i]
            for q in range(k):
                j = number[dofs[t, q]]
                if j < 0:
                    continue
                last = first + length[i]  # 1  the place of column j, from the end of the row
                place = last
                while place > first and columns[place - 1] > j:
                    place -= 1
                if place > first and columns[place - 1] == j:
                    continue
                for s in range(last, place, -1):  # 2  room for it
                    columns[s] = columns[s - 1]
                columns[place] = j
                length[i] += 1


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def assemble_rows(E, dofs, number, indptr, indices, data):
    """Add the matrices E (t, k, k) to a matrix by rows, whose pattern is known.

    n linear elements, and n + 1 unknowns:

    >>> from mechkit import law
    >>> law(assemble_rows, n=range(1, 6)).add
    Polynomial('4n')
    """
    k = dofs.shape[1]
    for t in range(dofs.shape[0]):
        for p in range(k):
            i = number[dofs[t, p]]
            if i < 0:
                continue
            for q in range(k):
                j = number[dofs[t, q]]
                if j < 0:
                    continue
                place = indptr[i]
                while indices[place] != j:
                    place += 1
                data[place] = data[place] + E[t, p, q]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def assemble_loads(E, F, dofs, number, given, b):
    """Add the loads F (t, k) to b, less what the given values contribute: they move to the right-hand side.

    Here nothing is given:

    >>> from mechkit import law
    >>> law(assemble_loads, n=range(1, 6)).flops
    Polynomial('2n')
    """
    k = dofs.shape[1]
    for t in range(dofs.shape[0]):
        for p in range(k):
            i = number[dofs[t, p]]
            if i < 0:
                continue
            s = F[t, p]
            for q in range(k):
                if number[dofs[t, q]] < 0:
                    s = s - E[t, p, q] * given[dofs[t, q]]
            b[i] = b[i] + s


def _line(n):
    dofs = np.array([[i, i + 1] for i in range(n)])
    return np.ones((n, 2, 2)), dofs, np.arange(n + 1)


@assemble_band.example
def _(n):
    return *_line(n), np.zeros((2, n + 1))


@find_pattern.example
def _(n):
    return *_line(n)[1:], 4 * np.arange(n + 1), np.zeros(n + 1, np.int64), np.zeros(4 * n + 4, np.int64)


@assemble_rows.example
def _(n):
    indptr = np.clip(3 * np.arange(n + 2) - 1, 0, 3 * n + 1)
    indices = np.array([j for i in range(n + 1) for j in (i - 1, i, i + 1) if 0 <= j <= n])
    return *_line(n), indptr, indices, np.zeros(3 * n + 1)


@assemble_loads.example
def _(n):
    E, dofs, number = _line(n)
    return E, np.ones((n, 2)), dofs, number, np.zeros(n + 1), np.zeros(n + 1)
