"""The lessons run, show their pictures, and are what the notebooks beside them hold."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES))

from build_notebooks import lessons, notebook_of, run  # noqa: E402

pytestmark = pytest.mark.slow


def shown(cell):
    """What the outputs of a cell hold, as text."""
    parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.get("outputs", [])]
    return re.sub(r"0x[0-9a-f]+|seconds.*", "", "".join(parts))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("script", lessons(), ids=lambda path: path.stem)
def test_the_notebook_is_what_its_script_gives(script):
    kept, fresh = nbformat.read(script.with_suffix(".ipynb"), 4), run(notebook_of(script))
    assert [cell.source for cell in kept.cells] == [cell.source for cell in fresh.cells]
    assert [shown(cell) for cell in kept.cells] == [shown(cell) for cell in fresh.cells]
    for book in (kept, fresh):
        assert any("image/png" in output.get("data", {}) for cell in book.cells for output in cell.get("outputs", []))


CELLS = """# %%
import numpy as np
import mechkit as mk

# %%
@mk.kernel
def f(x):
    y = x[0]
    return np.dot(x, x) + y

f(np.ones(3))
"""


def test_a_mistake_in_a_cell_is_told_in_a_few_lines(tmp_path):
    script = tmp_path / "mistake.py"
    script.write_text(CELLS)
    with pytest.raises(CellExecutionError) as caught:
        run(notebook_of(script))
    (output,) = [o for o in (caught.value.traceback,) if "UncountedError" in str(o)][:1] or [str(caught.value)]
    traceback = re.sub(r"\x1b\[[0-9;]*m", "", str(output))
    assert re.search(r"Cell In\[2\], line 4: the work of dot\(...\) in 'return np.dot\(x, x\) \+ y'", traceback)
    assert "numba/core" not in traceback
    assert len(traceback.split("Traceback")[-1].splitlines()) < 30


TWO_PICTURES = """# %%
import math
import mechkit as mk

@mk.kernel
def root(x):
    return math.sqrt(x) * 2.0

both = mk.compare({"a": lambda n: [root(1.0) for _ in range(n)], "b": lambda n: root(2.0)}, n=range(1, 9))

# %%
both.plot()

# %%
both.plot()

# %%
print(mk.annotate(root, 4.0).total.sqrt)
"""


def test_each_plot_of_a_notebook_is_shown_and_a_kernel_finds_its_source(tmp_path):
    script = tmp_path / "two.py"
    script.write_text(TWO_PICTURES)
    _, first, second, last = run(notebook_of(script)).cells
    for cell in (first, second):
        assert sum("image/png" in output.get("data", {}) for output in cell.outputs) == 1
    assert shown(last) == "1\n"
