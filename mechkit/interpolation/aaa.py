"""AAA: a rational approximation that chooses its own nodes, one at a time, where the error is largest."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mechkit.checking import not_negative, whole
from mechkit.counting import kernel
from mechkit.interpolation.barycentric_sums import barycentric_values
from mechkit.interpolation.data import true_or_false, values_at
from mechkit.interpolation.least_squares import reduce_columns
from mechkit.interpolation.rational import Rational, _zeros_of_a_sum
from mechkit.linear_systems.triangular import back_substitution, forward_substitution

#: The error to reach by default.
DEFAULT = float(np.finfo(float).eps) ** 0.75
#: Steps of inverse iteration for the weights.
ITERATIONS = 3


@kernel(cache=True, error_model="numpy")
def loewner_columns(Z, F, z, f, V):
    """V (n, m) = the divided differences (F_i - f_k) / (Z_i - z_k) between points Z (m,) and nodes z (n,).

    >>> from mechkit import law
    >>> def run(n, m):
    ...     loewner_columns(np.zeros(m), np.ones(m), np.ones(n), np.ones(n), np.ones((n, m)))
    >>> law(run, n=range(1, 6), m=range(1, 6)).flops
    Polynomial('3nm')
    """
    # Nakatsukasa, Sete and Trefethen, The AAA algorithm for rational approximation, SIAM Journal on Scientific
    # Computing 40 (2018), equation (3.7)
    for k in range(z.size):
        row, node, value = V[k], z[k], f[k]
        for i in range(Z.size):
            row[i] = (F[i] - value) / (Z[i] - node)


@loewner_columns.example
def _(n):
    return np.arange(1.0, n + 2.0), np.ones(n + 1), np.arange(0.5, n), np.zeros(n), np.zeros((n, n + 1))


#: The power of two that points and values may reach before they are scaled.
FAR = 200


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

    Operation count of step n, m real points, without lower orders: 3(m - n)n for divided differences, 2(m - n)n^2 for
    their triangle, and 5(m - n)n for the error.

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
    Z = _points(z)
    values = values_at("f", f, Z.size, each="point")
    if values.shape:
        raise ValueError(f"f has shape {np.shape(f)}; give one value at each point")
    F = np.ascontiguousarray(values.coefficients())
    size = float(np.abs(F).max())
    if np.iscomplexobj(Z) or np.iscomplexobj(F):
        Z, F = Z.astype(complex), F.astype(complex)
    left = np.ones(Z.size, bool)
    order: list[int] = []
    errors = []
    R = np.full(F.size, F.mean())
    w = np.ones(1, Z.dtype)
    while len(order) < min(most, Z.size):  # 1  the point of the largest error becomes a node
        j = int(np.argmax(np.where(left, np.abs(F - R), -1.0)))
        order.append(j)
        left[j] = False
        w = _weights(Z, F, order, left)
        R = F.copy()
        R[left] = _at_the_rest(Z, F, order, left, w)
        errors.append(float(np.abs(F - R).max()))
        if errors[-1] <= tolerance * size:
            break
    if clean_up and len(order) > 1:
        order, w = _cleaned(Z, F, order, w, tidy)
    left = np.ones(Z.size, bool)
    left[order] = False
    error = float(np.abs(F[left] - _at_the_rest(Z, F, order, left, w)).max(initial=0.0)) if left.any() else 0.0
    success = bool(error <= max(tolerance * size, 4.0 * np.finfo(float).eps * size))
    message = f"the largest error at the {Z.size} points is {error:.1e} with {len(order)} nodes"
    if not success:
        message += f", more than rtol times the largest value, {tolerance * size:.1e}: raise max_terms or rtol"
        warnings.warn(f"AAA has not converged: {message}", RuntimeWarning, stacklevel=2)
    support = values.like(np.ascontiguousarray(values.rows[:, order]))
    return AAA(
        Z[order],
        support,
        w,
        true_or_false("extrapolate", extrapolate),
        errors=np.array(errors),
        success=success,
        message=message,
        _f=F[order],
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


def _weights(Z: np.ndarray, F: np.ndarray, order: list[int], left: np.ndarray) -> np.ndarray:
    """The weights that make the linearized error least: the last right singular vector of the divided differences."""
    n, m = len(order), int(left.sum())
    V = np.zeros((n, max(n, m)), Z.dtype)  # where there are few points, rows of zeros leave the null space as it is
    if m:
        part = np.empty((n, m), Z.dtype)
        Z, F = _near_one(Z), _near_one(F)  # the weights are those of the points and values as they are
        loewner_columns(Z[left], F[left], Z[order], F[order], part)
        V[:, :m] = part
    if not np.iscomplexobj(V):
        return _least_singular_vector(V)
    # a complex matrix acts on pairs of real and imaginary parts as a real one of twice the size
    pairs = np.concatenate([np.concatenate([V.real, V.imag], axis=1), np.concatenate([-V.imag, V.real], axis=1)])
    v = _least_singular_vector(np.ascontiguousarray(pairs))
    return np.asarray(v[:n] + 1j * v[n:])


def _near_one(array: np.ndarray) -> np.ndarray:
    """Numbers over a power of two, so that the largest is near 1, where products of them would leave the range."""
    exponent = int(np.frexp(np.abs(array).max())[1])
    if abs(exponent) <= FAR:
        return array
    half = -exponent // 2
    return np.asarray(array * 2.0**half * 2.0 ** (-exponent - half))


def _least_singular_vector(V: np.ndarray) -> np.ndarray:
    """The right singular vector of the least singular value of the matrix with columns V (n, m), m >= n."""
    n = len(V)
    reduce_columns(V, n)
    R = np.triu(V[:, :n].T)
    diagonal = np.abs(np.diagonal(R))
    tiny = float(diagonal.max()) * np.finfo(float).eps * 1e-3 or 1.0
    R[np.arange(n), np.arange(n)] = np.where(diagonal > tiny, np.diagonal(R), tiny)
    L = np.ascontiguousarray(R.T)
    v = np.cos(np.arange(1.0, n + 1.0))  # no special direction
    for _ in range(ITERATIONS):
        forward_substitution(L, v)
        v = v / np.abs(v).max()
        back_substitution(R, v)
        v = v / np.abs(v).max()
    return np.asarray(v)


def _at_the_rest(Z: np.ndarray, F: np.ndarray, order: list[int], left: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The values at the points that are no nodes."""
    t = Z[left]
    out = np.empty_like(t)
    with np.errstate(all="ignore"):
        barycentric_values(Z[order], w, F[order], t, np.empty_like(t), out)
    return out


def _residues(z: np.ndarray, f: Any, w: np.ndarray, poles: np.ndarray) -> np.ndarray:
    differences = 1.0 / (poles[:, np.newaxis] - z)
    return np.asarray((differences @ (f * w)) / (-(differences**2) @ w))


def _cleaned(Z: np.ndarray, F: np.ndarray, order: list[int], w: np.ndarray, tol: float) -> tuple[list[int], np.ndarray]:
    """The nodes without those next to spurious poles, and weights for them."""
    z, f = Z[order], F[order]
    poles = _zeros_of_a_sum(z, w)
    if not poles.size:
        return order, w
    with np.errstate(all="ignore"):
        residues = np.abs(_residues(z, f, w, poles))
        sizes = np.abs(F[F != 0.0])
        mean = float(np.exp(np.log(sizes).mean())) if sizes.size else 1.0
        small = residues < tol * mean * np.abs(poles - Z[0])  # the others are not, at a smaller distance
        poles, residues = poles[small], residues[small]
        distances = np.array([np.abs(pole - Z).min() for pole in poles])
        spurious = poles[residues < tol * mean * distances]
    if not spurious.size:
        return order, w
    keep = list(order)
    for pole in spurious:
        if len(keep) > 1:
            keep.pop(int(np.argmin(np.abs(Z[keep] - pole))))
    left = np.ones(Z.size, bool)
    left[keep] = False
    return keep, _weights(Z, F, keep, left)
