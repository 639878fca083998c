"""A comparison as its users have it: what was run side by side, as tables, pictures and files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mechkit.counting.costs import CostModel
from mechkit.measurement.comparing import export
from mechkit.measurement.comparing.side_by_side import Run, SideBySide
from mechkit.measurement.records import data_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.table import Table

__all__ = ["Comparison", "Run"]


@dataclass(frozen=True, repr=False)
class Comparison(SideBySide):
    """Algorithms side by side, as `compare` measured them.

    ``rows`` has one `Run` for each size, seed and algorithm; `records` is the same as plain dictionaries.

    Wherever a ``cost`` is asked for, it is "flops", another cost model or its name ("rand", "bytes", ...), or a kind of
    operation ("mul"). Or it is "calls", of the functions that have a role. It may also be "seconds", or a figure that
    was measured ("error"), which comes first where names are equal. Without it, it is `main_cost`. Over several seeds
    the cost at a size is their median.

    Prints as tables with the law of each algorithm; shows as HTML in a notebook.
    """

    def records(self, times: bool = False) -> list[dict[str, Any]]:
        """The rows as flat dictionaries, for ``pandas.DataFrame``: every one has every column.

        Parameters
        ----------
        times : with the column ``seconds``
        """
        return export.records(self, times)

    def table(self, cost: CostModel | str | None = None) -> Table:
        """A cost over the sizes, one column an algorithm, as a rich Table; with two algorithms also their ratio."""
        from mechkit.measurement.comparing.tabulate import table

        return table(self, cost or self.main_cost)

    def plot(self, ax: Axes | None = None, cost: CostModel | str | None = None) -> Axes:
        """Draw a cost against the size, both logarithmic: the runs as markers, the laws as lines.

        Where an algorithm has no law, the line is its fitted growth, marked by a ~. Over several seeds a marker is the
        median and a bar goes from the least to the most. What ``plt.style`` or ``rcParams`` set is kept.

        Parameters
        ----------
        ax : the matplotlib axes to draw on. Without it there is a new figure, ``.figure`` of what is returned. That
            appears by itself in a notebook, and by ``plt.show()`` in a script that uses pyplot.
        cost : what to draw
        """
        from mechkit.measurement.comparing.plot import plot

        return plot(self, ax, cost or self.main_cost)

    def plot_work_precision(
        self, ax: Axes | None = None, error: str = "error", cost: CostModel | str | None = None
    ) -> Axes:
        """Draw the error reached against the cost, both logarithmic: a work-precision diagram.

        Errors that are zero are drawn hollow, below all others; what is not finite is left out.

        Parameters
        ----------
        ax : as in `plot`
        error : the name of a figure that ``measure`` gave
        cost : what the work is measured in
        """
        from mechkit.measurement.comparing.plot import plot_work_precision

        return plot_work_precision(self, ax, error, cost or self.main_cost)

    def to_latex(self, cost: CostModel | str | None = None) -> str:
        """A cost over the sizes as a LaTeX table, for the package booktabs, with the laws."""
        from mechkit.measurement.comparing.tabulate import to_latex

        return to_latex(self, cost)

    def to_csv(self, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
        """The records as CSV.

        Parameters
        ----------
        path : a file that is written too, the whole of it or nothing; an earlier one is replaced
        times : with the column ``seconds``
        """
        return export.to_csv(self, path, times)

    def to_json(self, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
        """The comparison as JSON: rows, laws, growth. NaN and the infinities, which JSON lacks, are null.

        Parameters
        ----------
        path : a file that is written too, the whole of it or nothing; an earlier one is replaced
        times : with ``seconds`` in each row
        """
        return export.to_json(self, path, times)

    def to_pandas(self, times: bool = False) -> Any:
        """The rows as a pandas DataFrame. Raises ImportError where pandas is not installed."""
        return data_frame(self.records(times))

    def __str__(self) -> str:
        from mechkit.measurement.comparing.tabulate import text

        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from mechkit.measurement.comparing.tabulate import to_html

        return to_html(self)
