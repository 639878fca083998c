"""What the compiler may do with the arithmetic of a kernel. No flag changes a count: counts are taken before."""

#: The terms of a sum may be added in any order, several at a time: the rounding differs.
ANY_ORDER = {"reassoc"}
#: A product and the sum it goes into may be one instruction, with one rounding.
FUSED = {"contract"}
#: Both.
FAST = ANY_ORDER | FUSED
