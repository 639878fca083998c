"""The source of a kernel with the exact counts of each line beside it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from mechkit.counting.dispatcher import Kernel, annotated
from mechkit.counting.kinds import COLUMNS, FLOPS, KINDS
from mechkit.counting.opcounts import OpCounts
from mechkit.counting.plain import PlainKernel
from mechkit.counting.source import source_of, why_no_source
from mechkit.counting.tables import thread_table


@dataclass(frozen=True)
class Line:
    """One line of source: its number, its text, its counts (empty where nothing is counted)."""

    number: int
    source: str
    ops: OpCounts


@dataclass(frozen=True)
class Annotation:
    """A kernel's source with counts. ``lines``; ``total`` (their sum); ``result``, what the kernel returned.

    Prints as aligned text; shows as a table with a heat column in a notebook, and ``to_html()`` gives that table.
    """

    name: str
    lines: tuple[Line, ...]
    result: Any

    @property
    def total(self) -> OpCounts:
        """The counts of all lines together."""
        return sum((line.ops for line in self.lines), OpCounts())

    def _used(self) -> list[tuple[str, str]]:
        """The (column, kind) pairs that occur, bytes left out: one column of the table each."""
        total = self.total.to_dict()
        return [(c, k) for c in COLUMNS for k in KINDS if k != "bytes" and k in total.get(c, {})]

    def __str__(self) -> str:
        used = self._used()
        heads = [kind if column == "float64" else f"{column} {kind}" for column, kind in used]
        rows = [[_figure(line.ops[c][k]) for c, k in used] for line in self.lines]
        rows.append([f"{self.total[c][k]:,}" for c, k in used])
        widths = [max(map(len, (head, *(row[i] for row in rows)))) for i, head in enumerate(heads)]
        number_width = len(str(self.lines[-1].number))
        sources = [f"{line.number:{number_width}}  {line.source}".rstrip() for line in self.lines] + ["total"]
        margin = [" " * sum(widths) + " " * 2 * len(widths)] if not used else []
        lines = [self._row(heads, widths) + "  "] + [
            f"{self._row(row, widths)}  {source}" for row, source in zip(rows, sources, strict=True)
        ]
        return "\n".join(line.rstrip() for line in lines + margin).rstrip("\n")

    @staticmethod
    def _row(cells: list[str], widths: list[int]) -> str:
        return "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))

    __repr__ = __str__

    def to_html(self) -> str:
        """The table as HTML that stands alone, without style sheet or script. The heat shows where the flops are."""
        used = self._used()
        weight = [sum(line.ops[c][k] for c, k in used if c != "int" and k in FLOPS) for line in self.lines]
        hottest = max(weight, default=0) or 1
        cell = 'style="text-align:right;padding:0 .6em;white-space:nowrap"'
        head = "".join(f"<th {cell}>{k}{'' if c == 'float64' else f'<br>{c}'}</th>" for c, k in used)
        rows = [
            f'<tr><td style="padding:0"><div title="{w:,} flops" style="height:1em;width:{80 * w / hottest:.1f}px;'
            f'background:#d55e00"></div></td>'
            + "".join(f"<td {cell}>{_figure(line.ops[c][k])}</td>" for c, k in used)
            + f'<td {cell}>{line.number}</td><td style="text-align:left"><pre style="margin:0">'
            f"{html.escape(line.source)}</pre></td></tr>"
            for line, w in zip(self.lines, weight, strict=True)
        ]
        total = "".join(f"<th {cell}>{self.total[c][k]:,}</th>" for c, k in used)
        return (
            '<table style="border-collapse:collapse;font-family:monospace;font-size:13px">'
            f'<tr><th style="width:80px;text-align:left">flops</th>{head}<th {cell}>line</th>'
            f'<th style="text-align:left">{html.escape(self.name)}</th></tr>{"".join(rows)}'
            f"<tr><th></th>{total}<th></th><th style='text-align:left'>total</th></tr></table>"
        )

    _repr_html_ = to_html


def _figure(n: int) -> str:
    return f"{n:,}" if n else ""


def annotate(kernel: Any, *args: Any) -> Annotation:
    """Run a kernel once and show its source with the exact counts of each line.

    What the callees of a line count belongs to the line.

    Parameters
    ----------
    kernel : a kernel
    args : its arguments; arrays are changed in place, as in any call

    Returns
    -------
    Annotation
        Prints as text, shows as HTML in a notebook.

    Raises
    ------
    TypeError
        where ``kernel`` is not one.
    ValueError
        where its source cannot be found, or has changed since the kernel was made.

    Operation count: that of the call; a count block around it does not see the annotated run.

    Examples
    --------
    >>> import mechkit as mk
    >>> @mk.kernel
    ... def horner(c, x):
    ...     s = 0.0
    ...     for k in range(c.size - 1, -1, -1):
    ...         s = s * x + c[k]
    ...     return s
    >>> mk.annotate(horner, np.array([1.0, 2.0, 3.0]), 0.5)
    add  mul  loads  int sub
                              1  @mk.kernel
                              2  def horner(c, x):
                              3      s = 0.0
                           1  4      for k in range(c.size - 1, -1, -1):
      3    3      3           5          s = s * x + c[k]
                              6      return s
      3    3      3        1  total
    """
    __tracebackhide__ = True
    if not isinstance(kernel, Kernel | PlainKernel):
        raise TypeError(f"annotate takes a kernel, not {kernel!r}; decorate the function with @mechkit.kernel")
    function = kernel.py_func
    source = source_of(function)
    if source is None:
        raise ValueError(why_no_source(function))
    thread, before = thread_table(), thread_table().copy()
    try:
        result, counts = _counts_by_line(kernel, args)
    finally:
        thread[:] = before  # a count block around the run does not see it
    nothing = OpCounts()
    lines = [Line(n, text, counts.get(n, nothing)) for n, text in enumerate(source.lines, source.first)]
    return Annotation(function.__name__, tuple(lines), result)


def _counts_by_line(kernel: Any, args: tuple[Any, ...]) -> tuple[Any, dict[int, OpCounts]]:
    """Run a kernel; its result and its counts by line number."""
    __tracebackhide__ = True
    if isinstance(kernel, PlainKernel):
        from mechkit.counting.reference import LineTally, run

        lines = LineTally(kernel.py_func)
        result = run(kernel, args, {}, lines.record)
        return result, {number: OpCounts(tallies) for number, tallies in lines.lines.items()}
    version, table = annotated(kernel)
    result = version(*args)
    return result, {table.first + i: OpCounts._from_table(row.tolist()) for i, row in enumerate(table.counts)}
