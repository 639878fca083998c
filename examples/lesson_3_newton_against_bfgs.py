# %% [markdown]
# # 3. Newton against BFGS
#
# Newton's method uses second derivatives and needs few steps. BFGS learns them from the gradients it has seen, and
# needs more steps, each of which is cheaper. Which one costs less?

# %%
import matplotlib.pyplot as plt
import numpy as np

import mechkit as mk
from mechkit.optimization import minimize

# %% [markdown]
# Rosenbrock's function has a long bent valley. Its minimum is 0, at (1, 1).


# %%
@mk.kernel
def rosenbrock(x):
    return 100.0 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1.0 - x[0]) * (1.0 - x[0])


@mk.kernel
def gradient(x):
    g = np.empty(2)
    inner = x[1] - x[0] * x[0]
    g[0] = -400.0 * x[0] * inner - 2.0 * (1.0 - x[0])
    g[1] = 200.0 * inner
    return g


@mk.kernel
def hessian(x):
    h = np.empty((2, 2))
    h[0, 0] = 1200.0 * x[0] * x[0] - 400.0 * x[1] + 2.0
    h[0, 1] = -400.0 * x[0]
    h[1, 0] = h[0, 1]
    h[1, 1] = 200.0
    return h


# %%
start = [-1.2, 1.0]
with mk.count() as of_newton:
    newton = minimize(rosenbrock, start, method="newton", jac=gradient, hess=hessian)
with mk.count() as of_bfgs:
    bfgs = minimize(rosenbrock, start, method="BFGS", jac=gradient)
newton.x, bfgs.x

# %% [markdown]
# The calls of each function are counted apart: a gradient may cost much more than a value.

# %%
for name, result, ops in (("Newton", newton, of_newton), ("BFGS", bfgs, of_bfgs)):
    print(f"{name:7} {result.nit:3} steps, calls {dict(ops.calls)}, {ops.flops:6,} flops")

# %% [markdown]
# ## How fast the error falls
#
# Near the minimum Newton's error is squared at each step: twice as many correct digits. BFGS is faster than any fixed
# factor, but not that fast.

# %%
figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
for name, result, marker in (("Newton", newton, "o"), ("BFGS", bfgs, "s")):
    f = np.asarray(result.history["fun"])
    axes.semilogy(np.arange(f.size), np.maximum(f, 1e-32), marker=marker, label=name)
axes.set(xlabel="step", ylabel="f(x), the minimum is 0")
axes.legend()

# %% [markdown]
# ## Exercises
#
# 1. Leave `jac` out. How many calls of the function does BFGS make now, and why?
# 2. The Hessian of n variables has n^2 elements, and Newton solves a system with it at each step. From which n on would
#    you rather take BFGS? Count on `mechkit.problems` and find out.
# 3. Start at (1.2, 1). What changes?
