"""The reader of NIST's datasets: certified values give the certified sums of squares; models of every kind there is."""

import math

import numpy as np
import pytest

from mechkit.problems.nist import read_nist

FILES = ["Misra1a", "Chwirut2", "MGH09", "Rat43", "Thurber", "BoxBOD", "Norris", "Longley"]

#: Formulas as NIST writes them, with the value at x = 0.5, x1 = 0.5, x2 = 2, b_k = k / 4.
B = [(k + 1) / 4 for k in range(9)]
MODELS = [
    ("y = b1*(1-exp[-b2*x])  +  e", B[0] * (1 - math.exp(-B[1] * 0.5))),
    ("y = b1 * (1-(1+b2*x/2)**(-2))  +  e", B[0] * (1 - (1 + B[1] * 0.5 / 2) ** -2)),
    ("y = b1 * (1-(1+2*b2*x)**(-.5))  +  e", B[0] * (1 - (1 + 2 * B[1] * 0.5) ** -0.5)),
    ("y  = b1*x**b2  +  e", B[0] * 0.5 ** B[1]),
    ("y = (b1/b2) * exp[-0.5*((x-b3)/b2)**2]  +  e", B[0] / B[1] * math.exp(-0.5 * ((0.5 - B[2]) / B[1]) ** 2)),
    (
        "y = b1 + b2*cos( 2*pi*x/12 ) + b3*sin( 2*pi*x/12 ) \n                     + b5*cos( 2*pi*x/b4 ) + e",
        B[0] + B[1] * math.cos(math.pi / 12) + B[2] * math.sin(math.pi / 12) + B[4] * math.cos(math.pi / B[3]),
    ),
    (
        "pi = 3.141592653589793238462643383279E0\n               y =  b1 - b2*x - arctan[b3/(x-b4)]/pi  +  e",
        B[0] - B[1] * 0.5 - math.atan(B[2] / (0.5 - B[3])) / math.pi,
    ),
    ("y = (b1 + b2*x) /\n                   (1 + b5*x**2)  +  e", (B[0] + B[1] * 0.5) / (1 + B[4] * 0.25)),
]


def dataset(model, header="y   x", row="0.0 0.5", parameters=None):
    lines = "\n".join(f"  b{k + 1} =   1.0   {b / 2:.4E}   {b:.10E}  1.0E-02" for k, b in enumerate(B))
    return f"""NIST/ITL StRD
Dataset Name:  Made               (Made.dat)
Data:          1 Response  (y)
               Average Level of Difficulty
Model:         Some Class
               9 Parameters (b1 to b9)

               {model}

        Start 1     Start 2           Parameter     Standard Deviation
{lines if parameters is None else parameters}

Residual Sum of Squares:                    3.0E-04
Residual Standard Deviation:                6.0E-03

Data:  {header}
       {row}
"""


def read(tmp_path, text):
    path = tmp_path / "Made.dat"
    path.write_text(text)
    return read_nist(path)


@pytest.mark.parametrize("name", FILES)
def test_certified_values_give_the_certified_sum_of_squares(name, published):
    data = read_nist(published("nist") / f"{name}.dat")
    r = data.residual(data.certified)
    assert data.name == name
    assert r @ r == pytest.approx(data.sum_of_squares, rel=1e-9)
    m, n = data.y.size, data.certified.size
    assert data.deviation == pytest.approx(math.sqrt(data.sum_of_squares / (m - n)), rel=1e-9)
    assert data.starts.shape in ((2, n), (0, n))
    assert data.deviations.shape == (n,)
    assert data.x.shape == (m, len(data.predictors))


@pytest.mark.parametrize(("model", "value"), MODELS)
def test_models(model, value, tmp_path):
    data = read(tmp_path, dataset(model))
    assert data.residual(data.certified) == pytest.approx([value], rel=1e-14)
    assert (data.level, data.starts[0, 3], data.starts[1, 3]) == ("Average", 1.0, 0.5)


def test_a_model_of_the_logarithm_in_two_predictors(tmp_path):
    data = read(tmp_path, dataset("log[y] = b1 - b2*x1 * exp[-b3*x2]  +  e", "y x1 x2", "3.0 0.5 2.0"))
    expected = B[0] - B[1] * 0.5 * math.exp(-2 * B[2]) - math.log(3.0)
    assert data.residual(np.array(B)) == pytest.approx([expected], rel=1e-14)


def test_numbers_as_fortran_writes_them(tmp_path):
    text = dataset("y = b1*x + e", row="1.5D+03 -2d-1").replace("3.0E-04", "3.0D-04")
    data = read(tmp_path, text)
    assert (data.y[0], data.x[0, 0], data.sum_of_squares) == (1500.0, -0.2, 3e-4)


def test_digits(tmp_path):
    data = read(tmp_path, dataset("y = b1*x + e"))
    assert data.digits(data.certified) == 11.0
    assert data.digits(data.certified * (1 + 1e-6)) == pytest.approx(6.0, abs=1e-3)
    assert data.digits(np.full(9, np.nan)) == 0.0


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("y = __import__('os').getcwd() + e", "the formula holds"),
        ("y = b1.real + e", "the formula holds 'b1.real'; only"),
        ("y = open(x) + e", r"the formula holds 'open\(x\)'"),
        ("y = b1*z + e", "the formula holds 'z'; only .* are understood"),
        ("y = b1*(x + e", "cannot be read"),
    ],
)
def test_no_other_code_is_run(model, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        _ = read(tmp_path, dataset(model)).residual


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no dataset of NIST's StRD: it has no table of data"),
        (dataset("y = b1*x + e", parameters=""), "it has no table of parameters"),
        (dataset("b1*x"), "there is no model: NIST writes it as 'y = ... \\+ e'"),
        (dataset("y = b1*x + e", row="0.0 0.5\n 1.0"), "it has no table of data"),
        (dataset("y = b1*x + e", row="0.0 half"), "has a table of data that is not numbers"),
        (dataset("y = b1*x + e").replace("Residual Sum", "Sum"), "it has no residual sum of squares"),
        (dataset("y = b1*x + e", row="0.0 0,5"), "table of data that is not numbers: line 25: '0,5' is not a number"),
        (dataset("y = b1*x + e", row="0.0 1_000"), "'1_000' is not a number"),
        (dataset("y = b1*x + e", row="0.0 nan"), "'nan' is not a number"),
        (dataset("y = b1*x + e", row="0.0 1e400"), "'1e400' is too large"),
        (
            dataset("y = b1*x + e", parameters="b1 = 1 2 3 4\n b2 = 1 2 3,5 4"),
            "table of parameters that is not numbers: line 12: '3,5' is not a number",
        ),
        (dataset("y = b1*x + e", parameters="b1 = x 2 3 4"), "'x' is not a number"),
        (dataset("y = b1*x + e").replace("3.0E-04", "3,0E-04"), "residual sum of squares that is no number: '3,0E-04'"),
        (dataset("y = b1*x + e").replace("6.0E-03", "6,0E-03"), "standard deviation that is no number: '6,0E-03'"),
    ],
)
def test_refusals(text, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        read(tmp_path, text)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_nist(tmp_path / "none.dat")
