"""AAA: a rational approximation that chooses its own nodes, one at a time, where the error is largest."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mechkit.checking import not_negative, whole
from mechkit.counting import kernel
from mechkit.interpolation.data import near_one, true_or_false, values_at
from mechkit.interpolation.least_singular_vector import least_singular_vector
from mechkit.interpolation.rational import Rational, _zeros_of_a_sum
from mechkit.linear_systems.flags import FUSED

#: The error to reach by default.
DEFAULT = float(np.finfo(float).eps) ** 0.75
#: The nodes for which there is room at first.
ROOM = 16


@kernel(cache=True, error_model="numpy")
def loewner_column(Z, F, z, f, c, a):
    """c (m,) = 1 / (Z_i - z), and a (m,) = (F_i - f) / (Z_i - z), between points Z (m,) and a node z.

    >>> from mechkit import law
    >>> law(lambda m: loewner_column(np.zeros(m), np.ones(m), 1.0, 1.0, np.ones(m), np.ones(m)), m=range(1, 6)).flops
    Polynomial('4m')
    """
    # Nakatsukasa, Sete and Trefethen, The AAA algorithm for rational approximation, SIAM Journal on Scientific
    # Computing 40 (2018), equation (3.7)
    for i in range(Z.size):
        c[i] = 1.0 / (Z[i] - z)
        a[i] = (F[i] - f) * c[i]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def weighted_quotients(C, w, f, den, out):
    """out (m,) = sum w_k f_k C[k] over den (m,) = sum w_k C[k], n nodes, C (n or more, m); not where den is 0.

    >>> from mechkit import law
    >>> def run(n, m):
    ...     weighted_quotients(np.ones((n, m)), np.ones(n), np.ones(n), np.ones(m), np.ones(m))
    >>> law(run, n=range(1, 6), m=range(1, 6)).flops
    Polynomial('4nm + n + m')
    """
    # equation (3.3)
    for i in range(out.size):
        den[i] = 0.0
        out[i] = 0.0
    for k in range(w.size):
        row, weight = C[k], w[k]
        weighted = weight * f[k]
        for i in range(out.size):
            den[i] = den[i] + weight * row[i]
            out[i] = out[i] + weighted * row[i]
    for i in range(out.size):
        if den[i] != 0.0:
            out[i] = out[i] / den[i]


@loewner_column.example
def _(n):
    one = np.ones(1)[0]
    return np.arange(2.0, n + 2.0), np.ones(n), one, 3.0 * one, np.zeros(n), np.zeros(n)


@weighted_quotients.example
def _(n):
    return np.ones((n, n + 1)), np.arange(1.0, n + 1.0), np.ones(n), np.zeros(n + 1), np.zeros(n + 1)


@dataclass(frozen=True, repr=False, eq=False)
class AAA(Rational):
    """A rational approximation by the AAA algorithm, with the errors of its steps."""

    errors: np.ndarray | None = None
    success: bool = True
    message: str = ""
    _f: np.ndarray | None = None
    kind: ClassVar[str] = "AAA approximation"

    @property
    def support_points(self) -> np.ndarray:
        """The nodes, by SciPy's name."""
        return self.nodes

    @property
    def support_values(self) -> np.ndarray:
        """The values at the nodes, by SciPy's name."""
        return self.values

    def roots(self) -> np.ndarray:
        """The zeros of the numerator, as complex numbers; they are eigenvalues, found by LAPACK and not counted."""
        return _zeros_of_a_sum(self._x, self._weights * self._f)

    def residues(self) -> np.ndarray:
        """The residues at the poles, in their order. They are not counted."""
        return _residues(self._x, self._f, self._weights, self.poles())


def aaa(
    z: Any,
    f: Any,
    rtol: float | None = None,
    max_terms: int = 100,
    clean_up: bool = True,
    clean_up_tol: float = 1e-13,
    extrapolate: bool = True,
) -> AAA:
    """A rational function close to values at points, which chooses the nodes that it goes through.

    Parameters
    ----------
    z : array_like, (m,)
        Different points, real or complex, in any order.
    f : array_like, (m,)
        Real or complex values there.
    rtol : float, optional
        The largest error to reach, as a share of the largest value; by default 1.8e-12, the power 3/4 of rounding.
    max_terms : int
        The largest number of nodes.
    clean_up : bool
        Whether nodes that make a pole of almost no residue are taken out again.
    clean_up_tol : float
        The residue, as a share of the values and by its distance from the points, below which a pole is spurious.
    extrapolate : bool
        Whether it is evaluated outside the points; otherwise the values there are NaN.

    Returns
    -------
    AAA
        Callable at points of any shape, complex ones too. It has ``nodes``, ``values``, ``weights``, ``poles()``,
        ``residues()``, ``roots()``, ``derivative()`` and ``integral()``. ``errors`` are those of all steps, and
        ``success`` says whether the error at the points is as small as asked.

    Raises
    ------
    ValueError, TypeError
        for repeated points, what is not finite, shapes that do not fit, and tolerances that are negative.

    Warns
    -----
    RuntimeWarning
        where the error is larger than asked, because there were not enough terms or points.

    Operation count of step n, m real points, without lower orders: 4m for divided differences, 2mn^2 for their
    triangle, and 4mn for the error.

    >>> from mechkit import growth
    >>> def flops(m):
    ...     from mechkit import count
    ...     z = np.linspace(-1.0, 1.0, m)
    ...     with count() as ops:
    ...         r = aaa(z, np.exp(z), rtol=1e-8)
    ...     return ops.flops
    >>> 0.9 < growth({m: flops(m) for m in (100, 200, 400, 800)}).exponent < 1.1
    True

    References: Nakatsukasa, Sete and Trefethen, SIAM Journal on Scientific Computing 40 (2018) A1494-A1522; SciPy's
    AAA.

    Examples
    --------
    >>> z = np.linspace(-1.0, 1.0, 200)
    >>> r = aaa(z, np.tan(2 * z))
    >>> r.success, abs(r(0.3) - np.tan(0.6)) < 1e-8
    (True, np.True_)
    >>> poles = r.poles()
    >>> np.sort(poles[np.abs(poles) < 1].real).round(6)  # pi / 4
    array([-0.785398,  0.785398])
    """
    tolerance = not_negative("rtol", DEFAULT if rtol is None else rtol)
    tidy = not_negative("clean_up_tol", clean_up_tol)
    most = whole("max_terms", max_terms)
    points = _points(z)
    values = values_at("f", f, points.size, each="point")
    if values.shape:
        raise ValueError(f"f has shape {np.shape(f)}; give one value at each point")
    F, unit = near_one(np.ascontiguousarray(values.coefficients()))
    Z, _ = near_one(points)  # the weights stay the same
    if np.iscomplexobj(Z) or np.iscomplexobj(F):
        Z, F = Z.astype(complex), F.astype(complex)
    size = float(np.abs(F).max())
    table = _Loewner(Z, F)
    errors = []
    R = np.full_like(F, F.mean())
    w = np.ones(1, Z.dtype)
    while len(table.nodes) < min(most, Z.size):  # 1  the point of the largest error becomes a node
        table.add(int(np.argmax(np.abs(F - R))))
        w = table.weights()  # 2  the weights that minimize the linearized error
        R = table.values(w)  # 3  the errors at the other points
        errors.append(float(np.abs(F - R).max()))
        if errors[-1] <= tolerance * size:
            break
    if clean_up and len(table.nodes) > 1:
        table, w = _cleaned(table, w, tidy)
    error = float(np.abs(F - table.values(w)).max())
    order = table.nodes
    success = bool(error <= max(tolerance, 4.0 * np.finfo(float).eps) * size)
    message = f"the largest error at the {Z.size} points is {unit * error:.1e} with {len(order)} nodes"
    if not success:
        limit = unit * (tolerance * size)
        message += f", more than rtol times the largest value, {limit:.1e}: raise max_terms or rtol"
        warnings.warn(f"AAA has not converged: {message}", RuntimeWarning, stacklevel=2)
    support = values.like(np.ascontiguousarray(values.rows[:, order]))
    return AAA(
        points[order].astype(Z.dtype),
        support,
        w,
        true_or_false("extrapolate", extrapolate),
        errors=unit * np.array(errors),
        success=success,
        message=message,
        _f=unit * F[order],
        _ends=(float(points.real.min()), float(points.real.max())),
    )


def _points(z: Any) -> np.ndarray:
    array = np.asarray(z)
    values = values_at("z", z, array.shape[0] if array.ndim else 1, each="point")
    if array.ndim != 1:
        raise ValueError(f"z has shape {array.shape}; it must be 1-dimensional")
    Z = np.ascontiguousarray(values.coefficients())
    ascending = np.sort(Z)
    repeated = ascending[1:][ascending[1:] == ascending[:-1]]
    if repeated.size:
        one, other = (int(i) for i in np.flatnonzero(repeated[0] == Z)[:2])
        raise ValueError(f"z[{one}] and z[{other}] are both {Z[one]}; points must differ: leave one out")
    return Z


class _Loewner:
    """The quotients 1 / (Z_i - z_k) and divided differences (F_i - f_k) / (Z_i - z_k), a row for each node z_k.

    At nodes both are 0, so that a node takes no part in the sums over the points.
    """

    def __init__(self, Z: np.ndarray, F: np.ndarray) -> None:
        self.Z, self.F = Z, F
        self.others = Z.copy()
        self.nodes: list[int] = []
        self.quotients, self.differences = np.empty((2, min(ROOM, Z.size), Z.size), Z.dtype)

    def add(self, j: int) -> None:
        """Make point j a node."""
        n = len(self.nodes)
        if n == len(self.quotients):
            self.quotients, self.differences = (
                np.concatenate([table, np.empty_like(table)]) for table in (self.quotients, self.differences)
            )
        self.nodes.append(j)
        self.others[j] = np.nan
        C, A = self.quotients, self.differences
        with np.errstate(all="ignore"):
            loewner_column(self.others, self.F, self.Z[j], self.F[j], C[n], A[n])
        C[n, self.nodes] = A[n, self.nodes] = 0.0
        C[:n, j] = A[:n, j] = 0.0

    def weights(self) -> np.ndarray:
        """The weights that minimize the linearized error: the last right singular vector of the differences."""
        return least_singular_vector(self.differences[: len(self.nodes)].copy())

    def values(self, w: np.ndarray) -> np.ndarray:
        """The values at the points, which at nodes are those given."""
        R, den = np.empty((2, self.Z.size), self.Z.dtype)
        with np.errstate(all="ignore"):
            weighted_quotients(self.quotients, w, self.F[self.nodes], den, R)
        R[den == 0.0] = np.inf
        R[self.nodes] = self.F[self.nodes]
        return R


def _residues(z: np.ndarray, f: Any, w: np.ndarray, poles: np.ndarray) -> np.ndarray:
    differences = 1.0 / (poles[:, np.newaxis] - z)
    return np.asarray((differences @ (f * w)) / (-(differences**2) @ w))


def _cleaned(table: _Loewner, w: np.ndarray, tol: float) -> tuple[_Loewner, np.ndarray]:
    """The nodes without those next to spurious poles, and weights for them."""
    Z, F, order = table.Z, table.F, table.nodes
    z, f = Z[order], F[order]
    poles = _zeros_of_a_sum(z, w)
    if not poles.size:
        return table, w
    with np.errstate(all="ignore"):
        residues = np.abs(_residues(z, f, w, poles))
        sizes = np.abs(F[F != 0.0])
        mean = float(np.exp(np.log(sizes).mean())) if sizes.size else 1.0
        small = residues < tol * mean * np.abs(poles - Z[0])  # the others are not, at a smaller distance
        poles, residues = poles[small], residues[small]
        distances = np.array([np.abs(pole - Z).min() for pole in poles])
        spurious = poles[residues < tol * mean * distances]
    if not spurious.size:
        return table, w
    keep = list(order)
    for pole in spurious:
        if len(keep) > 1:
            keep.pop(int(np.argmin(np.abs(Z[keep] - pole))))
    cleaned = _Loewner(Z, F)
    for j in keep:
        cleaned.add(j)
    return cleaned, cleaned.weights()
