"""Where plain Python and compiled code part, the reference counter follows compiled code."""

import math
import textwrap

import numpy as np
import pytest
from both_counters import assert_same, compiled_count, reference_outcome
from numba import float64, int64

import mechkit as mk
from mechkit.counting import by_address
from mechkit.counting.plain import PlainKernel
from mechkit.counting.reference import reference_count

pytestmark = [
    pytest.mark.compiled,
    pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaPendingDeprecationWarning"),  # of lists as arguments
]


@pytest.fixture
def both(from_source):
    """A function that counts an expression of a and b by both counters and demands equal outcomes."""

    def ask(expression, *args, **options):
        text = f"def kernel({', '.join('ab'[: len(args)])}):\n    return {expression}\n"
        kernel = mk.kernel(**options)(from_source(text))
        outcome, ops = compiled_count(kernel, *args)
        expected, reference = reference_outcome(kernel, *args)
        assert ops.to_dict() == reference.to_dict()
        assert_same(outcome, expected)
        assert type(outcome) is type(expected)
        return outcome, ops.to_dict()

    return ask


# -- bools -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "value", "counts"),
    [
        ("(not a) & (not b)", False, {"int": {"bitand": 1}}),
        ("(not a) + (a is b)", 0, {"int": {"add": 1}}),
        ("-(not a)", 0, {"int": {"neg": 1}}),
        ("~(a is not b)", False, {"int": {"invert": 1}}),
        ("(not a) < (not not b)", True, {"int": {"compare": 1}}),
        ("bool(a) ^ bool(b)", False, {"int": {"bitxor": 1}}),
        ("(a is True) << 3", 0, {"int": {"lshift": 1}}),
        ("(not a) / (not not b)", 0.0, {"float64": {"div": 1}}),
        ("(not a)**2", 0, {"int": {"mul": 1}}),
        ("abs(not a) + max(not a, not b)", 0, {"int": {"add": 1, "abs": 1, "compare": 1}}),
        ("(a is None) == (b is None)", True, {"int": {"compare": 1}}),
        ("not (a and not b or not a)", True, {}),
        ("(a is a is b) + (a < b is True)", 0, {"int": {"add": 1, "compare": 1}}),
        ("1 if not a else 2", 2, {}),
    ],
)
def test_bools_count_like_numbers(both, expression, value, counts):
    assert both(expression, 2, 3) == (value, counts)


@pytest.mark.parametrize(("a", "b", "same"), [(2, 2, True), (2, 2.0, False), (math.nan, math.nan, False)])
def test_is_of_numbers_is_equality_in_one_type(both, a, b, same):
    assert both("a is b", a, b) == (same, {})


def test_is_of_arrays_is_refused(both):
    x = np.ones(3)
    for expression in ("(a is b) + 1", "a is not b"):
        assert isinstance(both(expression, x, x)[0], mk.UncountedError)


def test_a_jump_on_not_counts_nothing(from_source, agree):
    text = """
    def kernel(a, n):
        s = 0
        while not (n < 1) and not (a is None):
            n = n - 1
            if not n & 1:
                continue
            assert not n == 100
            s = s + (not a)
        return s
    """
    _, ops = agree(mk.kernel(from_source(textwrap.dedent(text).lstrip())), 0.0, 4)
    # Four rounds: the test at the top 5 times, the step and the bit 4 times, the assertion and the sum twice.
    assert ops.to_dict() == {"int": {"add": 2, "sub": 4, "compare": 7, "bitand": 4}}


def test_lines_and_names_of_the_running_code_are_the_kernels_own(from_source):
    kernel = mk.kernel(from_source("def kernel(a):\n    b = not a\n    c = [b, a]\n    return c.missing\n"))
    with pytest.raises(AttributeError) as error:
        reference_count(kernel, True)
    (entry,) = [entry for entry in error.traceback if str(entry.path) == kernel.py_func.__code__.co_filename]
    assert (entry.lineno + 1, entry.name) == (4, "kernel")


def test_without_source_the_code_itself_runs():
    namespace = {}
    exec("def kernel(a):\n    return (not a) + a * 2.0 + a**2", namespace)
    value, ops = reference_count(mk.kernel(namespace["kernel"]), 3.0)
    assert (value, ops.to_dict()) == (15.0, {"float64": {"add": 2, "mul": 2}})


@pytest.mark.parametrize("expression", ["2.0 in (a, b)", "a not in (1, 2)", "hash(a)", "sum((a, b))", "list((a, b))"])
def test_what_hides_work_is_refused_by_both(both, expression):
    outcome, counts = both(expression, 2.0, 3.0)
    assert isinstance(outcome, mk.UncountedError)
    assert counts == {}


# -- powers and zeros --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", ["(2 if b else 5)", "(b and 2)", "(b or 2)", "(2 if b else 2)", "(b if b else 2)"])
@pytest.mark.parametrize("form", ["return a ** {}", "a **= {}\n    return a", "y = a ** {}\n    return y"])
def test_a_conditional_exponent_is_not_literal(from_source, exponent, form):
    kernel = mk.kernel(from_source(f"def kernel(a, b):\n    {form.format(exponent)}\n"))
    for b in (0, 1, 3):
        assert reference_count(kernel, 1.5, b)[1].to_dict() == {"float64": {"pow": 1}}


@pytest.mark.parametrize(
    ("expression", "products"),
    [
        *(("a**2", 1), ("a**(2)", 1), ("a**(1 + 1)", 1), ("a**+3", 2), ("(a if b else 2.0)**4", 2)),
        *(("a**2 + a**3", 3), ("(a**2 if b else a**3)", 1)),
    ],
)
def test_a_literal_exponent_is(both, expression, products):
    assert both(expression, 1.5, 1)[1]["float64"]["mul"] == products


ZERO, FLOAT32_ZERO = 0.0, np.float32(0)


@pytest.mark.parametrize("model", ["python", "numpy"])
@pytest.mark.parametrize(
    ("expression", "a", "b", "counts"),
    [
        ("a**-1", ZERO, 1, {"float64": {"div": 1}}),
        ("a**-2", FLOAT32_ZERO, 1, {"float32": {"mul": 1, "div": 1}}),
        ("a**-17", ZERO, 1, {"float64": {"pow": 1}}),
        ("a**b", FLOAT32_ZERO, -1, {"float32": {"pow": 1}}),
        ("math.pow(a, b)", 0, -1, {"float64": {"pow": 1}}),
        ("a / b", 1j, 0j, {"float64": {"add": 2, "sub": 1, "mul": 6, "div": 2}}),
    ],
)
def test_zeros_that_raise_in_either_error_model(both, model, expression, a, b, counts):
    outcome, found = both(expression, a, b, error_model=model)
    assert isinstance(outcome, ZeroDivisionError)
    assert found == counts


@pytest.mark.parametrize(
    ("expression", "a", "b", "kind"),
    [
        *(("a / b", 1, 0, "div"), ("a // b", 1, 0, "floordiv"), ("a % b", 1.5, 0.0, "mod"), ("a**b", 0, -1, "pow")),
        *(("a // b", FLOAT32_ZERO, FLOAT32_ZERO, "floordiv"), ("a / b", True, False, "div")),
    ],
)
def test_zeros_that_raise_in_pythons_error_model_only(both, expression, a, b, kind):
    outcome, counts = both(expression, a, b)
    assert isinstance(outcome, ZeroDivisionError)
    outcome, found = both(expression, a, b, error_model="numpy")
    assert not isinstance(outcome, BaseException)
    assert counts == found
    assert [*counts.values()] == [{kind: 1}]


@pytest.mark.parametrize(
    ("expression", "a", "value"),
    [
        *(("math.sqrt(a)", -1.0, math.nan), ("math.log(a)", 0.0, -math.inf), ("math.acosh(a)", 0.5, math.nan)),
        *(
            ("math.gamma(a)", x, y)
            for x, y in ((-1.0, math.nan), (0.0, math.inf), (-0.0, -math.inf), (200.0, math.inf))
        ),
        *(
            ("math.gamma(a)", -math.inf, math.nan),
            ("math.lgamma(a)", -1.0, math.inf),
            ("math.lgamma(a)", 0.0, math.inf),
        ),
        *(("math.exp(a)", 1000.0, math.inf), ("a**-1", 0j, complex(math.nan, math.nan)), ("2**a", -1, 0)),
        *(
            ("np.power(a, a)", -2, 0),
            ("(-1)**a", -3, -1),
            ("round(a)", math.inf, -(2**63)),
            ("int(a)", math.nan, -(2**63)),
        ),
    ],
)
def test_values_where_python_would_raise(both, expression, a, value):
    outcome, counts = both(expression, a)
    assert_same(outcome, value)
    assert counts


# -- signatures --------------------------------------------------------------------------------------------------


@mk.kernel("float64(float64)")
def as_float(x):
    return x * x


@mk.kernel("int64(int64)")
def as_int(x):
    return x * x


@mk.kernel("int64(float64)")
def returns_int(x):
    return x * x


@mk.kernel(["float32(float32)", "float64(float64)", "int64(int64)"])
def several(x):
    return x * x


@mk.kernel("UniTuple(float64, 2)(UniTuple(float64, 2), int32)")
def of_a_tuple(pair, n=3):
    return pair[0] * n, pair[1]


@mk.kernel((float64, float64))
def undeclared(x, y=2.0):
    return x * y


@mk.kernel
def calls_all(x):
    return as_float(x), as_int(x), returns_int(x), several(x)


def plain(kernel, *signatures):
    return PlainKernel(kernel.py_func, kernel.targetoptions, signatures)


PLAIN = {
    as_float: plain(as_float, "float64(float64)"),
    as_int: plain(as_int, "int64(int64)"),
    returns_int: plain(returns_int, "int64(float64)"),
    several: plain(several, "float32(float32)", "float64(float64)", "int64(int64)"),
    of_a_tuple: plain(of_a_tuple, "UniTuple(float64, 2)(UniTuple(float64, 2), int32)"),
    undeclared: plain(undeclared, (float64, float64)),
    calls_all: plain(calls_all),
}


@pytest.mark.parametrize(
    ("kernel", "args", "value", "counts"),
    [
        (as_float, (3,), 9.0, {"float64": {"mul": 1}}),
        (as_float, (np.float32(3),), 9.0, {"float64": {"mul": 1}}),
        (as_float, (True,), 1.0, {"float64": {"mul": 1}}),
        (as_int, (2.5,), 4, {"int": {"mul": 1}}),
        (returns_int, (1.5,), 2, {"float64": {"mul": 1}}),
        (several, (np.int8(3),), 9, {"int": {"mul": 1}}),
        (several, (np.uint64(3),), 9.0, {"float64": {"mul": 1}}),
        (several, (np.float32(3),), 9.0, {"float32": {"mul": 1}}),
        (of_a_tuple, ((1, 2), 4), (4.0, 2.0), {"float64": {"mul": 1}}),
        (undeclared, (1, 3), 3.0, {"float64": {"mul": 1}}),
        (calls_all, (3,), (9.0, 9, 9, 9), {"float64": {"mul": 2}, "int": {"mul": 2}}),
        (
            calls_all,
            (np.float32(2.5),),
            (6.25, 4, 6, 6.25),
            {"float32": {"mul": 1}, "float64": {"mul": 2}, "int": {"mul": 1}},
        ),
        (calls_all, (True,), (1.0, 1, 1, 1.0), {"float32": {"mul": 1}, "float64": {"mul": 2}, "int": {"mul": 1}}),
    ],
)
def test_arguments_are_converted_to_the_best_signature(kernel, args, value, counts):
    outcomes = compiled_count(kernel, *args), reference_outcome(kernel, *args), compiled_count(PLAIN[kernel], *args)
    for outcome, ops in outcomes:
        assert outcome == value
        assert repr(outcome) == repr(value)
        assert ops.to_dict() == counts
    if kernel is not calls_all:
        result = PLAIN[kernel](*args)  # outside all counting
        assert result == value
        assert np.array(result).dtype.kind == np.array(value).dtype.kind


@pytest.mark.parametrize(
    ("kernel", "args"),
    [
        *((as_float, (1j,)), (as_float, ("s",)), (as_float, (np.ones(2),)), (as_float, ()), (as_float, (1.0, 2.0))),
        *((several, (True,)), (undeclared, (1.0,)), (of_a_tuple, ((1.0, 2.0, 3.0), 4))),
    ],
)
def test_impossible_arguments_are_errors(kernel, args):
    for k in (kernel, PLAIN[kernel]):
        with pytest.raises(TypeError):
            k(*args)
    for outcome, ops in (reference_outcome(kernel, *args), compiled_count(PLAIN[kernel], *args)):
        assert type(outcome) is TypeError
        assert not ops


def test_the_words_of_an_impossible_argument():
    with pytest.raises(TypeError) as error:
        PLAIN[several](1j)
    takes = "it takes (float32) and (float64) and (int64)"
    assert str(error.value) == f"kernel several was given (complex128); {takes}: convert the arguments"


@mk.kernel
def midpoint(f, a, b):
    return (b - a) * f(a + b)


def square(x):
    return x * x


def test_a_function_by_address_is_called_with_its_types(agree):
    f = by_address(square, float64(float64))
    for args in ((0, 2), (0.0, 2.0), (np.float32(0), np.float32(2))):
        value, ops = agree(midpoint, f, *args)
        assert (value, ops["float64"].mul, ops["float32"].mul) == (8.0, 2, 0)
    in_plain = PlainKernel(square, {}).at_address(float64(float64), "f")
    with mk.count() as ops:
        assert repr(PlainKernel(midpoint.py_func, {})(in_plain, 1, 3)) == "32.0"
    assert ops.to_dict() == {"float64": {"mul": 2}, "int": {"add": 1, "sub": 1}, "calls": {"f": 1}}
    assert repr(PlainKernel(midpoint.py_func, {})(in_plain, 1, 3)) == "32.0"
    lossy = PlainKernel(square, {}).at_address(int64(int64), None)
    for outcome, _ in (
        compiled_count(PlainKernel(midpoint.py_func, {}), lossy, 0.5, 1.0),
        compiled_count(midpoint, by_address(square, int64(int64)), 0.5, 1.0),
    ):
        assert type(outcome) is mk.KernelError


# -- lists -------------------------------------------------------------------------------------------------------


@mk.kernel
def changes(values, others):
    values.append(3.0)
    values[0] = values[0] * 2.0
    last = others.pop()
    others.reverse()
    return values, len(others), last


def outcomes(kernel, make):
    """The outcome and the arguments after a call, by compiled code, the reference, and a plain kernel in a block."""
    for call in (compiled_count, reference_outcome, lambda k, *a: compiled_count(PlainKernel(k.py_func, {}), *a)):
        args = make()
        outcome, ops = call(kernel, *args)
        yield outcome, ops.to_dict(), args


def test_lists_are_changed_for_the_caller():
    for outcome, counts, args in outcomes(changes, lambda: ([1.0, 2.0], [5.0, 6.0, 7.0])):
        assert args == ([2.0, 2.0, 3.0], [6.0, 5.0])
        assert outcome[0] is args[0]
        assert outcome[1:] == (2, 7.0)
        assert counts == {"float64": {"mul": 1}}


def test_one_list_given_twice_is_one_list():
    def twice():
        values = [1.0, 2.0]
        return values, values

    for outcome, _, (values, _) in outcomes(changes, twice):
        assert values == [2.0, 2.0][::-1]
        assert outcome[1:] == (2, 3.0)


@mk.kernel
def raises(values):
    values.append(3.0)
    raise ValueError("no")


@mk.kernel
def of_a_pair(pair):
    pair[0].append(3.0)
    pair[1][0] = 5.0
    return pair


@mk.kernel
def one_type(values):
    values[0] = 1.5
    values.append(2)
    values[1:2] = [values[0]]
    local = [1, 2]
    local.append(2.5)
    return values[-1] + 1, local[0] / 2, local[1] * 3, values[:2]


@mk.kernel
def of_arrays(arrays):
    arrays[0][0] = 5.0
    return len(arrays)


@pytest.mark.parametrize(
    ("kernel", "make", "after"),
    [
        (raises, lambda: ([1.0],), ([1.0, 3.0],)),
        (of_a_pair, lambda: (([1.0], np.ones(1)),), (([1.0], np.array([5.0])),)),  # Numba gives such lists not back
        (one_type, lambda: ([4, 5],), ([1, 1, 2],)),
        (one_type, lambda: ([4.0, 5.0],), ([1.5, 1.5, 2.0],)),
        (of_arrays, lambda: ([np.ones(1), np.ones(1)],), ([np.array([5.0]), np.ones(1)],)),
    ],
)
def test_lists_of_every_kind(kernel, make, after):
    found = list(outcomes(kernel, make))
    for outcome, counts, args in found:
        assert_same(args, after)
        assert_same(outcome, found[0][0])
        assert repr(outcome) == repr(found[0][0])
        assert counts == found[0][1]


OUTSIDE = [1.0, 2.0]


@mk.kernel
def of_a_global(x):
    return OUTSIDE[0] * x


@mk.kernel
def nested(lists):
    lists[0].append(1.0)


@mk.kernel
def appends_a_float(values):
    values.append(1.5)


@mk.kernel
def assigns_integers(values):
    values[0:1] = [2]


@pytest.mark.parametrize(
    ("kernel", "args", "error"),
    [
        *((of_a_global, (2.0,), mk.KernelError), (nested, ([[1.0], [2.0]],), mk.KernelError)),
        *((appends_a_float, ([1],), mk.KernelError), (assigns_integers, ([1.5],), mk.KernelError)),
        *((one_type, ([],), TypeError), (one_type, ([1, 2.5],), TypeError)),
    ],
)
def test_lists_that_compiled_code_cannot_take(kernel, args, error):
    for outcome, counts, _ in outcomes(kernel, lambda: args):
        assert isinstance(outcome, error)
        assert counts == {}


@pytest.mark.parametrize(
    "statement",
    [
        *(
            "l.extend([1.0])",
            "l += [1.0]",
            "l = l * 2",
            "del l[0]",
            "l.sort()",
            "b = l == l",
            "a, b = l",
            "b = 1.0 in l",
        ),
        *("l.insert(0, 1.0)", "m = l.copy()", "x = min(l)", "n = l.index(1.0)"),
    ],
)
def test_list_operations_that_both_refuse(from_source, statement):
    kernel = mk.kernel(from_source(f"def kernel(l):\n    {statement}\n    return l\n"))
    for outcome, counts, args in outcomes(kernel, lambda: ([1.0, 2.0],)):
        assert isinstance(outcome, mk.UncountedError)
        assert (counts, args) == ({}, ([1.0, 2.0],))


# -- types as arguments of np.zeros and its like, keywords, defaults, *args --------------------------------------


@pytest.mark.parametrize("name", ["float", "int", "bool", "complex", "np.float32", "np.bool_", "np.uint16"])
def test_a_type_as_the_type_of_elements(from_source, name):
    kernel = mk.kernel(from_source(f"def kernel(n):\n    return np.zeros(n, dtype={name}), np.full(n, 1, {name})\n"))
    (zeros, ones), ops = reference_count(kernel, 2)
    assert zeros.dtype == ones.dtype == np.dtype(eval(name))
    assert not ops


def test_float_as_the_type_of_elements_in_compiled_code(both):
    array, counts = both("np.zeros(a, dtype=float)", 2)  # Numba takes no other builtin
    assert (array.dtype, counts) == (np.float64, {})


@mk.kernel
def with_defaults(x, y=2.0, n=3):
    return x * y + n


@mk.kernel
def starred(x, *rest):
    s = x
    for value in rest:
        s = s + value
    return s * len(rest)


def test_keywords_defaults_and_stars(agree):
    twin = PlainKernel(with_defaults.py_func, {})
    for args, kwargs in (((1.0,), {}), ((1.0,), {"n": 4}), ((), {"y": 3.0, "x": 2.0}), ((1.0, 2.0, 3), {})):
        with mk.count() as ops:
            value = with_defaults(*args, **kwargs)
        with mk.count() as plain_ops:
            assert twin(*args, **kwargs) == value
        assert ops.to_dict() == plain_ops.to_dict() == {"float64": {"add": 1, "mul": 1}}
    assert agree(starred, 1.0, 2.0, 3.0)[1].to_dict() == {"float64": {"add": 2, "mul": 1}}
