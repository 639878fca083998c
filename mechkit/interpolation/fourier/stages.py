"""The stages of a transform of mixed radix: short transforms of 2, 3, 4, 5 or any number of elements, and twiddles.

A stage takes x (r, m, q) and leaves y (m, r, q). For each p and each of the q columns it transforms the r elements
x[:, p], and multiplies frequency k by the root of unity w[k - 1, p]. When all stages are through, the frequencies are
in order: nothing has to be sorted, and the innermost loop goes through memory in order.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.fourier.roots_of_unity import roots_of_unity
from mechkit.linear_systems.flags import FUSED


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def stage_2(x, y, w):
    """Two elements: x (2, m, q), y (m, 2, q), w (1, m).

    >>> from mechkit import law
    >>> law(lambda m, q: stage_2(*stage(2, m, q)), m=range(1, 5), q=range(1, 5)).flops
    Polynomial('10mq')
    """
    # Van Loan, algorithm 1.7.1: the transposed Stockham transform, by decimation in frequency
    for p in range(x.shape[1]):
        w1 = w[0, p]
        x0, x1 = x[0, p], x[1, p]
        y0, y1 = y[p, 0], y[p, 1]
        for q in range(x.shape[2]):
            a, b = x0[q], x1[q]
            y0[q] = a + b
            y1[q] = w1 * (a - b)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def stage_3(x, y, w, roots):
    """Three elements: x (3, m, q), y (m, 3, q), w (2, m), roots (3,) of unity of order 3.

    >>> from mechkit import law
    >>> law(lambda m, q: stage_3(*stage(3, m, q), np.ones(3, complex)), m=range(1, 5), q=range(1, 5)).flops
    Polynomial('28mq')
    """
    # Winograd, On computing the discrete Fourier transform, Math. Comp. 32 (1978)
    cosine, sine = roots[1].real, roots[1].imag
    for p in range(x.shape[1]):
        w1, w2 = w[0, p], w[1, p]
        x0, x1, x2 = x[0, p], x[1, p], x[2, p]
        y0, y1, y2 = y[p, 0], y[p, 1], y[p, 2]
        for q in range(x.shape[2]):
            a = x0[q]
            total, difference = x1[q] + x2[q], x1[q] - x2[q]
            b = complex(a.real + cosine * total.real, a.imag + cosine * total.imag)
            c = complex(sine * difference.imag, sine * difference.real)
            y0[q] = a + total
            y1[q] = w1 * complex(b.real - c.real, b.imag + c.imag)
            y2[q] = w2 * complex(b.real + c.real, b.imag - c.imag)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def stage_4(x, y, w):
    """Four elements: x (4, m, q), y (m, 4, q), w (3, m).

    >>> from mechkit import law
    >>> law(lambda m, q: stage_4(*stage(4, m, q)), m=range(1, 5), q=range(1, 5)).flops
    Polynomial('34mq')
    """
    # Van Loan, section 2.4: two stages of radix 2 in one, of whose products one is by -i
    for p in range(x.shape[1]):
        w1, w2, w3 = w[0, p], w[1, p], w[2, p]
        x0, x1, x2, x3 = x[0, p], x[1, p], x[2, p], x[3, p]
        y0, y1, y2, y3 = y[p, 0], y[p, 1], y[p, 2], y[p, 3]
        for q in range(x.shape[2]):
            a, b = x0[q] + x2[q], x0[q] - x2[q]
            c, d = x1[q] + x3[q], x1[q] - x3[q]
            y0[q] = a + c
            y1[q] = w1 * complex(b.real + d.imag, b.imag - d.real)
            y2[q] = w2 * (a - c)
            y3[q] = w3 * complex(b.real - d.imag, b.imag + d.real)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def first_stage_4(x, y, w):
    """Like `stage_4` for one column, in which the loop over p is the innermost one: x (4, m), y (m, 4), w (3, m).

    >>> from mechkit import law
    >>> law(lambda m: first_stage_4(np.ones((4, m), complex), np.ones((m, 4), complex), np.ones((3, m), complex)),
    ...     m=range(1, 5)).flops
    Polynomial('34m')
    """
    for p in range(x.shape[1]):
        a, b = x[0, p] + x[2, p], x[0, p] - x[2, p]
        c, d = x[1, p] + x[3, p], x[1, p] - x[3, p]
        y[p, 0] = a + c
        y[p, 1] = w[0, p] * complex(b.real + d.imag, b.imag - d.real)
        y[p, 2] = w[1, p] * (a - c)
        y[p, 3] = w[2, p] * complex(b.real - d.imag, b.imag + d.real)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def stage_5(x, y, w, roots):
    """Five elements: x (5, m, q), y (m, 5, q), w (4, m), roots (5,) of unity of order 5.

    >>> from mechkit import law
    >>> law(lambda m, q: stage_5(*stage(5, m, q), np.ones(5, complex)), m=range(1, 5), q=range(1, 5)).flops
    Polynomial('72mq')
    """
    # Van Loan, section 2.4; the sines are negative, as those of the roots are
    c1, s1 = roots[1].real, roots[1].imag
    c2, s2 = roots[2].real, roots[2].imag
    for p in range(x.shape[1]):
        w1, w2, w3, w4 = w[0, p], w[1, p], w[2, p], w[3, p]
        x0, x1, x2, x3, x4 = x[0, p], x[1, p], x[2, p], x[3, p], x[4, p]
        y0, y1, y2, y3, y4 = y[p, 0], y[p, 1], y[p, 2], y[p, 3], y[p, 4]
        for q in range(x.shape[2]):
            a = x0[q]
            b, c = x1[q] + x4[q], x2[q] + x3[q]
            d, e = x1[q] - x4[q], x2[q] - x3[q]
            f = complex(a.real + c1 * b.real + c2 * c.real, a.imag + c1 * b.imag + c2 * c.imag)
            g = complex(a.real + c2 * b.real + c1 * c.real, a.imag + c2 * b.imag + c1 * c.imag)
            h = complex(s1 * d.real + s2 * e.real, s1 * d.imag + s2 * e.imag)
            o = complex(s2 * d.real - s1 * e.real, s2 * d.imag - s1 * e.imag)
            y0[q] = a + b + c
            y1[q] = w1 * complex(f.real - h.imag, f.imag + h.real)
            y2[q] = w2 * complex(g.real - o.imag, g.imag + o.real)
            y3[q] = w3 * complex(g.real + o.imag, g.imag - o.real)
            y4[q] = w4 * complex(f.real + h.imag, f.imag - h.real)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def stage_of_any_radix(x, y, w, roots):
    """r elements by the definition: x (r, m, q), y (m, r, q), w (r - 1, m), roots (r,) of unity of order r.

    >>> from mechkit import law
    >>> def run(m, r):
    ...     stage_of_any_radix(*stage(r, m, 1), np.ones(r, complex))
    >>> law(run, m=range(1, 6), r=range(2, 8)).flops
    Polynomial('8mr^2 - 2mr - 6m - 6r + 6')
    """
    r = x.shape[0]
    for p in range(x.shape[1]):
        for k in range(r):
            first, row = x[0, p], y[p, k]
            for q in range(x.shape[2]):
                row[q] = first[q]
            power = 0
            for j in range(1, r):
                power = power + k
                if power >= r:
                    power = power - r
                root, element = roots[power], x[j, p]
                for q in range(x.shape[2]):
                    row[q] = row[q] + root * element[q]
            if k > 0 and p > 0:  # the others are 1
                twiddle = w[k - 1, p]
                for q in range(x.shape[2]):
                    row[q] = twiddle * row[q]


def stage(r: int, m: int, q: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a stage takes, for an example: x, y and w."""
    x = np.arange(r * m * q).reshape(r, m, q) + 1j
    return x, np.empty((m, r, q), complex), roots_of_unity(r * m, np.outer(np.arange(1, r), np.arange(m)))


@stage_2.example
def _(n):
    return stage(2, n, 3)


@stage_3.example
def _(n):
    return *stage(3, n, 3), roots_of_unity(3, np.arange(3))


@stage_4.example
def _(n):
    return stage(4, n, 3)


@first_stage_4.example
def _(n):
    x, y, w = stage(4, n, 1)
    return x[:, :, 0], y[:, :, 0], w


@stage_5.example
def _(n):
    return *stage(5, n, 3), roots_of_unity(5, np.arange(5))


@stage_of_any_radix.example
def _(n):
    return *stage(7, n, 3), roots_of_unity(7, np.arange(7))
