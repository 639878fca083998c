"""Polynomials as sums over a basis on an interval: Chebyshev and Legendre by Clenshaw's rule, powers by Horner's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import polynomial as numpy_polynomial

from mechkit.checking import one_of, whole
from mechkit.counting import kernel
from mechkit.interpolation.data import Values, interval_of, read_only, true_or_false, values_at
from mechkit.interpolation.interpolant import Interpolant, in_words, pieces
from mechkit.linear_systems.flags import FUSED

#: The bases, each with the class of NumPy that differentiates, integrates and converts its coefficients.
BASES: dict[str, Any] = {
    "monomial": numpy_polynomial.Polynomial,
    "chebyshev": numpy_polynomial.Chebyshev,
    "legendre": numpy_polynomial.Legendre,
}


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def to_unit_interval(t, a, b, u):
    """u (m,) = the points t (m,) of [a, b] on [-1, 1].

    >>> from mechkit import law
    >>> law(to_unit_interval, n=range(1, 6)).flops
    Polynomial('4n + 2')
    """
    scale = 1.0 / (b - a)
    for j in range(t.size):
        u[j] = scale * ((t[j] - a) - (b - t[j]))


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def horner(c, u, out):
    """out (m,) = the sum of c[k] u^k at points u (m,).

    >>> from mechkit import law
    >>> law(lambda n, m: horner(np.ones(n), np.ones(m), np.ones(m)), n=range(1, 6), m=range(1, 6)).flops
    Polynomial('2nm - 2m')
    """
    n = c.size
    for j in range(u.size):
        out[j] = c[n - 1]
    for k in range(1, n):
        here = c[n - 1 - k]
        for j in range(u.size):
            out[j] = out[j] * u[j] + here


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def clenshaw_chebyshev(c, u, b, out):
    """out (m,) = the sum of c[k] T_k(u) at points u (m,); b (m,) work.

    >>> from mechkit import law
    >>> def run(n, m):
    ...     clenshaw_chebyshev(np.ones(n), np.ones(m), np.ones(m), np.ones(m))
    >>> law(run, n=range(2, 7), m=range(1, 6)).flops
    Polynomial('4nm - 5m')
    """
    # Clenshaw, A note on the summation of Chebyshev series, Mathematics of Computation 9 (1955)
    n = c.size
    for j in range(u.size):  # 1  b_n = c_n, b_(n+1) = 0
        out[j] = c[n - 1]
        b[j] = 0.0
    for k in range(1, n - 1):  # 2  b_k = c_k + 2u b_(k+1) - b_(k+2)
        here = c[n - 1 - k]
        for j in range(u.size):
            new = here + 2.0 * u[j] * out[j] - b[j]
            b[j] = out[j]
            out[j] = new
    if n > 1:
        for j in range(u.size):  # 3  the sum is c_0 + u b_1 - b_2
            out[j] = c[0] + u[j] * out[j] - b[j]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def clenshaw_legendre(c, u, b, out):
    """out (m,) = the sum of c[k] P_k(u) at points u (m,); b (m,) work.

    >>> from mechkit import law
    >>> def run(n, m):
    ...     clenshaw_legendre(np.ones(n), np.ones(m), np.ones(m), np.ones(m))
    >>> law(run, n=range(2, 7), m=range(1, 6)).flops
    Polynomial('5nm + 7n - 5m - 7')
    """
    n = c.size
    for j in range(u.size):  # 1  b_n = c_n, b_(n+1) = 0
        out[j] = c[n - 1]
        b[j] = 0.0
    for i in range(1, n):  # 2  b_k = c_k + (2k+1)/(k+1) u b_(k+1) - (k+1)/(k+2) b_(k+2)
        k = n - 1 - i
        alpha = (2.0 * k + 1.0) / (k + 1.0)
        beta = (k + 1.0) / (k + 2.0)
        for j in range(u.size):
            new = c[k] + alpha * u[j] * out[j] - beta * b[j]
            b[j] = out[j]
            out[j] = new


@to_unit_interval.example
def _(n):
    return np.linspace(0.0, 3.0, n), 0.0, 3.0, np.zeros(n)


@horner.example
def _(n):
    return np.ones(n), np.linspace(-1.0, 1.0, 5), np.zeros(5)


@clenshaw_chebyshev.example
@clenshaw_legendre.example
def _(n):
    return np.arange(1.0, n + 1.0), np.linspace(-1.0, 1.0, 5), np.zeros(5), np.zeros(5)


@dataclass(frozen=True, repr=False, eq=False)
class Series(Interpolant):
    """A polynomial: coefficients of a basis, in the variable that maps its domain to [-1, 1].

    With the domain (-1, 1) the variable is t itself; a monomial basis on (-1, 1) has the coefficients of the powers of
    t. ``coefficients`` holds that of degree 0 first, and ``domain`` says where they refer to.

    >>> p = series([1.0, 0.0, 2.0], "chebyshev", (0.0, 4.0))
    >>> p
    <polynomial of degree 2 on [0, 4] in the Chebyshev basis>
    >>> p([0.0, 2.0, 4.0])
    array([ 3., -1.,  3.])
    >>> p.to_basis("monomial", domain=(-1.0, 1.0)).coefficients
    array([ 3., -4.,  1.])
    """

    basis: str
    domain: tuple[float, float]
    interval: tuple[float, float]
    extrapolate: bool
    _values: Values

    @property
    def coefficients(self) -> np.ndarray:
        """The coefficients (degree + 1, ...), that of degree 0 first."""
        return read_only(self._values.coefficients())

    @property
    def degree(self) -> int:
        """The number of coefficients, less one."""
        return self._values.rows.shape[1] - 1

    def to_basis(self, basis: str, domain: tuple[float, float] | None = None) -> Series:
        """The same polynomial in another basis, on another domain.

        Parameters
        ----------
        basis : {"monomial", "chebyshev", "legendre"}
            The new basis.
        domain : (float, float), optional
            The interval that the new variable maps to [-1, 1]; that of this series by default.

        Returns
        -------
        Series
            The conversion is not counted. Digits are lost where the monomial basis has large coefficients.
        """
        new = BASES[one_of("basis", basis, BASES)]
        where = self.domain if domain is None else interval_of("domain", domain)

        def convert(p: Any) -> np.ndarray:
            return p.convert(domain=list(where), window=[-1.0, 1.0], kind=new).coef

        return self._with(convert, basis=basis.lower(), domain=where)

    def derivative(self, nu: int = 1) -> Series:
        """The derivative of order nu: a polynomial in the same basis. It is not counted.

        >>> series([0.0, 0.0, 1.0], "monomial").derivative().coefficients
        array([0., 2.])
        """
        return self._with(lambda p: p.deriv(whole("nu", nu)).coef)

    def integral(self, a: Any = None, b: Any = None) -> Any:
        """The integral from a to b; without these, the polynomial that is the integral from the interval's left end.

        >>> series([0.0, 2.0], "monomial").integral(0.0, 3.0)
        np.float64(9.0)
        """
        whole_integral = self._with(lambda p: p.integ(lbnd=self.interval[0]).coef)
        return self._between(whole_integral, a, b)

    def _with(self, change: Any, **fields: Any) -> Series:
        """What a change of each row of coefficients leaves, at its full length."""
        kind = BASES[self.basis]
        rows = [np.atleast_1d(change(kind(row, domain=list(self.domain)))) for row in self._values.rows]
        longest = max(row.size for row in rows)
        padded = np.array([np.pad(row, (0, longest - row.size)) for row in rows])
        given = {name: getattr(self, name) for name in ("basis", "domain", "interval", "extrapolate")}
        return Series(**{**given, **fields}, _values=self._values.like(padded))

    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        out = np.empty((len(self._values.rows), t.size), t.dtype)
        for piece in pieces(t.size):
            sum_series(self.basis, self.domain, self._values.rows, t[piece], out[:, piece])
        return out

    def __repr__(self) -> str:
        a, b = self.domain
        basis = "powers of t" if self._powers_of_t else f"the {self.basis.capitalize()} basis"
        more = f" in {basis}" + ("" if self.domain in (self.interval, (-1.0, 1.0)) else f" of domain [{a:g}, {b:g}]")
        return in_words(self, f"polynomial of degree {self.degree}", more)

    @property
    def _powers_of_t(self) -> bool:
        return self.basis == "monomial" and self.domain == (-1.0, 1.0)


def sum_series(basis: str, domain: tuple[float, float], rows: np.ndarray, t: np.ndarray, out: np.ndarray) -> None:
    """out (k, m) = the sums of the rows of coefficients (k, n) at points t (m,)."""
    u = t
    if domain != (-1.0, 1.0):
        u = np.empty_like(t)
        to_unit_interval(t, *domain, u)
    work = np.empty_like(u)
    for row, found in zip(rows, out, strict=True):
        if basis == "monomial":
            horner(row, u, found)
        elif basis == "chebyshev":
            clenshaw_chebyshev(row, u, work, found)
        else:
            clenshaw_legendre(row, u, work, found)


def series(
    coefficients: Any,
    basis: str = "chebyshev",
    domain: tuple[float, float] = (-1.0, 1.0),
    extrapolate: bool = True,
) -> Series:
    """A polynomial of given coefficients.

    Parameters
    ----------
    coefficients : array_like, (n,) or (n, ...)
        Those of a basis, that of degree 0 first.
    basis : {"chebyshev", "legendre", "monomial"}
        T_k, P_k, or powers.
    domain : (float, float)
        The interval that the variable of the basis maps to [-1, 1].
    extrapolate : bool
        Whether it is evaluated outside the domain; otherwise the values there are NaN.

    Returns
    -------
    Series
        Callable at points of any shape.

    Raises
    ------
    ValueError, TypeError
        for a missing basis, an empty domain, and for coefficients that are not finite numbers.

    Operation count of an evaluation, exact, n > 1 coefficients at m points on [-1, 1], a Chebyshev series and powers;
    another domain adds 4m + 2:

    >>> from mechkit import law
    >>> def run(n, m, basis):
    ...     return series(np.ones(n), basis)(np.ones(m))
    >>> law(lambda n, m: run(n, m, "chebyshev"), n=range(2, 7), m=range(1, 6)).flops
    Polynomial('4nm - 5m')
    >>> law(lambda n, m: run(n, m, "monomial"), n=range(2, 7), m=range(1, 6)).flops
    Polynomial('2nm - 2m')

    References: Trefethen, Approximation Theory and Approximation Practice, chapters 3 and 18; Clenshaw, Mathematics of
    Computation 9 (1955) 118-120.

    Examples
    --------
    >>> series([0.0, 0.0, 0.0, 1.0])(0.5)  # T_3(1/2) = cos(3 acos(1/2))
    np.float64(-1.0)
    """
    kind = one_of("basis", basis, BASES)
    array = np.asarray(coefficients)
    values = values_at("coefficients", coefficients, array.shape[0] if array.ndim else 1, each="degree")
    ends = interval_of("domain", domain)
    return Series(kind, ends, ends, true_or_false("extrapolate", extrapolate), values)
