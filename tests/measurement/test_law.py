import copy
import pickle
from fractions import Fraction
from itertools import product
from math import gcd, isqrt, lcm, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mechkit as mk
from mechkit.counting import OpCounts
from mechkit.measurement import Polynomial, Task, sweep
from mechkit.measurement.comparing.crossover import law_of_counts
from mechkit.measurement.laws.exact_law import LawError
from mechkit.measurement.laws.interpolation import HIGHEST, TERMS, Interpolation
from mechkit.measurement.laws.search import law_of_tables
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


# -- what is no law ----------------------------------------------------------------------------------------------


def squares_up_to(n):
    """The steps of a loop ``while i*i <= n``: the square root, rounded down."""
    return repeat_add(isqrt(n))


def merge_sort(n):
    """Comparisons of merge sort in the worst case: linear from each power of two to the next."""
    levels = (n - 1).bit_length()
    return repeat_add(n * levels - 2**levels + 1)


STAIRCASES = {
    "sqrt": isqrt,
    "cube root": lambda n: round(n ** (1 / 3) - 0.499999) if n else 0,
    "log2": lambda n: n.bit_length() - 1,
    "digits": lambda n: len(str(n)),
    "n // 3": lambda n: n // 3,
    "n // 5": lambda n: n // 5,
    "n mod 3": lambda n: n % 3,
    "gcd(n, 6)": lambda n: gcd(n, 6),
    "gcd(n, 60)": lambda n: gcd(n, 60),
    "primes": lambda n: sum(all(k % d for d in range(2, isqrt(k) + 1)) for k in range(2, n + 1)),
    "divisors": lambda n: sum(n % d == 0 for d in range(1, n + 1)),
    "n sqrt": lambda n: n * isqrt(n),
    "n log2": lambda n: n * n.bit_length(),
    "n + log2": lambda n: n + n.bit_length(),
    "n^2 // 7": lambda n: n * n // 7,
    "sum of n // d": lambda n: sum(n // d for d in range(1, n + 1)),
}


def counted(f, *sizes):
    """The table of a function of the sizes as counted additions, for `law_of_tables`."""
    points = list(product(*sizes))
    return points, {("float64", "add"): [f(*point) for point in points]}


@pytest.mark.parametrize("f", STAIRCASES.values(), ids=STAIRCASES)
@pytest.mark.parametrize(
    "sizes", [range(1, 24), range(1, 41), range(1, 65), range(10, 25), range(5, 33), range(1, 100)]
)
def test_a_staircase_has_no_law(f, sizes):
    if {f(n) for n in sizes} == {2} or f(sizes[-1]) == sizes[-1]:
        pytest.skip("on these sizes alone it is a polynomial")
    with pytest.raises(LawError, match="no polynomial fits"):
        law_of_tables(("n",), *counted(f, sizes))
    with pytest.raises(LawError, match="no polynomial fits"):
        law_of_counts({n: OpCounts({("float64", "add"): f(n)}) for n in sizes})


@pytest.mark.parametrize(
    "f",
    [
        lambda n, p: isqrt(n) + p,
        lambda n, p: n * isqrt(p),
        lambda n, p: n**3 + isqrt(p),
        lambda n, p: p * n.bit_length(),
        lambda n, p: n * n + p * n.bit_length(),
        lambda n, p: isqrt(n * p),
        lambda n, p: n * p // 3,
        lambda n, p: (n + p) // 2,
        gcd,
        lcm,
    ],
)
@pytest.mark.parametrize(
    "sizes", [(range(1, 6), range(1, 6)), (range(1, 8), range(2, 7)), (range(2, 12), range(1, 12))]
)
def test_a_staircase_of_two_sizes_has_no_law(f, sizes):
    with pytest.raises(LawError, match="no polynomial fits|are too few to check a law"):
        law_of_tables(("n", "p"), *counted(f, *sizes))


def test_runs_of_a_staircase():
    with pytest.raises(LawError, match="no polynomial fits"):
        mk.law(squares_up_to, n=range(1, 24))
    with pytest.raises(LawError, match="for n >= 16 may be a step of a staircase; give sizes up to n = 33 or more"):
        mk.law(merge_sort, n=range(9, 33))


@pytest.mark.parametrize(
    ("f", "sizes", "law"),
    [
        (lambda n: min(n, 10), range(1, 24), "10 for n >= 10"),
        (lambda n: min(n, 10), range(1, 41), "10 for n >= 10"),
        (lambda n: max(0, n - 10), range(1, 25), "n - 10 for n >= 10"),
        (lambda n: max(n, 4) ** 2, range(1, 12), "n^2 for n >= 4"),
        (lambda n: 7 if n >= 4 else 0, range(3, 12), "7 for n >= 4"),
        (lambda n: n**3 if n > 1 else 0, range(1, 9), "n^3 for n >= 2"),
    ],
)
def test_a_condition_that_is_true_is_found(f, sizes, law):
    found = law_of_tables(("n",), *counted(f, sizes))
    assert f"{found.add} for {found.condition}" == law


@pytest.mark.parametrize(
    ("f", "sizes", "law"),
    [
        (lambda n, p: n * p if n >= 2 * p else 7**p, (range(2, 12), range(1, 5)), "np for n >= 2p"),
        (lambda n, p: n * n - p if n >= 2 * p else n + 3 * p**3, (range(1, 17), range(1, 9)), "n^2 - p for n >= 2p"),
        (max, (range(1, 8), range(1, 8)), "n for n >= p"),
        (lambda n, p: n % p, (range(1, 8), range(1, 8)), "n for p >= n + 1"),
        (lambda n, p: min(n, 4) * p, (range(1, 13), range(1, 6)), "4p for n >= 4"),
    ],
)
def test_a_condition_on_two_sizes_that_is_true_is_found(f, sizes, law):
    found = law_of_tables(("n", "p"), *counted(f, *sizes))
    assert f"{found.add} for {found.condition}" == law


def test_what_the_sizes_do_not_show_is_shown_by_one_far_larger():
    def small(n):
        return n if n < 30 else 2 * n

    assert law_of_tables(("n",), *counted(small, range(1, 24))).add == "n"
    with pytest.raises(LawError, match="no polynomial fits"):
        law_of_tables(("n",), *counted(small, [*range(1, 24), 100]))
    with pytest.raises(LawError, match="for n >= 30 may be a step of a staircase; give sizes up to n = 62 or more"):
        law_of_tables(("n",), *counted(small, range(1, 60)))


def test_too_few_sizes_of_one_variable_are_said_to_be_too_few():
    with pytest.raises(LawError, match="1 size.s. of p are too few to check a law: .* give at least 3 sizes of p"):
        law_of_tables(("n", "p"), *counted(lambda n, p: n * p, range(1, 6), [2]))


# -- how much is done for it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [[range(2, 200)], [range(1, 31), range(1, 31)], [range(1, 9)] * 3])
def test_the_work_does_not_grow_with_the_sizes(sizes, monkeypatch):
    solved = []
    build = Interpolation.__init__

    def spy(self, points, terms):
        build(self, points, terms)
        solved.append(len(self.chosen))

    monkeypatch.setattr(Interpolation, "__init__", spy)
    variables = ("n", "p", "k")[: len(sizes)]
    assert law_of_tables(variables, *counted(lambda *x: prod(x) ** 2 + x[0], *sizes)).add.degree == 2 * len(sizes)
    assert max(solved) <= 3 ** len(sizes)
    assert sum(solved) <= 5 * 3 ** len(sizes)
    with pytest.raises(LawError):
        law_of_tables(variables, *counted(lambda *x: 3 ** min(x), *sizes))
    assert max(solved) <= TERMS


def test_degrees_up_to_the_highest_are_found():
    assert law_of_tables(("n",), *counted(lambda n: n**HIGHEST, range(1, 40))).add == f"n^{HIGHEST}"
    with pytest.raises(LawError, match="no polynomial fits"):
        law_of_tables(("n",), *counted(lambda n: n ** (HIGHEST + 1), range(1, 40)))


# -- runs that raise, arithmetic, pickling -----------------------------------------------------------------------


def test_a_run_that_raises_says_where():
    with pytest.raises(ZeroDivisionError) as caught:
        mk.law(lambda n: repeat_add(1 // (n - 3)), n=range(1, 6))
    assert caught.value.__notes__ == ["raised by the run at n = 3"]
    with pytest.raises(KeyError) as missing:
        mk.law(lambda n, p: repeat_add({2: 3}[p]), n=range(1, 3), p=[2, 5])
    assert missing.value.__notes__ == ["raised by the run at n = 1, p = 5"]


def test_polynomials_are_added_subtracted_and_scaled():
    p, q = (Polynomial.parse(text, ("n",)) for text in ("n^2/2 - n/2", "n^2/2 + 3"))
    assert p + q == "n^2 - n/2 + 3"
    assert p - q == "-n/2 - 3"
    assert q - q == 0
    assert (2 * p, p * 2, np.int64(2) * p, p * np.int8(2), p * 2.0) == ("n^2 - n",) * 5
    assert (p / 3, Fraction(1, 3) * p, -p) == ("n^2/6 - n/6", "n^2/6 - n/6", "-n^2/2 + n/2")
    assert (p + 1, 1 + p, 1 - p, p - Fraction(1, 2)) == (
        *("n^2/2 - n/2 + 1", "n^2/2 - n/2 + 1", "-n^2/2 + n/2 + 1", "n^2/2 - n/2 - 1/2"),
    )
    assert sum([p, q]) == p + q
    assert (0.25 * p).terms == {(2,): Fraction(1, 8), (1,): Fraction(-1, 8)}
    with pytest.raises(ValueError, match="polynomials in n and in m cannot be combined; give both the same variables"):
        p - Polynomial.parse("m", ("m",))
    with pytest.raises(ValueError, match="nan has no exact value"):
        p * float("nan")
    for wrong in ("n", None, [1]):
        with pytest.raises(TypeError):
            p + wrong


def test_laws_are_added_subtracted_and_scaled():
    late = mk.law(lambda n: repeat_add(max(n, 4) ** 2), n=range(1, 12))
    line = mk.law(lambda n: repeat_add(10 * n), n=range(1, 12))
    halves = mk.law(lambda n: repeat_add(n // 2), n=range(1, 12))
    assert str(late - 2 * line).splitlines() == ["add    n^2 - 20n", "flops  n^2 - 20n", "for n >= 4"]
    assert (late - 2 * line)(n=5).add == -75
    assert (np.int64(3) * line).add == "30n"
    assert sum([line, line]).add == (line + line).add == "20n"
    both = late - halves
    assert ([case.add for case in both.cases], both.condition) == (["n^2 - n/2", "n^2 - n/2 + 1/2"], "n >= 4")
    assert [case.add for case in (halves - halves).cases] == [0, 0]
    with pytest.raises(ValueError, match="laws in n and in m cannot be added"):
        line + mk.law(lambda m: repeat_add(m), m=range(1, 6))


@pytest.mark.parametrize("f", [lambda n: n * n, lambda n: max(n, 4), lambda n: n // 2])
def test_a_law_is_pickled(f):
    found = law_of_tables(("n",), *counted(f, range(1, 13)))
    for law in (found, found - 2 * found):
        str(law), law.latex()
        again = pickle.loads(pickle.dumps(law))
        assert (again, str(again), hash(again)) == (law, str(law), hash(law))
        assert again(n=9) == law(n=9)
        assert copy.deepcopy(law) == law


def test_what_follows_no_law_is_still_unknown_after_pickling():
    found = mk.law(lambda n: in_blocks(np.ones(n)), n=range(1, 15))
    again = pickle.loads(pickle.dumps(found))
    for law in (found, again, 2 * again):
        with pytest.raises(LookupError, match="loads are not known"):
            pickle.loads(pickle.dumps(law(n=50))).loads  # noqa: B018


def test_results_are_pickled_after_they_were_shown():
    compared = mk.compare(
        {"square": lambda n: repeat_add(n * n), "late": lambda n: repeat_add(max(n, 4))}, n=range(1, 13)
    )
    str(compared), compared._repr_html_(), compared.plot(), compared.to_json()
    grown = mk.growth(lambda n: repeat_add(n * n), n=[4, 8, 16])
    swept = sweep([Task("a", repeat_add, {"times": 3})])
    for result in (compared, compared.crossover("square", "late"), grown, swept):
        assert pickle.loads(pickle.dumps(result)) == result
    assert str(pickle.loads(pickle.dumps(compared))) == str(compared)


def test_a_kernel_without_an_example_is_told_so():
    @mk.kernel
    def total(x):
        s = 0.0
        for i in range(x.size):
            s += x[i]
        return s

    with pytest.raises(
        LawError, match=r"kernel total has no example of its arguments.*lambda n: total\(np.ones\(n\)\)"
    ):
        mk.law(total, n=range(1, 6))


def test_a_kernel_of_the_size_itself_needs_no_example():
    @mk.kernel
    def halves(n):
        s = 0.0
        for _ in range(n):
            s += 0.5
        return s

    assert str(mk.law(halves, n=range(1, 6)).flops) == "n"
