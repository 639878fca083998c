"""The files of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mechkit.mechanisms.claim import Result
from mechkit.report.folder import CSV, FIGURES, HTML, JSON, MARKDOWN, prepare_folder, write_atomically
from mechkit.report.minute import picture, rows
from mechkit.report.outcomes import Outcome
from mechkit.report.page import Section, html_page, markdown_page
from mechkit.report.pictures import draw_all
from mechkit.report.record import to_csv, to_json
from mechkit.report.versions import versions


@dataclass(frozen=True)
class Written:
    """Where the files are, and one line for each figure that could not be drawn."""

    html: Path
    markdown: Path
    json: Path
    csv: Path
    undrawn: Sequence[str]


def write_report(outcomes: Sequence[Outcome], folder: Path, command: str = "mechkit report") -> Written:
    """Write report.html, report.md (its pictures in ``figures/``), report.json and report.csv into a folder.

    outcomes : results, and failures where a claim raised, in the order of the page; folder : made if it is
    missing, files of an earlier report are replaced; command : what the reader can run to get the same.

    Raises OSError, with a sentence that says what is wrong and what to do.
    """
    return write_sections([drawn(number, outcome) for number, outcome in enumerate(outcomes, 1)], folder, command)


def write_sections(sections: Sequence[Section], folder: Path, command: str, missing: int = 0) -> Written:
    """The same for sections whose figures are drawn already; missing : how many claims were not run."""
    prepare_folder(folder)
    outcomes, about = [section.outcome for section in sections], versions()
    undrawn = []
    for section in sections:
        for drawing, file in zip(section.pictures, section.files, strict=True):
            if drawing.error:
                undrawn.append(f"a figure of {section.claim.key} could not be drawn: {drawing.error}")
            else:
                write_atomically(folder / file, drawing.svg)
    write_atomically(folder / f"{FIGURES}/minute.svg", picture(rows(outcomes)).svg)
    write_atomically(folder / JSON, to_json(outcomes, about, command, missing))
    write_atomically(folder / CSV, to_csv(outcomes))
    write_atomically(folder / MARKDOWN, markdown_page(sections, about, command, missing))
    write_atomically(folder / HTML, html_page(sections, about, command, missing))
    return Written(folder / HTML, folder / MARKDOWN, folder / JSON, folder / CSV, undrawn)


def write_so_far(sections: Sequence[Section], folder: Path, command: str, missing: int) -> None:
    """Write report.html alone, of the claims that are measured by now; `missing` others are still being measured."""
    write_atomically(folder / HTML, html_page(sections, versions(), command, missing, running=True))


def drawn(number: int, outcome: Outcome) -> Section:
    """One claim as a section, its figures drawn; number : its place on the page, from 1."""
    if not isinstance(outcome, Result):
        return Section(number, outcome)
    pictures = draw_all(outcome.evidence.figures)
    anchor = Section(number, outcome).anchor
    files = [f"{FIGURES}/{number:02}-{anchor}-{k}.svg" for k in range(1, len(pictures) + 1)]
    return Section(number, outcome, pictures, files)
