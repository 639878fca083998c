"""The Poisson equation by multigrid: a fixed number of operations for each unknown, however fine the grid.

The equation is -u'' = g or -(u_xx + u_yy) = g, zero on the boundary. It is taken at n = 2^k - 1 inner points a side,
h = 1 / (n + 1) apart. The system solved is A u = f, and f is h^2 g at the points. The matrix A is ``poisson_1d(n)`` or
``poisson_2d(n)`` of `mechkit.problems`, not scaled by the step. It is never formed. Besides f this takes 1.7 times its
memory on a square, and 3 times on a line, the answer included.
"""

from __future__ import annotations

import math
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from mechkit.checking import positive, whole
from mechkit.linear_systems import multigrid_1d, multigrid_2d
from mechkit.linear_systems.iteration import told
from mechkit.linear_systems.multigrid_grids import Grids, checked, fill, grids_for, natural
from mechkit.linear_systems.result import IterativeResult

#: A cycle leaves less than 0.2 of the residual's norm. Where it leaves more than this, rounding is in the way.
STALLED = 0.5


@np.errstate(over="ignore", invalid="ignore")
def v_cycle(f: Any, x0: Any = None, sweeps: tuple[int, int] = (2, 1)) -> np.ndarray:
    """Improve an approximate solution of A u = f by one V-cycle.

    Parameters
    ----------
    f : (n,) on a line or (n, n) on a square, n = 2^k - 1
    x0 : the approximation, shaped like f, zero where left out
    sweeps : of red-black Gauss-Seidel on each grid before and after the coarser ones, each at least 1

    Returns
    -------
    ndarray
        The new approximation, shaped like f. Its residual is about a tenth of the old one; on a line it is zero but for
        rounding.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type, and where the numbers overflow.

    Operation count: sweeps, residual, restriction and interpolation make 20.75 flops a point on a square, 13 on a line,
    but for lower orders. All the grids of a square have 4/3 as many points as the finest, those of a line twice as
    many. So the work tends to 27.67 flops an unknown, on a line 26:

    >>> from mechkit import count
    >>> for n in (7, 15, 31):
    ...     with count() as square:
    ...         x = v_cycle(np.ones((n, n)))
    ...     with count() as line:
    ...         x = v_cycle(np.ones(n))
    ...     print(n, round(square.flops / n**2, 2), round(line.flops / n, 2))
    7 24.63 18.71
    15 26.07 21.67
    31 26.83 23.45

    References: Trottenberg, Oosterlee, Schueller, Multigrid (2001), section 2.4; Briggs, Henson, McCormick, A Multigrid
    Tutorial, 2nd ed. (2000), chapter 3.

    Examples
    --------
    >>> v_cycle([1.0, 1.0, 1.0])
    array([1.5, 2. , 1.5])
    """
    f, x0 = checked(f, x0)
    grids = grids_for(f)
    if x0 is not None:
        fill(grids[0][0], x0)
    _cycle(grids, _check_sweeps(sweeps))
    u = natural(grids)
    if not np.isfinite(u).all():
        raise ValueError(_overflow(f))
    return u


@np.errstate(over="ignore", invalid="ignore")
def multigrid(
    f: Any,
    x0: Any = None,
    *,
    rtol: float = 1e-8,
    maxiter: int = 50,
    sweeps: tuple[int, int] = (2, 1),
    callback: Any = None,
) -> IterativeResult:
    """Solve A u = f by V-cycles.

    Parameters
    ----------
    f : (n,) on a line or (n, n) on a square, n = 2^k - 1
    x0 : where to start, shaped like f, zero where left out
    rtol : stop where the norm of the residual f - A u is at most rtol times that of f
    maxiter : V-cycles allowed
    sweeps : see `v_cycle`
    callback : called as callback(x) after each cycle

    Returns
    -------
    IterativeResult
        x is shaped like f. The status is -1 where rounding keeps the residual from falling to rtol.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type, and where the numbers overflow.

    Operation count: for each cycle that of `v_cycle` and, for the norm, 9 flops an unknown, on a line 7. The number of
    cycles does not grow with n:

    >>> rng = np.random.default_rng(0)
    >>> [multigrid(rng.standard_normal((n, n))).nit for n in (15, 31, 127)]
    [7, 7, 7]

    References: Trottenberg, Oosterlee, Schueller, Multigrid (2001), section 2.4.

    Examples
    --------
    >>> n = 63
    >>> h, x = 1 / (n + 1), np.arange(1, n + 1) / (n + 1)
    >>> u, info = multigrid(h**2 * np.pi**2 * np.sin(np.pi * x))  # -u'' = pi^2 sin(pi x)
    >>> info, bool(abs(u - np.sin(np.pi * x)).max() < h**2)
    (0, True)
    """
    f, x0 = checked(f, x0)
    rtol = positive("rtol", rtol)
    maxiter = whole("maxiter", maxiter)
    sweeps = _check_sweeps(sweeps)
    grids = grids_for(f)
    scale = _scale(f)
    size = start = _norm(grids, scale)
    if x0 is not None and size > 0.0:
        fill(grids[0][0], x0)
        start = _norm(grids, scale)
    return _cycle_until(grids, scale, [start], rtol, size, maxiter, sweeps, told(callback))


@np.errstate(over="ignore", invalid="ignore")
def full_multigrid(
    f: Any,
    *,
    rtol: float | None = 1e-8,
    maxiter: int = 50,
    sweeps: tuple[int, int] = (2, 1),
    callback: Any = None,
) -> IterativeResult:
    """Solve A u = f by full multigrid: each grid starts from the solution on the next coarser one.

    Parameters
    ----------
    f : (n,) on a line or (n, n) on a square, n = 2^k - 1
    rtol : more V-cycles follow until the norm of the residual is at most rtol times that of f, None for no more
    maxiter : V-cycles allowed on the finest grid, the first of which belongs to the start
    sweeps : see `v_cycle`
    callback : called as callback(x) after each cycle on the finest grid

    Returns
    -------
    IterativeResult
        x is shaped like f. The status is -1 where rounding keeps the residual from falling to rtol.

    Raises
    ------
    ValueError, TypeError
        for input of the wrong shape or type, and where the numbers overflow.

    Operation count: the start is 4/3 V-cycles, on a line 2, and its two norms 18 flops an unknown, on a line 14. The
    error that it leaves falls as h^2, and is up to three times that of the discretization, the last figure:

    >>> from mechkit import count
    >>> for n in (7, 15, 31):
    ...     h, x = 1 / (n + 1), np.arange(1, n + 1) / (n + 1)
    ...     u = np.outer(x - x**4, x - x**4)
    ...     f = 12 * h**2 * (np.outer(x**2, x - x**4) + np.outer(x - x**4, x**2))  # -(u_xx + u_yy) = f / h^2
    ...     with count() as ops:
    ...         start = full_multigrid(f, rtol=None).x
    ...     errors = [abs(v - u).max() / h**2 for v in (start, full_multigrid(f).x)]
    ...     print(n, round(ops.flops / n**2, 2), f"{errors[0]:.3f} h^2", f"{errors[1]:.3f} h^2")
    7 51.12 0.243 h^2 0.111 h^2
    15 55.13 0.285 h^2 0.111 h^2
    31 57.44 0.305 h^2 0.112 h^2

    References: Trottenberg, Oosterlee, Schueller, Multigrid (2001), section 2.6; Briggs, Henson, McCormick, A Multigrid
    Tutorial, 2nd ed. (2000), chapter 3, whose linear interpolation to a new grid this takes.

    Examples
    --------
    >>> result = full_multigrid(np.ones((63, 63)))
    >>> result.success, result.nit
    (True, 6)
    """
    f, _ = checked(f, None)
    rtol = None if rtol is None else positive("rtol", rtol)
    maxiter = whole("maxiter", maxiter)
    sweeps = _check_sweeps(sweeps)
    grids = grids_for(f)
    scale = _scale(f)
    size = _norm(grids, scale)
    _nested_iteration(grids, sweeps)
    history = [size, _norm(grids, scale)]
    tell = told(callback)
    if tell:
        tell(_current(grids))
    if rtol is None:
        message = "one pass of full multigrid, whose error is of the order of the discretization's"
        return IterativeResult(natural(grids), True, 0, message, 1, np.array(history))
    return _cycle_until(grids, scale, history, rtol, size, maxiter, sweeps, tell)


def _cycle(grids: Grids, sweeps: tuple[int, int]) -> None:
    # Trottenberg, Oosterlee, Schueller, section 2.4, with gamma = 1
    on = _parts(grids)
    before, after = sweeps
    for (u, f), (coarse, right) in pairwise(grids):
        for _ in range(before):  # 1  presmoothing
            on.relax(u, f)

        on.restrict_residual(u, f, right)  # 2  coarse grid correction
        coarse.fill(0.0)
    on.relax(*grids[-1])  # a single point: exact
    for (coarse, _), (u, f) in pairwise(reversed(grids)):
        on.interpolate(coarse, u)

        for _ in range(after):  # 3  postsmoothing
            on.relax(u, f)


def _nested_iteration(grids: Grids, sweeps: tuple[int, int]) -> None:
    # Trottenberg, Oosterlee, Schueller, section 2.6, with r = 1
    on = _parts(grids)
    for (_, f), (_, right) in pairwise(grids):
        on.restrict(f, right)
    on.relax(*grids[-1])  # 1  solve on the coarsest grid
    for k in range(len(grids) - 2, -1, -1):
        on.interpolate(grids[k + 1][0], grids[k][0])  # 2  to the next finer one, and a cycle there
        _cycle(grids[k:], sweeps)


def _cycle_until(
    grids: Grids,
    scale: np.ndarray,
    history: list[float],
    rtol: float,
    size: float,
    maxiter: int,
    sweeps: tuple[int, int],
    tell: Any,
) -> IterativeResult:
    """V-cycles until the residual's norm, the last of history, is rtol times size, that of f."""
    stalled = False
    while history[-1] > rtol * size and len(history) <= maxiter and not stalled:
        _cycle(grids, sweeps)
        history.append(_norm(grids, scale))
        if tell:
            tell(_current(grids))
        stalled = history[-1] > STALLED * history[-2]
    x = natural(grids)
    nit = len(history) - 1
    if history[-1] <= rtol * size:
        status, message = 0, f"the norm of the residual is at most {rtol:g} times that of f"
    elif stalled:
        status = -1
        message = (
            f"rounding in {x.dtype} keeps the residual at {history[-1] / size:.1e} times f, above rtol = {rtol:g}; "
            f"take a larger rtol{', or float64' if x.dtype == np.float32 else ''}"
        )
    else:
        status = nit
        message = (
            f"after {nit} cycles the residual is {history[-1] / size:.1e} times f, above rtol = {rtol:g}; "
            "allow more cycles by maxiter"
        )
    return IterativeResult(x, status == 0, status, message, nit, np.array(history))


def _current(grids: Grids) -> np.ndarray:
    """A copy of the solution so far."""
    u, f = grids[0]
    return natural([(u.copy(), f)])


def _parts(grids: Grids) -> ModuleType:
    """The kernels for grids of this dimension."""
    return multigrid_1d if grids[0][0].ndim == 1 else multigrid_2d


def _scale(f: np.ndarray) -> np.ndarray:
    """A power of two, in an array, that brings the largest number of f near 1."""
    exponent = math.frexp(max(f.max(), -f.min()))[1]
    limit = np.finfo(f.dtype).maxexp - 8
    return np.array([2.0 ** -min(max(exponent, -limit), limit)], f.dtype)


def _norm(grids: Grids, scale: np.ndarray) -> float:
    u, f = grids[0]
    norm = float(_parts(grids).residual_norm(u, f, scale)) / float(scale[0])
    if not math.isfinite(norm):
        raise ValueError(_overflow(f))
    return norm


def _overflow(f: np.ndarray) -> str:
    return f"the numbers overflow {f.dtype}: scale the problem, whose f is from {f.min():.1e} to {f.max():.1e}"


def _check_sweeps(sweeps: tuple[int, int]) -> tuple[int, int]:
    try:
        before, after = sweeps
    except (TypeError, ValueError):
        raise TypeError(f"sweeps is {sweeps!r}; it must be a pair of numbers of sweeps (before, after)") from None
    return whole("sweeps[0]", before), whole("sweeps[1]", after)
