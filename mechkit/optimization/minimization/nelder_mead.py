"""The simplex method of Nelder and Mead: values alone, no derivative."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.differences import bowl
from mechkit.optimization.functions import OBJECTIVE, function
from mechkit.optimization.minimization.bundles import Simplex, simplex_work, trace
from mechkit.optimization.minimization.endings import CONVERGED, RUNNING, UNBOUNDED


@kernel(cache=True, error_model="numpy")
def value(f, x):
    """f at x, and infinity for what is not a number.

    >>> from mechkit import law
    >>> law(value, n=range(1, 6)).flops  # f's alone
    Polynomial('4n')
    """
    found = f(x)
    return math.inf if math.isnan(found) else found


@kernel(cache=True, error_model="numpy")
def sort_vertices(values, order):
    """The order of the vertices, best first, equal ones as they were: an insertion sort of what is nearly sorted.

    >>> from mechkit import law
    >>> law(sort_vertices, n=range(2, 8)).compare
    Polynomial('n^2/2 - n/2')
    """
    for i in range(1, order.size):
        vertex, k = order[i], i
        while k > 0 and values[vertex] < values[order[k - 1]]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = vertex


@kernel(cache=True, error_model="numpy")
def first_values(f, simplex, values, order):
    """values = f at the vertices of a simplex, of which the first is given, and their order.

    >>> from mechkit import law
    >>> law(first_values, n=range(1, 6)).flops  # f's alone
    Polynomial('4n^2')
    """
    for v in range(values.size):
        values[v] = value(f, simplex[v]) if v > 0 else (math.inf if math.isnan(values[0]) else values[0])
        order[v] = v
    sort_vertices(values, order)


@kernel(cache=True, error_model="numpy")
def along(a, center, b, worst, x):
    """x = a center - b worst.

    >>> from mechkit import law
    >>> law(along, n=range(1, 6)).flops
    Polynomial('3n')
    """
    for i in range(x.size):
        x[i] = a * center[i] - b * worst[i]


@kernel(cache=True, error_model="numpy")
def nelder_mead(f, simplex, coefficients, work, xatol, fatol, trace):
    """Minimize f by a simplex. Returns the steps taken and how it ended.

    coefficients : of reflection, expansion, contraction and shrinking; xatol, fatol : the search ends where no vertex
    is farther from the best, nor its value; simplex, work, trace : see bundles.py. The trace has the best vertices.

    The steps that a problem takes follow no polynomial. Three of them:

    >>> from mechkit import law
    >>> law(nelder_mead, n=range(3, 8)).flops
    Polynomial('7n^2 + 39n + 9')
    """
    # Lagarias, Reeds, Wright and Wright, Convergence properties of the Nelder-Mead simplex method in low dimensions,
    # SIAM J. Optimization 9 (1998), section 2
    vertices, values, order = simplex
    rho, chi, gamma, sigma = coefficients
    center, reflected, second = work
    fun, sizes, xs = trace
    n = vertices.shape[1]
    for k in range(fun.size):
        best = order[0]
        fun[k], sizes[k], spread = values[best], 0.0, 0.0
        for v in range(1, n + 1):
            row, here = vertices[order[v]], vertices[best]
            spread = max(spread, abs(values[best] - values[order[v]]))
            for i in range(n):
                sizes[k] = max(sizes[k], abs(row[i] - here[i]))
        if xs.size > 0:
            for i in range(n):
                xs[k, i] = vertices[best, i]
        if values[best] == -math.inf:
            return k, UNBOUNDED
        if sizes[k] <= xatol and spread <= fatol:
            return k, CONVERGED
        if k == fun.size - 1:
            break
        worst = order[n]
        for i in range(n):
            center[i] = vertices[best, i]
        for v in range(1, n):  # the center of all but the worst
            row = vertices[order[v]]
            for i in range(n):
                center[i] = center[i] + row[i]
        for i in range(n):
            center[i] = center[i] / n
        far = vertices[worst]
        along(1.0 + rho, center, rho, far, reflected)  # 1  reflect
        f_reflected = value(f, reflected)
        taken, f_taken, shrink = reflected, f_reflected, False
        if f_reflected < values[best]:
            along(1.0 + rho * chi, center, rho * chi, far, second)  # 2  expand
            f_second = value(f, second)
            if f_second < f_reflected:
                taken, f_taken = second, f_second
        elif not f_reflected < values[order[n - 1]]:
            if f_reflected < values[worst]:
                along(1.0 + gamma * rho, center, gamma * rho, far, second)  # 3  contract, outside
                f_second = value(f, second)
                shrink = f_second > f_reflected
            else:
                along(1.0 - gamma, center, -gamma, far, second)  # or inside
                f_second = value(f, second)
                shrink = f_second >= values[worst]
            taken, f_taken = second, f_second
        if not shrink:
            for i in range(n):
                far[i] = taken[i]
            values[worst] = f_taken
        else:
            for v in range(1, n + 1):  # 4  shrink towards the best
                row, here = vertices[order[v]], vertices[best]
                for i in range(n):
                    row[i] = here[i] + sigma * (row[i] - here[i])
                values[order[v]] = value(f, row)
        sort_vertices(values, order)
    return fun.size - 1, RUNNING


@value.example
def _(n):
    return function(bowl, OBJECTIVE), np.ones(n)


@sort_vertices.example
def _(n):
    return np.arange(float(n), 0.0, -1.0), np.arange(n)


@along.example
def _(n):
    return np.float64(2), np.ones(n), np.float64(1), np.arange(float(n)), np.empty(n)


def _corner(n):
    return np.vstack([np.ones(n), np.ones((n, n)) + 0.5 * np.eye(n)])


@first_values.example
def _(n):
    return function(bowl, OBJECTIVE), _corner(n), np.zeros(n + 1), np.arange(n + 1)


@nelder_mead.example
def _(n):
    vertices, steps = _corner(n), 3
    simplex = Simplex(vertices, np.array([bowl(x) for x in vertices]), np.arange(n + 1))
    taken, coefficients = trace(steps, 0.0, 0.0, vertices[0]), (1.0, 2.0, 0.5, 0.5)
    return function(bowl, OBJECTIVE), simplex, coefficients, simplex_work(n), 1e-4, 1e-4, taken
