# %% [markdown]
# # 1. Count your own function
#
# A polynomial can be evaluated in many ways. All give the same value; they do not cost the same. Here you write two of
# them, and count exactly what each one does.

# %%
import numpy as np

import mechkit as mk

# %% [markdown]
# `@mk.kernel` compiles a function so that its operations can be counted. There is no counter in your code.


# %%
@mk.kernel
def powers(c, x):
    """c[0] + c[1] x + c[2] x^2 + ..., each power on its own."""
    s = 0.0
    for k in range(c.size):
        power = 1.0
        for _ in range(k):
            power = power * x
        s = s + c[k] * power
    return s


@mk.kernel
def horner(c, x):
    """The same, as c[0] + x (c[1] + x (c[2] + ...))."""
    s = 0.0
    for k in range(c.size - 1, -1, -1):
        s = s * x + c[k]
    return s


# %%
c = np.array([1.0, 2.0, 3.0, 4.0])
with mk.count() as of_powers:
    value = powers(c, 0.5)
with mk.count() as of_horner:
    same_value = horner(c, 0.5)
value, same_value

# %%
of_powers

# %%
of_horner

# %% [markdown]
# Where does the work happen? `mk.annotate` counts line by line.

# %%
mk.annotate(powers, c, 0.5)

# %% [markdown]
# ## The law behind the counts
#
# Counts are whole numbers, so the polynomial behind them can be found exactly. The sizes that were not used to find it
# check it.

# %%
mk.law(lambda n: powers(np.ones(n), 0.5), n=range(1, 10)).flops

# %%
mk.law(lambda n: horner(np.ones(n), 0.5), n=range(1, 10)).flops

# %%
both = mk.compare(
    {"powers": lambda n: powers(np.ones(n), 0.5), "horner": lambda n: horner(np.ones(n), 0.5)}, n=(10, 20, 40, 80, 160)
)
both

# %%
both.plot()

# %% [markdown]
# ## When something goes wrong
#
# What cannot be counted is refused, by one sentence that names the line.


# %%
@mk.kernel
def wrong(x):
    return np.dot(x, x)


try:
    wrong(np.ones(3))
except TypeError as error:
    print(error)

# %% [markdown]
# A compiled function does not look whether an index is inside the array. `mk.debug()` makes the first call of each
# kernel plain Python, whose messages you know.


# %%
@mk.kernel
def last(x):
    return x[x.size]


mk.debug()
try:
    last(np.ones(3))
except IndexError as error:
    print(error)
mk.debug(False)

# %% [markdown]
# ## Exercises
#
# 1. Write `powers` so that it keeps the power of the round before. What is its law now?
# 2. Which of the three has the fewest multiplications? Does it also load the fewest numbers?
# 3. `x ** k` is one operation of the kind `pow`. Is it a flop? Read `docs/what-is-counted.md`.
