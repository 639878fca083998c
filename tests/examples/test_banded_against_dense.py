import runpy
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_banded_against_dense(capsys):
    script = runpy.run_path(str(EXAMPLES / "banded_against_dense.py"))
    dense, banded, difference = script["compare"](100)
    assert dense == (4 * 100**3 + 9 * 100**2 - 7 * 100) // 6  # 2n^3/3 + 3n^2/2 - 7n/6
    assert banded == 10 * 100 - 9
    assert difference < 1e-9
    script["main"]()
    assert "320" in capsys.readouterr().out
