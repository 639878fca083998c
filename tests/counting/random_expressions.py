"""Random expressions, safe to evaluate, for `random_programs`.

An expression is made for a type that is wanted: "float64", "float32", "int", "bool", "complex", or "real" for any real
number. Each has a bound on its size, so that nothing overflows.
"""

from typing import NamedTuple

#: An expression or a variable that may be larger is brought down again.
LARGE = 1e6

FUNCTIONS = {  # on floats of any size -> the bound of the result
    **{"math.sin({})": 1, "math.cos({})": 1, "math.tanh({})": 1, "math.atan({})": 2, "math.erf({})": 1},
    **{"math.sqrt(abs({}))": 1e3, "math.exp(-abs({}))": 1, "math.log(abs({}) + 1.5)": 20, "math.erfc({})": 2},
    **{"math.log1p(abs({}))": 20, "math.log10(abs({}) + 1.5)": 20, "math.asinh({})": 20, "math.fabs({})": LARGE},
    **{"math.asin(math.sin({}))": 2, "math.expm1(math.cos({}))": 2, "math.lgamma(math.cos({}) + 2.5)": 3},
    **{"math.sinh(math.sin({}))": 2, "math.cosh(math.sin({}))": 2, "math.acos(math.tanh({}))": 4},
    **{"np.sqrt(abs({}))": 1e3, "np.cos({})": 1, "np.arctan({})": 2, "np.cbrt({})": 100, "np.floor({})": LARGE},
    **{"np.rint({})": LARGE, "np.exp2(np.sin({}))": 2, "np.log2(abs({}) + 1.5)": 20, "round({}, 1)": LARGE},
    **{"np.ceil({})": LARGE, "np.trunc({})": LARGE, "np.fabs({})": LARGE, "np.log(abs({}) + 1.5)": 20},
}
IN_FLOAT32 = [f for f in FUNCTIONS if "1.5" not in f and "2.5" not in f and "round" not in f]
OF_TWO = ["math.atan2({}, {})", "math.hypot({}, {})", "np.arctan2({}, {})", "np.minimum({}, {})", "np.maximum({}, {})"]
OF_TWO += ["np.hypot({}, {})", "math.copysign({}, {})"]


class Expression(NamedTuple):
    text: str
    bound: float


class Expressions:
    """Writes expressions. `Program` says what there is: ``rng``, ``names`` and their types, ``dtypes`` of arrays."""

    def chance(self, p):
        return self.rng.random() < p

    def pick(self, *options):
        return options[self.rng.randrange(len(options))]

    def small(self, t, depth):
        """An expression of a type, brought down where it may be large."""
        e = self.expression(t, depth)
        return Expression(self.shrunk(t, e.text), 100) if e.bound > 1e4 else e

    def use(self, name):
        """A short expression that uses a variable."""
        other = self.pick("1", "2", "n", "LIMIT", self.small("float32", 1).text, self.small("float64", 1).text)
        return self.pick(
            f"{name} {self.pick('+', '-', '*')} {other}", f"{name}**2", f"-{name}", f"max({name}, {other})", name
        )

    def shrunk(self, t, text):
        if t == "int":
            return f"({text}) % {self.pick('7', '13', '101')}"
        if t == "real":
            return self.pick(f"min(max({text}, -9), 9)", f"({text}) % 7")
        return self.pick(f"math.sin({text})", f"math.atan({text})", f"math.tanh({text})")

    def test(self, depth):
        """What an if or a while asks."""
        if depth and self.chance(0.25):
            joined = self.pick(" and ", " or ", " and not ", " or not ").join(
                [self.test(depth - 1), self.test(depth - 1)]
            )
            return f"({joined})"
        return self.expression("bool", depth).text

    def leaves(self, t):
        found = [name for name, of in self.names.items() if of == t]
        loads = [name for name in ("x", "w") if self.dtypes.get(name) == t]
        found += [f"{self.pick(*loads)}[{self.pick('0', '1', '-1', 'n % 4')}]"] if loads else []
        if self.dtypes.get("A") == t:
            found.append(f"A[{self.pick('0', 'n % 3')}, {self.pick('1', '-1')}]")
        if t == "int":
            found += ["LIMIT", "2", "1", "PAIR[0]", "(BYTES[n % 3] + 1)"]
            found += ["x.size", "len(x)", "A.shape[0]", "A.ndim"] if self.dtypes else []
            found += ["pair[1]"] if "pair" in self.names else []
        elif t == "float64":
            found += ["0.5", "1.25", "TENTH", "PAIR[1]", "math.pi", f"TABLE[{self.pick('1', '-1', 'n % 3')}]"]
            found += ["pair[0]"] if "pair" in self.names else []
            found += ["rng.random()", "rng.standard_normal()"] if "rng" in self.names else []
        elif t == "float32":
            found += ["SCALE", "np.float32(0.5)"]
        elif t == "bool":
            found += ["FLAG", *(["(y is None)", "(y is not None)"] if "y" in self.names else [])]
        return found

    def expression(self, t, depth):
        if t == "real":
            reals = [name for name, of in self.names.items() if of == "real"]
            if reals and self.chance(0.6):
                return self.of_real(self.pick(*reals), depth)
            return self.expression(self.pick("float64", "float32", "int"), depth)
        if t == "int16":
            return Expression(self.pick(*self.leaves("int16")), 100)
        if depth <= 0 or self.chance(0.15):
            leaf = self.pick(*self.leaves(t))
            return Expression(leaf, LARGE if t in ("float64", "float32") and not leaf[0].isdigit() else 1e3)
        e = getattr(self, f"of_{t}")(depth - 1)
        if e.bound > 1e12:
            return Expression(self.shrunk(t, e.text), 100) if t != "complex" else Expression("z", 10)
        return e

    def named(self, t, depth):
        """An expression that is no constant: Python computes what joins only constants when it compiles."""
        e = self.expression(t, depth)
        if any(character.isalpha() for character in e.text):
            return e
        return Expression(self.pick(*(("n", "LIMIT") if t == "int" else ("a", "TENTH"))), 10)

    def any_real(self, depth):
        """A number of any real type but bool."""
        if self.chance(0.08) and self.leaves("int16"):
            return self.expression("int16", 0)
        return self.expression(
            self.pick("real", "float64", "float32", "int") if self.merges else self.pick("float64", "float32", "int"),
            depth,
        )

    def binary(self, a, operator, b):
        bound = a.bound * b.bound if operator == "*" else a.bound + b.bound
        return Expression(f"({a.text} {operator} {b.text})", bound)

    def of_real(self, name, depth):
        e = Expression(name, LARGE)
        if depth <= 0:
            return e
        other = self.expression(self.pick("real", "int", "float32", "float64"), depth - 1)
        return self.pick(
            e, Expression(f"-{name}", LARGE), Expression(f"abs({name})", LARGE), Expression(f"{name}**2", LARGE**2),
            self.binary(e, self.pick("+", "-", "*"), other),
            Expression(f"min({name}, {other.text})", max(LARGE, other.bound)),
            Expression(f"({name} if {self.test(0)} else {other.text})", max(LARGE, other.bound)),
            Expression(f"({name} {self.pick('and', 'or')} {other.text})", max(LARGE, other.bound)),
        )  # fmt: skip

    def of_float(self, t, depth):
        """What float64 and float32 have in common."""
        e = self.named(t, depth)
        other = self.expression(t, depth)
        most = max(e.bound, other.bound)
        how = self.rng.randrange(10)
        if how == 0:
            return Expression(f"({e.text} if {self.test(1)} else {other.text})", most)
        if how == 1:
            n = self.pick("2", "2", "3", "(2)", "1", "0", "4")
            return Expression(f"({e.text})**{n}", e.bound ** int(n.strip("()")))
        if how == 2:
            n = self.pick("-2", "-1", "-3", "(-2)")
            return Expression(f"max({e.text}, SCALE)**{n}" if t == "float32" else f"(abs({e.text}) + 1.5)**{n}", 1)
        if how == 3:
            n = self.pick(f"(2 if {self.test(0)} else 3)", "m" if "m" in self.names else "n", "n", "LIMIT", "PAIR[0]")
            return Expression(f"({e.text})**{n}", (e.bound + 1) ** 3)
        if how == 4:
            return Expression(f"-{e.text}" if e.text[0] not in "-0123456789" else f"-({e.text})", e.bound)
        if how == 5:
            return Expression(f"{self.pick('min', 'max')}({e.text}, {other.text})", most)
        if how == 6:
            return Expression(f"abs({e.text})", e.bound)
        if how == 7:
            return Expression(f"({e.text} {self.pick('and', 'or')} {other.text})", most)
        if how == 8 and t in self.helpers:
            return Expression(self.call_helper(t), 1e4)
        return self.binary(e, self.pick("+", "-", "*"), other)

    def call_helper(self, t):
        f = self.leaves("float32")
        return self.helpers[t].format(self.small("float64", 1).text, self.small("int", 0).text, self.pick(*f))

    def of_float64(self, depth):
        how = self.rng.randrange(11)
        if how <= 2:
            return self.of_float("float64", depth)
        e = self.named("float64", depth)
        if how <= 4:
            other = self.any_real(depth)
            pair = self.pick((e, other), (other, e))
            return self.binary(pair[0], self.pick("+", "-", "*"), pair[1])
        if how == 5:
            f = self.pick(*FUNCTIONS)
            return Expression(f.format(e.text), FUNCTIONS[f])
        if how == 6:
            return Expression(f"({e.text} / {self.pick('4', '1.25', '-2.0', 'n', 'SCALE')})", e.bound)
        if how == 7:
            i = self.named("int", depth)
            return self.pick(
                Expression(f"({i.text} / {self.pick('3', 'n', 'LIMIT')})", i.bound),
                Expression(f"float({i.text})", i.bound),
                Expression(f"math.sqrt(abs({i.text}))", i.bound),
                Expression(f"math.sin({i.text})", 1),
                Expression(f"np.float64({self.expression('float32', depth).text})", LARGE**2),
            )
        if how == 8:
            f = self.pick(*OF_TWO)
            other = self.expression("float64", depth)
            return Expression(f.format(e.text, other.text), e.bound + other.bound + 4)
        if how == 9:
            return self.pick(
                Expression(f"(abs({e.text}) + 0.5)**0.5", e.bound + 1),
                Expression(f"(abs({e.text}) + 0.5)**a", e.bound + 1),
                Expression(f"math.pow(abs({e.text}) + 0.5, 1.5)", (e.bound + 1) ** 1.5),
                Expression(f"pow({e.text}, 2)", e.bound**2),
                Expression(f"math.cos({e.text})**17", 1),
                Expression(f"({e.text} % {self.pick('3', '2.5', 'n')})", 5),
                Expression(f"({e.text} // {self.pick('3', '2.5', 'n')})", e.bound + 1),
            )
        if "z" in self.names:
            z = self.expression("complex", depth)
            return self.pick(
                Expression(f"(0.5 + abs({z.text}))", z.bound * 2),
                Expression(f"(({z.text}).real * 1.0)", z.bound),
                Expression(f"(({z.text}).imag + 0.5)", z.bound + 1),
            )
        return e

    def of_float32(self, depth):
        how = self.rng.randrange(8)
        if how <= 3:
            return self.of_float("float32", depth)
        e = self.expression("float32", depth)
        if how == 4:
            f = self.pick(*IN_FLOAT32)
            return Expression(f.format(e.text), FUNCTIONS[f])
        if how == 5:
            other = self.any_real(depth)
            return Expression(f"np.float32({other.text})", other.bound)
        if how == 6 and self.leaves("int16"):
            return self.binary(e, self.pick("+", "*"), self.expression("int16", 0))
        if how == 7:
            return Expression(f"({e.text} / {self.pick('SCALE', 'np.float32(3)')})", e.bound)
        return self.pick(Expression(f"float({e.text})", e.bound), Expression(f"+{e.text}", e.bound))

    def of_int(self, depth):
        e, other = self.named("int", depth), self.expression("int", depth)
        most = max(e.bound, other.bound)
        real = self.expression("float64", depth)
        bit = self.expression("bool", depth)
        return self.pick(
            self.binary(e, "+", other), self.binary(e, "-", other), self.binary(e, "*", other),
            Expression(f"({e.text} // {self.pick('2', '3', 'LIMIT')})", e.bound),
            Expression(f"({e.text} % {self.pick('5', 'LIMIT')})", 5),
            Expression(f"({e.text} {self.pick('&', '|', '^')} {other.text})", 2 * most),
            Expression(f"(({e.text}) << {self.pick('1', '2')})", 4 * e.bound),
            Expression(f"(({e.text}) >> 1)", e.bound),
            Expression(f"~({e.text})", e.bound + 1),
            Expression(f"-({e.text})" if e.text[0].isdigit() else f"-{e.text}", e.bound),
            Expression(f"abs({e.text})", e.bound), Expression(f"min({e.text}, {other.text})", most),
            Expression(f"max({e.text}, {other.text}, {self.pick('n', '1')})", most),
            Expression(f"int({real.text})", real.bound), Expression(f"math.floor({real.text})", real.bound + 1),
            Expression(f"round({real.text})", real.bound + 1), Expression(f"math.ceil({real.text})", real.bound + 1),
            Expression(f"({e.text} if {self.test(1)} else {other.text})", most),
            Expression(f"({e.text})**{self.pick('2', '1', '0')}", e.bound**2),
            Expression(f"({e.text} {self.pick('and', 'or')} {other.text})", most),
            self.binary(Expression(bit.text, 1), self.pick("+", "-", "*"), e),
            Expression(f"np.int64({real.text})", real.bound), Expression(f"(int({real.text}) % 4)", 4),
            Expression(f"({bit.text} if {self.test(0)} else {e.text})", e.bound) if self.merges else e,
            Expression(self.call_helper("int"), 1e4) if "int" in self.helpers else e,
        )  # fmt: skip

    def of_bool(self, depth):
        how = self.rng.randrange(12)
        if how <= 4:
            a, b = self.any_real(depth), self.any_real(depth)
            compared = self.pick("<", "<=", ">", ">=", "!=", "==")
            return Expression(f"({a.text} {compared} {b.text})", 1)
        if how == 5:
            numbers = [self.any_real(depth).text for _ in range(3)]
            return Expression(
                f"({numbers[0]} {self.pick('<', '<=', '!=')} {numbers[1]} {self.pick('<', '>=')} {numbers[2]})", 1
            )
        if how == 6:
            return Expression(self.constants(), 1)
        a, b = self.expression("bool", depth), self.expression("bool", depth)
        if how == 7:
            return Expression(f"(not {a.text})", 1)
        if how == 8:
            return Expression(f"({a.text} {self.pick('and', 'or')} {b.text})", 1)
        if how == 9:
            return Expression(f"({self.pick('', 'not ')}{a.text})", 1)
        if how == 10:
            left, right = (f"({self.pick('', 'not ')}{e.text})" for e in (a, b))
            return Expression(f"({left} {self.pick('&', '|', '^')} {right})", 1)
        real = self.expression("float64", depth).text
        return self.pick(
            Expression(f"math.isnan({real})", 1), Expression(f"np.isfinite({real})", 1),
            Expression("(z == z)", 1) if "z" in self.names else a,
            Expression(f"({a.text} if {b.text} else {self.leaves('bool')[0]})", 1),
        )  # fmt: skip

    def constants(self):
        """A comparison whose outcome a compiler can know."""
        found = [
            "(LIMIT > 2)",
            "(1 == 1)",
            "(0 < LIMIT < 4)",
            "(TENTH < 1)",
            "(LIMIT == 3)",
            "(SCALE == 2)",
            "(2 <= 1)",
        ]
        found += ["(len(PAIR) == 2)", "(PAIR[0] == 2)"]
        if self.dtypes:
            found += ["(x.ndim == 1)", "(A.ndim == 2)", "(1 < A.ndim < 3)", "(len(x) == 4)", "(x.size == 4)"]
        if "k0" in self.names:
            found += ["(k0 == 3)", "(0 < k0 < 4)", "(k0 < LIMIT)", "(0 <= k0 <= 2)"]
        if "pair" in self.names:
            found += ["(len(pair) == 2)"]
        return self.pick(*found)

    def of_complex(self, depth):
        e, other = self.expression("complex", depth), self.expression("complex", depth)
        real = self.any_real(depth)
        return self.pick(
            self.binary(e, self.pick("+", "-", "*"), other), self.binary(e, "*", real), self.binary(real, "+", e),
            Expression(f"({e.text} / {self.pick('2.0', '2j', '4')})", e.bound),
            Expression(f"({e.text})**2", e.bound**2),
            Expression(f"-{e.text}", e.bound), Expression(f"({e.text}).conjugate()", e.bound),
            Expression(f"np.conj({e.text})", e.bound),
            Expression(f"complex({self.expression('float64', depth).text}, b)", LARGE**2),
            Expression(f"({e.text} if {self.test(0)} else {e.text})", e.bound),
        )  # fmt: skip
