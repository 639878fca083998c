"""Submissions checked in a process of their own. All of `submissions.txt` is run by ``benchmarks/exercises.py``."""

import numpy as np
import pytest
from course import handed_in, make, polynomial, solves, tridiagonal, value

import mechkit as mk
from mechkit.exercises import Submission

ALL = {one.name: one for one in handed_in()}
EXERCISES = {name: make(name) for name in ("solve", "evaluate", "find_root")}
RIGHT = ("driver and kernels", "recursion", "horner in a tuple of types", "a driver that hands f on")
WRONG = (
    *("array expression", "a string", "nan", "past the end", "two types", "dense", "fixed point, few floats"),
    *("many evaluations", "endless output", "endless recursion", "a hundred gigabytes", "a driver's hundred gigabytes"),
)


@pytest.mark.parametrize("name", [*RIGHT, *WRONG])
def test_right_ones_pass_and_others_get_a_sentence(name):
    one = ALL[name]
    verdict = EXERCISES[one.exercise].check(one.submission)
    assert verdict.passed is (name in RIGHT), verdict
    assert all(words in verdict.sentence for words in one.words), verdict.sentence
    if verdict.passed:
        verdict.require()
        assert verdict.points == verdict.max_points == EXERCISES[one.exercise].points
        assert verdict.leaderboard
    else:
        assert verdict.points < verdict.max_points
        with pytest.raises(AssertionError) as caught:
            verdict.require()
        assert str(caught.value) == verdict.sentence


OFFSET = 0.0


def step(s, x, c):
    return s * x + c + OFFSET


@mk.kernel
def of_my_session(c, x):
    s = 0.0
    for k in range(c.size - 1, -1, -1):
        s = s * x + c[k]
    return s


def with_helper(c, x):
    s = 0.0
    for k in range(c.size - 1, -1, -1):
        s = step(s, x, c[k])
    return s


def test_a_kernel_of_the_session_and_a_function_with_its_helper(capfd):
    exercise = EXERCISES["evaluate"]
    assert exercise.check(of_my_session).points == 4.0
    verdict = exercise.check(with_helper)
    assert verdict.points == 0.0
    assert "test_grading.py, line" in verdict.sentence
    assert "return s * x + c + OFFSET" in verdict.sentence
    assert "the term 3n is over 2n" in verdict.sentence
    assert capfd.readouterr() == ("", "")


def test_hidden_cases_tell_nothing():
    verdict = EXERCISES["solve"].check(ALL["dense"].submission, seed=1)
    assert "691,450" in str(verdict)
    assert "691,450" not in verdict.shown()
    assert "a hidden case did not pass" in verdict.shown()


def test_the_same_seed_draws_the_same_problems():
    exercise = EXERCISES["evaluate"]
    cases = [exercise._cases(5), exercise._cases(5), exercise._cases(6)]
    values = [[case.args[1] for case in each] for each in cases]
    assert values[0] == values[1] != values[2]
    assert len(set(values[0])) == len(values[0])


def test_an_exercise_whose_own_solution_fails_is_refused_when_it_is_made():
    def slow(c, x):
        s = 0.0
        for k in range(c.size):
            s = s + c[k] * x**k
        return s

    with pytest.raises(ValueError, match=r"own solution does not pass: n = 2: 6 flops are counted, and 4 \(2n\) are"):
        mk.Exercise("evaluate", polynomial, value, n=2, at_most={"flops": "2n"}, solution=slow)


def test_the_shape_of_the_solution_is_asked_for():
    def lenient(x, *args):
        return bool(np.allclose(np.sum(x), np.sum(x)))

    solution = Submission("solve.py", ALL["thomas"].text)
    exercise = mk.Exercise("solve", tridiagonal, lenient, n=(2, 5), seeds=1, solution=solution)
    verdict = exercise.check(Submission("hw.py", "def solve(l, d, u, b):\n    return 0.0\n"))
    assert "the result is a number and must be an array of shape (2,)" in verdict.sentence


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n": ()}, "no sizes"),
        ({"n": 2.5}, "size n"),
        ({}, "no sizes"),
        ({"n": 3, "seeds": 0}, "number of seeds"),
        ({"n": 3, "seconds": -1}, "seconds is -1"),
        ({"n": 3, "memory": "much"}, "memory is 'much'"),
        ({"n": 3, "points": 0}, "points is 0"),
        ({"n": 3, "hidden": "n = 4"}, "the hidden case 'n = 4' is unknown; the cases are n = 3"),
        ({"n": 3, "at_most": {"flops": "2n"}, "at_least": {"flops": "3n"}}, "contradict"),
        ({"n": 3, "check": solves}, "give one judge"),
    ],
)
def test_exercises_that_cannot_be(options, words):
    with pytest.raises(ValueError, match=words):
        mk.Exercise("solve", tridiagonal, solves, **options)


def test_a_judge_is_told_by_its_arguments():
    assert mk.Exercise("f", polynomial, value, n=3).judge_answer is value
    assert mk.Exercise("f", tridiagonal, solves, n=3).judge_check is solves
    with pytest.raises(ValueError, match="takes neither the 2 arguments"):
        mk.Exercise("f", polynomial, lambda a, b, c, d: True, n=3)


def test_several_sizes_are_combined():
    def problem(n, k, rng):
        return rng.random((n, k))

    exercise = mk.Exercise("f", problem, lambda a: a.sum(), n=(2, 3), k=(1, 4), at_most={"flops": "n k"})
    assert exercise.labels == ["n = 2, k = 1", "n = 2, k = 4", "n = 3, k = 1", "n = 3, k = 4"]
    assert exercise._cases(0)[-1].args[0].shape == (3, 4)


def test_growth_is_a_case_of_its_own():
    def problem(n, rng):
        return rng.random(n)

    loops = "    for i in range(x.size):\n        for j in range(i):\n            s += x[j]\n"
    source = f"def f(x):\n    s = 0.0\n{loops}    return s\n"
    exercise = mk.Exercise("f", problem, lambda r, x: True, n=(8, 32, 128), seeds=1, at_most={"flops": "O(n log n)"})
    verdict = exercise.check(Submission("hw.py", source))
    assert [row.passed for row in verdict.rows] == [True, True, True, False]
    assert "grow like n^2" in verdict.sentence
