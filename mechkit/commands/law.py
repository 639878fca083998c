"""``mechkit law``: the exact law of a computation, by name, or of a kernel in a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from mechkit.commands.common import in_one_sentence, print_json, unknown
from mechkit.commands.kernels import names_a_kernel, run_of
from mechkit.commands.sizes import Sizes
from mechkit.commands.worker import results
from mechkit.words import sentence

if TYPE_CHECKING:
    from mechkit.measurement import Law

#: The sizes that tell the law of a kernel; the last is far away from the others.
SIZES = [*range(2, 13), 40]


@click.command()
@click.argument("name")
@click.option("--sizes", type=Sizes(), metavar="SIZES", help="Of a kernel: 2:12,40 by default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--latex", is_flag=True, help="Print LaTeX, an align* environment.")
@in_one_sentence
def law(name: str, sizes: list[int] | None, as_json: bool, latex: bool) -> None:
    """Recover the exact operation count of a solver as a polynomial in its sizes.

    The law is found from runs of small sizes and verified by one of a far larger size. ``mechkit list`` names the laws.
    FILE:KERNEL is a kernel, or a function, of your own: a function example(n) in the file gives its arguments.

    \b
    Examples:
      mechkit law lu_factor
      mechkit law solve_banded --latex
      mechkit law homework.py:horner
    """
    if as_json and latex:
        raise click.UsageError("--json and --latex exclude each other")
    if names_a_kernel(name):
        given = sizes or SIZES
        (found,) = results(lambda send: send(_law_of_kernel(name, given)))
        _print(name, "", found, {"n": given[-1]}, as_json, latex)
        return
    from mechkit.catalogue import LAWS, verified

    if name not in LAWS:
        raise click.BadParameter(unknown("law", name, LAWS), param_hint="NAME")
    if sizes:
        raise click.UsageError("the sizes of a law of the catalogue are fixed; --sizes is for a kernel, FILE:KERNEL")
    named = LAWS[name]
    (found,) = results(lambda send: send(verified(name, named.run, named.sizes, named.far)))
    _print(name, named.description, found, dict(named.far), as_json, latex)


def _law_of_kernel(spelled: str, sizes: list[int]) -> Law:
    from mechkit.measurement import law as law_of

    run: Callable[..., Any] = run_of(spelled)
    try:
        return law_of(lambda n: run(n), n=sizes)
    except TypeError as error:  # what a kernel, or its example, is not
        raise click.ClickException(f"{spelled}: {sentence(error)}") from error


def _print(name: str, description: str, found: Law, far: dict[str, int], as_json: bool, latex: bool) -> None:
    if as_json:
        from mechkit.measurement.comparing.export import law_record

        about = {"name": name, "description": description, "variables": list(found.variables)}
        print_json({**about, **law_record(found), "verified at": far})
    elif latex:
        click.echo(found.latex())
    else:
        spelled = ", ".join(f"{variable} = {value}" for variable, value in far.items())
        click.echo(f"{name}{f': {description}' * bool(description)}\n\n{found}\n\nverified at {spelled}")
