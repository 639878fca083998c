"""Every kernel there is, found without being listed: it has an example, and two independent counters agree on it."""

import copy
import re

import numpy as np
import pytest

import mechkit as mk
from mechkit.counting.example import kernels_of
from mechkit.counting.reference import reference_count

# The golden kernels of the instrument's self-test are compared by the self-test.
KERNELS = {name: k for name, k in kernels_of(mk).items() if not name.startswith("mechkit.counting.")}


def test_kernels_are_found():
    assert "mechkit.linear_systems.dense.eliminate" in KERNELS


def flat(result):
    """Tuples within tuples as one; anything else as it is."""
    if not isinstance(result, tuple):
        return result
    parts = [flat(part) for part in result]
    return tuple(x for part in parts for x in (part if isinstance(part, tuple) else (part,)))


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("n", [1, 2, 13])
def test_the_two_counters_agree(name, n):
    kernel = KERNELS[name]
    compiled, plain = kernel.example_arguments(n), kernel.example_arguments(n)
    with mk.count() as ops:
        result = kernel(*compiled)
    reference_result, reference = reference_count(kernel, *plain)
    assert ops == reference
    assert flat(result) == pytest.approx(flat(reference_result), nan_ok=True)
    for ours, theirs in zip(compiled, plain, strict=True):
        if isinstance(ours, np.ndarray):
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


#: What computes in float64 throughout, as the functions that it is given do; transforms do not.
IN_DOUBLE = tuple(f"mechkit.{part}." for part in ("optimization", "interpolation", "mechanisms", "odes", "tsp"))


@pytest.mark.parametrize(
    "name",
    [name for name in KERNELS if not name.startswith(IN_DOUBLE) or ".fourier." in name],
)
def test_counts_in_single_precision_are_all_single(name):
    kernel = KERNELS[name]
    single = {np.dtype(float): np.float32, np.dtype(complex): np.complex64}
    with np.errstate(all="ignore"):  # what stands in an array for work may be any number
        arguments = tuple(
            a.astype(single[a.dtype]) if isinstance(a, np.ndarray | np.float64) and a.dtype in single else a
            for a in kernel.example_arguments(9)
        )
    with mk.count() as ops:
        kernel(*copy.deepcopy(arguments))
    in_double = kernel.example_arguments(9)
    with mk.count() as double:
        kernel(*in_double)
    assert ops["float64"].flops == 0
    assert ops["float32"].flops == double["float64"].flops
    assert reference_count(kernel, *arguments)[1] == ops


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_states_its_law_as_a_doctest(name):
    document = KERNELS[name].py_func.__doc__
    assert ">>> " in document
    assert re.search(r"\b(law|growth)\(", document)
