"""Numbers that kernels share. Each is exact in single precision, and of no higher one: float32 stays float32."""

import numpy as np

#: Where sums begin.
ZERO = np.float32(0.0)
QUARTER = np.float32(0.25)
HALF = np.float32(0.5)
TWO = np.float32(2.0)
FOUR = np.float32(4.0)
#: A step of an unsigned index.
ONE = np.uint32(1)
#: The first place, for a kernel that a kernel calls: a literal 0 or 1 is another type, which is compiled once more.
ORIGIN = np.int64(0)
FIRST = np.int64(1)
