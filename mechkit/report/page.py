"""The report as a web page and as Markdown: the templates and what they are given."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mechkit.mechanisms.claim import Claim, Result
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.report.cells import alignments, cell
from mechkit.report.inline import inline, with_classes
from mechkit.report.minute import picture, rows, verdict_map
from mechkit.report.outcomes import Outcome
from mechkit.report.pictures import Picture
from mechkit.report.tables import checks_table, limits_table, parts_table

#: Each verdict has a sign beside its word, so that it does not rest on color.
SIGNS = {"confirmed": "\N{CHECK MARK}", "qualified": "\N{ALMOST EQUAL TO}", "refuted": "\N{BALLOT X}", "failed": "!"}

_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]|$~#])")


@dataclass(frozen=True)
class Section:
    """One claim on the page. ``files``: the picture files, as report.md links them."""

    number: int
    outcome: Outcome
    pictures: Sequence[Picture] = ()
    files: Sequence[str] = field(default=())

    @property
    def claim(self) -> Claim:
        """What was asked."""
        return self.outcome.claim

    @property
    def result(self) -> Result | None:
        """What came out; None where the claim failed."""
        return self.outcome if isinstance(self.outcome, Result) else None

    @property
    def verdict(self) -> str:
        """The verdict's word, or 'failed'."""
        return self.outcome.verdict if isinstance(self.outcome, Result) else "failed"

    @property
    def finding(self) -> str:
        """The sentence that goes with the verdict, or the error."""
        return self.outcome.finding if isinstance(self.outcome, Result) else self.outcome.error

    @property
    def headline(self) -> str:
        """The sentence that a reader remembers, or the error."""
        return str(self.outcome.evidence.headline) if isinstance(self.outcome, Result) else self.outcome.error

    @property
    def anchor(self) -> str:
        """Its name in links."""
        return re.sub(r"[^A-Za-z0-9]+", "-", self.claim.key).strip("-")


def html_page(
    sections: Sequence[Section], versions: Mapping[str, str], command: str, missing: int = 0, running: bool = False
) -> str:
    """The report as one HTML file that needs nothing else.

    missing : how many claims were not run; running : whether they still will be, so that the page loads itself again.
    """
    return with_classes(
        _render("report.html.jinja", Environment(autoescape=True), sections, versions, command, missing, running)
    )


def markdown_page(sections: Sequence[Section], versions: Mapping[str, str], command: str, missing: int = 0) -> str:
    """The report as Markdown; its pictures are files beside it."""
    # Here the values are escaped as they are put in, as autoescape does it for HTML.
    return _render("report.md.jinja", Environment(finalize=_markdown_text), sections, versions, command, missing)


class _Raw(str):
    """Text that is Markdown already."""


def _render(
    name: str,
    environment: Environment,
    sections: Sequence[Section],
    versions: Mapping[str, str],
    command: str,
    missing: int,
    running: bool = False,
) -> str:
    environment.loader = PackageLoader("mechkit.report", "")
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = environment.keep_trailing_newline = True
    environment.filters |= {
        "cell": cell,
        "duration": duration,
        "inline": _inline,
        "law_json": _law_json,
        "raw": _Raw,
        "from_here": _from_here,
        "three": lambda ratio: f"{float(f'{ratio:.3g}'):,g}",
    }
    gains = rows(section.outcome for section in sections)
    return environment.get_template(name).render(
        sections=sections,
        versions=versions,
        command=command,
        signs=SIGNS,
        tally=tally([section.verdict for section in sections], missing, running),
        running=running,
        minute=gains,
        minute_picture=picture(gains),
        verdict_map=verdict_map(sections),
        anchors={section.claim.key: section.anchor for section in sections},
        parts_table=parts_table,
        checks_table=checks_table,
        limits_table=limits_table,
        alignments=alignments,
        script=Markup(files("mechkit.report").joinpath("laws.js").read_text(encoding="utf-8")),
    )


def tally(verdicts: Sequence[str], missing: int = 0, running: bool = False) -> str:
    """How often each verdict was reached, in words; missing : how many claims were not run, or are still running.

    >>> tally(["confirmed", "refuted", "confirmed"])
    '2 confirmed, 1 refuted'
    >>> tally(["failed"], 3)
    '1 failed; the run was stopped before the other 3'
    """
    times = Counter(verdicts)
    words = ", ".join(f"{times[verdict]} {verdict}" for verdict in SIGNS if times[verdict])
    if missing:
        words += (
            f"; {missing} more are being measured" if running else f"; the run was stopped before the other {missing}"
        )
    return words


def duration(seconds: float) -> str:
    """A time, no more precise than it is worth.

    >>> duration(0.0004), duration(0.0421), duration(3.14159), duration(754.0)
    ('less than 1 ms', '42 ms', '3.1 s', '13 min')
    """
    if seconds < 0.001:
        return "less than 1 ms"
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _inline(picture: Picture, name: str) -> Markup:
    return Markup(inline(picture.svg, name, picture.caption))


def _from_here(size: int | None, laws: LawsBySize) -> str:
    """From which size on an algorithm is cheaper, in words; the script says it in the same."""
    if size is None:
        return "no size here"
    return "every size here" if size == next(iter(laws.sizes.values()))[0] else cell(size)


def _law_json(laws: LawsBySize) -> Markup:
    """The laws for a script of the page, where < would begin a tag."""
    return Markup(json.dumps(laws.record(), separators=(",", ":")).replace("<", "\\u003c"))


def _markdown_text(value: Any) -> Any:
    """Plain text as Markdown: in one line, with every sign that has a meaning there taken literally."""
    if not isinstance(value, str) or isinstance(value, _Raw):
        return value
    text = " ".join(value.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)
