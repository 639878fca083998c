"""``mechkit annotate``: the source of a kernel with the exact counts of each line."""

from __future__ import annotations

from pathlib import Path

import click

from mechkit.commands.common import OutputFile, in_one_sentence
from mechkit.commands.kernels import kernel_of
from mechkit.commands.memory import require_memory
from mechkit.commands.worker import results
from mechkit.words import one_line

#: Examples of this size are small: how they grow up to it tells how they go on.
SMALL = 1024


@click.command()
@click.argument("kernel", metavar="MODULE:FUNCTION")
@click.option(
    "--size", type=click.IntRange(min=1), default=8, show_default=True, metavar="N", help="The size of the example."
)
@click.option("--html", type=OutputFile(), metavar="FILE", help="Write a page with a bar for each line's flops.")
@in_one_sentence
def annotate(kernel: str, size: int, html: Path | None) -> None:
    """Run a kernel on its own example and show what each line of it counts.

    MODULE is a module, or a Python file, which is run. A kernel of your own needs an example, a function of the size
    that gives its arguments, registered with @kernel.example. ``mechkit list`` names the kernels.

    \b
    Examples:
      mechkit annotate mechkit.linear_systems.dense:eliminate
      mechkit annotate homework.py:horner --size 100 --html horner.html
    """
    ((text, table),) = results(lambda send: send(_annotated(kernel, size)))
    if html:
        name = kernel.rpartition(":")[2]
        write_page(html, f'<!doctype html>\n<meta charset="utf-8">\n<title>{name}</title>\n{table}\n')
    click.echo(text)
    if html:
        click.echo(html)


def write_page(path: Path, page: str) -> None:
    """Write the page. Raises OSError with a sentence."""
    from mechkit.files import write_file

    try:
        write_file(path, page)
    except BrokenPipeError:  # nobody reads on
        raise
    except OSError as error:
        hint = "name a file in a folder that is there and can be written"
        raise OSError(f"the page cannot be written to {path}: {error.strerror}; {hint}") from error


def _annotated(spelled: str, size: int) -> tuple[str, str]:
    """The annotation of a kernel on its example, as text and as HTML."""
    from mechkit.counting import annotate

    found = kernel_of(spelled)
    # What a kernel raises is its own; the sentence says that it was the kernel.
    try:
        if size > SMALL:
            require_memory(f"the example of {spelled}", found.example_arguments, SMALL, size)
        annotation = annotate(found, *found.example_arguments(size))
    except (Exception, SystemExit) as error:
        words = one_line(error)
        raise click.ClickException(f"{spelled} on its example of size {size}: {words}") from error
    return str(annotation), annotation.to_html()
