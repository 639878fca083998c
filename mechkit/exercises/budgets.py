"""Budgets: what a submission may cost, or must cost, as a function of the sizes of the problem."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mechkit.counting.costs import COST_MODELS, CostModel
from mechkit.counting.kinds import CALLS, COLUMNS, FLOATS, FLOPS, KINDS, MEMORY
from mechkit.counting.opcounts import OpCounts
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.words import nearest

#: The measured counts may grow faster than a growth budget by this exponent: small sizes hide the lower terms.
GROWTH_SLACK = 0.15
_GROWTH = re.compile(r"O\((.*)\)")
_LAW = re.compile(r"law\.(\w+)\s*(<=|>=)\s*(['\"]?)(.+?)\3")
_FUNCTIONS = {"log": math.log, "log2": math.log2, "log10": math.log10, "sqrt": math.sqrt, "ceil": math.ceil}


def measured(ops: OpCounts, key: Any) -> float:
    """How much of one measure was counted.

    key : a kind ("flops", "mul"), a column ("int": its arithmetic), or both ("int.mul"). Or a cost model, or its name.
    Or "calls" of the functions among the arguments ("f", "jac", "hess" for one of them).

    >>> ops = OpCounts({("float64", "mul"): 3, ("int", "add"): 2, ("int", "loads"): 9, ("calls", "f"): 4})
    >>> [measured(ops, key) for key in ("flops", "int", "int.loads", "calls", "float64.mul")]
    [3, 2, 9, 4, 3]
    """
    if isinstance(key, CostModel):
        return ops.cost(key)
    if key == "calls":
        return sum(ops.calls.values())
    if key in CALLS:
        return ops.calls[key]
    if key in COLUMNS:
        kinds = FLOPS if key in FLOATS else [kind for kind in KINDS if kind not in MEMORY]
        return sum(ops[key][kind] for kind in kinds)
    column, _, kind = key.rpartition(".")
    if column:
        return int(getattr(ops[column], kind))
    if key in COST_MODELS and key != "flops":
        return ops.cost(key)
    return int(getattr(ops, key))


def spelled_key(key: Any) -> str:
    """How a measure is called.

    >>> spelled_key("int"), spelled_key("flops"), spelled_key("int.mul"), spelled_key("calls")
    ('integer operations', 'flops', 'integer mul', 'calls')
    """
    if isinstance(key, CostModel):
        return f"{key.unit} ({key.name})" if key.unit != key.name else key.name
    if key == "int":
        return "integer operations"
    if key in FLOATS:
        return f"{key} flops"
    if key in CALLS:
        return f"calls of {key}"
    return str(key).replace("int.", "integer ").replace(".", " ")


def _require_key(key: Any) -> None:
    """Raises ValueError for a measure that is unknown."""
    if isinstance(key, CostModel):
        return
    known = [*KINDS, "flops", *COLUMNS, *CALLS, "calls", *COST_MODELS]
    column, _, kind = str(key).rpartition(".")
    if key in known or (column in COLUMNS and kind in [*KINDS, "flops"]):
        return
    near = nearest(str(key), known)
    hint = f"did you mean {near!r}?" if near else "write a kind such as 'flops', a column such as 'int', or 'calls'"
    raise ValueError(f"the budget {key!r} is unknown; {hint}")


@dataclass(frozen=True)
class Budget:
    """A bound on one measure.

    key : see `measured`; most : whether it is an upper bound; text : as it was written; sizes : the names of the sizes
    growth : whether it bounds how the measure grows, not the measure itself
    """

    key: Any
    most: bool
    text: str
    sizes: tuple[str, ...]
    growth: bool = False

    def allowed(self, point: Sequence[int]) -> float:
        """The bound at one point: sizes in the order of their names.

        >>> [Budget("flops", True, text, ("n",)).allowed([8]) for text in ("8n - 7", "2n log2(n)")]
        [57, 48.0]
        """
        body = _GROWTH.fullmatch(self.text.strip())
        return _value(body[1] if body else self.text, self.sizes, point)

    def holds(self, counted: float, point: Sequence[int]) -> bool:
        """Whether a count keeps the bound; that of a growth is seen over all sizes only."""
        if self.growth:
            return True
        bound = self.allowed(point)
        room = 1e-9 * abs(bound) if isinstance(bound, float) else 0
        return counted <= bound + room if self.most else counted >= bound - room

    def written(self, point: Sequence[int]) -> str:
        """The bound at a point, and what it comes from."""
        if self.growth:
            return self.text
        number = figure(self.allowed(point))
        return number if number == self.text.strip() else f"{number} ({self.text.strip()})"


def figure(number: float) -> str:
    """A count as a reader likes it: whole, with separators.

    >>> figure(12345), figure(48.0), figure(2.5)
    ('12,345', '48', '2.5')
    """
    number = int(number) if number == int(number) else float(number)
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}"


def budgets(given: Any, most: bool, sizes: tuple[str, ...]) -> list[Budget]:
    """The budgets that an instructor has written. Raises ValueError for what cannot be understood.

    >>> [budget.text for budget in budgets({"flops": "8n", "int": 400}, True, ("n",))]
    ['8n', '400']
    >>> budgets("law.flops <= '2n'", True, ("n",))[0].key
    'flops'
    """
    if given is None:
        return []
    if isinstance(given, str):
        found = _LAW.fullmatch(given.strip())
        if not found:
            raise ValueError(
                f"the budget {given!r} cannot be understood; write {{'flops': '8n'}}, or law.flops <= '8n'"
            )
        if (found[2] == "<=") != most:
            raise ValueError(f"the budget {given!r} is the other way round; <= belongs to at_most, >= to at_least")
        given = {found[1]: found[4]}
    pairs: Iterable[tuple[Any, Any]] = given.items() if isinstance(given, Mapping) else given
    result = []
    for key, text in pairs:
        _require_key(key)
        budget = Budget(key, most, str(text), sizes, bool(_GROWTH.fullmatch(str(text).strip())))
        if budget.growth and not most:
            raise ValueError(f"{text!r} bounds a growth from above, so it belongs to at_most")
        budget.allowed([7] * len(sizes))  # raises where the text is no function of the sizes
        result.append(budget)
    return result


def _value(text: str, sizes: tuple[str, ...], point: Sequence[int]) -> float:
    """The value of a polynomial, or of an expression with logarithms and roots, at a point."""
    text = text.strip()
    try:
        exact = Polynomial.parse(text, sizes)(*point)
        return int(exact) if exact.denominator == 1 else float(exact)
    except ValueError:
        pass
    spelled = re.sub(r"(?<![a-zA-Z_])(\d+(?:\.\d+)?)\s*(?=[a-zA-Z(])", r"\1*", text.replace("^", "**"))
    names = "|".join(map(re.escape, sizes))
    spelled = re.sub(rf"\b(log2|log10|log|sqrt)\s+({names})\b", r"\1(\2)", spelled)
    spelled = re.sub(rf"(\b(?:{names})\b|\))\s+(?=[a-zA-Z(])", r"\1*", spelled)
    try:
        return _evaluated(ast.parse(spelled, mode="eval").body, dict(zip(sizes, point, strict=True)))
    except (SyntaxError, ValueError, TypeError, ArithmeticError) as error:
        raise ValueError(
            f"the budget {text!r} is no function of {', '.join(sizes)}; write a polynomial such as '8n - 7', "
            f"'2n log2(n)', or a growth, 'O(n log n)'"
        ) from error


def _evaluated(node: ast.expr, values: Mapping[str, int]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluated(operand, values)
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](max(_evaluated(argument, values), 1e-300))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _evaluated(left, values), _evaluated(right, values)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
                case ast.Pow():
                    return float(a**b)
    raise ValueError("no function of the sizes")


def require_consistent(most: Sequence[Budget], least: Sequence[Budget], points: Sequence[Sequence[int]]) -> None:
    """Raises ValueError where no count can keep all budgets at some size."""
    for upper in most:
        for point in points:
            if not upper.growth and upper.allowed(point) < 0:
                where = spelled_point(upper.sizes, point)
                raise ValueError(
                    f"at_most allows {figure(upper.allowed(point))} {spelled_key(upper.key)} at {where}; no count is "
                    f"below zero"
                )
        for lower in least:
            if upper.key != lower.key or upper.growth:
                continue
            for point in points:
                low, high = lower.allowed(point), upper.allowed(point)
                if low > high:
                    where = spelled_point(upper.sizes, point)
                    raise ValueError(
                        f"the budgets contradict each other: at {where} at_least asks for {figure(low)} "
                        f"{spelled_key(upper.key)} and at_most allows {figure(high)}"
                    )


def spelled_point(sizes: Sequence[str], point: Sequence[int]) -> str:
    """Sizes as a reader knows them.

    >>> spelled_point(("n", "k"), (10, 2))
    'n = 10, k = 2'
    """
    return ", ".join(f"{name} = {value}" for name, value in zip(sizes, point, strict=True))


def too_fast(budget: Budget, points: Sequence[Sequence[int]], counts: Sequence[float]) -> str | None:
    """Why counts grow faster than a growth budget allows; None where they do not.

    The exponent by which they exceed it is fitted to all points, on logarithmic scales.

    >>> n = [(16,), (64,), (256,)]
    >>> too_fast(Budget("flops", True, "O(n log n)", ("n",), True), n, [16 * 16, 64 * 64, 256 * 256])
    'the flops grow like n^2.00, faster than O(n log n)'
    """
    kept = [(p, c, budget.allowed(p)) for p, c in zip(points, counts, strict=True) if c > 0 and max(p) > 1]
    kept = [(p, c, bound) for p, c, bound in kept if bound > 0]
    if len({max(p) for p, _, _ in kept}) < 3:
        return None
    size = np.log([float(max(p)) for p, _, _ in kept])
    excess = np.polyfit(size, np.log([c / bound for _, c, bound in kept]), 1)[0]
    if excess <= GROWTH_SLACK:
        return None
    exponent = np.polyfit(size, np.log([c for _, c, _ in kept]), 1)[0]
    return f"the {spelled_key(budget.key)} grow like {budget.sizes[0]}^{exponent:.2f}, faster than {budget.text}"


def law_through(
    sizes: tuple[str, ...], points: Sequence[tuple[int, ...]], counts: Sequence[float]
) -> Polynomial | None:
    """The polynomial of lowest degree through whole counts, where some are left over to check it; else None.

    >>> law_through(("n",), [(2,), (3,), (10,), (40,)], [16, 24, 80, 320])
    Polynomial('8n')
    """
    if len(sizes) != 1 or any(count != int(count) for count in counts):
        return None
    for degree in range(min(4, len(points) - 1)):
        polynomial = _through(sizes[0], points[: degree + 1], counts)
        if all(polynomial(*point) == int(count) for point, count in zip(points, counts, strict=True)):
            return polynomial if len(points) > degree + 1 else None
    return None


def _through(size: str, points: Sequence[tuple[int, ...]], counts: Sequence[float]) -> Polynomial:
    """Lagrange's polynomial."""
    n = Polynomial((size,), {(1,): Fraction(1)})
    total = Polynomial((size,), {})
    for i, (x,) in enumerate(points):
        term = Polynomial((size,), {(0,): Fraction(int(counts[i]))})
        for j, (other,) in enumerate(points):
            if j != i:
                term = term * (n - other) / (x - other)
        total = total + term
    return total


def term_over(law: Polynomial, budget: Budget) -> str | None:
    """The first term by which a law exceeds a polynomial budget; None where the budget is no polynomial.

    >>> term_over(Polynomial.parse("n^2 + 3n", ("n",)), Budget("flops", True, "8n", ("n",)))
    'n^2'
    """
    try:
        bound = Polynomial.parse(budget.text, budget.sizes)
    except ValueError:
        return None
    difference = law - bound
    leading = next((e for e, _ in difference._ordered()), None)
    if leading is None or difference.terms[leading] < 0:
        return None
    return str(Polynomial(law.variables, {leading: law.terms.get(leading, Fraction(0))}))
