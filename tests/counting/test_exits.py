"""Every way out of a kernel counts: what ran before it, and the operation that raised."""

import math

import numpy as np
import pytest
from both_counters import assert_same, compiled_count, reference_outcome

import mechkit as mk


def check(kernel, args, outcome, float64=None, **columns):
    """Both counters: the outcome (a value or a kind of exception), and exactly these counts."""
    expected = mk.OpCounts.from_dict({"float64": float64 or {}, **columns})
    for ask in (compiled_count, reference_outcome):
        result, ops = ask(kernel, *args)
        assert ops == expected
        if isinstance(outcome, type):
            assert type(result) is outcome
        else:
            assert_same(result, outcome)


@mk.kernel
def until(x, limit):
    s = 0.0
    for i in range(x.size):
        if x[i] > limit:
            return s
        s += x[i]
    return -s


def test_return_in_the_middle_of_a_loop():
    loads = lambda n: {"loads": n, "bytes": 8 * n}
    check(until, (np.arange(1.0, 7.0), 3.0), 6.0, {"add": 3, "compare": 4, **loads(7)})
    check(until, (np.arange(1.0, 4.0), 9.0), -6.0, {"add": 3, "compare": 3, "neg": 1, **loads(6)})


@mk.kernel
def checked(x):
    y = x * x
    if y > 4.0:
        raise ValueError("too big")
    return y + 1.0


@mk.kernel
def calls_checked(x):
    s = 0.0
    for i in range(5):
        s += checked(x + i)
    return s


@mk.kernel
def catches(x):
    s = 1.0
    try:
        s += checked(x)
        s *= 3.0
    except Exception:
        s -= 0.5
    return s / 2.0


def test_raise():
    check(checked, (3.0,), ValueError, {"mul": 1, "compare": 1})
    check(checked, (1.0,), 2.0, {"mul": 1, "compare": 1, "add": 1})


def test_raise_in_a_callee():
    # x + i and x * x and the comparison four times; y + 1 and s + ... three times
    check(calls_checked, (0.0,), ValueError, {"add": 4 + 3 + 3, "mul": 4, "compare": 4})


def test_try_around_a_callee_that_raises():
    check(catches, (3.0,), 0.25, {"mul": 1, "compare": 1, "sub": 1, "div": 1})
    check(catches, (1.0,), 4.5, {"mul": 2, "compare": 1, "add": 2, "div": 1})


def test_assert(from_source):
    # from a text, because pytest rewrites the assert statements of this file
    text = "def asserts(x):\n    y = x + x\n    assert y > 1.0, 'small'\n    return y * y\n"
    asserts = mk.kernel(from_source(text))
    check(asserts, (0.25,), AssertionError, {"add": 1, "compare": 1})
    check(asserts, (1.0,), 4.0, {"add": 1, "compare": 1, "mul": 1})


@mk.kernel
def divides(x, y):
    a = x + 1.0
    return a / y * 2.0


@mk.kernel
def divides_whole(i, j):
    i += 1
    return i // j + i % j


@mk.kernel(error_model="numpy")
def divides_numpy(x, y):
    a = x + 1.0
    return a / y * 2.0


@mk.kernel
def calls_numpy(x, y):
    return divides_numpy(x, y) - 1.0


def test_division_by_zero_counts_the_division():
    check(divides, (1.0, 0.0), ZeroDivisionError, {"add": 1, "div": 1})
    check(divides_whole, (1, 0), ZeroDivisionError, int={"add": 1, "floordiv": 1})


def test_each_kernel_divides_by_zero_in_its_own_way():
    check(divides_numpy, (1.0, 0.0), math.inf, {"add": 1, "div": 1, "mul": 1})
    check(calls_numpy, (1.0, 0.0), math.inf, {"add": 1, "div": 1, "mul": 1, "sub": 1})


@mk.kernel(boundscheck=True)
def beyond(x, i):
    s = x[0] + 1.0
    return s * x[i]


def test_boundscheck_counts_the_load_that_raised():
    check(beyond, (np.ones(3), 7), IndexError, {"add": 1, "loads": 2, "bytes": 16})


@mk.kernel
def factorial(n):
    if n <= 1:
        return 1.0
    return n * factorial(n - 1)


@mk.kernel
def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def test_recursion():
    check(factorial, (5,), 120.0, {"mul": 4}, int={"compare": 5, "sub": 4})
    calls = 25  # of fibonacci(6)
    inner = (calls - 1) // 2
    check(fibonacci, (6,), 8, int={"compare": calls, "sub": 2 * inner, "add": inner})


def test_an_exception_keeps_its_arguments():
    outcomes = [ask(checked, 3.0)[0] for ask in (compiled_count, reference_outcome)]
    assert [error.args for error in outcomes] == [("too big",), ("too big",)]


def generator(x):
    yield x


def comprehension(n):
    return [i for i in range(n)]  # noqa: C416


def set_comprehension(n):
    return {i for i in range(n)}  # noqa: C416


def dict_comprehension(n):
    return {i: i for i in range(n)}


def generator_expression(n):
    return tuple(i for i in range(n))


def holds_lambda(x):
    return (lambda a: a)(x)


def holds_function(x):
    def inner(a):
        return a

    return inner(x)


async def coroutine(x):
    return x


async def async_generator(x):
    yield x


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (generator, "is a generator"),
        *(
            (f, "holds a function, lambda or comprehension")
            for f in (comprehension, set_comprehension, dict_comprehension)
        ),
        *(
            (f, "holds a function, lambda or comprehension")
            for f in (generator_expression, holds_lambda, holds_function)
        ),
    ],
)
def test_bodies_that_are_more_than_statements_are_refused(function, what):
    with pytest.raises(mk.UncountedError) as error:
        mk.kernel(function)
    place = f"kernel {function.__name__} ({__file__}, line {function.__code__.co_firstlineno + 1})"
    assert str(error.value).startswith(f"{place} {what}")


@pytest.mark.parametrize("function", [coroutine, async_generator])
def test_coroutines_are_no_kernels(function):
    with pytest.raises(TypeError, match="is a coroutine; a kernel is a plain function"):
        mk.kernel(function)


def test_a_long_tuple_is_no_comprehension(from_source, agree):
    numbers = ", ".join(f"x + {i}.0" for i in range(40))
    _, ops = agree(mk.kernel(from_source(f"def long(x):\n    return ({numbers})\n")), 1.0)
    assert ops.add == 40


@mk.kernel
def _must_be_negative(x):
    if x > 0.0:
        raise KeyError
    return x


SWALLOWED_BY_NUMBA = {
    "after the try": "return callee(x)",
    "after a loop of tries": """for i in range(3):
        try:
            if i < 2:
                raise ValueError
        except Exception:
            pass
    return callee(x)""",
    "after two tries": """try:
        if x > 1.0:
            raise ValueError
    except Exception:
        pass
    return callee(x)""",
    "in a branch": """if x > 1.0:
        x = callee(x)
    return x""",
}


@pytest.mark.parametrize("rest", SWALLOWED_BY_NUMBA.values(), ids=SWALLOWED_BY_NUMBA)
def test_what_a_callee_raises_after_a_raise_in_a_try_is_raised(from_source, agree, rest):
    caught = "try:\n        if x > 0.0:\n            raise ValueError\n    except Exception:\n        pass\n"
    kernel = mk.kernel(from_source(f"def kernel(x):\n    {caught}    {rest}\n", callee=_must_be_negative))
    outcome, _ = agree(kernel, 1.5)
    assert type(outcome) is KeyError
    outcome, _ = agree(kernel, -1.5)
    assert outcome == -1.5


@pytest.mark.compiled
def test_a_raise_inside_except_is_refused_in_words(from_source):
    caught = "    try:\n        if x > 0.0:\n            raise ValueError\n"
    body = f"{caught}    except Exception:\n        raise RuntimeError\n"
    kernel = mk.kernel(from_source(f"def kernel(x):\n{body}    return x\n"))
    with pytest.raises(mk.KernelError, match="line 6.: a kernel cannot raise inside except; set a variable there"):
        kernel(1.5)
