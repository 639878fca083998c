"""``mechkit list``: what can be asked for by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from mechkit.commands.common import in_one_sentence, print_json


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@in_one_sentence
def listing(as_json: bool) -> None:
    """Name every comparison, law, kernel, ready exercise and claim.

    Of a claim, the file that it is written in is named too.

    \b
    Examples:
      mechkit list
      mechkit list --json
    """
    from mechkit.catalogue import COMPARISONS, LAWS
    from mechkit.exercises import library
    from mechkit.mechanisms import CLAIMS

    found: dict[str, dict[str, Any]] = {
        "comparisons": {name: named.description for name, named in COMPARISONS.items()},
        "laws": {name: named.description for name, named in LAWS.items()},
        "kernels": kernels(),
        "exercises": library.titles(),
        "claims": {key: {"statement": claim.statement, "file": claim.place} for key, claim in CLAIMS.items()},
    }
    if as_json:
        print_json(found)
        return
    commands = {
        "comparisons": "mechkit compare NAME",
        "laws": "mechkit law NAME",
        "kernels": "mechkit annotate NAME",
        "exercises": "mechkit grade NAME HW.py",
        "claims": "mechkit report NAME",
    }
    blocks = []
    for kind, names in found.items():
        width = max(map(len, names))
        lines = [f"  {name:{width}}  {_in_words(about)}".rstrip() for name, about in names.items()]
        blocks.append("\n".join([f"{kind} ({commands[kind]})", *lines]))
    click.echo("\n\n".join(blocks))


def _in_words(about: str | Mapping[str, str]) -> str:
    return about if isinstance(about, str) else f"{about['statement']} ({about['file']})"


def kernels() -> dict[str, str]:
    """The kernels of mechkit as ``annotate`` takes them, with the first line of what they say of themselves.

    >>> "mechkit.linear_systems.dense:eliminate" in kernels()
    True
    """
    from mechkit.counting.example import kernels_of

    return {
        f"{kernel.__module__}:{kernel.__name__}": (kernel.__doc__ or "").strip().partition("\n")[0]
        for kernel in kernels_of(import_module("mechkit")).values()
        if not kernel.__module__.startswith("mechkit.counting.")
    }
