"""The count block: nesting, exceptions, threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mechkit as mk


def work(x):
    s = 0.0
    for k in range(x.size):
        s += x[k] * x[k]
        if s > 1e300:
            raise ValueError("overflow")
    return s


holding = mk.kernel(work)
releasing = mk.kernel(nogil=True)(work)


def counts(n):
    return mk.OpCounts.from_dict({"float64": {"add": n, "mul": n, "compare": n, "loads": 2 * n, "bytes": 16 * n}})


def test_nested_blocks():
    x = np.ones(3)
    with mk.count() as outer:
        holding(x)
        with mk.count() as inner:
            holding(x)
        holding(x)
    assert inner == counts(3)
    assert outer == counts(9)


def test_outside_a_block_nothing_is_left():
    x = np.ones(3)
    holding(x)
    with mk.count() as ops:
        pass
    holding(x)
    assert not ops
    with mk.count() as ops:
        holding(x)
    holding(x)
    assert ops == counts(3)


def test_what_was_counted_before_an_exception_is_kept():
    holding(np.ones(2))
    with pytest.raises(ValueError, match="overflow"), mk.count() as ops:
        holding(holding(np.ones(2)) * np.full(5, 1e200))
    assert ops == counts(2) + counts(1)
    with mk.count() as after:
        holding(np.ones(1))
    assert after == counts(1)


@pytest.mark.parametrize("kernel", [holding, releasing], ids=["with the lock", "nogil"])
def test_eight_threads_at_once(kernel):
    kernel(np.ones(1))
    start = threading.Barrier(8)

    def one(n):
        x = np.ones(n)
        start.wait()
        with mk.count() as ops:
            for _ in range(10):
                kernel(x)
        return ops

    sizes = [200 * (i + 1) for i in range(8)]
    with mk.count() as mine, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, sizes))
    assert found == [counts(10 * n) for n in sizes]
    assert sum(found) == counts(10 * sum(sizes))
    assert not mine


@pytest.mark.parametrize("kernel", [holding, releasing], ids=["with the lock", "nogil"])
def test_a_thread_without_a_block_disturbs_nobody(kernel):
    kernel(np.ones(1))
    stop = threading.Event()

    def background():
        while not stop.is_set():
            kernel(np.ones(100))

    other = threading.Thread(target=background)
    other.start()
    with pytest.warns(RuntimeWarning, match="which was there before the count block was opened"), mk.count() as ops:
        for _ in range(50):
            kernel(np.ones(10))
            time.sleep(1e-4)
    stop.set()
    other.join()
    assert ops == counts(500)


def test_a_block_in_a_thread_that_already_ran_kernels():
    def late():
        holding(np.ones(4))
        with mk.count() as ops:
            holding(np.ones(4))
        return ops

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(late).result() == counts(4)
        assert pool.submit(late).result() == counts(4)


def test_a_block_read_in_another_thread_is_the_same_block():
    with mk.count() as ops, ThreadPoolExecutor(1) as pool:
        holding(np.ones(2))
        pool.submit(holding, np.ones(7)).result()
        assert pool.submit(lambda: ops + mk.OpCounts()).result() == counts(2) + counts(7)


def test_a_block_that_is_not_opened_says_how():
    ops = mk.count()
    with pytest.raises(AttributeError, match="the block is not open, so it has no 'mul'; write: with mk.count"):
        _ = ops.mul
