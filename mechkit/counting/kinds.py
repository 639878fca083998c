"""The names of what is counted, and the layout of the table the counts go into.

This is all that the compiler's counter and the reference counter share: names, no rules.
"""

#: The types an operation can run in. Integer work of every width is one column, and never a flop.
FLOATS = ("float32", "float64")
COLUMNS = (*FLOATS, "int")

ARITHMETIC = ("add", "sub", "mul", "div", "sqrt", "pow", "floordiv", "mod")
FUNCTIONS = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "hypot"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("cbrt", "erf", "erfc", "gamma", "lgamma"),
)
#: The kinds that make up ``flops``, one each: the measure of the textbooks and of LAPACK.
FLOPS = ARITHMETIC + FUNCTIONS
#: Work on numbers that the textbooks do not call a flop.
QUIET = ("neg", "abs", "compare", "convert", "copysign", "floor", "ceil", "trunc", "round", "random")
#: Elements of arrays read and written, and the bytes of both together.
MEMORY = ("loads", "stores", "bytes")
#: What only integers do.
BITWISE = ("lshift", "rshift", "bitand", "bitor", "bitxor", "invert")

KINDS = FLOPS + QUIET + MEMORY + BITWISE

#: Calls of a user's function in a role: the function itself, its first derivatives, its second. They stand in a column
#: of their own, and are no operations: f is not f'.
CALLS = ("f", "jac", "hess")

#: The place of each (column, kind) in a table of counts.
INDEX = {
    key: i for i, key in enumerate([*((c, k) for c in COLUMNS for k in KINDS), *(("calls", role) for role in CALLS)])
}
SIZE = len(INDEX)
