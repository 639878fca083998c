"""Sizes as an option of a command."""

from __future__ import annotations

import re
from typing import Any

import click

from mechkit.commands.common import shortened

#: More sizes than this are a mistake.
MOST = 10_000


class Sizes(click.ParamType):
    """Sizes as ``10,20,40``, or ``10:200:10`` for 10, 20, ..., 200, or both."""

    name = "sizes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """The sizes, in ascending order. Fails with one sentence."""
        if isinstance(value, list):
            return value
        found: set[int] = set()
        for part in value.split(","):
            numbers = re.fullmatch(r"\s*(\d{1,18})(?::(\d{1,18})(?::(\d{1,18}))?)?\s*", part)
            if not numbers:
                self.fail(f"{shortened(part)!r} is no size; write 10,20,40 or 10:200:10 (from, to, step)", param, ctx)
            start, stop, step = int(numbers[1]), int(numbers[2] or numbers[1]), int(numbers[3] or 1)
            if start >= 1 <= step and (stop - start) // step >= MOST:
                many = f"{(stop - start) // step + 1:,}"
                self.fail(f"{part!r} holds {many} sizes; give at most {MOST:,}, by a larger step", param, ctx)
            if start < 1 or stop < start or step < 1:
                self.fail(f"{part!r} holds no sizes; write from:to:step, such as 10:200:10", param, ctx)
            found.update(range(start, stop + 1, step))
        return sorted(found)
