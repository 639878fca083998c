"""A small network written out in loops: layers of weights, each followed by max(0, z)."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.mechanisms.shared.runs import counted


@kernel(cache=True, error_model="numpy")
def inner_product(x, y):
    """The sum of the products of two vectors.

    >>> from mechkit import law
    >>> law(inner_product, m=range(1, 6)).flops
    Polynomial('2m')
    """
    s = 0.0
    for j in range(x.size):
        s += x[j] * y[j]
    return s


@inner_product.example
def _(m):
    return np.ones(m), np.ones(m)


@kernel(cache=True, error_model="numpy")
def forward(W, X):
    """The values of all layers: X[l + 1] = max(0, W[l] X[l]); W (d, w, w), X (d + 1, w) with the input in X[0].

    >>> from mechkit import law
    >>> law(forward, w=range(1, 7)).flops
    Polynomial('4w^2')
    """
    for l in range(W.shape[0]):
        for i in range(W.shape[1]):
            row = W[l, i]
            s = 0.0
            for j in range(row.size):
                s += row[j] * X[l, j]
            X[l + 1, i] = max(0.0, s)


@forward.example
def _(w):
    return np.full((2, w, w), 0.5), np.ones((3, w))


@kernel(cache=True, error_model="numpy")
def backward(W, X, delta, D, G):
    """Add the gradient of the loss by the weights to G (d, w, w).

    delta (w,) holds the gradient by the output, and is overwritten; D (w,) is for work. The gradient by the input of
    the network is computed too, as a layer below would need it.

    >>> from mechkit import law
    >>> law(backward, w=range(1, 7)).flops
    Polynomial('8w^2')
    """
    # Goodfellow, Bengio and Courville, Deep Learning (2016), algorithm 6.4
    for step in range(W.shape[0]):
        l = W.shape[0] - 1 - step
        D[:] = 0.0
        for i in range(W.shape[1]):
            if X[l + 1, i] > 0.0:  # the slope of max(0, z) is 1 there, and 0 elsewhere
                row, g, d = W[l, i], G[l, i], delta[i]
                for j in range(row.size):
                    g[j] += d * X[l, j]  # 1  by the weights
                    D[j] += d * row[j]  # 2  by the values below
        delta[:] = D


@backward.example
def _(w):
    X = np.ones((3, w))
    return np.full((2, w, w), 0.5), X, np.ones(w), np.empty(w), np.zeros((2, w, w))


@kernel(cache=True, error_model="numpy")
def update(W, G, rate):
    """A step against the gradient.

    >>> from mechkit import law
    >>> law(update, w=range(1, 7)).flops
    Polynomial('4w^2')
    """
    for l in range(W.shape[0]):
        for i in range(W.shape[1]):
            for j in range(W.shape[2]):
                W[l, i, j] -= rate * G[l, i, j]


@update.example
def _(w):
    return np.ones((2, w, w)), np.ones((2, w, w)), 0.125


def network(w: int, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (depth, w, w) and values (depth + 1, w) of a network of `depth` layers of w, its input in values[0].

    All weights are positive, so that no unit is switched off.
    """
    rng = np.random.default_rng(0)
    W = rng.uniform(0.5, 1.5, (depth, w, w)) / w
    X = np.empty((depth + 1, w))
    X[0] = rng.uniform(0.5, 1.5, w)
    return W, X


def parameters(w: int, depth: int) -> int:
    """The number of weights of `depth` layers of w units."""
    return depth * w * w


def flops(w: int, depth: int) -> dict[str, int]:
    """The flops of the passes of one sample through that network, and of the step that follows."""
    W, X = network(w, depth)
    G = np.zeros_like(W)
    return {
        "forward": counted(forward, W, X)[1].flops,
        "backward": counted(backward, W, X, np.ones(w), np.empty(w), G)[1].flops,
        "step": counted(update, W, G, 0.01)[1].flops,
    }
