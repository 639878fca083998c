"""Mistakes that beginners make in kernels: the source, the call, and words that the message must have.

The line of the offence ends in ``#!``. Where that is the call itself, or nowhere in the kernel, no line is marked.
"""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """A function `f` to be decorated, arguments to call it with, and the words that help."""

    source: str
    arguments: str
    words: tuple[str, ...]


X = "np.array([1.0, 2.0, 3.0])"
A = "np.ones((2, 3))"

MISTAKES = {
    # -- arguments ---------------------------------------------------------------------------------------------------
    "empty list": Mistake(
        """
def f(x):
    return x[0]
""",
        "[]",
        ("np.array",),
    ),
    "list of lists": Mistake(
        """
def f(x):
    return x[0][0]
""",
        "[[1.0, 2.0], [3.0, 4.0]]",
        ("np.array",),
    ),
    "list for an array, size": Mistake(
        """
def f(x):
    return x.size #!
""",
        "[1.0, 2.0]",
        ("x is a list", "np.array"),
    ),
    "list for an array, shape": Mistake(
        """
def f(x):
    n = x.shape[0] #!
    return n
""",
        "[1.0, 2.0]",
        ("x is a list", "np.array"),
    ),
    "list with two indices": Mistake(
        """
def f(x):
    return x[0, 0] #!
""",
        "[1.0, 2.0]",
        ("x is a list", "np.array"),
    ),
    "list of mixed types": Mistake(
        """
def f(x):
    return x[0]
""",
        "[1, 2.5]",
        ("np.array",),
    ),
    "string": Mistake(
        """
def f(x):
    return x + 1.0 #!
""",
        "'2.5'",
        ("string", "float("),
    ),
    "string index": Mistake(
        """
def f(x):
    return x['a'] #!
""",
        X,
        ("an index must be an integer",),
    ),
    "None": Mistake(
        """
def f(x):
    return x * 2.0 #!
""",
        "None",
        ("None", "number"),
    ),
    "None for an array": Mistake(
        """
def f(x):
    return x[0] #!
""",
        "None",
        ("None", "array"),
    ),
    "number for an array": Mistake(
        """
def f(x):
    s = 0.0
    for i in range(x.size): #!
        s += x[i]
    return s
""",
        "3.0",
        ("x is a number", "size"),
    ),
    "number indexed": Mistake(
        """
def f(x):
    return x[0] #!
""",
        "3.0",
        ("x is a number", "array"),
    ),
    "len of a number": Mistake(
        """
def f(x):
    return len(x) #!
""",
        "3.0",
        ("number", "array"),
    ),
    "loop over a number": Mistake(
        """
def f(n):
    s = 0.0
    for i in n: #!
        s += i
    return s
""",
        "3",
        ("range(",),
    ),
    "float for range": Mistake(
        """
def f(n):
    s = 0.0
    for i in range(n / 2): #!
        s += i
    return s
""",
        "4",
        ("range", "integer", "//"),
    ),
    "array of objects": Mistake(
        """
def f(x):
    return x[0]
""",
        "np.array([1, None])",
        ("object", "float"),
    ),
    "array of strings": Mistake(
        """
def f(x):
    return x[0] + 1.0
""",
        "np.array(['1', '2'])",
        ("string", "float"),
    ),
    "matrix for a vector": Mistake(
        """
def f(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] #!
    return s
""",
        A,
        ("works on numbers", "a[i, j]"),
    ),
    "vector for a matrix": Mistake(
        """
def f(a):
    return a[0, 0] #!
""",
        X,
        ("2 indices", "1-dimensional"),
    ),
    "matrix shape of a vector": Mistake(
        """
def f(a):
    n, m = a.shape #!
    return n * m
""",
        X,
        ("unpack", "1"),
    ),
    "a dictionary": Mistake(
        """
def f(options):
    return options['tol']
""",
        "{'tol': 1.0}",
        ("dict",),
    ),
    "a function": Mistake(
        """
def f(g):
    return g(1.0)
""",
        "abs",
        ("abs",),
    ),
    "too few arguments": Mistake(
        """
def f(x, y):
    return x + y
""",
        "1.0",
        ("2", "1"),
    ),
    "too many arguments": Mistake(
        """
def f(x):
    return x
""",
        "1.0, 2.0",
        ("1", "2"),
    ),
    "a complex number to a real function": Mistake(
        """
def f(x):
    return x < 1.0 #!
""",
        "1j",
        ("complex", "abs"),
    ),
    "a sparse matrix": Mistake(
        """
def f(a):
    return a[0, 0]
""",
        "scipy.sparse.eye(2)",
        ("sparse", "toarray"),
    ),
    "a set": Mistake(
        """
def f(s):
    return len(s)
""",
        "{1.0, 2.0}",
        ("set", "array"),
    ),
    # -- indices -----------------------------------------------------------------------------------------------------
    "float index": Mistake(
        """
def f(x):
    n = x.size
    return x[n / 2] #!
""",
        X,
        ("an index must be an integer", "//"),
    ),
    "index is a list": Mistake(
        """
def f(x):
    return x[[0, 1]] #!
""",
        X,
        ("index",),
    ),
    "double brackets": Mistake(
        """
def f(a):
    return a[0][1][2] #!
""",
        A,
        ("number", "index"),
    ),
    "three indices": Mistake(
        """
def f(a):
    return a[0, 1, 2] #!
""",
        A,
        ("3 indices", "2-dimensional"),
    ),
    "index called": Mistake(
        """
def f(x):
    return x(0) #!
""",
        X,
        ("x[", "("),
    ),
    "string is assigned": Mistake(
        """
def f(x):
    x[0] = 'a' #!
""",
        X,
        ("string", "number"),
    ),
    "array into an element": Mistake(
        """
def f(x):
    x[0] = x #!
""",
        X,
        ("element", "array"),
    ),
    "assign to a tuple": Mistake(
        """
def f(x):
    t = (1.0, 2.0)
    t[0] = 3.0 #!
    return t
""",
        X,
        ("tuple", "array"),
    ),
    "boolean mask": Mistake(
        """
def f(x):
    return x[x > 1.0] #!
""",
        X,
        ("loop",),
    ),
    # -- operators ---------------------------------------------------------------------------------------------------
    "caret": Mistake(
        """
def f(x):
    return x ^ 2 #!
""",
        "3.0",
        ("power is **",),
    ),
    "caret of an element": Mistake(
        """
def f(x):
    s = 0.0
    for i in range(x.size):
        s += x[i]^2 #!
    return s
""",
        X,
        ("power is **",),
    ),
    "whole arrays": Mistake(
        """
def f(x):
    return x + x #!
""",
        X,
        ("loop",),
    ),
    "and of arrays": Mistake(
        """
def f(x):
    if x > 1.0 and x < 2.0: #!
        return 1.0
    return 0.0
""",
        X,
        ("loop",),
    ),
    "bitwise and of comparisons": Mistake(
        """
def f(x):
    if x > 1.0 & x < 2.0: #!
        return 1.0
    return 0.0
""",
        "1.5",
        ("&", "and"),
    ),
    "modulo of a string": Mistake(
        """
def f(x):
    return 'x is %f' % x #!
""",
        "1.5",
        ("string",),
    ),
    "matrix product": Mistake(
        """
def f(a):
    return a @ a #!
""",
        "np.eye(3)",
        ("loop",),
    ),
    "number plus list": Mistake(
        """
def f(x):
    return x + [1.0] #!
""",
        "1.5",
        ("list",),
    ),
    "negative power of an integer": Mistake(
        """
def f(n):
    return n ** -1 #!
""",
        "4",
        ("1.0 / x",),
    ),
    # -- statements --------------------------------------------------------------------------------------------------
    "comprehension": Mistake(
        """
def f(x):
    return [2.0 * v for v in x] #!
""",
        X,
        ("comprehension", "loop"),
    ),
    "lambda": Mistake(
        """
def f(x):
    g = lambda t: t * t #!
    return g(x)
""",
        "1.5",
        ("lambda",),
    ),
    "import": Mistake(
        """
def f(x):
    import math #!
    return math.sin(x)
""",
        "1.5",
        ("import", "above the kernel"),
    ),
    "from import": Mistake(
        """
def f(x):
    from math import sin #!
    return sin(x)
""",
        "1.5",
        ("import", "above the kernel"),
    ),
    "global": Mistake(
        """
total = 0.0
def f(x):
    global total
    total = total + x #!
    return total
""",
        "1.5",
        ("global", "return"),
    ),
    "nonlocal read of an undefined name": Mistake(
        """
def f(x):
    return x + offset #!
""",
        "1.5",
        ("offset",),
    ),
    "used before it is set": Mistake(
        """
def f(x):
    if x > 2.0:
        y = 1.0
    s = s + x #!
    return s
""",
        "1.5",
        ("s",),
    ),
    "with": Mistake(
        """
def f(x):
    with open('log') as file: #!
        file.write('x')
    return x
""",
        "1.5",
        ("with",),
    ),
    "try of a type": Mistake(
        """
def f(x):
    try:
        y = 1.0 / x
    except ZeroDivisionError: #!
        y = 0.0
    return y
""",
        "0.0",
        ("except Exception",),
    ),
    "assert with a message": Mistake(
        """
def f(x):
    assert x > 0.0, f'x is {x:.2f}' #!
    return x
""",
        "1.5",
        ("f-string",),
    ),
    "f-string with a format": Mistake(
        """
def f(x):
    print(f'{x:.3f}') #!
    return x
""",
        "1.5",
        ("f-string",),
    ),
    "print with a format": Mistake(
        """
def f(x):
    print('{:.3f}'.format(x)) #!
    return x
""",
        "1.5",
        ("format",),
    ),
    "yield": Mistake(
        """
def f(x):
    for v in x:
        yield v #!
""",
        X,
        ("generator", "array"),
    ),
    "a class inside": Mistake(
        """
def f(x):
    class Point: #!
        pass
    return x
""",
        "1.5",
        ("class",),
    ),
    "two return types": Mistake(
        """
def f(x):
    if x[0] > 2.0:
        return x[0]
    return x #!
""",
        X,
        ("return", "number", "array"),
    ),
    "returns a string or a number": Mistake(
        """
def f(x):
    if x > 0.0:
        return x
    return 'negative' #!
""",
        "1.5",
        ("return", "string", "number"),
    ),
    "a name of two types": Mistake(
        """
def f(x):
    y = 0.0
    if x[0] > 0.5:
        y = x #!
    return y
""",
        X,
        ("y", "number", "array"),
    ),
    "a list of two types": Mistake(
        """
def f(x):
    y = [1.0, 'a'] #!
    return y
""",
        "1.5",
        ("list", "string"),
    ),
    "list times number": Mistake(
        """
def f(n):
    y = [0.0] * n #!
    return y
""",
        "3",
        ("np.zeros(n)",),
    ),
    "reversed": Mistake(
        """
def f(x):
    s = 0.0
    for v in reversed(x): #!
        s += v
    return s
""",
        X,
        ("reversed", "np.flip(x)"),
    ),
    "sorted": Mistake(
        """
def f(x):
    return sorted(x) #!
""",
        X,
        ("sorted",),
    ),
    "sum": Mistake(
        """
def f(x):
    return sum(x) #!
""",
        X,
        ("sum",),
    ),
    "del": Mistake(
        """
def f(x):
    y = [x, x]
    del y[0] #!
    return y
""",
        "1.5",
        ("del",),
    ),
    # -- NumPy and others --------------------------------------------------------------------------------------------
    "np.dot": Mistake(
        """
def f(x):
    return np.dot(x, x) #!
""",
        X,
        ("dot", "loop"),
    ),
    "np.zeros of a list": Mistake(
        """
def f(n):
    y = np.zeros([n, n]) #!
    return y
""",
        "3",
        ("np.zeros((n, n))",),
    ),
    "np.zeros of a float": Mistake(
        """
def f(n):
    return np.zeros(n / 2) #!
""",
        "4",
        ("integer", "//"),
    ),
    "np.zeros of two numbers": Mistake(
        """
def f(n):
    return np.zeros(n, n) #!
""",
        "4",
        ("(n, m)",),
    ),
    "np.arange": Mistake(
        """
def f(n):
    return np.arange(n) #!
""",
        "4",
        ("arange",),
    ),
    "a misspelt function": Mistake(
        """
def f(x):
    return np.sqroot(x) #!
""",
        "4.0",
        ("sqroot", "numpy"),
    ),
    "a misspelt attribute": Mistake(
        """
def f(x):
    return x.sise #!
""",
        X,
        ("sise", "size"),
    ),
    "a misspelt name": Mistake(
        """
def f(value):
    return valeu * 2.0 #!
""",
        "1.0",
        ("valeu", "value"),
    ),
    "append to an array": Mistake(
        """
def f(x):
    x.append(1.0) #!
    return x
""",
        X,
        ("append", "np.zeros"),
    ),
    "np.append": Mistake(
        """
def f(x):
    return np.append(x, 1.0) #!
""",
        X,
        ("append",),
    ),
    "scipy": Mistake(
        """
def f(a):
    return scipy.linalg.solve(a, a) #!
""",
        "np.eye(2)",
        ("solve", "outside"),
    ),
    "mechkit's solver": Mistake(
        """
def f(a):
    return solve(a, a[0]) #!
""",
        "np.eye(2)",
        ("solve", "outside"),
    ),
    "a helper": Mistake(
        """
def f(x):
    return helper(x) #!
""",
        "1.5",
        ("helper", "@kernel"),
    ),
    "mk.count inside": Mistake(
        """
def f(x):
    with mk.count() as ops: #!
        y = x + 1.0
    return y
""",
        "1.5",
        ("count", "around the call"),
    ),
    "input": Mistake(
        """
def f(x):
    return x + float(input()) #!
""",
        "1.5",
        ("input",),
    ),
    "random": Mistake(
        """
def f(x):
    return x + random.random() #!
""",
        "1.5",
        ("rng",),
    ),
    "time": Mistake(
        """
def f(x):
    return x + time.time() #!
""",
        "1.5",
        ("time",),
    ),
    "str": Mistake(
        """
def f(x):
    return str(x) #!
""",
        "1.5",
        ("str",),
    ),
    "isinstance of a float": Mistake(
        """
def f(x):
    return x.is_integer() #!
""",
        "1.5",
        ("is_integer",),
    ),
    "a method of math": Mistake(
        """
def f(x):
    return math.sen(x) #!
""",
        "1.5",
        ("sen", "math"),
    ),
    "sin of an array": Mistake(
        """
def f(x):
    return math.sin(x) #!
""",
        X,
        ("sin", "loop"),
    ),
    "tuple grows": Mistake(
        """
def f(n):
    t = ()
    for i in range(n):
        t = t + (i,) #!
    return t
""",
        "3",
        ("tuple", "array"),
    ),
    "empty list returned": Mistake(
        """
def f(n):
    y = [] #!
    return y
""",
        "3",
        ("empty list", "np.zeros"),
    ),
    "dictionary inside": Mistake(
        """
def f(x):
    d = {'a': x} #!
    return d['a']
""",
        "1.5",
        ("dict",),
    ),
    "keyword that is not there": Mistake(
        """
def f(n):
    return np.zeros(n, dtyp=np.float64) #!
""",
        "3",
        ("dtyp",),
    ),
    "ternary of two types": Mistake(
        """
def f(x):
    y = x if x[0] > 0.0 else 0.0 #!
    return y
""",
        X,
        ("number", "array"),
    ),
    "slice of a number": Mistake(
        """
def f(x):
    return x[1:] #!
""",
        "1.5",
        ("x is a number",),
    ),
    "multiple assignment of a number": Mistake(
        """
def f(x):
    a, b = x #!
    return a + b
""",
        "1.5",
        ("number", "unpack"),
    ),
    "three of two": Mistake(
        """
def f(a):
    n, m, k = a.shape #!
    return n
""",
        A,
        ("3", "2"),
    ),
    # -- and more ---------------------------------------------------------------------------------------------------
    "no size": Mistake(
        """
def f(n):
    return np.zeros() #!
""",
        "3",
        ("np.zeros needs a size",),
    ),
    "a strange argument of zeros": Mistake(
        """
def f(n):
    return np.zeros(size=n) #!
""",
        "3",
        ("np.zeros has no argument size",),
    ),
    "a global array is written to": Mistake(
        """
def f(x):
    TABLE[0] = x #!
    return x
""",
        "1.5",
        ("TABLE cannot be written to", "pass a copy"),
    ),
    "a read-only array": Mistake(
        """
def f(x):
    x[0] = 1.0 #!
""",
        "np.broadcast_to(1.0, 3)",
        ("x cannot be written to",),
    ),
    "a fraction": Mistake(
        """
def f(x):
    return x + 1.0
""",
        "fractions.Fraction(1, 2)",
        ("f was given a Fraction",),
    ),
    "an object": Mistake(
        """
def f(x):
    return x
""",
        "object()",
        ("f was given a object",),
    ),
    "a huge integer": Mistake(
        """
def f(n):
    return n
""",
        "10**30",
        ("f was given a int",),
    ),
    "a global list": Mistake(
        """
def f(x):
    return LIST[0] * x #!
""",
        "1.5",
        ("LIST is a list outside the kernel",),
    ),
    "a global dict": Mistake(
        """
def f(x):
    return DICT['a'] * x #!
""",
        "1.5",
        ("DICT is a dict",),
    ),
    "sqrt without a module": Mistake(
        """
def f(x):
    return sqrt(x) #!
""",
        "1.5",
        ("write math.sqrt",),
    ),
    "a misspelt sum": Mistake(
        """
def f(x):
    total = 0.0
    for i in range(x.size):
        totl += x[i] #!
    return total
""",
        "np.ones(3)",
        ("did you mean total?",),
    ),
    "a name of a builtin": Mistake(
        """
def f(x):
    len = len(x) #!
    return len
""",
        "np.ones(3)",
        ("the name of Python's own len",),
    ),
    "a kernel called with too few": Mistake(
        """
def f(x):
    return two(x) #!
""",
        "1.5",
        ("called wrongly", "'y'"),
    ),
    "a size called": Mistake(
        """
def f(x):
    return x.size() #!
""",
        "np.ones(3)",
        ("x.size is a number",),
    ),
    "range of an array": Mistake(
        """
def f(x):
    s = 0.0
    for i in range(x): #!
        s += i
    return s
""",
        "np.ones(3)",
        ("range(x.size)",),
    ),
    "a shape minus one": Mistake(
        """
def f(x):
    n = x.shape - 1 #!
    return n
""",
        "np.ones(3)",
        ("x.shape[0]",),
    ),
    "text and a number": Mistake(
        """
def f(x):
    print('x is ' + x) #!
    return x
""",
        "1.5",
        ("print outside",),
    ),
    "np.array of arrays": Mistake(
        """
def f(x):
    return np.array([x, x]) #!
""",
        "np.ones(3)",
        ("np.zeros(n)", "fill"),
    ),
    "a string compared": Mistake(
        """
def f(x, mode):
    if mode == 'fast': #!
        return x
    return 2.0 * x
""",
        "1.5, 'fast'",
        ("pass a number",),
    ),
    "a slice of floats": Mistake(
        """
def f(x):
    return x[: x.size / 2] #!
""",
        "np.ones(4)",
        ("an index must be an integer",),
    ),
    "star": Mistake(
        """
def f(x):
    a, *b = x.shape #!
    return a
""",
        "np.ones((2, 3))",
        ("write a name for each",),
    ),
}

#: More of them, one line each.
MORE = {
    "default None array": Mistake(
        "def f(x, out=None):\n    for i in range(x.size):\n        out[i] = x[i] #!\n    return out",
        "np.array([1.0, 2.0, 3.0])",
        ("out is None, which has no elements; pass an array for out",),
    ),
    "default None size": Mistake(
        "def f(x, out=None):\n    return out.size #!", "np.array([1.0, 2.0, 3.0])", ("pass an array for out",)
    ),
    "too few arguments of two": Mistake(
        "def f(x, y):\n    return x + y", "1.5", ("f(x, y) takes 2 arguments and is given 1", "'y'")
    ),
    "unknown keyword": Mistake("def f(x, y=1.0):\n    return x + y", "1.5, z=2.0", ("f(x, y=1.0) has no argument z",)),
    "twice keyword": Mistake("def f(x, y=1.0):\n    return x + y", "1.5, x=2.0", ("multiple values for argument 'x'",)),
    "tuples lengths loop": Mistake(
        "def f(x):\n    s = 0.0\n    for t in ((1.0, 2.0), (1.0, 2.0, 3.0)): #!\n        s += t[0]\n    return s",
        "1.5",
        ("a loop over a tuple needs elements of one type",),
    ),
    "tuple mixed loop": Mistake(
        "def f(x):\n    s = 0.0\n    for t in (1.0, x): #!\n        s += 1.0\n    return s",
        "np.array([1.0, 2.0, 3.0])",
        ("a loop over a tuple needs elements of one type",),
    ),
    "mutable list default": Mistake(
        "def f(x, acc=[]):\n    acc.append(x)\n    return acc", "1.5", ("the list [] as the default of acc",)
    ),
    "mutable list default2": Mistake(
        "def f(x, acc=[1.0]):\n    return acc[0] + x", "1.5", ("the list [1.0] as the default of acc",)
    ),
    "dict default": Mistake("def f(x, opt={}):\n    return x", "1.5", ("the dict {} as the default of opt",)),
    "append strings": Mistake(
        "def f(x):\n    y = [1.0]\n    y.append('a') #!\n    return y", "1.5", ("y holds floats, and this is a string",)
    ),
    "append list of arrays": Mistake(
        "def f(x):\n    y = [1.0]\n    y.append(x) #!\n    return y",
        "np.array([1.0, 2.0, 3.0])",
        ("y holds floats, and this is a 1-dimensional array",),
    ),
    "an index or None": Mistake(
        "def f(x):\n    k = None\n    if x[0] > 2.0:\n        k = 1\n    return x[k] #!",
        "np.array([1.0, 2.0, 3.0])",
        ("may be None; begin with a number",),
    ),
    "a float or None": Mistake(
        "def f(x):\n    s = None\n    for v in x:\n        if s is None or v < s: #!\n            s = v\n    return s",
        "np.array([1.0, 2.0, 3.0])",
        ("one side may be None",),
    ),
    "float16": Mistake("def f(x):\n    return x[0] + 1.0", "np.ones(3, np.float16)", ("float16", "float32")),
    "float16 scalar": Mistake("def f(x):\n    return x + 1.0", "np.float16(1)", ("float16", "float32")),
    "longdouble": Mistake("def f(x):\n    return x[0] + 1.0", "np.ones(3, np.longdouble)", ("float128", "float64")),
    "a masked array": Mistake(
        "def f(x):\n    return x[0] + 1.0",
        "np.ma.masked_array([1.0,2.0],[True,False])",
        ("a masked array; pass x.filled(...)",),
    ),
    "dates": Mistake("def f(x):\n    return x[0]", "np.array(['2020-01-01'], 'datetime64[D]')", ("dates or times",)),
    "async def": Mistake("async def f(x): #!\n    return x", "1.5", ("write def instead of async def",)),
    "sqrt two": Mistake(
        "def f(x):\n    return math.sqrt(x, 2) #!", "1.5", ("math.sqrt takes 1 argument, and here it is given 2",)
    ),
    "and of floats": Mistake(
        "def f(x, y):\n    if x & y: #!\n        return 1.0\n    return 0.0", "1.5, 2.5", ("write `and`",)
    ),
    "or of floats": Mistake(
        "def f(x, y):\n    if x | y: #!\n        return 1.0\n    return 0.0", "1.5, 2.5", ("write `or`",)
    ),
    "tilde of a float": Mistake(
        "def f(x):\n    if ~x: #!\n        return 1.0\n    return 0.0", "1.5", ("write `not`",)
    ),
    "a float shifted": Mistake("def f(x):\n    return x << 2 #!", "1.5", ("x * 2.0**k",)),
    "raise string": Mistake("def f(x):\n    raise 'bad' #!", "1.5", ("raise an exception, not a string",)),
    "raise fstring": Mistake("def f(x):\n    raise ValueError(f'{x}') #!", "1.5", ("print outside the kernel",)),
    "rng rand": Mistake("def f(rng):\n    return rng.rand() #!", "np.random.default_rng(0)", ("did you mean random?",)),
    "try else raise e": Mistake(
        "def f(x):\n    try:\n        y = 1.0\n    except Exception as e: #!\n        print(e)\n    return x",
        "1.5",
        ("write `except Exception:`",),
    ),
    "past the end of a tuple": Mistake(
        "def f(*x):\n    return x[0] + x[5] #!", "1.5, 2.5", ("past the end of the tuple",)
    ),
    "two stars": Mistake("def f(**x): #!\n    return x['a']", "a=1.5", ("gathers arguments by **",)),
    "math.sqrt complex": Mistake("def f(z):\n    return math.sqrt(z) #!", "1j", ("takes real numbers",)),
    "float of array": Mistake(
        "def f(x):\n    return float(x) #!",
        "np.array([1.0, 2.0, 3.0])",
        ("takes numbers, and this is a 1-dimensional array",),
    ),
    "int of array": Mistake(
        "def f(x):\n    return int(x) #!",
        "np.array([1.0, 2.0, 3.0])",
        ("takes numbers, and this is a 1-dimensional array",),
    ),
    "type": Mistake("def f(x):\n    return type(x) #!", "1.5", ("leave it out",)),
    "enumerate number": Mistake(
        "def f(n):\n    s = 0\n    for i, j in enumerate(n): #!\n        s += i\n    return s",
        "3",
        ("enumerate runs over arrays", "range(n)"),
    ),
    "zip numbers": Mistake(
        "def f(x):\n    s = 0.0\n    for a, b in zip(x, 3): #!\n        s += a*b\n    return s",
        "1.5",
        ("zip runs over arrays",),
    ),
    "map": Mistake(
        "def f(x):\n    s = 0.0\n    for a in map(abs, x): #!\n        s += a\n    return s",
        "np.array([1.0, 2.0, 3.0])",
        ("call the function in a loop",),
    ),
    "np.full no value": Mistake("def f(n):\n    return np.full(n) #!", "3", ("np.full(n, 0.0)",)),
    "np.array mixed": Mistake(
        "def f(x):\n    return np.array([1.0, x]) #!", "np.array([1.0, 2.0, 3.0])", ("all of one kind",)
    ),
    "length as an attribute": Mistake(
        "def f(x):\n    return x.length #!", "np.array([1.0, 2.0, 3.0])", ("write x.size",)
    ),
    "len as an attribute": Mistake("def f(x):\n    return x.len() #!", "np.array([1.0, 2.0, 3.0])", ("write x.size",)),
    "x.reshape floats": Mistake(
        "def f(x):\n    return x.reshape((x.size / 1, 1)) #!",
        "np.array([1.0, 2.0, 3.0])",
        ("a size must be an integer",),
    ),
    "reshape list": Mistake(
        "def f(x):\n    return x.reshape([3, 1]) #!", "np.array([1.0, 2.0, 3.0])", ("x.reshape((n, m))",)
    ),
    "copy": Mistake("def f(x):\n    y = copy(x) #!\n    return y", "np.array([1.0, 2.0, 3.0])", ("write x.copy(...)",)),
    "None into an element": Mistake(
        "def f(x):\n    x[0] = None #!\n    return x", "np.array([1.0, 2.0, 3.0])", ("this is None",)
    ),
    "complex into float": Mistake(
        "def f(x):\n    x[0] = 1j #!\n    return x", "np.array([1.0, 2.0, 3.0])", ("z.real",)
    ),
    "call kernel too many": Mistake(
        "def f(x):\n    return two(x, x, x) #!", "1.5", ("the kernel two is called wrongly here: too many",)
    ),
    "bytes": Mistake("def f(x):\n    return x + 1", "b'a'", ("np.frombuffer",)),
    "return dict": Mistake("def f(x):\n    return {} #!", "1.5", ("a kernel cannot use a dict",)),
    "a power too large": Mistake("def f(x):\n    return x + 10**30 #!", "1", ("31 digits", "write a float")),
    "a literal too large": Mistake(
        "def f(x):\n    return x + 1000000000000000000000000 #!", "1", ("25 digits", "write a float")
    ),
    "tuple index het": Mistake(
        "def f(t, i):\n    return t[i] #!", "(1.0, np.ones(2)), 1", ("a tuple of values of several types", "t[0]")
    ),
    "matchtuple": Mistake(
        "def f(x):\n    match x:\n        case (1.0, y): #!\n            return y\n    return 0.0",
        "(1.0, 2.0)",
        ("write if and elif",),
    ),
    "np.Inf": Mistake("def f(x):\n    return np.Inf + x #!", "1.5", ("did you mean inf?",)),
    "math.PI": Mistake("def f(x):\n    return math.PI * x #!", "1.5", ("did you mean pi?",)),
    "a function without its call": Mistake("def f(x):\n    return math.sin * x #!", "1.5", ("round brackets",)),
    "method missing parens": Mistake(
        "def f(x):\n    y = x.copy\n    return y[0] #!", "np.array([1.0, 2.0, 3.0])", ("y is a function or method",)
    ),
    "np.eye float": Mistake("def f(n):\n    return np.eye(n / 2) #!", "4", ("a size must be an integer",)),
    "divmod": Mistake("def f(x):\n    return divmod(x, 2.0) #!", "1.5", ("write x // y and x % y",)),
    "list.sort": Mistake(
        "def f(x):\n    y = [x, 1.0]\n    y.sort() #!\n    return y", "1.5", ("append, pop, clear and reverse",)
    ),
    "two lists added": Mistake("def f(x):\n    return [x] + [x] #!", "1.5", ("lists are not put together",)),
    "the second of two names": Mistake(
        "def f(x, y):\n    return x[0] + y[0] #!",
        "np.array([1.0, 2.0, 3.0]), 2.5",
        ("y is a number, which has no elements",),
    ),
    "the second of two arrays": Mistake(
        "def f(x, y):\n    return x[0] + y[0] #!", "np.array([1.0, 2.0, 3.0]), [1.0, 2.0][0]", ("y is a number",)
    ),
    "a size of the wrong one": Mistake(
        "def f(x, y):\n    return x.size + y.size #!",
        "np.array([1.0, 2.0, 3.0]), 2.5",
        ("y is a number, which has no .size",),
    ),
    "an index of the wrong one": Mistake(
        "def f(x, a):\n    return x[0] + a[0, 0] #!",
        "np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])",
        ("a is a 1-dimensional array, and here it has 2 indices",),
    ),
    "stored into the wrong one": Mistake(
        "def f(x, y):\n    for i in range(x.size):\n        y[i] = x[i] #!",
        "np.array([1.0, 2.0, 3.0]), 2.5",
        ("y is a float, whose elements cannot be changed",),
    ),
}
MISTAKES |= MORE
