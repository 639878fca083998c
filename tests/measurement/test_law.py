from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mechkit as mk
from mechkit.counting import OpCounts
from mechkit.measurement import Polynomial
from mechkit.measurement.crossover import law_of_counts
from mechkit.measurement.law import LawError
from mechkit.optimization.differences import forward_gradient
from mechkit.optimization.functions import OBJECTIVE, function


@mk.kernel(cache=True)
def repeat_add(times):
    s = 0.0
    for _ in range(times):
        s += 1.0
    return s


def test_the_law_of_a_polynomial_is_the_polynomial():
    found = mk.law(lambda n, p: repeat_add(n * p * p + 3 * n), n=range(2, 7), p=range(1, 6))
    assert found.add == "np^2 + 3n"
    assert str(found.add) == "np^2 + 3n"
    assert found.add.leading == "np^2"
    assert found(n=10, p=4).add == 190
    assert found["float64"]["add"] == found.add
    assert found["float32"]["add"] == 0
    assert found.flops == found.add


@given(coefficients=st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_any_polynomial_is_recovered(coefficients):
    value = np.polynomial.Polynomial(coefficients)
    found = mk.law(lambda n: repeat_add(int(value(n))), n=range(1, 8))
    assert [found.add.terms.get((k,), 0) for k in range(len(coefficients))] == coefficients


def test_rational_coefficients():
    found = mk.law(lambda n: repeat_add(n * (n - 1) // 2), n=range(1, 6))
    assert found.add.terms == {(2,): Fraction(1, 2), (1,): Fraction(-1, 2)}
    assert found.latex() == (
        "\\begin{align*}\n\\text{add} &= \\frac{n^{2}}{2} - \\frac{n}{2} \\\\\n"
        "\\text{flops} &= \\frac{n^{2}}{2} - \\frac{n}{2}\n\\end{align*}"
    )


def test_what_is_no_polynomial_is_said_with_the_first_mismatch():
    with pytest.raises(ValueError, match=r"no polynomial fits the float64 add counts exactly: .* the count is"):
        mk.law(lambda n: repeat_add(2**n), n=range(1, 8))


def test_a_law_that_begins_at_some_size_says_so():
    found = mk.law(lambda n: repeat_add(max(n, 4) ** 2), n=range(1, 12))
    assert found.condition == "n >= 4"
    assert found.add == "n^2"
    assert str(found).endswith("for n >= 4")
    assert found(n=50).add == 2500
    with pytest.raises(ValueError, match="the law holds for n >= 4, not at n = 2"):
        found(n=2)


def test_a_law_where_one_size_must_fit_the_other_says_so():
    found = mk.law(lambda n, p: repeat_add(sum(min(p, n - 1 - i) for i in range(n))), n=range(3, 10), p=range(1, 8))
    assert found.condition in ("n >= p", "n >= p + 1")
    assert found.add == "np - p(p + 1)/2"


def test_even_and_odd_sizes_may_have_laws_of_their_own():
    found = mk.law(lambda n: repeat_add(n * n // 4), n=range(1, 13))
    assert [case.condition for case in found.cases] == ["n even", "n odd"]
    assert [case.add for case in found.cases] == ["n^2/4", "n^2/4 - 1/4"]
    assert (found(n=100).add, found(n=101).add) == (2500, 2550)
    assert "n odd" in found.latex()
    with pytest.raises(ValueError, match="differs for n even and for n odd"):
        found.add  # noqa: B018


def test_counts_that_vary_are_said_to_vary():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="count differently.*fixed seed"):
        mk.law(lambda n: repeat_add(int(rng.integers(1, 10**3))), n=range(1, 6))


def test_order_and_repetition_of_sizes_do_not_matter():
    assert mk.law(repeat_add, n=[5, 3, 4, 3, 1, 5]).add == "n"


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"n": []}, "there are no sizes for n"),
        ({}, "needs the sizes of at least one variable"),
        ({"n": [3, 3, 3]}, "too few"),
        ({"n": [1, 2]}, "too few"),
        ({"n": [1, 2.5, 3]}, "must be whole numbers"),
    ],
)
def test_bad_sizes(sizes, message):
    with pytest.raises(ValueError, match=message):
        mk.law(lambda *n: repeat_add(1), **sizes)


def test_a_run_that_raises_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        mk.law(lambda n: 1 // (n - 3), n=range(1, 6))


def test_outside_the_range_of_the_law():
    found = mk.law(lambda n: repeat_add(n - 1), n=range(1, 6))
    with pytest.raises(ValueError, match="gives -1 at"):
        found(0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2n^3/3 - n*p + 1", 2 * 27 / 3 - 6 + 1), ("n p", 6), ("-n/2", -1.5), ("n**2", 9), ("5", 5), ("2*n*p^2", 24)],
)
def test_polynomials_are_read(text, value):
    p = Polynomial.parse(text, ("n", "p"))
    assert float(p(n=3, p=2)) == pytest.approx(value)
    assert Polynomial.parse(str(p), ("n", "p")) == p


@pytest.mark.parametrize("text", ["n +* p", "m", "n^p", "1.5n", "sin(n)"])
def test_what_is_no_polynomial_is_not_read(text):
    with pytest.raises(ValueError, match="is not"):
        Polynomial.parse(text, ("n", "p"))


def test_calling_with_the_wrong_variables():
    with pytest.raises(TypeError, match="the variables are n, p"):
        Polynomial.parse("n", ("n", "p"))(n=1)


@mk.kernel
def in_blocks(x):
    s = x[0]
    for first in range(0, x.size, 4):
        m = x[first]
        for i in range(first, min(first + 4, x.size)):
            s = s + m * x[i]
    return s


def test_memory_may_go_without_a_law_and_is_never_zero():
    found = mk.law(lambda n: in_blocks(np.ones(n)), n=range(1, 15))
    assert (found.flops, found.condition) == ("2n", "")
    assert found(n=50).flops == 100
    for ask in (lambda: found.loads, lambda: found["float64"]["bytes"], lambda: found["int"]["add"]):
        with pytest.raises(LawError, match="follow no polynomial, though other kinds do; count them in a run"):
            ask()
    for ask in (lambda: found(n=50).loads, lambda: found(n=50).cost("bytes"), lambda: (found(n=50) + OpCounts()).loads):
        with pytest.raises(LookupError, match="(loads|bytes) are not known: they follow no law"):
            ask()
    assert "not known: add bytes compare loads" in repr(found(n=50))
    with mk.count() as ops:
        in_blocks(np.ones(50))
    assert found.predicts(ops, 50)
    assert not found.predicts(ops, 51)
    assert found(n=50) != ops


def sum_of_squares(x):
    s = x[0] * x[0]
    for i in range(1, x.size):
        s += x[i] * x[i]
    return s


def test_calls_by_role_have_a_law_of_their_own():
    x = np.ones(30)
    f = function(sum_of_squares, OBJECTIVE, "f")
    found = mk.law(lambda n: forward_gradient(f, x[:n].copy(), 1.0, np.empty(n)), n=range(1, 8))
    assert found.calls == {"f": "n", "jac": "0", "hess": "0"}
    assert str(found).splitlines()[-1].split() == ["calls", "of", "f", "n"]
    assert "\\text{calls of f} &= n" in found.latex()
    assert found(n=9).calls["f"] == 9
    counts = {n: found(n=n) for n in range(1, 8)}
    assert law_of_counts(counts).calls["f"] == "n"
