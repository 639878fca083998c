"""Polynomials in several variables with exact rational coefficients."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm, prod
from numbers import Real
from typing import Any

import numpy as np

from mechkit.measurement.sizes import by_variable, exact, plain_number

Exponents = tuple[int, ...]


@dataclass(frozen=True)
class Polynomial:
    """A polynomial: ``terms`` maps the exponents of the variables to rational coefficients.

    Polynomials in the same variables are added, subtracted and multiplied, with each other and with numbers, exactly. A
    float counts for its exact value, so ``p / 10`` is what is meant by ``0.1 * p``.

    >>> p = Polynomial.parse("n^3/3 - n^2/2 + n/6", ("n",))
    >>> p(n=4), str(p), p.latex()
    (Fraction(14, 1), 'n^3/3 - n^2/2 + n/6', '\\\\frac{n^{3}}{3} - \\\\frac{n^{2}}{2} + \\\\frac{n}{6}')
    >>> p.leading, p == "n^3/3 - n^2/2 + n/6"
    (Polynomial('n^3/3'), True)
    >>> p - p.leading, 6 * p, -p / 2
    (Polynomial('-n^2/2 + n/6'), Polynomial('2n^3 - 3n^2 + n'), Polynomial('-n^3/6 + n^2/4 - n/12'))
    """

    variables: tuple[str, ...]
    terms: Mapping[Exponents, Fraction]

    __array_ufunc__ = None  # so that np.int64(2) * p is left to the polynomial

    def __post_init__(self) -> None:
        terms = {tuple(map(int, exponents)): exact(c) for exponents, c in self.terms.items()}
        object.__setattr__(self, "terms", {exponents: c for exponents, c in terms.items() if c})

    @classmethod
    def parse(cls, text: str, variables: Sequence[str]) -> Polynomial:
        """Read a polynomial as people write it: ``"2n^3/3 - n*p + 1"``, ``"n(n - 1)/2"``.

        Single-letter variables may stand side by side. Raises ValueError where the text is not a polynomial.
        """
        names = "|".join(sorted(map(re.escape, variables), key=len, reverse=True))
        tokens = re.findall(rf"\d+|{names}|\*\*|[-+*/^()]", text)
        if not tokens or "".join(tokens) != text.replace(" ", ""):
            raise ValueError(f"{text!r} is not a polynomial in {', '.join(variables)}, such as 2n^3/3")
        spelled = ""
        for before, token in zip(["(", *tokens], tokens, strict=False):
            factor_ends = before.isalnum() or "_" in before or before == ")"
            factor_begins = token.isalnum() or "_" in token or token == "("
            spelled += ("*" if factor_ends and factor_begins else "") + {"^": "**"}.get(token, token)
        try:
            return cls._evaluate(ast.parse(spelled, mode="eval").body, tuple(variables))
        except (SyntaxError, ValueError, ZeroDivisionError):
            raise ValueError(f"{text!r} is not a polynomial in {', '.join(variables)}, such as 2n^3/3") from None

    @classmethod
    def _evaluate(cls, node: ast.expr, variables: tuple[str, ...]) -> Polynomial:
        constant = (0,) * len(variables)
        match node:
            case ast.Constant(value=int(n)):
                return cls(variables, {constant: Fraction(n)} if n else {})
            case ast.Name(id=name):
                return cls(variables, {tuple(int(v == name) for v in variables): Fraction(1)})
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -cls._evaluate(operand, variables)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))):
                return prod([cls._evaluate(left, variables)] * power, start=cls(variables, {constant: Fraction(1)}))
            case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=int(n))):
                return cls._evaluate(left, variables) * cls(variables, {constant: Fraction(1, n)})
            case ast.BinOp(left=left, op=op, right=right):
                a, b = cls._evaluate(left, variables), cls._evaluate(right, variables)
                if isinstance(op, ast.Add):
                    return a + b
                if isinstance(op, ast.Sub):
                    return a - b
                if isinstance(op, ast.Mult):
                    return a * b
        raise ValueError("not a polynomial")

    @property
    def degree(self) -> int:
        """The highest total degree of a term; 0 for a constant and for zero."""
        return max(map(sum, self.terms), default=0)

    @property
    def leading(self) -> Polynomial:
        """The terms of the highest total degree."""
        return Polynomial(self.variables, {e: c for e, c in self.terms.items() if sum(e) == self.degree})

    def __call__(self, *values: Any, **named: Any) -> Fraction:
        """Its value, exactly, at numbers given by position or by name."""
        return self._at([exact(value) for value in by_variable("the variables are", self.variables, values, named)])

    @cached_property
    def _whole(self) -> tuple[int, list[tuple[Exponents, int]]]:
        """The common denominator, and the coefficients times it: whole numbers are added far faster than fractions."""
        below = lcm(*(c.denominator for c in self.terms.values()))
        return below, [(e, int(c * below)) for e, c in self.terms.items()]

    def _at(self, point: Sequence[int | Fraction]) -> Fraction:
        below, terms = self._whole
        return Fraction(sum(c * monomial(e, point) for e, c in terms), below)

    def _operand(self, other: Any) -> Polynomial | None:
        """The other side of a sum or product: a polynomial in the same variables, or a number as a constant."""
        if isinstance(other, Polynomial):
            if other.variables != self.variables:
                mine, theirs = ", ".join(self.variables), ", ".join(other.variables)
                raise ValueError(
                    f"polynomials in {mine} and in {theirs} cannot be combined; give both the same variables"
                )
            return other
        if isinstance(other, Real | np.generic | np.ndarray):
            return Polynomial(self.variables, {(0,) * len(self.variables): exact(other)})
        return None

    def __add__(self, other: Any) -> Polynomial:
        right = self._operand(other)
        if right is None:
            return NotImplemented
        keys = {**self.terms, **right.terms}
        zero = Fraction(0)
        return Polynomial(self.variables, {e: self.terms.get(e, zero) + right.terms.get(e, zero) for e in keys})

    __radd__ = __add__

    def __neg__(self) -> Polynomial:
        return Polynomial(self.variables, {e: -c for e, c in self.terms.items()})

    def __sub__(self, other: Any) -> Polynomial:
        right = self._operand(other)
        return NotImplemented if right is None else self + -right

    def __rsub__(self, other: Any) -> Polynomial:
        return -self + other

    def __mul__(self, other: Any) -> Polynomial:
        right = self._operand(other)
        if right is None:
            return NotImplemented
        terms: dict[Exponents, Fraction] = {}
        for (e, a), (f, b) in product(self.terms.items(), right.terms.items()):
            key = tuple(i + j for i, j in zip(e, f, strict=True))
            terms[key] = terms.get(key, Fraction(0)) + a * b
        return Polynomial(self.variables, terms)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Polynomial:
        if not isinstance(other, Real | np.generic | np.ndarray):
            return NotImplemented
        return self * (1 / exact(other))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            other = Polynomial.parse(other, self.variables)
        plain = plain_number(other)
        if isinstance(plain, Real) and not isinstance(plain, bool) and plain - plain == 0:  # finite
            other = self._operand(plain)
        if not isinstance(other, Polynomial):
            return NotImplemented
        return self.variables == other.variables and dict(self.terms) == dict(other.terms)

    def __le__(self, other: Any) -> Judged:
        """Whether it is at most another polynomial, or a text of one, for all sizes from some size on."""
        return _judged(self, self._other(other), "<=")

    def __ge__(self, other: Any) -> Judged:
        """Whether it is at least another polynomial, or a text of one, for all sizes from some size on."""
        return _judged(self._other(other), self, ">=")

    def _other(self, other: Any) -> Polynomial:
        right = Polynomial.parse(other, self.variables) if isinstance(other, str) else self._operand(other)
        if right is None:
            raise TypeError(f"a polynomial cannot be compared with {other!r}; write one, such as '2n^2'")
        return right

    def __hash__(self) -> int:
        return hash((self.variables, frozenset(self.terms.items())))

    def _ordered(self) -> list[tuple[Exponents, Fraction]]:
        return sorted(self.terms.items(), key=lambda term: (-sum(term[0]), tuple(-e for e in term[0])))

    def __str__(self) -> str:
        return self._written(
            lambda name, power: name if power == 1 else f"{name}^{power}",
            lambda top, bottom: f"{top}/{bottom}",
            " " if any(len(v) > 1 for v in self.variables) else "",
        )

    def __repr__(self) -> str:
        return f"Polynomial({str(self)!r})"

    def latex(self) -> str:
        """The polynomial as LaTeX."""
        return self._written(
            lambda name, power: name if power == 1 else f"{name}^{{{power}}}",
            lambda top, bottom: f"\\frac{{{top}}}{{{bottom}}}",
            " ",
        )

    def _written(self, power, fraction, between):  # type: ignore[no-untyped-def]
        text = ""
        for exponents, coefficient in self._ordered():
            factors = [power(v, e) for v, e in zip(self.variables, exponents, strict=True) if e]
            number = abs(coefficient.numerator)
            top = between.join(([str(number)] if number != 1 or not factors else []) + factors)
            if between == "" and number != 1:
                top = f"{number}{''.join(factors)}"
            term = fraction(top, coefficient.denominator) if coefficient.denominator != 1 else top
            sign = "-" if coefficient < 0 else "+"
            if text:
                text += f" {sign} {term}"
            else:
                text = f"-{term}" if coefficient < 0 else term
        return text or "0"


@dataclass(frozen=True)
class Judged:
    """Whether one polynomial stays below another for all sizes from some size on: true or false, with the reason.

    >>> Polynomial.parse("3n^2 + n", ("n",)) <= "2n^2"
    False: the term 3n^2 is over 2n^2
    >>> bool(Polynomial.parse("2n - 1", ("n",)) <= "2n")
    True
    """

    holds: bool
    reason: str

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        return f"{self.holds}{f': {self.reason}' * bool(self.reason)}"


def _judged(low: Polynomial, high: Polynomial, sign: str) -> Judged:
    """Whether low <= high where all variables are large: no term of low is over, by the order of growth."""
    rest = low - high
    for exponents, coefficient in rest._ordered():
        if coefficient > 0 and not any(
            c < 0 and all(a >= b for a, b in zip(e, exponents, strict=True)) and e != exponents
            for e, c in rest.terms.items()
        ):
            term = Polynomial(low.variables, {exponents: low.terms.get(exponents, Fraction(0))})
            return Judged(False, f"the term {term} is over {high}" if sign == "<=" else f"{high} is below {term}")
    return Judged(True, "")


def monomial(exponents: Exponents, point: Sequence[Any]) -> Any:
    """The product of the coordinates of a point, each to its power.

    >>> monomial((2, 1), (3, 5))
    45
    """
    return prod(x**e for x, e in zip(point, exponents, strict=True))


def first_mismatch(polynomial: Polynomial, points: Iterable[tuple[int, ...]], values: Iterable[int]) -> int | None:
    """The index of the first point at which the polynomial is not the value, or None."""
    below, terms = polynomial._whole
    for i, (point, value) in enumerate(zip(points, values, strict=True)):
        if sum(c * monomial(e, point) for e, c in terms) != below * value:
            return i
    return None
