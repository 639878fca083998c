"""Results: compared with answers, looked at by checks, and never believed."""

import numpy as np
import pytest

from mechkit.exercises.comparing import checked, differs, misfit, unfit
from mechkit.exercises.values import NoResult, decoded, encoded, not_finite

A = np.array([1.0, 2.0, -4.0])


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_floats_may_differ_by_rounding_at_each_scale(scale):
    answer = scale * A
    assert differs(answer * (1 + 1e-12), answer, 1e-9) is None
    assert "element 1 is" in differs(answer + scale * np.array([0, 1e-6, 0]), answer, 1e-9)


@pytest.mark.parametrize(
    ("result", "answer", "words"),
    [
        (None, A, "nothing (None)"),
        (A[:2], A, "shape (2,)"),
        (A[:, None], A, "shape (3, 1)"),
        (A * np.nan, A, "element 0 is nan"),
        (A * 1j, A, "real numbers"),
        (1.0, (1.0, 2.0), "a tuple of 2 values"),
        ((1.0, 3.0), (1.0, 2.0), "in part 1: the result is 3 and must be 2"),
        (2, 3, "is 2 and must be 3"),
        (2.5, 3, "is 2.5 and must be 3"),
        (True, False, "is True and must be False"),
        ([1.0], A, "a list of 1 values"),
        (0.0, 1e-300, "must be 1e-300"),
        (np.inf, 1.0, "is inf"),
    ],
)
def test_how_a_result_differs(result, answer, words):
    assert words in (differs(result, answer, 1e-9) or "")


def test_integers_and_floats_of_one_value_are_equal():
    assert differs(np.array([1, 2]), np.array([1.0, 2.0]), 1e-9) is None
    assert differs(np.array([1.0, 2.0]), np.array([1, 2]), 1e-9) is None
    assert misfit(np.array([1.0j, 2.0]), np.array([1, 2])) is not None


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "nothing is returned"),
        (np.array([1.0, np.nan]), "nan at index 1"),
        ((1.0, np.array([[1.0, -np.inf]])), "-inf at index (0, 1)"),
        (np.zeros((3, 0)), "empty"),
        (float("inf"), "inf"),
    ],
)
def test_what_is_no_answer_whatever_the_check_says(result, words):
    assert words in unfit(result)


def test_a_result_must_have_the_shape_of_the_solution():
    assert unfit(A[:, None], A, True) is not None
    assert unfit(A, 2.0 * A, True) is None


def test_a_check_that_compares_with_nan_or_stumbles_accepts_nothing():
    def check(x, b):
        return "far" if np.max(np.abs(b @ x - 1.0)) > 1e-9 else True

    assert "cannot be checked" in checked(check, 3.0, (np.eye(2),))
    assert unfit(np.array([np.nan])) is not None
    assert checked(lambda x: False, 1.0, ()) == "the answer is wrong"
    assert checked(lambda x: "too \n small", 1.0, ()) == "too small"
    for verdict in (None, 1, np.array([True]), [], object()):
        with pytest.raises(ValueError, match="must return True, or a sentence"):
            checked(lambda x, verdict=verdict: verdict, 1.0, ())


@pytest.mark.parametrize(
    "value",
    [None, True, 7, -(2**63), 0.1, float("nan"), 1 + 2j, A, A.astype(np.float32), np.zeros((2, 0)), (1, [A, 2.0]), []],
)
def test_results_come_back_as_they_were(value):
    found = decoded(encoded(value))
    assert type(found) is type(value)
    np.testing.assert_equal(found, value)


@pytest.mark.parametrize("value", ["text", {"a": 1}, {1}, object(), np.array([None]), len, np.zeros(10**8, np.int8)])
def test_other_results_are_not_sent(value):
    with pytest.raises(NoResult):
        encoded(value)


@pytest.mark.parametrize(
    "told", [{"array": "|O", "shape": [1], "data": "AAAAAAAAAAA="}, {"float": 1.0}, "x", {"tuple": {}}, {"eval": "1"}]
)
def test_what_no_child_sends_is_refused(told):
    with pytest.raises(ValueError, match=r".*"):
        decoded(told)


def test_the_first_number_that_is_none():
    assert not_finite((1, 2.0, np.arange(3))) is None
    assert not_finite([np.array([[0.0, np.inf]])]) == "inf at index (0, 1)"
