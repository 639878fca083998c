import runpy
from pathlib import Path

import numpy as np
import pytest

import mechkit as mk
from mechkit.counting.reference import reference_count

SCRIPT = Path(__file__).parents[2] / "examples" / "horner_against_powers.py"
KERNELS = ("powers_anew", "powers_kept", "horner")


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(SCRIPT))


def test_the_figures(script):
    found = script["comparison"]()
    for n in found.sizes:
        assert found.typical("powers anew", "mul")[n] == n * (n + 1) // 2
        assert found.typical("powers kept", "mul")[n] == 2 * n
        assert found.typical("Horner", "mul")[n] == n
        for name in found.algorithms:
            assert found.typical(name, "add")[n] == n
            assert found.typical(name, "error")[n] < 1e-15
    assert [found.law(name).flops for name in found.algorithms] == ["n^2/2 + 3n/2", "3n", "2n"]


def test_where_one_overtakes_another(script):
    found = script["comparison"](range(1, 7))
    assert found.crossover("powers anew", "Horner").pieces == ((1, None), (2, "Horner"))
    kept = found.crossover("powers anew", "powers kept")
    assert kept.pieces == ((1, "powers anew"), (3, None), (4, "powers kept"))
    assert found.crossover("powers kept", "Horner").n is None


@pytest.mark.parametrize("name", KERNELS)
def test_the_two_counters_and_numpy_agree(script, name):
    c, x = script["example"](9)
    with mk.count() as ops:
        value = script[name](c, x)
    assert value == pytest.approx(np.polynomial.polynomial.polyval(x, c), rel=1e-14)
    assert reference_count(script[name], c, x) == (value, ops)


def test_main(script, capsys, tmp_path):
    script["main"](["--plot", str(tmp_path / "horner.png")])
    printed = capsys.readouterr().out
    assert "64        2,144          192     128" in printed
    assert printed.splitlines()[-3:] == [
        "they cost the same at n = 1, Horner costs fewer flops from n = 2 on",
        "Horner costs fewer flops at every size from 1 on",
        "powers anew costs fewer flops up to n = 2, they cost the same at n = 3, "
        "powers kept costs fewer flops from n = 4 on",
    ]
    assert (tmp_path / "horner.png").read_bytes().startswith(b"\x89PNG")
