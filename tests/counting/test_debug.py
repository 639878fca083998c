"""The mode for classes: Python's own exceptions at the first call, checked indices later, the same counts."""

import numpy as np
import pytest

import mechkit as mk

pytestmark = pytest.mark.compiled


@pytest.fixture
def debugging():
    mk.debug()
    yield
    mk.debug(False)


@mk.kernel
def put(x, i):
    x[i] = x[i] + 1.0


@mk.kernel
def put_twice(x, i):
    put(x, i)
    put(x, i + 1)


@mk.kernel
def for_ever(n):
    return for_ever(n + 1)


def test_the_first_call_is_python_and_names_the_index(debugging):
    with pytest.raises(IndexError, match="index 3 is out of bounds for axis 0 with size 3") as caught:
        put_twice(np.ones(3), 2)
    assert caught.traceback[-1].frame.code.name in ("put", "_at")
    assert any(entry.path.name == "test_debug.py" and entry.name == "put" for entry in caught.traceback)


def test_until_a_call_has_ended_well_it_stays_python(debugging):
    for _ in range(2):
        with pytest.raises(IndexError, match="index 7 is out of bounds"):
            put(np.ones(2), 7)


def test_later_calls_are_compiled_with_checks_and_count_the_same(debugging):
    counts = []
    for _ in range(3):
        x = np.ones(4)
        with mk.count() as ops:
            put_twice(x, 1)
        counts.append(ops)
        assert x.tolist() == [1.0, 2.0, 2.0, 1.0]
    assert counts[0] == counts[1] == counts[2]
    assert counts[0].add == 2
    assert put_twice.signatures
    with pytest.raises(IndexError, match="index 4 is out of bounds for axis 0 with size 4"):
        put_twice(np.ones(4), 3)


@mk.kernel
def factorial(n):
    if n == 0:
        return 1.0
    return n * factorial(n - 1)


def test_an_endless_recursion_is_an_exception(debugging):
    with pytest.raises(RecursionError):
        for_ever(0)
    assert factorial(5) == 120.0
    with pytest.raises(RecursionError):
        factorial(-1)


def test_the_mode_is_on_or_off():
    with pytest.raises(TypeError, match="on is 'off'; it must be True or False"):
        mk.debug("off")


def test_it_can_be_switched_off_and_kernels_made_before_obey(debugging):
    mk.debug(False)
    put(np.ones(2), 0)
    assert put.signatures
    assert not put.targetoptions["boundscheck"]
    mk.debug()
    assert not put.signatures
    assert put.targetoptions["boundscheck"]


def test_kernels_of_the_library_are_left_alone(debugging):
    from mechkit.linear_systems.dense import eliminate

    assert not eliminate.targetoptions["boundscheck"]


def test_annotate_and_law_work_in_it(debugging):
    @mk.kernel
    def total(x):
        s = 0.0
        for v in x:
            s += v
        return s

    assert mk.annotate(total, np.ones(3)).total.add == 3
    assert str(mk.law(lambda n: total(np.ones(n)), n=range(1, 6)).flops) == "n"


def test_the_variable_of_the_environment_switches_it_on(python):
    program = "import mechkit as mk, numpy as np\n@mk.kernel\ndef f(x):\n    return x[5]\n"
    program += "try:\n    f(np.ones(2))\nexcept IndexError as error:\n    print(error)\n"
    lines, _ = python(program, MECHKIT_DEBUG="1")
    assert lines == ["index 5 is out of bounds for axis 0 with size 2"]


def test_a_block_in_which_no_kernel_works_says_so_once(python):
    program = """
import mechkit as mk
def f(x):
    return x + 1.0
for _ in range(2):
    with mk.count() as ops:
        f(2.0)
print(ops)
with mk.count() as ops:
    f(2.0)
"""
    lines, said = python(program)
    assert lines == ["OpCounts(flops=0)"]
    assert said.count("nothing was counted: no kernel did any work in this block; put @mk.kernel above") == 1
