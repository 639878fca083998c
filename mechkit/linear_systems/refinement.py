"""Mixed precision: eliminate in float32, and refine the solution to the accuracy of float64."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, in_shape_of, positive, right_hand_sides, square, whole
from mechkit.counting import kernel
from mechkit.linear_systems.conditioning import one_norm, product_of, triangular_inverse
from mechkit.linear_systems.dense import factored, substitute
from mechkit.linear_systems.flags import ANY_ORDER
from mechkit.linear_systems.iteration import told
from mechkit.linear_systems.result import IterativeResult

EPS = float(np.finfo(np.float64).eps)
#: A step that does not lessen the backward error by this factor ends the refinement, as in LAPACK's xGERFS.
SLOWEST = 0.5


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def residual(A, x, b, r, w):
    """r = b - A x, and in w how large it is beside its terms: |r| / (|b| + |A| |x|); A (n, n), the others (n,).

    >>> from mechkit import law
    >>> law(residual, n=range(1, 6))
    add    n^2
    sub    n^2
    mul    n^2
    div    n
    abs    n^2 + 2n
    flops  3n^2 + n
    """
    for i in range(b.size):
        row = A[i]
        s = b[i]
        size = abs(b[i])
        for j in range(row.size):
            term = row[j] * x[j]
            s = s - term
            size = size + abs(term)
        r[i] = s
        w[i] = abs(s) / size


@kernel(cache=True)
def add_correction(d, x):
    """x = x + d.

    >>> from mechkit import law
    >>> law(add_correction, n=range(1, 6))
    add    n
    flops  n
    """
    for i in range(x.size):
        x[i] = x[i] + d[i]


@residual.example
def _(n):
    return np.eye(n) + 1.0, np.arange(1.0, n + 1), np.ones(n), np.zeros(n), np.zeros(n)


@add_correction.example
def _(n):
    return np.arange(1.0, n + 1), np.ones(n)


def refine(a: Any, b: Any, rtol: float | None = None, maxiter: int = 30, callback: Any = None) -> IterativeResult:
    """Solve a dense system with factors in float32, to the accuracy of float64.

    The matrix is factored once in float32. Then, over and over, the residual is computed in float64, and the
    correction that the float32 factors give for it is added to the solution. A step lessens the error by a factor of
    the order of 6e-8 kappa, where kappa is the condition number: it works for kappa up to about 1e7.

    Parameters
    ----------
    a : (n, n)
    b : (n,) or (n, k)
    maxiter : steps after the first solution, which is plain float32
    callback : called as callback(x) with that and after each step, x shaped like b
    rtol : the backward error to reach, sqrt(n) eps where left out, eps = 2.2e-16

    The backward error is the largest |b - a x| / (|b| + |a| |x|) over all elements. If a and b changed by so much, each
    element relative to itself, x would be exact (Oettli and Prager 1964). The backward error does not depend on how
    rows and columns are scaled. LAPACK's dsgesv bounds max|b - a x| by sqrt(n) eps times the norms of a and x. That
    follows from this bound, up to a factor of 2. float32 input is solved to float64's accuracy too, as the numbers that
    it holds.

    Rows and columns are scaled by powers of two before they become float32, so that entries beyond its range do no
    harm. That only changes exponents, and is not counted.

    Returns
    -------
    IterativeResult
        x : float64, shaped like b, the best found. status : 0 where rtol is met, the number of steps where these ran
        out, -1 where a step no longer halves the backward error. Then the message says why, with an estimate of the
        condition number of the scaled matrix. history : the backward errors of the first solution, and after each step.

    Raises
    ------
    LinAlgError
        where the matrix is singular in float32, naming the column without a pivot, or elimination overflows there.
    ValueError, TypeError
        for input of the wrong shape or type, and for an rtol or maxiter out of range.

    Operation count, exact, one right-hand side, s steps: the cubic term is all float32. The estimate is a check, and
    not counted.

    >>> from mechkit import law
    >>> from mechkit.problems.conditioned import conditioned
    >>> found = law(lambda n, s: refine(conditioned(n, 1e7), np.ones(n), maxiter=s), n=range(2, 7), s=range(1, 5))
    >>> found["float32"]["mul"]
    Polynomial('n^3/3 + n^2s + n^2/2 - ns - 5n/6')
    >>> found["float64"]["mul"], found["float64"]["sub"], found["float64"]["add"]
    (Polynomial('n^2s + n^2'), Polynomial('n^2s + n^2'), Polynomial('n^2s + n^2 + ns + n'))

    References: Wilkinson, Rounding Errors in Algebraic Processes (1963), chapter 3; Golub and Van Loan, Matrix
    Computations, 4th ed., section 3.5.3; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., chapter 12;
    Buttari et al., Mixed precision iterative refinement techniques for the solution of dense linear systems, Int. J.
    High Perform. Comput. Appl. 21 (2007), 457-466.

    Examples
    --------
    >>> a = conditioned(50, 1e4)
    >>> found = refine(a, a @ np.ones(50))
    >>> found.nit <= 3, np.allclose(found.x, 1.0, rtol=1e-11)
    (True, True)
    >>> found.history[[0, -1]] < [1e-6, 2e-15]
    array([ True,  True])
    >>> found = refine(conditioned(50, 1e10), np.ones(50))
    >>> found.status, found.message
    (-1, 'step ...: the condition number, by estimate ..., is too large for factors in float32; use solve')
    """
    matrix = float_array("a", a, (2,)).astype(np.float64, copy=False)
    n = square("a", matrix)
    right = right_hand_sides(b, n, np.float64)
    goal = math.sqrt(n) * EPS if rtol is None else _tolerance(rtol)
    steps = whole("maxiter", maxiter)
    tell = told(callback)
    factors = _factored(matrix)
    x, r = np.zeros_like(right), right.copy()
    errors: list[float] = []
    while True:
        last = x.copy()
        best = min(errors, default=math.inf)
        error = 0.0
        for i in range(right.shape[0]):
            add_correction(_correction(factors, r[i]), x[i])
            error = max(error, _backward_error(matrix, x[i], right[i], r[i]))
        errors.append(error)
        if tell:
            tell(in_shape_of(b, x.copy()))
        if error > best:
            x = last
        stuck = error == math.inf or error > SLOWEST * best
        if error <= goal or stuck or len(errors) > steps:
            break
    nit = len(errors) - 1
    if error <= goal:
        status, message = 0, f"step {nit} leaves a backward error of {error:.1e}"
    elif error == math.inf:
        status, message = -1, f"step {nit} overflows float64; divide b by a power of two, or use solve"
    elif stuck:
        status, message = -1, _why_stuck(errors, _condition(matrix, factors))
    else:
        status, message = nit, f"step {nit} leaves a backward error of {error:.1e}, above {goal:.1e}; raise maxiter"
    return IterativeResult(in_shape_of(b, x), status == 0, status, message, nit, np.array(errors))


class _Factors(NamedTuple):
    """What the matrix is in float32: 2^-rows a 2^-columns, factored."""

    lu: np.ndarray
    piv: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


def _in_single(a: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The matrix in float32, rows and columns scaled to largest elements near 1, and the exponents."""
    rows = _exponents(a, 1)
    scaled = a * np.ldexp(1.0, -rows)[:, np.newaxis]
    columns = _exponents(scaled, 0)
    scaled *= np.ldexp(1.0, -columns)
    return scaled.astype(np.float32), rows, columns


def _exponents(a: np.ndarray, axis: int) -> np.ndarray:
    """The binary exponents of the largest elements; those that 2 could not be raised to the negative of are cut off."""
    return np.maximum(np.frexp(np.maximum(a.max(axis), -a.min(axis)))[1], -1000)


def _factored(a: np.ndarray) -> _Factors:
    single, rows, columns = _in_single(a)
    try:
        lu, piv = factored(single)
    except LinAlgError as error:
        raise LinAlgError(f"{error}, in float32; if it is not singular in float64, solve will do") from None
    if not np.isfinite(lu).all():
        raise LinAlgError("elimination in float32 overflows, as the elements grow; use solve")
    return _Factors(lu, piv, rows, columns)


def _correction(factors: _Factors, r: np.ndarray) -> np.ndarray:
    """The solution for the right-hand side r by the float32 factors, with r scaled to a largest element near 1."""
    mantissa, exponent = np.frexp(r)
    exponent -= factors.rows
    top = np.max(exponent, where=mantissa != 0, initial=np.iinfo(exponent.dtype).min // 2)
    scaled = np.ldexp(mantissa, exponent - top).astype(np.float32)
    d = scaled[np.newaxis]
    substitute(factors.lu, factors.piv, d)
    with np.errstate(over="ignore"):  # an infinite solution is noticed by its backward error
        return np.ldexp(d[0].astype(np.float64), top - factors.columns)


def _backward_error(a: np.ndarray, x: np.ndarray, b: np.ndarray, r: np.ndarray) -> float:
    """The backward error of a solution, whose residual goes to r; infinity where it overflows."""
    w = np.empty_like(r)
    with np.errstate(all="ignore"):
        residual(a, x, b, r, w)
    overflow = (r != 0) & (w == 0)  # in the sum of the terms
    if overflow.any() or not (np.isfinite(x).all() and np.isfinite(r).all()):
        return math.inf
    return float(np.fmax.reduce(w, initial=0.0))  # 0/0, an equation without terms, is no error


def _condition(a: np.ndarray, factors: _Factors) -> float:
    """An estimate of the condition number of the scaled matrix in the 1-norm, with the float32 factors; not counted."""
    lu = factors.lu
    inverse = product_of(triangular_inverse(lu, lower=True, unit=True), triangular_inverse(lu, lower=False))
    return one_norm(inverse, factors.piv.size) * float(np.abs(_in_single(a)[0]).sum(axis=0).max())


def _why_stuck(errors: list[float], condition: float) -> str:
    what = f"step {len(errors) - 1} takes the backward error from {errors[-2]:.1e} to {errors[-1]:.1e}"
    if condition * np.finfo(np.float32).eps > 0.1:
        why = f"the condition number, by estimate {condition:.0e}, is too large for factors in float32"
    else:
        why = "the elements of the solution lie too far apart for float32, or rounding allows no less"
    return f"{what}: {why}; use solve"


def _tolerance(rtol: Any) -> float:
    if EPS <= positive("rtol", rtol) < 1:
        return float(rtol)
    raise ValueError(f"rtol is {rtol!r}; it must be a number below 1, and at least {EPS:.1e}, the precision of float64")
