"""The pages of the documentation are right: every example in them is run."""

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("page", ["fourier.md", "laws.md", "linear-systems.md", "optimization.md"])
def test_every_example_is_right(page):
    failed, tried = doctest.testfile(str(DOCS / page), module_relative=False, optionflags=OPTIONS)
    assert failed == 0
    assert tried > 10
