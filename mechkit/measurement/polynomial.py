"""Polynomials in several variables with exact rational coefficients, and their recovery from exact values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

Exponents = tuple[int, ...]


@dataclass(frozen=True)
class Polynomial:
    """A polynomial: ``terms`` maps the exponents of the variables to rational coefficients.

    >>> p = Polynomial.parse("n^3/3 - n^2/2 + n/6", ("n",))
    >>> p(n=4), str(p), p.latex()
    (Fraction(14, 1), 'n^3/3 - n^2/2 + n/6', '\\\\frac{n^{3}}{3} - \\\\frac{n^{2}}{2} + \\\\frac{n}{6}')
    >>> p.leading, p == "n^3/3 - n^2/2 + n/6"
    (Polynomial('n^3/3'), True)
    """

    variables: tuple[str, ...]
    terms: Mapping[Exponents, Fraction]

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
                return cls(variables, {constant: Fraction(-1)}) * cls._evaluate(operand, variables)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))):
                return prod([cls._evaluate(left, variables)] * power, start=cls(variables, {constant: Fraction(1)}))
            case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=int(n))):
                return cls._evaluate(left, variables) * cls(variables, {constant: Fraction(1, n)})
            case ast.BinOp(left=left, op=op, right=right):
                a, b = cls._evaluate(left, variables), cls._evaluate(right, variables)
                if isinstance(op, ast.Add):
                    return a + b
                if isinstance(op, ast.Sub):
                    return a + cls(variables, {constant: Fraction(-1)}) * b
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

    def __call__(self, *values: int, **named: int) -> Fraction:
        """Its value, exactly, at sizes given by position or by name."""
        point = {**dict(zip(self.variables, values, strict=False)), **named}
        if set(point) != set(self.variables):
            raise TypeError(f"the variables are {', '.join(self.variables)}, not {', '.join(map(str, point))}")
        return self._at(tuple(point[v] for v in self.variables))

    def _at(self, point: Sequence[int]) -> Fraction:
        return sum((c * _monomial(e, point) for e, c in self.terms.items()), Fraction(0))

    def __add__(self, other: Polynomial) -> Polynomial:
        keys = {**self.terms, **other.terms}
        terms = {e: self.terms.get(e, Fraction(0)) + other.terms.get(e, Fraction(0)) for e in keys}
        return Polynomial(self.variables, {e: c for e, c in terms.items() if c})

    def __mul__(self, other: Polynomial) -> Polynomial:
        terms: dict[Exponents, Fraction] = {}
        for (e, a), (f, b) in product(self.terms.items(), other.terms.items()):
            key = tuple(i + j for i, j in zip(e, f, strict=True))
            terms[key] = terms.get(key, Fraction(0)) + a * b
        return Polynomial(self.variables, {e: c for e, c in terms.items() if c})

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            other = Polynomial.parse(other, self.variables)
        if isinstance(other, int | Fraction):
            constant = (0,) * len(self.variables)
            other = Polynomial(self.variables, {constant: Fraction(other)} if other else {})
        if not isinstance(other, Polynomial):
            return NotImplemented
        return self.variables == other.variables and dict(self.terms) == dict(other.terms)

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
            text += (f" {sign} " if text else "-" * (coefficient < 0)) + term
        return text or "0"


def _monomial(exponents: Exponents, point: Sequence[int]) -> int:
    return prod(x**e for x, e in zip(point, exponents, strict=True))


def monomials(variables: int, degree: int) -> list[Exponents]:
    """The exponents of all monomials of at most a total degree, lowest first."""
    powers = [e for e in product(range(degree + 1), repeat=variables) if sum(e) <= degree]
    return sorted(powers, key=lambda e: (sum(e), e))


class Interpolation:
    """Which points determine a polynomial of a degree, and the polynomial through given values there.

    Built once for a set of points and a degree, then solved for each kind: elimination in exact rational arithmetic.
    """

    def __init__(self, points: Sequence[tuple[int, ...]], degree: int) -> None:
        self.monomials = monomials(len(points[0]), degree)
        self.chosen: list[int] = []
        self._rows: list[tuple[int, list[Fraction], dict[int, Fraction]]] = []  # pivot, row, its mix of the points
        for i, point in enumerate(points):
            row = [Fraction(_monomial(e, point)) for e in self.monomials]
            mix = {i: Fraction(1)}
            for pivot, other, other_mix in self._rows:
                if row[pivot]:
                    factor = row[pivot]
                    row = [a - factor * b for a, b in zip(row, other, strict=True)]
                    for j, m in other_mix.items():
                        mix[j] = mix.get(j, Fraction(0)) - factor * m
            pivot = next((j for j, a in enumerate(row) if a), -1)
            if pivot < 0:
                continue
            scale = row[pivot]
            self._rows.append((pivot, [a / scale for a in row], {j: m / scale for j, m in mix.items()}))
            self.chosen.append(i)
            if len(self.chosen) == len(self.monomials):
                break

    @property
    def determined(self) -> bool:
        """Whether the points are enough, and lie well enough, for the degree."""
        return len(self.chosen) == len(self.monomials)

    def polynomial(self, variables: tuple[str, ...], values: Sequence[int]) -> Polynomial:
        """The polynomial that takes the values at the chosen points."""
        coefficients = [Fraction(0)] * len(self.monomials)
        for pivot, row, mix in reversed(self._rows):
            known = sum((row[j] * coefficients[j] for j in range(len(row)) if j != pivot and row[j]), Fraction(0))
            coefficients[pivot] = sum((m * values[i] for i, m in mix.items()), Fraction(0)) - known
        return Polynomial(variables, {e: c for e, c in zip(self.monomials, coefficients, strict=True) if c})


def first_mismatch(polynomial: Polynomial, points: Iterable[tuple[int, ...]], values: Iterable[int]) -> int | None:
    """The index of the first point at which the polynomial is not the value, or None."""
    for i, (point, value) in enumerate(zip(points, values, strict=True)):
        if polynomial._at(point) != value:
            return i
    return None
