"""A comparison as text, as a table for the terminal, and as HTML."""

from __future__ import annotations

import html
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mechkit.counting.costs import CostModel
from mechkit.measurement.comparing.crossover import polynomial_of
from mechkit.measurement.laws.exact_law import Law, LawError
from mechkit.words import cell, columns

if TYPE_CHECKING:
    from mechkit.measurement.comparing.side_by_side import SideBySide


def grid(comparison: SideBySide, cost: CostModel | str = "flops") -> tuple[str, list[str], list[list[str]]]:
    """Title, heads and rows of one cost's table, as text.

    >>> from mechkit.measurement.comparing.side_by_side import Run, SideBySide
    >>> from mechkit import OpCounts
    >>> grid(SideBySide((Run("dense", 10, None, OpCounts(), {"error": 0.125}),)), "error")
    ('error', ['n', 'dense'], [['10', '0.125']])
    """
    name = cost if isinstance(cost, str) else cost.name
    seeds = len(comparison.seeds)
    heads = ["n", *comparison.algorithms]
    values: list[Any] = [comparison.sizes, *(comparison.typical(a, cost).values() for a in comparison.algorithms)]
    if len(comparison.algorithms) == 2 and cost not in comparison.figures:
        a, b = comparison.algorithms
        heads.append(f"{a} / {b}")
        values.append(comparison.ratio(a, b, cost).values())
    rows = [[cell(value) for value in row] for row in zip(*values, strict=True)]
    return name + (f", median of {seeds} seeds" if seeds > 1 else ""), heads, rows


class TerminalTable(Table):
    """A table for a rich Console, which ``print`` shows as well.

    >>> one = TerminalTable("n", "flops", box=None)
    >>> one.add_row("10", "20")
    >>> print(one)
    n   flops
    10  20
    """

    def __str__(self) -> str:
        shown = StringIO()
        Console(file=shown, width=10_000, color_system=None).print(self)
        return "\n".join(line.rstrip() for line in shown.getvalue().splitlines()).strip("\n")


def table(comparison: SideBySide, cost: CostModel | str = "flops", plain: bool = False) -> TerminalTable:
    """One cost's table for a rich Console; plain: without rules."""
    title, heads, rows = grid(comparison, cost)
    style = None if plain else box.SIMPLE
    made = TerminalTable(title=Text(title), title_justify="left", box=style, pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        made.add_column(Text(head), justify="right", overflow="fold")  # no digit is cut off
    for row in rows:
        made.add_row(*map(Text, row))
    return made


def text(comparison: SideBySide) -> str:
    """All of it as plain text: a table for the main cost and each figure, and the law or growth of each algorithm."""
    parts = [lines(comparison, cost) for cost in (comparison.main_cost, *comparison.figures)]
    return "\n\n".join([*parts, laws_text(comparison)])


def lines(comparison: SideBySide, cost: str) -> str:
    """One cost's table as plain text."""
    title, heads, rows = grid(comparison, cost)
    return "\n".join([title, "", *columns([heads, *rows])])


def laws_text(comparison: SideBySide, cost: str | None = None) -> str:
    """One line an algorithm: the exact law of a cost, by default its main one, or ~ and the fitted growth.

    >>> from mechkit.measurement.comparing.side_by_side import Run, SideBySide
    >>> from mechkit import OpCounts
    >>> runs = [Run("dot", n, None, OpCounts({("float64", "mul"): n, ("float64", "add"): n})) for n in (1, 2, 3, 4)]
    >>> print(laws_text(SideBySide(tuple(runs))))
    dot  2n
    """
    return "\n".join(columns([[name, law_text(comparison, name, cost)] for name in comparison.algorithms], left=[0, 1]))


def law_text(comparison: SideBySide, algorithm: str, cost: str | None = None) -> str:
    """The exact law of an algorithm's cost; else ~ and its fitted growth, or why there is neither."""
    main = cost or comparison.main_cost
    try:
        law = comparison.law(algorithm)
    except LawError:
        if not any(map(any, comparison.costs(algorithm, main).values())):
            return f"no {main}"
        try:
            return f"~ {comparison.growth(algorithm, main)}"
        except ValueError as error:
            return f"no law: {error}"
    pieces = [f"{_polynomial(case, main)}{f' for {case.condition}' * bool(law.cases)}" for case in law.cases or (law,)]
    return ", ".join(pieces) + (f" for {law.condition}" if law.condition else "")


def _polynomial(law: Law, cost: str) -> str:
    """The polynomial of the main cost; where it is zero, what is counted instead.

    >>> from mechkit.measurement.laws.polynomial import Polynomial
    >>> _polynomial(Law(("n",), {("int", "add"): Polynomial(("n",), {(1,): 2})}), "flops")
    'no flops; int add 2n'
    >>> _polynomial(Law(("n",), {}), "flops")
    'nothing is counted'
    """
    if polynomial_of(law, cost) != 0:
        return str(polynomial_of(law, cost))
    others = [f"{kind} {text}" for kind, text in law.to_dict().items()]
    return f"no {cost}; {', '.join(others)}" if others else "nothing is counted"


def to_latex(comparison: SideBySide, cost: CostModel | str | None = None) -> str:
    r"""One cost over the sizes as a LaTeX table, for the package booktabs; the laws below it.

    >>> from mechkit.measurement.comparing.side_by_side import Run, SideBySide
    >>> from mechkit import OpCounts
    >>> runs = [Run("dot_1", n, None, OpCounts({("float64", "mul"): n, ("float64", "add"): n})) for n in (1, 2, 3, 4)]
    >>> print(to_latex(SideBySide(tuple(runs))))
    \begin{tabular}{rr}
    \toprule
    $n$ & dot\_1 \\
    \midrule
    1 & 2 \\
    2 & 4 \\
    3 & 6 \\
    4 & 8 \\
    \midrule
    law & $2 n$ \\
    \bottomrule
    \end{tabular}
    """
    wanted = cost or comparison.main_cost
    _, heads, rows = grid(comparison, wanted)
    laws = [_latex_law(comparison, name, wanted) for name in comparison.algorithms]
    rows_ = [
        f"\\begin{{tabular}}{{{'r' * len(heads)}}}",
        "\\toprule",
        _latex_row(["$n$", *map(_latex_text, heads[1:])]),
        "\\midrule",
        *(_latex_row([_latex_text(each) for each in row]) for row in rows),
        *(["\\midrule", _latex_row(["law", *laws, *[""] * (len(heads) - 1 - len(laws))])] if any(laws) else []),
        "\\bottomrule",
        "\\end{tabular}",
    ]
    return "\n".join(rows_)


def _latex_row(cells: list[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _latex_text(text: str) -> str:
    """Text with the signs that LaTeX would take for its own."""
    return re.sub(r"([#$%&_{}])", r"\\\1", text.replace("\\", r"\textbackslash "))


def _latex_law(comparison: SideBySide, algorithm: str, cost: CostModel | str) -> str:
    """The law of a cost; nothing where there is none for all sizes."""
    try:
        law = comparison.law(algorithm)
        return "" if law.cases or law.condition else f"${polynomial_of(law, cost).latex()}$"
    except ValueError:
        return ""


def to_html(comparison: SideBySide) -> str:
    """The tables and laws as HTML that stands alone: no style sheet, no script."""
    parts = []
    for cost in (comparison.main_cost, *comparison.figures):
        title, heads, rows = grid(comparison, cost)
        head = "".join(f"<th>{html.escape(part)}</th>" for part in heads)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(part)}</td>" for part in row) + "</tr>" for row in rows)
        parts.append(f"<table><caption>{html.escape(title)}</caption><tr>{head}</tr>{body}</table>")
    return "".join(parts) + f"<pre>{html.escape(laws_text(comparison))}</pre>"
