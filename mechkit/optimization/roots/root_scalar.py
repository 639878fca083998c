"""The driver of the methods for one equation in one unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64

from mechkit.checking import float_array, not_negative, options_among, whole
from mechkit.counting.address import as_kernel
from mechkit.optimization.callables import compilable
from mechkit.optimization.functions import counted_calls, function
from mechkit.optimization.inlined import WITH_NUMBER, WITH_ROW, newton_step, with_parameter
from mechkit.optimization.roots import many_roots as many
from mechkit.optimization.roots.bracketing import (
    CONVERGED,
    JUMP,
    LEVEL,
    MAXITER,
    NO_BRACKET,
    NO_ROOT,
    NOT_FINITE,
    bisect,
    brentq,
)
from mechkit.optimization.roots.jumps import are_jumps, have_fallen, value_of_each
from mechkit.optimization.roots.near_root import are_near_roots, is_near_root
from mechkit.optimization.roots.open_methods import halley, newton, secant
from mechkit.optimization.roots.root_results import RootResults
from mechkit.optimization.scipy_names import named_as_in_scipy, with_keywords

#: SciPy's xtol, rtol and maxiter.
BRACKETING = (2e-12, 4 * np.finfo(float).eps, 100)
OPEN = (1.48e-8, 0.0, 50)
#: The method's kernel, that for many problems, the derivatives that it takes, and its defaults.
METHODS: dict[str, tuple[Any, Any, int, tuple[float, float, int]]] = {
    "bisect": (bisect, many.bisect_each, 0, BRACKETING),
    "brentq": (brentq, many.brentq_each, 0, BRACKETING),
    "secant": (secant, many.secant_each, 0, OPEN),
    "newton": (newton, many.newton_each, 1, OPEN),
    "halley": (halley, many.halley_each, 2, OPEN),
}
#: Where all starts are nearer to 0 than this, the default xtol is smaller in proportion.
SMALL = 1e-3
#: What to use instead of SciPy's other methods.
NEAREST = dict.fromkeys(("brenth", "ridder", "toms748"), "'brentq'")
#: What options may hold, beside "disp".
LIMITS = ("xtol", "rtol", "maxiter")
#: Those that go by steps alone, so that what they find must be looked at.
OPEN_METHODS = ("secant", "newton", "halley")
#: More iterations than this are refused: the history of all of them is kept.
MOST = 10**6

FLAGS = {
    CONVERGED: "converged",
    MAXITER: "{limit} iterations (maxiter) were not enough; {advice}",
    NOT_FINITE: "f is not finite near x = {x:.17g}; start elsewhere",
    LEVEL: "no step leads on from x = {x:.17g}: the derivative there, or the secant's slope, is zero or not finite; "
    "start elsewhere, or give a bracket",
    NO_BRACKET: "f does not change its sign between the ends of the bracket",
    NO_ROOT: "the last step is within the tolerance, but x = {x:.17g} is no root: f neither changes its sign nor falls "
    "to zero near it; start elsewhere, or correct fprime",
    JUMP: "the bracket closed at x = {x:.17g} on a jump, not a root: |f| does not fall towards zero there",
}


def root_scalar(
    f: Any,
    args: tuple[Any, ...] = (),
    method: str | None = None,
    bracket: Any = None,
    fprime: Any = None,
    fprime2: Any = None,
    x0: Any = None,
    x1: Any = None,
    xtol: float | None = None,
    rtol: float | None = None,
    maxiter: int | None = None,
    options: dict[str, Any] | None = None,
) -> RootResults:
    """Solve f(x) = 0 for a number x, or many such problems at once.

    Parameters
    ----------
    f, fprime, fprime2 : kernels or functions
        of a number: the function and its derivatives.
    args : tuple
        numbers and vectors that follow x in their calls.
    method : str, optional
        "bisect" or "brentq", which take a bracket, or "secant", "newton" (fprime), "halley" (fprime and fprime2), which
        take x0. Where left out, brentq if there is a bracket, else the one that uses the derivatives there are.
    bracket : two numbers, optional
        points where f has different signs.
    x0, x1 : float, optional
        the start, and for the secant method a second one.
    xtol, rtol : float, optional
        the root is wanted within xtol + rtol |x|. SciPy's 2e-12 and 8.9e-16 with a bracket, else 1.48e-8 and 0. Where
        all starts are nearer to 0 than 0.001, xtol is smaller in proportion.
    maxiter : int, optional
        most iterations: 100 with a bracket, else 50.
    options : dict, optional
        xtol, rtol and maxiter, as another way to give them; "disp": True prints how it ended.

    What is found is looked at. The last three methods take up to five calls of f more where the values on the way do
    not show a root. A bracket takes up to four where |f| has hardly fallen.

    **Many problems**: where x0, or the ends of the bracket, are arrays, each element is a problem of its own. Then args
    is empty, or one array with a number, or a row of numbers, for each problem. The function is f(x, p) of numbers, or
    of a number and a row.

    Returns
    -------
    RootResults
        a search that fails is not converged, and says why in flag.

    Raises
    ------
    ValueError
        for a bracket on which f does not change its sign, and for missing or meaningless arguments.
    TypeError
        for functions that cannot be compiled, and arguments that are no numbers.

    Operation count: what each derivative buys. Calls of f, f' and f'' for the square root of 2 to 1e-12:

    >>> def f(x):
    ...     return x * x - 2.0
    >>> def fprime(x):
    ...     return 2.0 * x
    >>> def fprime2(x):
    ...     return 2.0
    >>> for method in ("bisect", "brentq", "secant", "newton", "halley"):
    ...     r = root_scalar(f, method=method, bracket=(1, 2), fprime=fprime, fprime2=fprime2, x0=1, x1=2, xtol=1e-12)
    ...     print(method, r.iterations, (r.nfev, r.njev, r.nhev))
    bisect 40 (42, 0, 0)
    brentq 6 (8, 0, 0)
    secant 7 (8, 0, 0)
    newton 6 (6, 6, 0)
    halley 4 (4, 4, 4)

    Beside these calls an iteration costs 4 flops by bisection, 7 by the secant method, 4 by Newton's,
    9 by Halley's, and 4 to 27 by Brent's:

    >>> from mechkit import law
    >>> from mechkit.optimization.roots.open_methods import newton
    >>> law(newton, n=range(1, 6)).flops  # n steps, f and f' of one flop each
    Polynomial('6n + 1')

    References: Burden and Faires, Numerical Analysis, 9th ed., chapter 2; Brent, Algorithms for Minimization without
    Derivatives, chapter 4.

    Examples
    --------
    >>> root_scalar(f, bracket=(0, 2)).root
    1.414213562373...
    >>> def power(x, p):
    ...     return x * x * x - p
    >>> root_scalar(power, args=([1.0, 8.0, 27.0],), bracket=(0, [2, 3, 4])).root
    array([1., 2., 3.])
    """
    fprime, fprime2 = _derivative("fprime", fprime), _derivative("fprime2", fprime2)
    given = {"bracket": bracket, "fprime": fprime, "fprime2": fprime2, "x0": x0}
    name = _method(method, given)
    more = with_keywords(options_among(options, (*LIMITS, "disp")), xtol=xtol, rtol=rtol, maxiter=maxiter)
    xtol, rtol, maxiter = (more.get(limit) for limit in LIMITS)
    _, _, derivatives, defaults = METHODS[name]
    named = list(zip(("f", "fprime", "fprime2"), (f, fprime, fprime2), strict=True))[: derivatives + 1]
    functions = [compilable(g, argument) for argument, g in named]
    for g in functions:
        as_kernel(g)  # what is no function is reported before any is compiled
    if defaults is BRACKETING:
        starts = _pair(bracket)
    else:
        starts = [_numbers("x0", x0)]
        if name == "secant":
            starts.append(_second(starts[0]) if x1 is None else _numbers("x1", x1))
    tolerances = _tolerances(xtol, rtol, maxiter, _to_scale(defaults, starts, x1 is None))
    if defaults is BRACKETING and tolerances[1] < BRACKETING[1]:
        raise ValueError(f"rtol is {rtol}; with a bracket it must be at least {BRACKETING[1]:.2g}")
    if not isinstance(args, tuple):
        args = (args,)
    shapes = [start.shape for start in starts]
    if len(starts) == 2 and all(shapes) and shapes[0] != shapes[1]:
        both = "the ends of the bracket" if defaults is BRACKETING else "x0 and x1"
        raise ValueError(f"{both} have shapes {shapes[0]} and {shapes[1]}; give as many of the one as of the other")
    if any(shapes):
        found = _solve_many(name, functions, args, starts, tolerances)
    else:
        found = _solve_one(name, functions, args, [float(start) for start in starts], tolerances)
    if more.get("disp"):
        print(f"{found.flag}; {found.iterations} iterations, {found.nfev} calls of f")
    return found


def _solve_one(name: str, functions: list[Any], args: Any, starts: list[float], tolerances: Any) -> RootResults:
    __tracebackhide__ = True
    checked = [float_array("args", a, (0, 1)).astype(np.float64) for a in args]  # a number becomes a vector of one
    values = tuple(v if np.ndim(a) else float(v[0]) for a, v in zip(args, checked, strict=True))
    signature = float64(float64, *(float64[::1] if np.ndim(v) else float64 for v in values))
    compiled = [function(g, signature, role) for g, role in zip(functions, ("f", "jac", "hess"), strict=False)]
    limit = tolerances[2]
    rows = np.empty((limit + 2, 2))
    with counted_calls() as made, np.errstate(all="ignore"):
        if name in ("bisect", "brentq"):
            f, (a, b) = compiled[0], starts
            fa, fb = f(a, *values), f(b, *values)
            starts = [a, fa, b, fb]
        x, nit, status = METHODS[name][0](*compiled, values, *starts, *tolerances, rows)
        if name in OPEN_METHODS and status == CONVERGED and not _has_fallen(rows[: nit + 1, 1]):
            status = CONVERGED if is_near_root(compiled[0], values, x, *tolerances[:2]) else NO_ROOT
        if name not in OPEN_METHODS and status == CONVERGED:
            width = 2.0 * (tolerances[0] + tolerances[1] * abs(x))
            if _is_jump(compiled[0], values, x, rows[nit, 1], (a, b), (fa, fb), width):
                status = JUMP
    if status == NO_BRACKET:
        raise ValueError(
            f"f does not change its sign between the ends of the bracket: f({a:.17g}) = {fa:.17g}, "
            f"f({b:.17g}) = {fb:.17g}; give other ends"
        )
    rows = rows[: nit + 1]
    flag = FLAGS[status].format(x=x, limit=limit, advice=_advice(name, rows[:, 1]) if status == MAXITER else "")
    fun = float(rows[nit, 1])
    if status in (MAXITER, NOT_FINITE, LEVEL, NO_ROOT) and np.isfinite(rows[:, 1]).any():
        x, fun = rows[np.nanargmin(np.abs(rows[:, 1]))].tolist()
    history = {"x": rows[:, 0].copy(), "fun": rows[:, 1].copy()}
    calls = made.f, made.jac, made.hess
    return RootResults(x, fun, status == CONVERGED, status, flag, nit, *calls, history=history, method=name)


def _advice(name: str, values: np.ndarray) -> str:
    """What may help where maxiter was reached; values : of f, in turn, or none."""
    if name not in OPEN_METHODS:
        return "allow more, or larger tolerances"
    middle = values.size // 2
    if values.size > 1 and not np.nanmin(np.abs(values[middle:])) < 0.5 * np.nanmin(np.abs(values[:middle])):
        return "|f| has not fallen in the second half of them, so start elsewhere, or give a bracket"
    return "allow more, start elsewhere, or give a bracket"


def _is_jump(f: Any, args: Any, x: float, fx: float, ends: Any, values: Any, width: float) -> bool:
    """Whether a search has closed on a jump. ends, values : those of a bracket and f there, or what stands for them.

    f is called, up to four times, only where |f| at x is not small beside the ends.
    """
    if bool(have_fallen(np.array(fx), np.array(values))):
        return False
    room = np.array([min(abs(ends[0] - x), abs(ends[1] - x))])
    return bool(are_jumps(lambda points: np.array([f(points[0], *args)]), np.array([x]), np.array([width]), room)[0])


def _has_fallen(values: np.ndarray) -> bool:
    """Whether the last value of f that is known is zero, or has fallen twice, at last by far: a root."""
    known = np.abs(values[~np.isnan(values)])
    return bool(
        known[-1] == 0.0
        or (known.size > 2 and known[-1] <= many.FAR_BELOW * known[-2] and known[-2] < known[:-2].min())
    )


def _solve_many(name: str, functions: list[Any], args: Any, starts: list[Any], tolerances: Any) -> RootResults:
    __tracebackhide__ = True
    shape, limit = np.broadcast_shapes(*(start.shape for start in starts)), tolerances[2]
    starts = [np.broadcast_to(start, shape).reshape(-1) for start in starts]
    n = starts[0].size
    if len(args) > 1:
        raise ValueError(f"args holds {len(args)} arrays; for many problems give one, with a row of numbers for each")
    if args:
        p = np.require(float_array("args", args[0], tuple(range(len(shape) + 2))), np.float64, ["C", "W"])
        rows = p.ndim == len(shape) + 1
        if p.shape[: len(shape)] != shape:
            raise ValueError(
                f"args has shape {p.shape}; for problems of shape {shape} it must be that, or begin with it"
            )
        p = p.reshape(n, -1) if rows else p.reshape(-1)
    else:
        p, rows = np.zeros(n), False
        functions = [with_parameter(g) for g in functions]
    signature = WITH_ROW if rows else WITH_NUMBER
    x, fun = starts[0].copy(), np.full(n, np.nan)
    steps, status = np.empty(n, np.int64), np.full(n, CONVERGED, np.int8)
    history = np.empty((limit + 2, 2))
    with counted_calls() as made, np.errstate(all="ignore"):
        failed = n
        if name == "newton":
            step = newton_step(*functions, signature)
            failed = many.newton_in_blocks(step, p, x, *tolerances, many.BLOCK, steps)
        if failed:
            left = np.arange(n) if failed == n else np.flatnonzero(~(np.isfinite(x) & (steps <= limit)))
            compiled = [function(g, signature, role) for g, role in zip(functions, ("f", "jac", "hess"), strict=False)]
            part = [np.ascontiguousarray(s[left]) for s in (p, *starts)]
            results = steps[left], status[left]
            values = () if name in OPEN_METHODS else (np.empty((3, left.size)),)
            ends = np.array(part[1:])
            METHODS[name][1](*compiled, *part, *tolerances, history, *results, *values)
            if values:
                fun = values[0][0]
                results[1][_jumps(compiled[0], part[0], part[1], *values, ends, results[1], tolerances)] = JUMP
            else:
                near = np.empty(left.size, np.bool_)
                are_near_roots(compiled[0], part[0], part[1], *tolerances[:2], near)
                results[1][(results[1] == CONVERGED) & ~near] = NO_ROOT
            x[left], steps[left], status[left] = part[1], *results
    converged = status == CONVERGED
    flag = FLAGS[CONVERGED]
    if not converged.all():
        first = int(np.argmin(converged))
        advice = _advice(name, np.empty(0))
        where = FLAGS[int(status[first])].format(x=x[first], limit=limit, advice=advice)
        flag = f"{n - converged.sum()} of {n} problems failed; number {first}: {where}"
    all_of: tuple[Any, ...] = (x, fun, converged, status, steps)
    x, fun, converged, status, steps = (v.reshape(shape) for v in all_of)
    calls = made.f, made.jac, made.hess
    return RootResults(x, fun, converged, status, flag, steps, *calls, method=name)


def _jumps(f: Any, p: Any, x: Any, values: Any, ends: Any, status: Any, tolerances: Any) -> np.ndarray:
    """Which of many problems have closed on a jump: their numbers."""
    open_ones = np.flatnonzero((status == CONVERGED) & ~have_fallen(values[0], values[1:]))
    if not open_ones.size:
        return open_ones
    x, ends = x[open_ones], ends[:, open_ones]
    parameters, found = np.ascontiguousarray(p[open_ones]), np.empty(open_ones.size)

    def at(points: np.ndarray) -> np.ndarray:
        value_of_each(f, parameters, points, found)
        return found.copy()

    width = 2.0 * (tolerances[0] + tolerances[1] * np.abs(x))
    return open_ones[are_jumps(at, x, width, np.abs(ends - x).min(axis=0))]


def _method(method: str | None, given: dict[str, Any]) -> str:
    """The name of the method, asked for or the best for what is given. Raises ValueError where something is missing."""
    if method is None:
        derivatives = 0
        if given["fprime"] is not None:
            derivatives = 1 if given["fprime2"] is None else 2
        if given["bracket"] is None and given["x0"] is None:
            raise ValueError("neither bracket nor x0 is given; give two points where f has different signs, or a start")
        method = "brentq" if given["bracket"] is not None else ("secant", "newton", "halley")[derivatives]
    name = named_as_in_scipy(method, METHODS, {}, NEAREST)
    _, _, derivatives, defaults = METHODS[name]
    needed = ["bracket"] if defaults is BRACKETING else ["x0", "fprime", "fprime2"][: derivatives + 1]
    for argument in needed:
        if given[argument] is None:
            advice = "; the secant method needs no derivative" if argument.startswith("fprime") else ""
            raise ValueError(f"method {name!r} needs {argument}, which is not given{advice}")
    return name


def _derivative(name: str, given: Any) -> Any:
    """A function, or None. SciPy's True, which says that f returns its derivatives too, is refused."""
    if given is True:
        raise TypeError(f"{name} is True; give it a function of its own, so that its calls are counted")
    return None if given is False else given


def _numbers(name: str, value: Any) -> np.ndarray:
    return float_array(name, value, tuple(range(9))).astype(np.float64, copy=False).reshape(np.shape(value))


def _pair(bracket: Any) -> list[np.ndarray]:
    try:
        a, b = bracket
    except (TypeError, ValueError):
        raise ValueError(f"bracket is {bracket!r}; it must be two points") from None
    return [_numbers("bracket[0]", a), _numbers("bracket[1]", b)]


def _second(x0: np.ndarray) -> np.ndarray:
    """SciPy's second start of the secant method."""
    return x0 * (1 + 1e-4) + np.where(x0 >= 0, 1e-4, -1e-4)


def _to_scale(
    defaults: tuple[float, float, int], starts: list[np.ndarray], only_the_first: bool
) -> tuple[float, float, int]:
    """The defaults, for starts that are all nearer to 0 than `SMALL`: a tolerance in proportion to them.

    >>> _to_scale(OPEN, [np.array(1e-10)], True)[0] < 1e-8 * 1e-6, _to_scale(OPEN, [np.array(2.0)], True) == OPEN
    (True, True)
    """
    if defaults is OPEN and only_the_first:
        starts = starts[:1]  # the second was made from the first, at a distance that knows no scale
    size = max(float(np.abs(start).max(initial=0.0)) for start in starts)
    if not 0.0 < size < SMALL:
        return defaults
    xtol, rtol, maxiter = defaults
    return xtol * size / SMALL, max(rtol, BRACKETING[1]), maxiter


def _tolerances(xtol: Any, rtol: Any, maxiter: Any, defaults: tuple[float, float, int]) -> tuple[float, float, int]:
    """Checked, with defaults for those that are not given."""
    given = (xtol, rtol, maxiter)
    x, r, limit = (default if value is None else value for value, default in zip(given, defaults, strict=True))
    if whole("maxiter", limit) > MOST:
        raise ValueError(f"maxiter is {limit}; it must be at most {MOST}, as all iterates are kept")
    return not_negative("xtol", x), not_negative("rtol", r), int(limit)
