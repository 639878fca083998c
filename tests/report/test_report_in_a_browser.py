"""The page in a real browser: a slider that is moved shows what the laws give."""

import html
import json
import re
import shutil
import subprocess

import pytest

from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import Check, Claim, Evidence, Gain, Headline, above
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.report.outcomes import run_all
from mechkit.report.write import write_report

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
BAND = LawsBySize(
    "A band.",
    {
        "dense": Polynomial.parse("2n^3/3 + 3n^2/2 - 7n/6", ("n",)),
        "banded": Polynomial.parse("2np^2 + 5np + n - 4p^3/3 - 5p^2/2 - 7p/6", ("n", "p")),
    },
    {"n": (500, 100_000, 1000), "p": (1, 200, 10)},
)
TRANSFORM = LawsBySize(
    "A transform of N numbers.",
    {"definition": Polynomial.parse("8N^2 - 2N", ("N",)), "fast": Polynomial.parse("5N*m + 1000", ("N", "m"))},
    {"m": (1, 40, 10)},
    {"N": "m"},
)
BALL = LawsBySize(
    "A ball.",
    {
        "3 dimensions": Polynomial.parse("8n^3 - 12n^2 + 6n - 1", ("n",)),
        "2 dimensions": Polynomial.parse("3n^2/2 - n/2", ("n",)),
        "1 dimension": Polynomial.parse("n", ("n",)),
    },
    {"n": (2, 100, 8)},
    unit="unknowns",
)
#: Moves every slider of the page over its whole length, and writes down what the table says each time.
MOVE = """<script>
const found = [...document.querySelectorAll(".laws")].map((box) => {
  const sliders = [...box.querySelectorAll("input")], rows = [...box.querySelectorAll("tbody tr")];
  return sliders.map((slider, which) => {
    const before = slider.value, told = [];
    for (let at = 0; at <= Number(slider.max); at += 1) {
      slider.value = at;
      slider.dispatchEvent(new Event("input"));
      const sizes = [...box.querySelectorAll("output")].map((o) => o.textContent);
      told.push([sizes, rows.map((row) => [...row.cells].slice(2).map((cell) => cell.textContent))]);
    }
    slider.value = before;
    slider.dispatchEvent(new Event("input"));
    return told;
  });
});
const all = document.createElement("pre");
all.id = "found";
all.textContent = JSON.stringify(found);
document.body.append(all);
</script></body>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome is installed")
def test_sliders_show_what_the_laws_give(tmp_path):
    evidence = Evidence(
        [Check("a", "n = 8", 2.0, above(1))],
        Headline("{} times.", 2.0),
        Gain("n = 8", 8, 4),
        laws=[BAND, TRANSFORM, BALL],
    )
    claim = Claim("S1", "sparsity", "A", "B", "C", "D", {"a": "the ratio"}, lambda: evidence)
    page = write_report(run_all([claim]), tmp_path).html
    page.write_text(page.read_text("utf-8").replace("</body>", MOVE), "utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    dumped = subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120).stdout
    found = json.loads(html.unescape(re.search(r'<pre id="found">(.*?)</pre>', dumped, flags=re.DOTALL)[1]))

    for laws, sliders in zip((BAND, TRANSFORM, BALL), found, strict=True):
        for name, told in zip(laws.sizes, sliders, strict=True):
            assert len(told) == len(laws.steps(name)) > 30
            for step, (shown, rows) in zip(laws.steps(name), told, strict=True):
                sizes = laws.start | {name: step}
                assert [int(size.replace(",", "")) for size in shown] == list(sizes.values())
                counts = laws.counts(**sizes)
                assert [row[0] for row in rows] == [f"{count:,}" for count in counts.values()]
                first, *others = counts.values()
                low = next(iter(laws.sizes.values()))[0]
                for row, name_of_row, other in zip(rows[1:], list(counts)[1:], others, strict=True):
                    assert float(row[1].replace(",", "")) == pytest.approx(float(first / other), rel=6e-3)
                    cheaper_from = laws.crossover(name_of_row, **sizes)
                    words = {None: "no size here", low: "every size here"}
                    assert row[2] == words.get(cheaper_from, f"{cheaper_from:,}" if cheaper_from else "")
