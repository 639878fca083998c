"""The pages of the documentation are right: every example in them is run."""

import doctest
import re
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

DOCS = Path(__file__).parents[1] / "docs"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


#: These pages have tests of their own.
ELSEWHERE = {"coming-from-scipy.md", "what-is-counted.md"}
PAGES = sorted(page.name for page in DOCS.glob("*.md") if ">>> " in page.read_text() and page.name not in ELSEWHERE)


@pytest.mark.parametrize("page", PAGES)
def test_every_example_is_right(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # for the pictures that a page makes
    plt.close("all")  # pages leave theirs open
    failed, tried = doctest.testfile(str(DOCS / page), module_relative=False, optionflags=OPTIONS)
    assert failed == 0
    assert tried > 10
    pictures = re.findall(r"!\[.+\]\((.+)\)", (DOCS / page).read_text())
    assert all((tmp_path / picture).is_file() and (DOCS / picture).is_file() for picture in pictures)
