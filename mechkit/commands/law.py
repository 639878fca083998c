"""``mechkit law``: the exact law of a computation, by name."""

from __future__ import annotations

import click

from mechkit.commands.common import in_one_sentence, print_json, unknown
from mechkit.commands.worker import results


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--latex", is_flag=True, help="Print LaTeX, an align* environment.")
@in_one_sentence
def law(name: str, as_json: bool, latex: bool) -> None:
    """Recover the exact operation count of a solver as a polynomial in its sizes.

    The law is found from runs of small sizes and verified by one of a far larger size. ``mechkit list`` names the laws.

    \b
    Examples:
      mechkit law lu_factor
      mechkit law solve_banded --latex
    """
    if as_json and latex:
        raise click.UsageError("--json and --latex exclude each other")
    from mechkit.catalogue import LAWS, verified
    from mechkit.measurement.export import law_record

    if name not in LAWS:
        raise click.BadParameter(unknown("law", name, LAWS), param_hint="NAME")
    named = LAWS[name]
    (found,) = results(lambda send: send(verified(name, named.run, named.sizes, named.far)))
    if as_json:
        about = {"name": name, "description": named.description, "variables": list(found.variables)}
        print_json({**about, **law_record(found), "verified at": dict(named.far)})
    elif latex:
        click.echo(found.latex())
    else:
        far = ", ".join(f"{variable} = {value}" for variable, value in named.far.items())
        click.echo(f"{name}: {named.description}\n\n{found}\n\nverified at {far}")
