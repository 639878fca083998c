import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "banded_against_dense.py"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(SCRIPT))


def test_the_figures(script):
    found = script["comparison"]()
    for n in script["SIZES"]:
        assert 6 * found.typical("dense")[n] == 4 * n**3 + 9 * n**2 - 7 * n  # 2n^3/3 + 3n^2/2 - 7n/6
        assert found.typical("banded")[n] == 10 * n - 11
        assert found.typical("banded", "error")[n] < 1e-12
    assert found.law("dense").flops == "2n^3/3 + 3n^2/2 - 7n/6"
    assert found.law("banded").flops == "10n - 11"
    assert found.ratio("dense", "banded")[320] == 21998560 / 3189
    assert found.crossover("dense", "banded").pieces == ((10, "banded"),)


def test_where_both_cost_the_same(script):
    crossover = script["comparison"](range(2, 9)).crossover("dense", "banded")
    assert crossover.pieces == ((2, None), (3, "banded"))
    assert str(crossover) == "they cost the same at n = 2, banded costs fewer flops from n = 3 on"


def test_main(script, capsys, tmp_path):
    script["main"](["--plot", str(tmp_path / "banded.png")])
    printed = capsys.readouterr().out
    assert "320  21,998,560   3,189           6,898" in printed
    assert printed.endswith("banded costs fewer flops at every size from 10 on\n")
    assert (tmp_path / "banded.png").read_bytes().startswith(b"\x89PNG")
