"""An elimination order of few nonzeros for a symmetric sparse matrix: the rule of approximate minimum degree."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel


@kernel(cache=True, error_model="numpy")
def minimum_degree(indices, starts, room, order):
    """order[k] is the unknown that is eliminated k-th: always one with (nearly) the fewest neighbors at that time.

    indices, starts : the neighbors of each unknown, the pattern of the matrix by rows without its diagonal. room :
    work, at least 2 indices.size + 2 order.size + 2 elements. An eliminated unknown becomes an element: the list of its
    neighbors, which are neighbors of each other from then on. It takes in the elements that it was in itself.

    Whole numbers only:

    >>> from mechkit import law
    >>> law(minimum_degree, n=range(2, 7)).flops == 0
    True

    A star's center would link all its ends, so these go first; the center and the last end are neighbors of one each:

    >>> order = np.zeros(4, int)
    >>> minimum_degree(np.array([1, 2, 3, 0, 0, 0]), np.array([0, 3, 4, 5, 6]), np.zeros(22, int), order)
    >>> sorted(order[:2].tolist())
    [2, 3]
    """
    # Amestoy, Davis and Duff, An approximate minimum degree ordering algorithm, SIAM J. Matrix Anal. 17 (1996)
    n, top = order.size, 0
    lists, members = indices.copy(), room
    elements, variables, degree = np.zeros_like(order), np.zeros_like(order), np.zeros_like(order)
    begin, size = np.zeros_like(order), np.full_like(order, -1)  # of elements; -1 is none, or one that was taken in
    mark, outside, seen = np.full_like(order, -1), np.zeros_like(order), np.full_like(order, -1)
    head, after, before = np.full_like(order, -1), np.full_like(order, -1), np.full_like(order, -1)
    gone = np.zeros_like(order)
    for i in range(n):
        variables[i] = starts[i + 1] - starts[i]
        degree[i] = min(variables[i], n - 1)
        after[i] = head[degree[i]]
        if after[i] >= 0:
            before[after[i]] = i
        head[degree[i]] = i
    least = 0
    for k in range(n):
        while head[least] < 0:  # 1  an unknown of least degree
            least += 1
        p = head[least]
        head[least] = after[p]
        if after[p] >= 0:
            before[after[p]] = -1
        order[k], gone[p], mark[p] = p, 1, k

        if top + n - k > members.size:  # 2  close the gaps that elements have left, which lie in the order of k
            top = 0
            for j in range(k):
                e = order[j]
                if size[e] >= 0:
                    for a in range(size[e]):
                        members[top + a] = members[begin[e] + a]
                    begin[e] = top
                    top += size[e]

        begin[p], found, first = top, top, starts[p]  # 3  the new element
        for a in range(first + elements[p], first + elements[p] + variables[p]):
            i = lists[a]
            if mark[i] != k and gone[i] == 0:
                mark[i] = k
                members[found] = i
                found += 1
        for a in range(first, first + elements[p]):
            e = lists[a]
            for b in range(begin[e], begin[e] + size[e]):
                i = members[b]
                if mark[i] != k and gone[i] == 0:
                    mark[i] = k
                    members[found] = i
                    found += 1
            size[e] = -1
        size[p], top = found - top, found

        for a in range(begin[p], found):  # 4  how much of each element beside it is outside it
            i = members[a]
            for b in range(starts[i], starts[i] + elements[i]):
                e = lists[b]
                if size[e] >= 0:
                    if seen[e] != k:
                        seen[e], outside[e] = k, size[e]
                    outside[e] -= 1

        for a in range(begin[p], found):  # 5  the neighbors and the degree of each of its members
            i = members[a]
            first, put, total = starts[i], starts[i], 0
            last = first + elements[i]
            for b in range(first, last):
                e = lists[b]
                if size[e] >= 0 and outside[e] > 0:
                    lists[put] = e
                    put += 1
                    total += outside[e]
                else:  # the new one holds all of it
                    size[e] = -1
            kept = put
            for b in range(last, last + variables[i]):
                j = lists[b]
                if mark[j] != k and gone[j] == 0:
                    lists[put] = j
                    put += 1
                    total += 1
            if put > kept:
                lists[put] = lists[kept]
            lists[kept] = p
            elements[i], variables[i] = kept - first + 1, put - kept
            if before[i] >= 0:
                after[before[i]] = after[i]
            else:
                head[degree[i]] = after[i]
            if after[i] >= 0:
                before[after[i]] = before[i]
            degree[i] = min(degree[i], total) + size[p] - 1
            degree[i] = min(degree[i], n - k - 2)
            least = min(least, degree[i])
            before[i], after[i] = -1, head[degree[i]]
            if after[i] >= 0:
                before[after[i]] = i
            head[degree[i]] = i


@minimum_degree.example
def _(n):
    indices = np.array([j for i in range(n) for j in range(n) if j != i], np.int64)
    return indices, (n - 1) * np.arange(n + 1), np.zeros(2 * indices.size + 2 * n + 2, int), np.zeros(n, int)
