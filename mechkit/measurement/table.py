"""The table of a sweep, and its exports."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from mechkit.measurement.files import write_file
from mechkit.measurement.task import Row, dumps, encode, encode_row


@dataclass(frozen=True, repr=False)
class Sweep(Sequence[Row]):
    """The rows of a sweep, in the order of its tasks: a sequence, with exports.

    Without times the exports are the same bytes wherever and in whatever order the tasks ran.

    Operation count: none.

    Examples
    --------
    >>> from mechkit import OpCounts
    >>> table = Sweep((Row("dot", {"n": 2}, OpCounts({("float64", "mul"): 2}), {"error": 0.5}, 0.001),))
    >>> table, table[0].counts.mul
    (Sweep(1 row), 2)
    >>> print(table.to_csv(), end="")
    name,arguments.n,flops,counts.float64.mul,value.error,error
    dot,2,2,2,0.5,
    >>> print(table.to_json(), end="")
    [
    {"name":"dot","arguments":{"n":2},"counts":{"float64":{"mul":2}},"value":{"error":0.5},"error":null}
    ]
    """

    rows: tuple[Row, ...]

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def failed(self) -> list[Row]:
        """The rows of the tasks that raised.

        >>> Sweep(()).failed
        []
        """
        return [row for row in self.rows if row.error is not None]

    def records(self, times: bool = False) -> list[dict[str, Any]]:
        """The rows as flat dictionaries, for ``pandas.DataFrame``: every row has every column.

        times : with the column ``seconds``. The columns are ``name``, ``arguments.n``, ``flops``,
        ``counts.float64.mul``, ``value`` or ``value.error``, ``error``. A count that a row does not have is 0, anything
        else None.

        >>> from mechkit import OpCounts
        >>> Sweep((Row("dot", {"n": 2}, OpCounts(), 0.5, 0.001),)).records()
        [{'name': 'dot', 'arguments.n': 2, 'flops': 0, 'value': 0.5, 'error': None}]
        """
        parts = [_parts(row) for row in self.rows]
        blank: dict[str, Any] = {"name": None}
        for section, missing in (("arguments", None), ("counts", 0), ("value", None)):
            found = dict.fromkeys((column for part in parts for column in part[section]), missing)
            blank |= {"flops": 0, **dict(sorted(found.items()))} if section == "counts" else found
        return [
            {
                **blank,
                **{"name": row.name, "flops": row.counts.flops},
                **{column: value for section in part.values() for column, value in section.items()},
                "error": row.error,
                **({"seconds": row.seconds} if times else {}),
            }
            for row, part in zip(self.rows, parts, strict=True)
        ]

    def to_csv(self, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
        """The table as CSV: the columns of `records`; written to a file too where a path is given, whole or not at all.

        path : an earlier file is replaced; times : with the column ``seconds``. Raises OSError where the file cannot
        be written.

        >>> Sweep(()).to_csv()
        ''
        """
        records = self.records(times)
        text = io.StringIO()
        if records:
            writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                {c: encode(v)[0] if isinstance(encode(v), list) else v for c, v in r.items()} for r in records
            )
        return saved(text.getvalue(), path)

    def to_json(self, path: str | os.PathLike[str] | None = None, times: bool = False) -> str:
        """The table as JSON, one row a line; written to a file too where a path is given, whole or not at all.

        path : an earlier file is replaced; times : with ``seconds``. NaN and the infinities, which JSON lacks, are
        ``["nan"]``, ``["inf"]`` and ``["-inf"]``. Raises OSError where the file cannot be written.

        >>> Sweep(()).to_json()
        '[\\n]\\n'
        """
        lines = []
        for row in self.rows:
            arguments = {name: encode(value) for name, value in row.arguments.items()}
            written = {"name": row.name, "arguments": arguments, **encode_row(row)}
            if not times:
                del written["seconds"]
            lines.append(dumps(written))
        return saved("[\n" + ",\n".join(lines) + "\n" * bool(lines) + "]\n", path)

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return f"Sweep({len(self)} row{'s' * (len(self) != 1)}{failed})"


def _parts(row: Row) -> dict[str, dict[str, Any]]:
    counts = {f"counts.{c}.{kind}": n for c, kinds in row.counts.to_dict().items() for kind, n in kinds.items()}
    if isinstance(row.value, Mapping):
        value = {f"value.{name}": part for name, part in row.value.items()}
    else:
        value = {} if row.value is None else {"value": row.value}
    return {"arguments": {f"arguments.{k}": v for k, v in row.arguments.items()}, "counts": counts, "value": value}


def saved(text: str, path: str | os.PathLike[str] | None) -> str:
    """The text, also written to a file where there is a path: the whole of it or nothing."""
    if path is None:
        return text
    try:
        write_file(path, text)
    except BrokenPipeError:  # nobody reads on
        raise
    except OSError as error:
        hint = "give a path in a folder that is there and can be written"
        raise OSError(f"the table cannot be written to {Path(path)}: {error.strerror}; {hint}") from error
    return text
