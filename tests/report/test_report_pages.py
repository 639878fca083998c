"""What is on the pages: everything that was asked and found, and nothing that breaks them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above, below
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.report.claims_page import section
from mechkit.report.outcomes import run_all
from mechkit.report.pictures import Picture
from mechkit.report.pictures import draw as draw_figure
from mechkit.report.write import drawn, write_report, write_sections, write_so_far

NASTY = "is <b>bold</b> & |x| < 1, a_b*c* `code` [1] $n$"


def draw(axes):
    axes.loglog([1, 10, 100], [1, 100, 10_000], label="dense")
    axes.loglog([1, 10, 100], [1, 10, 100], label="banded")
    axes.legend()


LAWS = LawsBySize(
    "A sum & a <product>.",
    {"<dense>": Polynomial.parse("n^2/2", ("n",)), "fast": Polynomial.parse("N + 1", ("N",))},
    {"n": (1, 4, 2)},
    {"N": "n"},
)


def evidence(**more):
    fields = {
        "checks": [
            Check("it is <faster>", "n | 8", np.float64(87381.3), above(2)),
            Check("it is <faster>", "n | 4", float("nan"), above(2), within=False),
            Check("it is small", "n | 8", 3, below(4)),
            Check("it is all", "n | 8", 5, below(4), within=False),
        ],
        "headline": Headline("The band is {:,.0f} times <faster>.", 87381.3),
        "gain": Gain("one & only system, n = 8", 1200, np.int64(300), "flops"),
    }
    return Evidence(**fields | more)


def measure():
    rows = [
        (np.int64(1024), np.float64(715827882.5), "dense <LU>"),
        (None, float("nan"), "a | b"),
        (10**7, float("inf"), "c"),
    ]
    return evidence(
        tables=[Table("Flops & <bytes>", ("n", "flops", "method | kind"), rows)],
        timings=[Table("Time", ("method", "ms"), [("<dense>", 2.5)])],
        laws=[LAWS],
        figures=[Figure("Slopes 3 & 1", draw)],
        notes=["The count at n = 1024 is from the law, not from a run."],
    )


def fail():
    raise ValueError("the matrix\n is <singular>")


def claim(key="S/1", measure=measure, **changes):
    fields = {
        "key": key,
        "mechanism": "sparsity",
        "statement": f"The statement {NASTY}",
        "source": "table 3.1",
        "baseline": "dense elimination",
        "improvement": "Thomas' algorithm",
        "parts": {"it is <faster>": "the ratio of the flops", "it is small": "the size"},
        "measure": measure,
        "limits": {"it is all": "the whole"},
    }
    return Claim(**fields | changes)


@pytest.fixture
def written(tmp_path):
    failing = claim("FI-2", fail, mechanism="fewer iterations")
    return write_report(run_all([claim(), failing]), tmp_path, "mechkit report --out 'my <folder>'")


@pytest.fixture
def html(written):
    return written.html.read_text(encoding="utf-8")


@pytest.fixture
def markdown(written):
    return written.markdown.read_text(encoding="utf-8")


class Page(HTMLParser):
    """The text of a page, its start tags with their attributes, and whether its tags close in order."""

    VOID = ("meta", "img", "br", "link", "input")

    def __init__(self, source):
        super().__init__()
        self.words, self.tags, self.open = [], [], []
        self.feed(source)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_html_shows_all_that_was_asked_and_found(html):
    text = Page(html).text
    for part in (
        f"The statement {NASTY}",
        "Source: table 3.1",
        "dense elimination",
        "Thomas' algorithm",
        "It is <faster> if the ratio of the flops is above 2. It is small if the size is below 4.",
        "The band is 87,381 times <faster>.",
        "It is <faster>: true in the one case. It is small: true in the one case.",
        "Gain. 4 times fewer flops: from 1,200 to 300 (one & only system, n = 8).",
        "The parts of the statement",
        "it is all the whole below 4 0 of 1 not judged",
        "What the verdict rests on",
        "n | 8 87,381 above 2 yes",
        "Outside the statement: its limits, which are not judged",
        "n | 4 nan above 2 no",
        "test_report_pages.py",
        "Note. The count at n = 1024 is from the law, not from a run.",
        "Flops & <bytes>",
        "A reader's minute",
        'mk.mechanisms.CLAIMS["S/1"]',
        "The law, at any size. A sum & a <product>.",
        "Times on this machine",
        "1 confirmed, 1 failed.",
        "ValueError: the matrix is <singular>",
        "mechkit report --out 'my <folder>'",
        "numba",
        "platform",
        "RR-A3485-1",
    ):
        assert part in text


def test_html_is_well_formed_and_escapes_what_it_shows(html):
    page = Page(html)
    assert page.open == []
    assert "b" not in [tag for tag, _ in page.tags]
    assert "<singular>" not in html


def test_html_needs_nothing_else(html):
    page = Page(html)
    assert not {"link", "iframe", "img"} & {tag for tag, _ in page.tags}
    assert not any("src" in attrs for _, attrs in page.tags)
    addresses = [attrs[key] for _, attrs in page.tags for key in ("src", "href", "srcset") if key in attrs]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}


def test_html_links_lead_to_sections(html):
    tags = Page(html).tags
    names = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(names) == len(set(names))
    assert {"S-1", "FI-2"} <= {attrs["href"][1:] for tag, attrs in tags if tag == "a"} <= set(names)
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', html)) <= set(names)


def test_html_aligns_numbers_right_and_formats_them(html):
    for text in ("1,024", "7.158 \u00d7 10⁸", "\u2013", "nan", "10,000,000", "∞"):
        assert f'<td class="right">{text}</td>' in html
    assert '<td class="left">dense &lt;LU&gt;</td>' in html


def test_verdict_is_a_word_and_a_colour(html):
    badges = re.findall(r'<span class="verdict (\w+)">. (\w+)</span>', html)
    assert badges == [("confirmed", "confirmed"), ("failed", "failed")]
    marks = [attrs for tag, attrs in Page(html).tags if tag == "a" and "aria-label" in attrs]
    assert [(mark["class"], mark["aria-label"]) for mark in marks] == [
        ("confirmed", "S/1: confirmed"),
        ("failed", "FI-2: failed"),
    ]
    colours = re.findall(r"\.(?:confirmed|qualified|refuted|failed) { background: (#\w+)", html)
    assert len(set(colours)) == 4


def test_html_holds_the_figure(html):
    drawings = re.findall(r"<svg .*?</svg>", html, flags=re.DOTALL)
    labels = [ElementTree.fromstring(drawing).get("aria-label") for drawing in drawings]
    assert [label[:10] for label in labels] == ["What each ", "Slopes 3 &"]
    assert "#000000" not in drawings[1]
    assert "style=" not in drawings[1]


def test_markdown_escapes_what_has_a_meaning_there(markdown):
    assert r"&lt;b&gt;bold&lt;/b&gt; &amp; \|x\| &lt; 1, a\_b\*c\* \`code\` \[1\] \$n\$" in markdown
    assert "<b>" not in markdown


def test_markdown_tables_have_as_many_cells_in_every_row(markdown):
    tables = re.findall(r"(?:^\|.*\n)+", markdown, flags=re.MULTILINE)
    assert len(tables) == 5
    for table in tables:
        rows = table.splitlines()
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
        assert set(rows[1]) <= set("|-: ")
    assert "| n | flops | method \\| kind |\n| ---: | ---: | --- |\n| 1,024 |" in markdown


def test_markdown_shows_all_that_was_asked_and_found(markdown):
    for part in (
        "> Source: table 3.1",
        "- Baseline: dense elimination",
        "- Improvement: Thomas' algorithm",
        "- Rule: It is &lt;faster&gt; if the ratio of the flops is above 2. It is small if",
        "**The band is 87,381 times &lt;faster&gt;.**",
        "confirmed.** It is &lt;faster&gt;: true in the one case",
        "Gain: 4 times fewer flops: from 1,200 to 300 (one &amp; only system, n = 8).",
        "| it is &lt;faster&gt; | n \\| 8 | 87,381 | above 2 | yes |",
        "| it is &lt;faster&gt; | n \\| 4 | nan | above 2 | no |",
        "> **Note.** The count at n = 1024",
        "failed.** ValueError: the matrix is &lt;singular&gt;",
        "Made by `mechkit report --out 'my <folder>'`",
        "- numpy ",
    ):
        assert part in markdown


def test_markdown_pictures_are_files_beside_it(written, markdown):
    (link,) = re.findall(r"!\[Slopes 3 &amp; 1\]\((.*)\)", markdown)
    assert link == "figures/01-S-1-1.svg"
    assert ElementTree.parse(written.markdown.parent / link).getroot().tag.endswith("svg")


def test_the_documentation_of_a_claim_has_its_parts_and_its_limits():
    parts = {"it is <faster>": "the ratio |r|", "it is small": "the size"}
    (result,) = run_all([claim(parts=parts)])
    text = section(result)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[2] == "| it is <faster> | the ratio \\|r\\| is above 2 | 1 of 1 | confirmed |"
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert "**The band is 87,381 times <faster>.** Verdict: **confirmed**." in text
    assert "- Not judged: it is all: in 0 of 1 cases, not for n | 8." in text
    assert "- Gain: 4 times fewer flops: from 1,200 to 300 (one & only system, n = 8)." in text
    assert text.endswith("measure with `mechkit report S/1`.\n")


def test_json_is_strict_and_complete(written):
    def refuse(name):
        raise AssertionError(name)

    record = json.loads(written.json.read_text(encoding="utf-8"), parse_constant=refuse)
    good, bad = record["claims"]
    assert record["command"] == "mechkit report --out 'my <folder>'"
    assert {"mechkit", "Python", "numba", "numpy", "platform"} <= set(record["versions"])
    assert record["timings"]["S/1"]["seconds"] >= 0
    assert record["timings"]["S/1"]["tables"][0]["rows"] == [["<dense>", 2.5]]
    assert good.pop("rule").startswith("It is <faster> if the ratio of the flops is above 2.")
    asked = {"wanted": "above 2", "verdict": "confirmed", "held": 1, "of": 1}
    assert good == {
        "key": "S/1",
        "mechanism": "sparsity",
        "statement": f"The statement {NASTY}",
        "source": "table 3.1",
        "baseline": "dense elimination",
        "improvement": "Thomas' algorithm",
        "headline": {"sentence": "The band is 87,381 times <faster>.", "number": 87381.3},
        "gain": {"at": "one & only system, n = 8", "unit": "flops", "before": 1200, "after": 300, "factor": 4.0},
        "verdict": "confirmed",
        "finding": "It is <faster>: true in the one case. It is small: true in the one case.",
        "parts": [
            {**asked, "part": "it is <faster>", "measured": "the ratio of the flops"},
            {**asked, "part": "it is small", "measured": "the size", "wanted": "below 4"},
        ],
        "limits": {"it is all": "the whole"},
        "checks": [
            {"part": part, "case": case, "measured": number, "wanted": wanted, "within": within, "holds": within}
            for part, case, number, wanted, within in (
                ("it is <faster>", "n | 8", 87381.3, "above 2", True),
                ("it is <faster>", "n | 4", None, "above 2", False),
                ("it is small", "n | 8", 3, "below 4", True),
                ("it is all", "n | 8", 5, "below 4", False),
            )
        ],
        "tables": [
            {
                "caption": "Flops & <bytes>",
                "columns": ["n", "flops", "method | kind"],
                "rows": [[1024, 715827882.5, "dense <LU>"], [None, None, "a | b"], [10**7, None, "c"]],
            }
        ],
        "laws": [
            {
                "caption": "A sum & a <product>.",
                "unit": "flops",
                "sizes": [{"name": "n", "steps": [1, 2, 3, 4], "at": 2}],
                "powers": [{"name": "N", "of": "n"}],
                "laws": [
                    {"name": "<dense>", "text": "n^2/2", "terms": [[1, 2, [2, 0]]]},
                    {"name": "fast", "text": "N + 1", "terms": [[1, 1, [0, 1]], [1, 1, [0, 0]]]},
                ],
            }
        ],
        "figures": ["Slopes 3 & 1"],
        "notes": ["The count at n = 1024 is from the law, not from a run."],
    }
    assert bad["verdict"] is None
    assert bad["error"].startswith("ValueError: the matrix is <singular> (test_report_pages.py, line ")


def test_pictures_are_the_same_in_every_run_and_leave_matplotlib_alone(written, tmp_path):
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"axes.linewidth": 9, "font.size": 3}):
        again = write_report(run_all([claim()]), tmp_path / "again")
    picture = "figures/01-S-1-1.svg"
    assert (again.html.parent / picture).read_bytes() == (written.html.parent / picture).read_bytes()
    assert dict(matplotlib.rcParams) == before


def test_lines_differ_in_colour_marker_and_stroke(tmp_path):
    lines = []

    def seven(axes):
        lines.extend(axes.plot([0, 1], [k, k])[0] for k in range(7))

    drawn = evidence(figures=[Figure("seven lines", seven)])
    write_report(run_all([claim(measure=lambda: drawn)]), tmp_path)
    for look in ("get_color", "get_marker"):
        assert len({getattr(line, look)() for line in lines}) == 7
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 7


@pytest.mark.parametrize("span", [1.5, 4, 8, 30, 90, 300, 1e4, 1e9])
def test_labels_of_a_log_axis_do_not_overlap(span):
    kept = []

    def line(axes):
        axes.loglog([20, 20 * span], [0.003, 0.003 * span])
        kept.append(axes)

    assert draw_figure(Figure("", line)).error == ""
    (axes,) = kept
    FigureCanvasAgg(axes.figure).draw()  # the places of the labels are known once they are drawn on a canvas of pixels
    for axis, side in ((axes.xaxis, "x"), (axes.yaxis, "y")):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels(which="both") if label.get_text()]
        ends = sorted((getattr(box, f"{side}0"), getattr(box, f"{side}1")) for box in boxes)
        first, last = getattr(axes.bbox, f"{side}0"), getattr(axes.bbox, f"{side}1")
        inside = [(low, high) for low, high in ends if first - 5 <= (low + high) / 2 <= last + 5]
        assert len(inside) >= 2
        assert all(left[1] < right[0] for left, right in pairwise(inside))


def test_an_axis_with_labels_of_its_own_keeps_them():
    kept = []

    def line(axes):
        axes.set_xscale("log", base=2)
        axes.plot([2, 4, 8], [1, 2, 3])
        axes.set_xticks([2, 8], ["two", "eight"])
        kept.append(axes)

    svg = draw_figure(Figure("", line)).svg
    assert ">two</text>" in svg
    assert ">eight</text>" in svg


def test_a_figure_that_cannot_be_drawn_loses_nothing_else(tmp_path):
    def broken(axes):
        raise RuntimeError("no data")

    drawn = evidence(figures=[Figure("broken", broken), Figure("whole", draw)])
    written = write_report(run_all([claim(measure=lambda: drawn)]), tmp_path)
    (line,) = written.undrawn
    assert line.startswith("a figure of S/1 could not be drawn: RuntimeError: no data")
    assert "This figure could not be drawn: RuntimeError: no data" in Page(written.html.read_text("utf-8")).text
    assert {file.name for file in (tmp_path / "figures").iterdir()} == {"01-S-1-2.svg", "minute.svg"}
    assert "figures/01-S-1-2.svg" in written.markdown.read_text("utf-8")


def test_a_claim_that_fails_keeps_the_rest():
    told = []
    outcomes = run_all([claim("A", fail), claim("B")], lambda c: told.append(c.key))
    assert told == ["A", "B"]
    assert outcomes[0].error.startswith("ValueError: the matrix is <singular>")
    assert outcomes[1].verdict == "confirmed"


def test_an_interrupt_is_not_a_claim_that_fails():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all([claim(measure=interrupted)])


def test_labels_stand_inside_the_picture_whatever_their_length():
    kept = []

    def bars(axes):
        axes.barh(["a name that is rather long", "b"], [1e12, 3.0])
        axes.set_xscale("log")
        axes.set_xlabel("flops")
        kept.append(axes.figure)

    assert draw_figure(Figure("", bars)).error == ""
    box, (width, height) = kept[0].get_tightbbox(), kept[0].get_size_inches()
    assert box.x0 == pytest.approx(0.06, abs=0.05)
    assert box.y0 == pytest.approx(0.06, abs=0.05)
    assert width - box.x1 == pytest.approx(0.06, abs=0.05)
    assert height - box.y1 == pytest.approx(0.06, abs=0.05)


def test_a_page_that_grows_loads_itself_again_and_draws_its_minute_once(tmp_path, monkeypatch):
    drawn_figures = []
    monkeypatch.setattr(
        "mechkit.report.minute.draw", lambda figure: drawn_figures.append(figure) or Picture("c", "<svg/>")
    )
    gain = Gain("another system", 7, 1)
    sections = [drawn(1, outcome) for outcome in run_all([claim(measure=lambda: evidence(gain=gain, figures=[]))])]
    write_so_far(sections, tmp_path, "mechkit report", 3)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="3">' in page
    assert "3 more are being measured" in page
    write_sections(sections, tmp_path, "mechkit report")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "http-equiv" not in page
    assert "being measured" not in page
    assert len(drawn_figures) == 1


def test_the_report_has_one_thread_a_process():
    """Which must be asked for before NumPy is imported."""
    code = (
        "import os, sys, mechkit.cli; from click.testing import CliRunner; assert 'numpy' not in sys.modules; "
        "CliRunner().invoke(mechkit.cli.main, ['report', 'none']); print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=kept, check=True)
    assert found.stdout == "1\n"
