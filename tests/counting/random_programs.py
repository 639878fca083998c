"""Random programs for the counters: kernels that are safe to run, the same for a seed on every Python.

python random_programs.py --seed 1 --number 100                  # count by every counter, print what differs
python random_programs.py --seed 1 --number 100 --json a.json    # and write the compiled counts
python random_programs.py --compare a.json b.json                # two such files, from two Pythons, say
python random_programs.py --seed 1 --show 17                     # the source of one program
"""

import argparse
import hashlib
import importlib.util
import json
import random
import re
import sys
import tempfile
import warnings
from pathlib import Path

import numba
from random_expressions import Expressions

HEADER = """import math

import numpy as np

from mechkit import kernel

LIMIT = 3
TENTH = 0.1
SCALE = np.float32(2)
FLAG = True
PAIR = (2, 0.5)
TABLE = np.array([0.5, -1.0, 2.0])
BYTES = np.array([1, 0, 3], np.uint8)
"""


class Program(Expressions):
    """Writes one program. ``merges``: whether real variables change their type, so that paths meet in another."""

    def __init__(self, seed, number):
        self.rng = random.Random(seed * 1_000_003 + number)
        self.merges = self.chance(0.4)
        self.names, self.lines, self.indent, self.loops = {}, [], 1, 0
        self.in_try, self.room, self.helpers = False, 0, {}
        self.source = self._write()

    def _write(self):
        parts = [HEADER]
        if self.chance(0.35):
            parts.append(self._helper())
        parameters = self._parameters()
        self.add_names()
        self.room = self.rng.randrange(1, 6)
        self.result = self.pick("real" if self.merges else "float64", "float64", "tuple", "tuple")
        while self.room > 0:
            self.statement()
        self.tail()
        body = "".join(f"{line}\n" for line in self.lines)
        used = {"a", *re.findall(r"\w+", body)}
        given = [(name, value) for name, value in parameters if name.split("=")[0] in used]
        names, values = (", ".join(part) for part in zip(*given, strict=True))
        parts.append(f"@kernel\ndef program({names}):\n{body}")
        parts.append(f"def arguments():\n    return ({values},)\n")
        return "\n\n".join(parts)

    def put(self, text):
        self.lines.append("    " * self.indent + text)

    def _parameters(self):
        arrays = {
            "x": "np.array([0.25, -0.5, 1.25, 2.0])",
            "w": self.pick(
                "np.array([1.5, 0.25, -2.0, 0.75], np.float32)", "np.array([3, 1, 4, 2])",
                "np.array([2, 5, 3, 1], np.int32)", "np.array([1, 2, 3, 4], np.int16)",
            ),
            "A": self.pick("np.arange(9.0).reshape(3, 3) / 4", "np.arange(9).reshape(3, 3).astype(np.float32)"),
        }  # fmt: skip
        self.dtypes = {"x": "float64", "w": "int", "A": "float32" if "float32" in arrays["A"] else "float64"}
        self.dtypes["w"] = "float32" if "float32" in arrays["w"] else "int16" if "int16" in arrays["w"] else "int"
        given = {
            **{"a": ("float64", "0.75"), "b": ("float64", "-1.5"), "f": ("float32", "np.float32(1.25)")},
            **{"g": ("float32", "np.float32(-0.5)"), "n": ("int", "3"), "m": ("int", "np.int32(2)")},
            **{"p": ("bool", "True"), "q": ("bool", "False")},
            "z": ("complex", self.pick("1.5 + 0.5j", "np.complex64(0.5 - 1.25j)")),
        }
        self.names = {name: t for name, (t, _) in given.items()}
        self.names.update(dict.fromkeys(arrays, "array"))
        parameters = [*((name, value) for name, (_, value) in given.items()), *arrays.items()]
        if self.chance(0.06):
            parameters.append(("rng", "np.random.default_rng(7)"))
            self.names["rng"] = "rng"
        if self.chance(0.2):
            parameters.append((self.pick("y", "y=None"), "None"))
            self.names["y"] = "None"
        return parameters

    def add_names(self):
        """The variables of the program, each with a first value."""
        for name in ("s", "t", "u"):
            t = (
                self.pick("real", "float64", "float64", "int")
                if self.merges
                else self.pick("float64", "float32", "int")
            )
            start = t if t != "real" else self.pick("int", "float64", "float32", "int", "int")
            literals = {"float64": ["0.0", "1.5", "a"], "float32": ["f", "np.float32(0.5)"], "int": ["0", "1", "n"]}
            self.put(f"{name} = {self.pick(*literals[start])}")
            self.names[name] = t
        if self.chance(0.4):
            self.put("c = " + self.expression("bool", 1).text)
            self.names["c"] = "bool"
        if self.chance(0.3):
            self.put("v = " + self.pick("z", "z * 2.0", "complex(a, b)"))
            self.names["v"] = "complex"
        if self.chance(0.3):
            self.put(f"k0 = {self.pick('3', '2', '0.5', 'LIMIT', 'True')}")
            self.names["k0"] = "constant"
        if self.chance(0.3):
            self.put(f"pair = ({self.expression('float64', 1).text}, {self.expression('int', 1).text})")
            self.names["pair"] = "pair"

    def _helper(self):
        """A kernel that the program calls."""
        saved = self.names, self.indent
        self.names = {"a": "float64", "n": "int", "f": "float32"}
        self.dtypes, self.lines = {}, []
        t = self.pick("float64", "float32", "int")
        if self.merges and self.chance(0.5):
            t = "real"
        if self.chance(0.5):
            self.put(f"if {self.test(1)}:")
            self.indent += 1
            self.put(f"return {self.small(t, 2).text}")
            self.indent -= 1
        elif self.chance(0.3):
            self.put("if a > 1e9:")
            self.put('    raise ValueError("too large")')
        else:
            self.branches("h", t)
        self.put(f"return {self.small(t, 2).text}")
        body = "".join(f"{line}\n" for line in self.lines)
        self.names, self.indent = saved
        self.lines = []
        self.helpers[t] = "helper({}, {}, {})"
        return f"@kernel\ndef helper(a, n, f):\n{body}"

    # -- statements --------------------------------------------------------------------------------------------------

    def statement(self):
        self.room -= 1
        simple = [self.assign, self.augment, self.augment, self.store, self.store, self.branches_then_use, self.swap]
        nested = [self.if_, self.if_, self.for_, self.while_, self.try_, self.over_array]
        rare = [self.slices, self.guard, self.of_none, self.instance, self.complex_assign, self.assign_bool]
        deep = self.indent >= 4 or self.room < 1
        choices = simple if deep or self.chance(0.45) else nested if self.chance(0.75) else rare
        self.pick(*choices)()

    def block(self, n=2):
        """An indented block; what it defines is unknown after it."""
        before = dict(self.names)
        self.indent += 1
        for _ in range(self.rng.randrange(1, n + 1)):
            self.statement()
        self.indent -= 1
        self.names = before

    def variables(self, *types):
        found = [name for name, t in self.names.items() if t in types]
        return [name for name in found if name in ("s", "t", "u") or name.startswith("y_")]

    def assign(self):
        names = self.variables("real", "float64", "float32", "int")
        name = self.pick(*names)
        self.put(f"{name} = {self.small(self.names[name], 2).text}")

    def augment(self):
        name = self.pick(*self.variables("real", "float64", "float32", "int"))
        t = self.names[name]
        operator = self.pick("+=", "+=", "-=", "*=", "/=", "**=", "%=", "//=", "min")
        value = self.small(t, 1)
        if operator == "min":
            self.put(f"{name} = {self.pick('min', 'max')}({name}, {value.text})")
        elif operator == "*=" and t != "int":
            self.put(
                f"{name} *= {self.pick('math.cos', 'math.tanh')}({self.small(t if t != 'real' else 'float64', 1).text})"
            )
        elif operator in ("/=", "//=", "%=") and t != "real" and (t != "int" or operator != "/="):
            self.put(f"{name} {operator} {self.nonzero(t)}")
        elif operator == "**=":
            self.put(f"{name} **= {self.pick('2', '3', '(2)', '0')}")
            self.put(f"{name} = {self.shrunk(t, name)}")
        else:
            self.put(f"{name} {'-=' if operator == '-=' else '+='} {value.text}")
            if t == "int":
                self.put(f"{name} %= {self.pick('7', '11', '13')}")

    def nonzero(self, t):
        return {
            "float64": self.pick("1.25", "-0.75", "3", "2.0", "SCALE"),
            "float32": self.pick("SCALE", "np.float32(1.5)"),
        }.get(t, self.pick("3", "2", "LIMIT", "-5"))

    def store(self):
        if self.chance(0.3):
            target, t = f"A[{self.index(3)}, {self.index(3)}]", self.dtypes["A"]
        else:
            name = self.pick("x", "w")
            target, t = f"{name}[{self.index(4)}]", self.dtypes[name]
        wanted = "int" if t in ("int", "int16") else self.pick(t, "real", "int")
        value = self.small(wanted, 2).text
        if t in ("int", "int16"):
            self.put(f"{target} = ({value} + n) % {self.pick('17', '9')}")
        elif self.chance(0.4):
            self.put(f"{target} {self.pick('+=', '-=')} {value}")
        else:
            self.put(f"{target} = {value}")

    def index(self, n):
        choices = ["0", "1", "-1", str(n - 1), f"({self.named('int', 1).text}) % {n}", f"n % {n}"]
        return self.pick(*choices)

    def branches(self, name, t):
        """A variable that both branches of an if define."""
        literal = t in ("int", "real") and self.chance(0.6)
        self.put(f"if {self.test(2)}:")
        self.put(f"    {name} = {self.pick('1', '2') if literal else self.small(t, 1).text}")
        if self.chance(0.3):
            self.put(f"elif {self.test(1)}:")
            self.put(f"    {name} = {self.small(t, 1).text}")
        self.put("else:")
        self.put(f"    {name} = {self.small(t, 1).text}")
        self.names[name] = t

    def branches_then_use(self):
        name = f"y_{len(self.lines)}"
        t = self.pick("real", "real", "int") if self.merges else self.pick("float64", "float32", "int")
        self.branches(name, t)
        if self.chance(0.7):
            target = self.pick(*self.variables("real"), "x[1]", "A[0, 0]")
            self.put(f"{target} = {self.use(name)}")

    def swap(self):
        t = self.pick("real", "float64", "float32", "int")
        names = self.variables(t)
        if len(names) >= 2:
            a, b = names[0], names[-1]
            self.put(self.pick(f"{a}, {b} = {b}, {a}", f"{a}, {b} = {b}, {self.small(t, 1).text}"))
        else:
            self.put("x[0], x[1] = x[1], x[0]")

    def if_(self):
        self.put(f"if {self.test(2)}:")
        self.block()
        if self.chance(0.25):
            self.exit()
        if self.chance(0.25):
            self.put(f"elif {self.test(2)}:")
            self.block()
        if self.chance(0.5):
            self.put("else:")
            self.block()

    def exit(self):
        """A way out, at the end of the block above."""
        self.indent += 1
        if self.in_try:
            self.put("pass")
        elif self.loops:
            self.put(self.pick("break", "continue"))
        else:
            self.put(f"return {self.returned()}")
        self.indent -= 1

    def for_(self):
        name = f"i{self.indent}"
        if self.loops >= 2 or name in self.names:
            return self.assign()
        items = self.pick(
            "range(n)", "range(3)", "range(n, 0, -1)", "range(LIMIT - 1)", "range(x.size)", "range(1, n + 1)"
        )
        self.names[name] = "int"
        self.put(f"for {name} in {items}:")
        self.loop_body(name)
        return None

    def loop_body(self, *names):
        """The body of a loop that gives values to some names, and at times an else."""
        inside, self.in_try = self.in_try, False
        self.loops += 1
        self.block(3)
        self.loops -= 1
        self.in_try = inside
        for name in names:
            self.names.pop(name, None)
        if self.chance(0.15):
            self.put("else:")
            self.block(1)

    def over_array(self):
        if self.loops >= 2 or f"e{self.indent}" in self.names:
            return self.assign()
        e, name = f"e{self.indent}", self.pick("x", "w")
        if self.chance(0.5):
            self.put(f"for {e} in {name}:")
            self.names[e] = self.dtypes[name]
        elif self.chance(0.5):
            self.put(f"for j{self.indent}, {e} in enumerate({name}):")
            self.names[e], self.names[f"j{self.indent}"] = self.dtypes[name], "int"
        else:
            self.put(f"for {e} in {self.pick('(1, 2, n)', '(0.5, a, b)')}:")
            self.names[e] = "int" if "n" in self.lines[-1] else "float64"
        self.loop_body(e, f"j{self.indent}")
        return None

    def while_(self):
        if self.loops >= 2:
            return self.assign()
        k = f"k{self.indent}_{len(self.lines)}"
        tests = [
            f"{k} < 3",
            f"{k} < n and {self.test(1)}",
            f"{self.test(1)} and {k} < 4",
            f"not {k} >= 2",
            f"0 <= {k} < LIMIT",
        ]
        tests += ["True", f"({k} < 3) & ({self.test(1)})"]
        test = self.pick(*tests)
        changing = self.variables("real")
        changing = self.pick(*changing) if changing and self.chance(0.6) else None
        if changing:
            self.put(f"{changing} = {self.pick('1', 'n', self.small('float32', 0).text)}")
            test = self.pick(
                f"{changing} < {self.pick('5', 'n', '2.5', 'f')} and {k} < 3", f"{k} < 3 and 0 <= {changing} < 9"
            )
        self.put(f"{k} = 0")
        self.put(f"while {test}:")
        self.put(f"    {k} += 1")
        if test == "True":
            self.put(f"    if {k} > 2{self.pick('', f' or {self.test(1)}')}:")
            self.put("        break")
        if changing:
            self.put(f"    {changing} = {self.use(changing)}")
            self.put(f"    {changing} = min(max({changing}, -9), {self.pick('9', 'f', 'LIMIT')})")
        self.names[k] = "int"
        self.loop_body()
        return None

    def try_(self):
        if self.in_try or self.loops:
            return self.augment()
        self.put("try:")
        self.in_try = True
        self.indent += 1
        if self.chance(0.7):
            self.put(f"if {self.test(1)}:")
            self.put('    raise ValueError("no")')
        if self.chance(0.4) and self.helpers:
            self.put(f"x[0] = {self.pick(*self.helpers.values()).format('a', 'n', 'f')}")
        self.put(f"x[1] {self.pick('+=', '=')} {self.small('float64', 1).text}")
        self.indent -= 1
        self.put("except Exception:")
        self.put(f"    x[2] = {self.small('float64', 1).text}")
        self.in_try = False
        return None

    def guard(self):
        if self.in_try:
            return self.assign()
        if self.chance(0.5):
            self.put(f"assert {self.pick('n > 0', '0 < n <= 5', self.test(1))}")
        else:
            self.put(f"if {self.test(1)}:")
            self.put('    raise ValueError("stop")')
        return None

    def of_none(self):
        if "y" not in self.names:
            return self.assign()
        self.put(f"if {self.pick('y is None', 'y is not None', f'y is None and {self.test(1)}')}:")
        self.block(1)
        return None

    def instance(self):
        self.put(f"if isinstance({self.pick('a', 'b')}, {self.pick('float', 'int')}):")
        self.put(f"    x[0] = {self.small('float64', 1).text}")
        self.put("if n == 3:")
        self.put(f"    x[1] = {self.small('float64', 1).text}")

    def slices(self):
        self.put(
            self.pick(
                "x[1:3] = x[:2]", "x[:] = 0.5", "w[:] = 1", "w.fill(2)", "x[::2] = x[1::2]", "A[0] = A[1]",
                "A[:, 1] = 2.0", "A[1:, 0] = x[:2]", "x[:] = x.copy()", "x[:] = w.astype(np.float64)",
                "x[0] = np.zeros_like(x)[1]", "x[1] = np.array([a, b])[0]", "x[1] = A.T[0, 1]", "A[1][2] = A[0, -1]",
            )
        )  # fmt: skip

    def complex_assign(self):
        if "v" not in self.names:
            return self.assign()
        self.put(f"x[3] = abs({self.expression('complex', 2).text})")
        return None

    def assign_bool(self):
        if "c" not in self.names:
            return self.assign()
        self.put(f"c {self.pick('=', '=', '&=', '|=')} {self.expression('bool', 2).text}")
        return None

    def returned(self):
        if self.result == "tuple":
            return f"{self.small('float64', 1).text}, {self.small('int', 1).text}"
        return self.small(self.result, 2).text

    def tail(self):
        """The end: small exits after branches and loops, which a compiler of bytecode may duplicate."""
        how = self.rng.randrange(5)
        if how == 0:
            self.branches_then_use()
        elif how == 1:
            t = self.pick("real", "int") if self.merges else "float64"
            self.branches("y_end", t)
            if self.result != "tuple" and (self.merges or self.result == "float64"):
                self.put(f"return {self.use('y_end')}")
                return
        elif how == 2:
            self.put(f"if {self.test(2)}:")
            self.put(f"    return {self.returned()}")
        elif how == 3:
            self.while_()
        self.put(f"return {self.returned()}")


# -- running -----------------------------------------------------------------------------------------------------------


def load(source, path):
    """The module of a program, with a file behind it."""
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(source, path):
    """What the three counters say of a program: its counts, and the names of the counters that differ."""
    from both_counters import compiled_count, reference_outcome
    from source_counter import source_outcome

    module = load(source, path)
    outcomes, counts, arguments = {}, {}, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's own words
        for name, count in (("compiled", compiled_count), ("reference", reference_outcome), ("source", source_outcome)):
            arguments[name] = module.arguments()
            outcomes[name], counts[name], *rest = count(module.program, *arguments[name])
    return outcomes, counts, arguments, rest[0]


def verdict(source, path):
    """The compiled counts of a program, and a line for each counter that differs."""
    from both_counters import assert_same

    outcomes, counts, arguments, changed = run(source, path)
    differing = []
    by_values = {"reference", "compiled"} if numba.config.DISABLE_JIT else {"reference"}
    for name in ("source", "reference"):
        if changed and by_values & {name, "compiled"}:
            continue  # one of the two follows the values
        if counts[name] != counts["compiled"]:
            differing.append(f"{name} counts {counts[name]!r}, compiled {counts['compiled']!r}")
        try:
            assert_same((outcomes["compiled"], arguments["compiled"]), (outcomes[name], arguments[name]))
        except (AssertionError, TypeError):
            differing.append(f"{name} gives {outcomes[name]!r}, compiled {outcomes['compiled']!r}")
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    found = {"counts": counts["compiled"].to_dict(), "outcome": _word(outcomes["compiled"]), "source": digest}
    return {**found, "differing": [sentence.split()[0] for sentence in differing]}, differing


def _word(outcome):
    return type(outcome).__name__ if isinstance(outcome, Exception) else "returns"


def compare(left, right):
    """Print the programs whose compiled counts differ between two files."""
    a, b = (json.loads(Path(path).read_text()) for path in (left, right))
    differing = [n for n in a["programs"] if a["programs"][n] != b["programs"].get(n)]
    for n in differing[:3]:
        print(Program(a["seed"], int(n)).source)
        print(f"# program {n}\n# {left}: {a['programs'][n]}\n# {right}: {b['programs'].get(n)}\n")
    print(f"{len(differing)} of {len(a['programs'])} programs differ")
    return a != b


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--compare", nargs=2)
    parser.add_argument("--show", type=int)
    options = parser.parse_args()
    if options.compare:
        return compare(*options.compare)
    if options.show is not None:
        print(Program(options.seed, options.show).source)
        return 0
    programs, wrong = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for n in range(options.first, options.first + options.number):
            source = Program(options.seed, n).source
            programs[n], differing = verdict(source, Path(folder) / f"program_{options.seed}_{n}.py")
            wrong += bool(differing)
            for sentence in differing:
                print(f"{n}: {sentence}", flush=True)
    print(f"{wrong} of {len(programs)} programs differ")
    if options.json:
        options.json.write_text(json.dumps({"seed": options.seed, "programs": programs}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
