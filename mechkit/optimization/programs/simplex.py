"""Linear programs by the simplex method: a tableau of the nonbasic columns, bounded variables, two phases.

minimize c'x where Ax + s = b, lower <= (x, s) <= upper: a slack is bounded by (0, inf), that of an equation by (0, 0).
All are numbered through, x first. The tableau T (m + 1, n + 1) says what the basic variables and the cost z are:

    x[basic] = T[:m, n] - T[:m, :n] x[nonbasic],    z = -T[m, n] + T[m, :n] x[nonbasic].

The first phase reduces the total distance of the basic variables from their bounds. It starts from any basis. So branch
and bound changes bounds, and starts from the basis of the program before. Each variable has its own tolerances, one of
its bounds and one of its reduced cost: a large number in one row does not change those of the other rows.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.programs.path_arrays import DIFFICULT, INFEASIBLE, LIMIT, OPTIMAL, UNBOUNDED

ZERO, ONE = np.float32(0), np.float32(1)
#: Pivots smaller than this are not taken; nor these, where a basis that was reached is computed anew.
SMALL, NO_PIVOT = np.float32(1e-9), np.float32(1e-12)
#: After so many steps of length zero, Bland's rule is followed until there is a longer one.
PATIENCE = 500
#: After so many exchanges the tableau is computed anew.
FRESH = 100
#: A step so short is of length zero.
TINY = np.float32(1e-12)
INFINITY = np.float32(np.inf)


@kernel(cache=True, error_model="numpy")
def exchange(T, r, q):
    """The tableau after the basic variable of row r and the nonbasic one of column q have changed places.

    The work of one iteration, unless there are zeros in column q:

    >>> from mechkit import law
    >>> def run(m, n):
    ...     exchange(np.ones((m + 1, n + 1)), 0, 0)
    >>> law(run, m=range(1, 6), n=range(1, 6)).flops
    Polynomial('2mn + 2m + n + 1')
    """
    # Ferris, Mangasarian and Wright, Linear Programming with MATLAB, section 2.2 (Jordan exchange)
    pivot_row, pivot = T[r], T[r, q]
    pivot_row[q] = ONE
    for j in range(pivot_row.size):
        pivot_row[j] = pivot_row[j] / pivot
    for i in range(T.shape[0]):
        if i != r and T[i, q] != ZERO:
            row, t = T[i], T[i, q]
            row[q] = ZERO
            for j in range(row.size):
                row[j] = row[j] - t * pivot_row[j]


@exchange.example
def _(n):
    return np.random.default_rng(0).standard_normal((n + 1, 2 * n)), 0, 1


@kernel(cache=True, error_model="numpy")
def fresh_tableau(A, b, c, wanted, T, basic, nonbasic):
    """The tableau whose basic variables are those wanted, from A itself.

    wanted : (n + m,), 1 for basic variables; m of them. The largest pivot is taken each time; for a variable that finds
    none, a slack stays basic.

    A being square and dense, and all its columns wanted, n exchanges:

    >>> from mechkit import law
    >>> law(fresh_tableau, n=range(1, 9)).flops
    Polynomial('2n^3 + 3n^2 + 2n')
    """
    m, n = A.shape
    for i in range(m):
        T[i, :n] = A[i]
        T[i, n] = b[i]
        basic[i] = n + i
    T[m, :n] = c
    T[m, n] = ZERO
    for j in range(n):
        nonbasic[j] = j
    for q in range(n):
        if not wanted[q]:
            continue
        r, largest = 0, ZERO * T[m, n]
        for i in range(m):
            if not wanted[basic[i]] and abs(T[i, q]) > largest:
                r, largest = i, abs(T[i, q])
        if largest > NO_PIVOT:
            exchange(T, r, q)
            basic[r], nonbasic[q] = nonbasic[q], basic[r]


@fresh_tableau.example
def _(n):
    A = np.ones((n, n)) + n * np.eye(n)
    wanted = np.repeat(np.array([1, 0], np.uint8), n)
    T, basic = np.eye(n + 1), np.zeros(n, np.int64)
    return A, np.ones(n), np.ones(n), wanted, T, basic, basic.copy()


@kernel(cache=True, error_model="numpy")
def place(T, basic, nonbasic, lower, upper, x):
    """Move nonbasic variables to a bound, each to the nearer, and compute the basic ones.

    >>> from mechkit import law
    >>> law(place, n=range(1, 6)).flops
    Polynomial('2n^2 + 2n')
    """
    m, n = basic.size, nonbasic.size
    for k in range(n):
        j = nonbasic[k]
        if x[j] - lower[j] > upper[j] - x[j] or x[j] > upper[j]:
            x[j] = upper[j]
        elif lower[j] > -INFINITY:
            x[j] = lower[j]
    for i in range(m):
        row, s = T[i], T[i, n]
        for k in range(n):
            s = s - row[k] * x[nonbasic[k]]
        x[basic[i]] = s


@kernel(cache=True, error_model="numpy")
def price(d, weights, nonbasic, lower, upper, x, bland, tolerance):
    """The column to enter, and whether it is to rise (1) or fall (-1); (-1, 1) where none lessens the cost.

    The largest d^2 / weight (Devex); with bland, the first variable in their numbering. tolerance : (n + m,), of d.

    >>> from mechkit import law
    >>> law(price, n=range(1, 6)).flops
    Polynomial('2n + 1')
    """
    # Forrest and Goldfarb, Steepest-edge simplex algorithms for linear programming, Math. Prog. 57 (1992), section 2
    chosen, sense, best = -1, ONE, ZERO * tolerance[0]
    for k in range(nonbasic.size):
        j, t = nonbasic[k], d[k]
        if (t < -tolerance[j] and x[j] < upper[j]) or (t > tolerance[j] and x[j] > lower[j]):
            score = t * t / weights[k]
            if (bland and (chosen < 0 or j < nonbasic[chosen])) or (not bland and score > best):
                chosen, best, sense = k, score, ONE
                if t > ZERO:
                    sense = -ONE
    return chosen, sense


@kernel(cache=True, error_model="numpy")
def room(x, lower, upper, rate, tolerance):
    """How far a basic variable may go at a rate, to the bound before it; beyond all bounds nothing stops it.

    >>> from mechkit import law
    >>> law(room, n=range(1, 6)).flops
    Polynomial('4')
    """
    if rate > ZERO:
        stop = upper
        if x < lower - tolerance:
            stop = lower
        elif x > upper + tolerance:
            stop = INFINITY
    else:
        stop = lower
        if x > upper + tolerance:
            stop = upper
        elif x < lower - tolerance:
            stop = -INFINITY
    return (stop - x) / rate


@kernel(cache=True, error_model="numpy")
def leave(T, q, sense, basic, lower, upper, x, bland, tolerance):
    """The row to leave and the length of the step; (-1, inf) where nothing limits it.

    Of the rows that stop the step within the tolerance, that of the largest pivot; with bland, the first variable.
    tolerance : (n + m,), of the bounds.

    Where every basic variable falls:

    >>> from mechkit import law
    >>> law(leave, n=range(1, 6)).div
    Polynomial('3n')
    """
    # Harris, Pivot selection methods of the Devex LP code, Mathematical Programming 5 (1973)
    longest, slack = INFINITY + tolerance[0], ZERO
    for i in range(basic.size):  # 1  how far, if bounds are exceeded by the tolerance
        rate, j = -sense * T[i, q], basic[i]
        if abs(rate) > SMALL:
            if not bland:
                slack = tolerance[j]
            longest = min(longest, room(x[j], lower[j], upper[j], rate, tolerance[j]) + slack / abs(rate))
    row, step, best = -1, longest, ZERO * tolerance[0]
    for i in range(basic.size):  # 2  the row
        rate, j = -sense * T[i, q], basic[i]
        if abs(rate) > SMALL:
            far = room(x[j], lower[j], upper[j], rate, tolerance[j])
            if far <= longest and far < INFINITY and (abs(rate) > best or (bland and j < basic[row])):
                row, step, best = i, far, abs(rate)
                if bland:
                    best = INFINITY * best
    return row, max(step, ZERO * tolerance[0])


@kernel(cache=True, error_model="numpy")
def cost_of_infeasibility(T, basic, lower, upper, x, d, tolerance):
    """The sum of what basic variables lack to their bounds, and its reduced costs d.

    >>> from mechkit import law
    >>> law(cost_of_infeasibility, n=range(1, 6)).flops
    Polynomial('n^2 + 3n + 1')
    """
    total = ZERO * tolerance[0]
    d[:] = ZERO
    for i in range(basic.size):
        j = basic[i]
        row = T[i]
        if x[j] < lower[j] - tolerance[j]:
            total = total + (lower[j] - x[j])
            for k in range(d.size):
                d[k] = d[k] + row[k]
        elif x[j] > upper[j] + tolerance[j]:
            total = total + (x[j] - upper[j])
            for k in range(d.size):
                d[k] = d[k] - row[k]
    return total


@kernel(cache=True, error_model="numpy")
def solve_tableau(A, b, c, T, basic, nonbasic, lower, upper, x, d, weights, wanted, history, tolerances):
    """Exchange until nothing is to be gained. Returns the status, iterations, and the column and sense without limit.

    T, basic, nonbasic, x : a tableau, which is changed; d, weights, wanted : work, d leaves the costs of infeasibility;
    history : (iterations allowed + 1, 2), leaves the sum of infeasibilities and the cost before each; tolerances :
    (3, n + m), for each variable that of its bounds, of its cost of infeasibility, and of its reduced cost.

    How many iterations it takes depends on the data; one, of a dense tableau with m = n:

    >>> from mechkit import law
    >>> law(solve_tableau, n=range(2, 7)).flops
    Polynomial('4n^2 + 32n + 20')
    """
    # Chvatal, Linear Programming, chapters 3 and 8; Maros, Computational Techniques of the Simplex Method, chapter 9
    m, n = A.shape
    of_bounds, of_lack, of_cost = tolerances[0], tolerances[1], tolerances[2]
    place(T, basic, nonbasic, lower, upper, x)
    weights[:] = ONE
    exchanges, zero_steps, first_phase = 0, 0, True
    last = history.shape[0] - 1
    for iteration in range(last + 1):
        lack = cost_of_infeasibility(T, basic, lower, upper, x, d, of_bounds)  # 1  which phase is this?
        if first_phase != (lack > ZERO):
            first_phase = lack > ZERO
            weights[:] = ONE
        cost = ZERO * of_bounds[0]
        for j in range(n):
            cost = cost + c[j] * x[j]
        history[iteration, 0], history[iteration, 1] = lack, cost
        if iteration == last:
            break
        costs, enough = (d, of_lack) if first_phase else (T[m, :n], of_cost)
        bland = zero_steps > PATIENCE
        q, sense = price(costs, weights, nonbasic, lower, upper, x, bland, enough)  # 2  who enters
        r, step = -1, INFINITY * of_bounds[0]
        if q >= 0:
            r, step = leave(T, q, sense, basic, lower, upper, x, bland, of_bounds)  # 3  who leaves
            entering = nonbasic[q]
            step = min(step, upper[entering] - lower[entering])
        if step == INFINITY or exchanges == FRESH:
            if exchanges > 0:  # 4  a tableau without the rounding of many exchanges
                wanted[:] = 0
                for i in range(m):
                    wanted[basic[i]] = 1
                fresh_tableau(A, b, c, wanted, T, basic, nonbasic)
                place(T, basic, nonbasic, lower, upper, x)
                weights[:] = ONE
                exchanges = 0
                continue
            if q < 0:
                return (INFEASIBLE if first_phase else OPTIMAL), iteration, q, sense
            return (DIFFICULT if first_phase else UNBOUNDED), iteration, q, sense
        zero_steps = zero_steps + 1 if step <= TINY else 0
        for i in range(m):  # 5  step
            x[basic[i]] = x[basic[i]] - sense * step * T[i, q]
        if r < 0 or step == upper[entering] - lower[entering]:
            x[entering] = upper[entering] if sense > ZERO else lower[entering]
            continue
        leaving = basic[r]
        x[entering] = x[entering] + sense * step
        if abs(x[leaving] - lower[leaving]) < abs(x[leaving] - upper[leaving]):
            x[leaving] = lower[leaving]
        else:
            x[leaving] = upper[leaving]
        weight = weights[q]
        exchange(T, r, q)
        row = T[r]
        for k in range(n):
            weights[k] = max(weights[k], row[k] * row[k] * weight)
        weights[q] = max(row[q] * row[q] * weight, ONE * weight / weight)
        basic[r], nonbasic[q] = entering, leaving
        exchanges += 1
    return LIMIT, last, -1, ONE


def _example(n):
    """A dense program whose first step is limited by row 0, with a slack of 1 in each row."""
    A = np.ones((n, n)) + 0.5 * np.tri(n)
    b, c = np.arange(1.0, n + 1.0), np.arange(-2.0 * n, -n)
    T = np.vstack((np.column_stack((A, b)), np.append(c, 0.0)))
    lower, upper, x = np.zeros(2 * n), np.full(2 * n, np.inf), np.append(np.zeros(n), b)
    return A, b, c, T, np.arange(n, 2 * n), np.arange(n), lower, upper, x


@place.example
def _(n):
    *_, T, basic, nonbasic, lower, upper, x = _example(n)
    return T, basic, nonbasic, lower, upper, x


@price.example
def _(n):
    *_, T, _basic, nonbasic, lower, upper, x = _example(n)
    return T[n, :n], np.ones(n), nonbasic, lower, upper, x, False, np.full(2 * n, 1e-9)


@room.example
def _(n):
    return np.float64(1.0), np.float64(0.0), np.float64(n + 1.0), np.float64(0.5), np.float64(1e-6)


@leave.example
def _(n):
    *_, T, basic, _nonbasic, lower, upper, x = _example(n)
    return T, 0, ONE, basic, lower, upper, x, False, np.full(2 * n, 1e-6)


@cost_of_infeasibility.example
def _(n):
    *_, T, basic, _nonbasic, lower, upper, x = _example(n)
    return T, basic, lower, upper, -x, np.ones(n), np.full(2 * n, 1e-6)


@solve_tableau.example
def _(n):
    A, b, c, T, basic, nonbasic, lower, upper, x = _example(n)
    work = np.ones(n), np.ones(n), np.zeros(2 * n, np.uint8), np.ones((2, 2))
    return A, b, c, T, basic, nonbasic, lower, upper, x, *work, np.full((3, 2 * n), 1e-6)
