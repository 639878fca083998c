"""Whose counts are whose: threads with and without a block, Numba's own threads, tasks, generators."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest

import mechkit as mk
from mechkit.counting.count import is_counting


@mk.kernel
def square(x):
    return x * x


@mk.kernel
def squares(n):
    s = 0.0
    for i in range(n):
        s += square(float(i))
    return s


@pytest.mark.compiled
@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaWarning")
def test_a_parallel_loop_around_a_kernel_is_counted_whole():
    @numba.njit(parallel=True)
    def parallel(n):
        s = 0.0
        for i in numba.prange(n):
            s += square(float(i))
        return s

    for _ in range(3):
        with mk.count() as ops:
            parallel(1000)
        assert ops.mul == 1000


@pytest.mark.compiled
def test_a_parallel_ufunc_of_a_kernel_is_counted_whole():
    @numba.vectorize(["float64(float64)"], target="parallel")
    def parallel(x):
        return square(x)

    with mk.count() as ops:
        parallel(np.ones(10001))
    assert ops.mul == 10001


def test_a_pool_inside_a_block_works_for_the_block():
    with mk.count() as outer:
        square(1.0)
        with mk.count() as inner, ThreadPoolExecutor(4) as pool:
            list(pool.map(squares, range(20)))
    assert inner.mul == sum(range(20))
    assert outer.mul == sum(range(20)) + 1


def test_a_pool_from_before_the_block_is_not_counted_and_named():
    with ThreadPoolExecutor(1, thread_name_prefix="early") as pool:
        pool.submit(squares, 5).result()
        with (
            pytest.warns(RuntimeWarning, match="kernels ran in thread 'early_0', which was there before"),
            mk.count() as ops,
        ):
            pool.submit(squares, 7).result()
            squares(2)
    assert ops.mul == 2


def test_a_thread_that_was_there_but_ran_nothing_is_no_news():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(squares, 5).result()
        with mk.count() as ops:
            pool.submit(str, 7).result()
            squares(2)
    assert ops.mul == 2


def test_threads_with_blocks_of_their_own_count_for_themselves():
    meet = threading.Barrier(4)

    def task(n):
        with mk.count() as ops:
            meet.wait()
            squares(n)
            meet.wait()
        return ops.mul

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(task, [10, 20, 30, 40])) == [10, 20, 30, 40]


def test_what_a_thread_counts_for_itself_is_not_of_a_block_around_it():
    def task(n):
        with mk.count() as ops:
            squares(n)
        return ops.mul

    with mk.count() as outer:
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(task, [3, 4, 5]))
        squares(2)
    assert (found, outer.mul) == ([3, 4, 5], 2)


def test_work_that_could_be_of_two_blocks_is_of_none_and_says_so():
    opened, worked = threading.Event(), threading.Event()
    found = []

    def other():
        with pytest.warns(RuntimeWarning, match="while several other threads had one"), mk.count() as ops:
            square(1.0)
            opened.set()
            worked.wait()
        found.append(ops.mul)

    def without_block():
        squares(50)

    thread = threading.Thread(target=other)
    with pytest.warns(RuntimeWarning, match="open a block in each thread"), mk.count() as ops:
        thread.start()
        opened.wait()
        squares(3)
        helper = threading.Thread(target=without_block)
        helper.start()
        helper.join()
        worked.set()
        thread.join()
    assert (ops.mul, found) == (3, [1])
    with mk.count() as later:
        squares(2)
    assert later.mul == 2


def test_tasks_without_await_in_their_blocks_do_not_mix():
    async def task(n):
        await asyncio.sleep(0)
        with mk.count() as ops:
            squares(n)
        await asyncio.sleep(0)
        return ops.mul

    async def tasks():
        return await asyncio.gather(task(2), task(5))

    assert asyncio.run(tasks()) == [2, 5]


def test_a_block_that_is_suspended_by_an_await_is_refused():
    async def task(n):
        with mk.count():
            squares(n)
            await asyncio.sleep(0)

    async def tasks():
        return await asyncio.gather(task(2), task(5), return_exceptions=True)

    for error in asyncio.run(tasks()):
        with pytest.raises(RuntimeError, match="suspended by an await: it may hold the operations of other tasks"):
            raise error


def test_an_exception_in_a_suspended_block_is_not_replaced():
    async def task():
        with mk.count():
            await asyncio.sleep(0)
            raise KeyError("own")

    with pytest.raises(KeyError, match="own"):
        asyncio.run(task())


def test_a_block_in_a_generator_that_another_thread_closes_silences_nobody():
    def counting():
        with mk.count() as ops:
            square(1.0)
            yield ops
            square(2.0)

    generator = counting()
    ops = next(generator)
    closing = threading.Thread(target=generator.close)
    closing.start()
    closing.join()
    assert ops.mul == 1
    assert not is_counting()
    with mk.count() as later:
        squares(3)
    assert later.mul == 3


def test_counts_of_threads_that_ended_are_kept():
    with mk.count() as ops:
        for n in range(5):
            thread = threading.Thread(target=squares, args=(n,))
            thread.start()
            thread.join()
        assert ops.mul == 10
    assert ops.mul == 10


def test_a_thread_that_starts_where_another_ended_works_for_the_block():
    leave = threading.Event()
    early = threading.Thread(target=leave.wait)
    early.start()
    with mk.count() as ops:
        leave.set()
        early.join()
        for _ in range(3):  # the system gives their identity, but not their native one, again
            late = threading.Thread(target=squares, args=(7,))
            late.start()
            late.join()
    assert ops.mul == 21


@mk.kernel(nogil=True)
def released(n):
    s = 0.0
    for i in range(n):
        s += square(float(i))
    return s


@pytest.mark.compiled
def test_blocks_of_threads_without_the_interpreter_lock_stay_apart():
    meet = threading.Barrier(4)

    def task(n):
        found = []
        meet.wait()
        for _ in range(300):
            with mk.count() as ops:
                released(n)
                released(n)
            found.append(ops.mul)
        return found

    released(1)
    with ThreadPoolExecutor(4) as pool:
        for n, found in zip((3000, 4000, 5000, 6000), pool.map(task, (3000, 4000, 5000, 6000)), strict=True):
            assert found == [2 * n] * 300
