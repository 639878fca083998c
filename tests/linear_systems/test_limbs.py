"""Long multiplication: Python's integers are the truth, the counts are exact laws."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mechkit as mk
from mechkit.linear_systems import limbs
from mechkit.linear_systems.limbs import METHODS, from_limbs, karatsuba, long_multiply, multiply_limbs, to_limbs

#: What the arithmetic on limbs consists of.
ARITHMETIC = ("add", "sub", "mul", "bitand", "rshift")


def number(digits, seed):
    return random.Random(seed).randrange(10 ** (digits - 1), 10**digits)


def operations(run):
    with mk.count() as ops:
        run()
    assert ops.flops == 0
    return ops["int"]


def of_length(k, method, cutoff):
    ones = np.ones(k, np.int64)
    return operations(lambda: multiply_limbs(ones, ones, method, cutoff))


@settings(deadline=None, max_examples=100)
@given(a=st.integers(), b=st.integers(), cutoff=st.integers(1, 5))
def test_products_are_those_of_python(a, b, cutoff):
    assert long_multiply(a, b) == a * b
    assert long_multiply(a, b, "karatsuba", cutoff) == a * b


@settings(deadline=None, max_examples=40)
@given(m=st.integers(1, 80), n=st.integers(1, 80), cutoff=st.integers(1, 40), seed=st.integers(0, 10**6))
def test_products_of_any_lengths(m, n, cutoff, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 2**16, m), rng.integers(0, 2**16, n)
    expected = from_limbs(a) * from_limbs(b)
    for method in METHODS:
        product = multiply_limbs(a, b, method, cutoff)
        assert product.size == m + n
        assert from_limbs(product) == expected


@settings(deadline=None)
@given(value=st.integers(0), more=st.integers(0, 3))
def test_limbs_and_back(value, more):
    digits = to_limbs(value)
    assert from_limbs(digits) == value
    assert digits.size == 1 or digits[-1] > 0
    assert from_limbs(to_limbs(value, digits.size + more)) == value


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("a", [0, 1, -1, 2**16 - 1, 2**16, -(2**16), 2**64 - 1, np.int64(7), True])
@pytest.mark.parametrize("b", [0, -3, 2**160 - 1])
def test_zero_one_limb_and_signs(method, a, b):
    assert long_multiply(a, b, method, cutoff=1) == int(a) * b


@pytest.mark.slow
@pytest.mark.parametrize(("method", "digits"), [("schoolbook", 30_000), ("karatsuba", 100_000)])
def test_huge_numbers(method, digits):
    a, b = number(digits, 1), -number(digits - 500, 2)
    assert long_multiply(a, b, method) == a * b


@pytest.mark.slow
@pytest.mark.parametrize("cutoff", [1, 32])
def test_the_deepest_halving_overflows_nowhere(cutoff):
    # The largest limbs there are, 2^15 of them and one more: with cutoff 1 they are halved 15 times, down to 2 limbs.
    a = 2 ** (16 * 2**15 + 16) - 1
    assert long_multiply(a, a, "karatsuba", cutoff) == a * a


def test_deep_halving_of_the_largest_limbs():
    a = 2 ** (16 * 256) - 1
    assert long_multiply(a, a, "karatsuba", 1) == a * a


def test_schoolbook_grows_with_the_square():
    found = mk.law(lambda k: multiply_limbs([1] * k, [1] * k), k=range(1, 7))["int"]
    assert {kind: str(found[kind]) for kind in ARITHMETIC} == {
        "add": "2k^2",
        "sub": "0",
        "mul": "k^2",
        "bitand": "k^2",
        "rshift": "k^2",
    }
    assert (found["loads"], found["stores"]) == ("2k^2 + k", "k^2 + 2k")
    assert of_length(100, "schoolbook", 1)["mul"] == 100**2


@pytest.mark.parametrize("cutoff", [1, 3, 8])
def test_karatsuba_multiplies_three_times_a_halving(cutoff):
    assert [of_length(cutoff << j, "karatsuba", cutoff)["mul"] for j in range(6)] == [
        3**j * cutoff**2 for j in range(6)
    ]


def test_karatsuba_follows_its_recurrence_exactly():
    # T(k) = 3 T(k/2) + 2k additions + 2k subtractions, T(1) = 2 additions: solved by hand.
    for j in range(8):
        k = 2**j
        a, c, work = np.ones(k, np.int64), np.empty(2 * k, np.int64), np.empty(2 * k, np.int64)
        ops = operations(lambda a=a, c=c, work=work: karatsuba(a, a, c, work, 1))
        assert (ops.mul, ops.sub, ops.add) == (3**j, 4 * (3**j - k), 2 * 3**j + 4 * (3**j - k))


def test_counts_do_not_depend_on_the_digits():
    rng = np.random.default_rng(0)
    for method in METHODS:
        some = operations(lambda method=method: multiply_limbs(rng.integers(0, 2**16, 40), [0] * 40, method, 5))
        assert some == of_length(40, method, 5)


def test_the_exponent_is_log2_of_3():
    found = mk.growth({2**j: of_length(2**j, "karatsuba", 1)["mul"] for j in range(2, 8)})
    assert found.exponent == pytest.approx(math.log2(3), abs=1e-9)


@pytest.mark.slow
def test_the_exponent_of_all_operations_is_close_to_log2_of_3():
    whole = mk.growth({2**j: sum(of_length(2**j, "karatsuba", 1)[kind] for kind in ARITHMETIC) for j in range(6, 10)})
    assert math.log2(3) < whole.exponent < math.log2(3) + 0.01


def test_where_karatsuba_overtakes():
    # Halving once saves a quarter of 5k^2 operations and costs 4k, and 6k to carry: they cost the same at k = 8.
    schoolbook = mk.law(lambda k: of_length(k, "schoolbook", 1), k=range(2, 12, 2))["int"]
    halved = mk.law(lambda k: of_length(k, "karatsuba", k // 2), k=range(2, 12, 2))["int"]
    difference = {k: sum(int(halved[kind](k) - schoolbook[kind](k)) for kind in ARITHMETIC) for k in (6, 8, 10, 1000)}
    assert difference[6] > 0 == difference[8] > difference[10] > difference[1000]
    assert difference[1000] == 10 * 1000 - 5 * 1000**2 // 4


def test_a_long_number_times_a_short_one_costs_no_more_than_their_lengths():
    short = operations(lambda: multiply_limbs([1] * 640, [1] * 16, "karatsuba", 4))
    assert short["mul"] == 40 * 9 * 16  # 40 pieces, halved twice


@pytest.mark.parametrize(
    "a",
    [[1, 2, 3], (1, 2, 3), np.array([1, 2, 3], np.uint8), np.array([1, 9, 2, 9, 3])[::2], np.arange(3, 0, -1)[::-1]],
)
def test_any_vector_of_limbs_is_taken_and_left_unchanged(a):
    before = list(a)
    if isinstance(a, np.ndarray):
        a.setflags(write=False)
    for method in METHODS:
        np.testing.assert_array_equal(multiply_limbs(a, [2, 0], method, 1), [2, 4, 6, 0, 0])
    assert list(a) == before


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: long_multiply(1.5, 2), TypeError, "a is 1.5; it must be an integer"),
        (lambda: long_multiply(2, "3"), TypeError, "b is '3'; it must be an integer"),
        (lambda: long_multiply(2, 3, "fft"), ValueError, "method is 'fft'; it must be 'schoolbook' or 'karatsuba'"),
        (lambda: long_multiply(2, 3, "karatsuba", 0), ValueError, "cutoff is 0; it must be a whole number, at least 1"),
        (lambda: long_multiply(2, 3, "karatsuba", 1.0), TypeError, "cutoff is 1.0; it must be a whole number"),
        (lambda: to_limbs(-(10**5000)), ValueError, r"value is negative, of 16610 bits; .* convert abs\(value\)"),
        (lambda: to_limbs(2**16, 1), ValueError, "k is 1, but the value has 17 bits and needs 2 limbs"),
        (lambda: to_limbs(0, 0), ValueError, "k is 0, but the value has 0 bits and needs 1 limbs"),
        (lambda: to_limbs(None), TypeError, "value is None"),
        (lambda: from_limbs([]), ValueError, r"limbs has shape \(0,\); limbs are a vector"),
        (lambda: from_limbs([[1]]), ValueError, r"limbs has shape \(1, 1\)"),
        (lambda: from_limbs([1, 2**16]), ValueError, r"limbs\[1\] is 65536; limbs are integers from 0 to 65535"),
        (lambda: multiply_limbs([1], [-1]), ValueError, r"b\[0\] is -1"),
        (lambda: multiply_limbs([1.0], [1]), TypeError, "a holds float64 values; .*: use to_limbs"),
        (lambda: multiply_limbs([1j], [1]), TypeError, "a holds complex128 values"),
        (lambda: multiply_limbs(["1"], [1]), TypeError, "a holds <U1 values"),
        (lambda: multiply_limbs([2**70], [1]), TypeError, "a holds object values"),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_the_bound_on_the_depth_is_what_the_comment_says():
    largest = (limbs.MASK << limbs.DEEPEST) ** 2
    assert largest + 2 * (largest >> limbs.BITS) + 2**32 < 2**63
    assert 2**limbs.BITS * 7**limbs.DEEPEST < 2**59
