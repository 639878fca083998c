# %% [markdown]
# # 2. Banded against dense
#
# The matrix of a chain of springs has three diagonals; all else is zero. A solver that does not know this works on n^2
# numbers. One that knows works on 3n. What is this knowledge worth?

# %%
import numpy as np

import mechkit as mk
from mechkit.linear_systems import solve, solve_banded
from mechkit.problems import poisson_1d, to_band

# %%
poisson_1d(6).toarray()

# %% [markdown]
# Both solvers have SciPy's names and arguments.


# %%
def dense(n):
    return solve(poisson_1d(n).toarray(), np.ones(n))


def banded(n):
    return solve_banded((1, 1), to_band(poisson_1d(n), 1, 1), np.ones(n))


dense(6), banded(6)

# %% [markdown]
# `mk.compare` runs both over several sizes and counts exactly. `check` demands that they give the same answer.

# %%
both = mk.compare({"dense": dense, "banded": banded}, n=(10, 20, 40, 80, 160, 320), check=np.allclose)
both

# %%
both.plot()

# %% [markdown]
# The counts follow laws. From these follows where one method begins to cost less, and the ratio at a size that you
# would not want to wait for.

# %%
both.law("dense")

# %%
both.law("banded")

# %%
both.crossover("dense", "banded")

# %%
n = 100_000
both.law("dense")(n).flops / both.law("banded")(n).flops

# %% [markdown]
# ## Exercises
#
# 1. Doubling n multiplies the flops of each method by what? Read it from the laws, then from the picture.
# 2. `solveh_banded` uses that the matrix is symmetric and positive definite. Add it. What does symmetry save?
# 3. A machine does 10^9 flops a second. How large an n can each method solve in a minute?
