"""A third counter, which reads the source: an interpreter of the syntax tree, by the rules in `source_rules`.

A function is read for the types of its arguments. Each expression becomes a pair: its type, and a Python function that
tallies and gives the value. Each statement becomes the types of the variables after it, and a Python function too.

A variable has one type at each place where paths of the source join: the type that holds what arrives there. Values
are converted at joins, silently. The types at the head of a loop depend on the loop's body, so a function is read again
until no type changes.
"""

import ast
import builtins
import types as python_types
from collections import Counter
from functools import cache

import numpy as np
from source_rules import (
    COMPARISONS,
    INSTANCES,
    MAKE,
    OPERATORS,
    Array,
    Fixed,
    arithmetic,
    call,
    converted,
    element,
    iterated,
    literal_integer,
    meet,
    method,
    power,
    same_column,
    type_of,
    unified,
    work,
)

import mechkit as mk

NOTHING = Fixed(None)


class SourceCounter:
    """The count of one call. ``changed`` says whether a variable's type changed at a join."""

    def __init__(self):
        self.counts, self._readings = Counter(), {}

    def run(self, kernel, args):
        """The outcome of a call, whether it returns or raises, and its counts."""
        try:
            with np.errstate(all="ignore"):
                outcome = self.reading(kernel.py_func, tuple(map(type_of, args))).run(args)
        except Exception as error:
            outcome = error
        return outcome, mk.OpCounts(self.counts)

    def reading(self, function, types):
        """The function as read for the types of its arguments; read once."""
        if (function, types) not in self._readings:
            self._readings[function, types] = reading = Reading(self, function, types)
            reading.read()
        return self._readings[function, types]

    @property
    def changed(self):
        return any(reading.changed for reading in self._readings.values())


@cache
def _tree(path):
    with open(path) as file:
        return ast.parse(file.read())


def _definition(code):
    for node in ast.walk(_tree(code.co_filename)):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first == code.co_firstlineno:
                return node
    raise LookupError(code.co_name)


class Reading:
    """A function read for the types of its arguments."""

    def __init__(self, counter, function, types):
        self._counter, self._function = counter, function
        self._node = _definition(function.__code__)
        self._parameters = [argument.arg for argument in self._node.args.args]
        defaults = function.__defaults__ or ()
        self._defaults = defaults[len(defaults) - (len(self._parameters) - len(types)) :]
        self._types = dict(zip(self._parameters, (*types, *map(type_of, self._defaults)), strict=True))
        self.returns, self.changed = None, False
        self._back = {}  # loop -> the types that go back to its head
        self._leaving = []  # for each loop around: the types at its breaks, and at its continues
        self._trying = []  # for each try around: the types after each of its statements

    def read(self):
        while True:
            before, self._stable, self.changed = self.returns, True, False
            self._returned = []
            after, self._body = self._block(self._node.body, dict(self._types))
            if after is not None:
                self.returns = unified(self.returns, NOTHING)
            if self._stable and self.returns == before:
                return

    def run(self, args):
        variables = {}
        for name, value in zip(self._parameters, (*args, *self._defaults), strict=True):
            variables[name] = converted(value, self._types[name])
        self._body(variables)
        return converted(variables.get("return"), self.returns)

    @property
    def changes_what_it_returns(self):
        return not all(same_column(t, self.returns) for t in self._returned)

    # -- joins ---------------------------------------------------------------------------------------------------------

    def _join(self, *paths):
        """The types where paths meet, and what converts the variables; None where no path arrives."""
        paths = [path for path in paths if path is not None]
        if not paths:
            return None, lambda v: None
        joined, differing = {}, {}
        for name in dict.fromkeys(name for path in paths for name in path):
            arriving = [path[name] for path in paths if name in path]
            for t in arriving:
                joined[name] = unified(joined.get(name), t)
            if any(t != joined[name] for t in arriving):
                differing[name] = joined[name]
                self._note_change(arriving, joined[name])

        def settle(v):
            for name, t in differing.items():
                if name in v:
                    v[name] = converted(v[name], t)

        return joined, settle

    def _note_change(self, arriving, joined):
        if not all(t is None or same_column(t, joined) for t in arriving):
            self.changed = True

    def _go_back(self, loop, *paths):
        before = self._back.get(loop)
        self._back[loop], _ = self._join(before, *paths)
        self._stable = self._stable and self._back[loop] == before

    def _tallier(self, tallies):
        counts = self._counter.counts

        def tally(n=1):
            for column, kind, number in tallies:
                counts[column, kind] += n * number

        return tally

    # -- statements: (types before) -> (types after, or None where nothing arrives; how to run it) ---------------------

    def _block(self, statements, types):
        runs = []
        for statement in statements:
            if types is None:
                break  # no path leads here
            types, run = getattr(self, type(statement).__name__)(statement, types)
            runs.append(run)
            for seen in self._trying:
                seen.append(dict(types or {}))

        def run_all(v):
            for run in runs:
                signal = run(v)
                if signal:
                    return signal
            return None

        return types, run_all

    def Pass(self, node, types):
        return types, lambda v: None

    def Expr(self, node, types):
        _, value = self.expr(node.value, types)
        return types, lambda v: value(v) and None

    def Assign(self, node, types):
        t, value = self.expr(node.value, types)
        stores = [self._target(target, t, types) for target in node.targets]

        def run(v):
            result = value(v)
            for store in stores:
                store(v, result)

        return types, run

    def _target(self, node, t, types):
        """What stores a value of type t in a target."""
        if isinstance(node, ast.Name):
            types[node.id] = t
            return lambda v, value: v.__setitem__(node.id, value)
        if isinstance(node, ast.Tuple):
            parts = [self._target(part, of, types) for part, of in zip(node.elts, t, strict=True)]
            return lambda v, values: [store(v, value) for store, value in zip(parts, values, strict=True)] and None
        array, x = self.expr(node.value, types)
        _, index = self.expr(node.slice, types)
        stored = self._tallier(element("stores", array.dtype))
        loaded = self._tallier(element("loads", t.dtype) if isinstance(t, Array) else ())

        def store(v, value):
            target, place = x(v), index(v)
            n = np.size(target[place])
            stored(n)
            loaded(n)
            target[place] = value

        return store

    def AugAssign(self, node, types):
        if isinstance(node.target, ast.Name):
            left_type, left = self.expr(node.target, types)
            t, value = self._binary(node, left_type, left, *self.expr(node.value, types), node.value)
            types[node.target.id] = t
            return types, lambda v: v.__setitem__(node.target.id, value(v))
        array, x = self.expr(node.target.value, types)
        _, index = self.expr(node.target.slice, types)
        loaded, stored = (self._tallier(element(kind, array.dtype)) for kind in ("loads", "stores"))
        given = self.expr(node.value, types)
        _, value = self._binary(node, array.dtype, lambda v: v["old value"], *given, node.value)

        def run(v):
            target, place = x(v), index(v)
            loaded()
            v["old value"] = converted(target[place], array.dtype)
            new = value(v)
            stored()
            target[place] = new

        return types, run

    def If(self, node, types):
        known, test = self._test(node.test, types)
        then, run_then = (None, None) if known is False else self._block(node.body, dict(types))
        other, run_other = (None, None) if known is True else self._block(node.orelse, dict(types))
        after, settle = self._join(then, other)

        def run(v):
            signal = run_then(v) if test(v) else run_other(v)
            return signal or settle(v)

        return after, run

    def While(self, node, types):
        head, settle_head = self._join(types, self._back.get(node))
        known, test = self._test(node.test, head)
        (after, settle), (body, orelse) = self._loop(node, head, dict(head), known)

        def run(v):
            while True:
                settle_head(v)
                if not test(v):
                    return orelse(v) or settle(v)
                signal = body(v)
                if signal == "break":
                    return settle(v)
                if signal == "return":
                    return signal

        return after, run

    def For(self, node, types):
        t, items = self.expr(node.iter, types)
        step = iterated(t)
        tally = self._tallier(step.tallies)
        head, settle_head = self._join(types, self._back.get(node))
        inside = dict(head)
        bind = self._target(node.target, step.item, inside)
        (after, settle), (body, orelse) = self._loop(node, head, inside, None)

        def run(v):
            for item in items(v):
                settle_head(v)
                tally()
                bind(v, converted(item, step.item))
                signal = body(v)
                if signal == "break":
                    return settle(v)
                if signal == "return":
                    return signal
            settle_head(v)
            return orelse(v) or settle(v)

        return after, run

    def _loop(self, node, head, inside, known):
        """The join after a loop, and its two blocks. known: what its test is known to be."""
        self._leaving.append(([], []))
        end, body = self._block(node.body, inside)
        breaks, continues = self._leaving.pop()
        self._go_back(node, end, *continues)
        done, orelse = (None, lambda v: None) if known is True else self._block(node.orelse, dict(head))
        return self._join(done, *breaks), (body, orelse)

    def Break(self, node, types):
        self._leaving[-1][0].append(types)
        return None, lambda v: "break"

    def Continue(self, node, types):
        self._leaving[-1][1].append(types)
        return None, lambda v: "continue"

    def Return(self, node, types):
        t, value = self.expr(node.value, types) if node.value else (NOTHING, lambda v: None)
        self.returns = unified(self.returns, t)
        self._returned.append(t)

        def run(v):
            v["return"] = value(v)
            return "return"

        return None, run

    def Raise(self, node, types):
        _, error = self.expr(node.exc, types)

        def run(v):
            raise error(v)

        return None, run

    def Assert(self, node, types):
        _, test = self._test(node.test, types)

        def run(v):
            assert test(v)

        return types, run

    def Try(self, node, types):
        (handler,) = node.handlers
        self._trying.append([dict(types)])
        end, body = self._block([*node.body, *node.orelse], dict(types))
        caught, settle_caught = self._join(*self._trying.pop())
        handled, handle = self._block(handler.body, dict(caught))
        after, settle = self._join(end, handled)

        def run(v):
            try:
                signal = body(v)
            except Exception:
                settle_caught(v)
                signal = handle(v)
            return signal or settle(v)

        return after, run

    # -- tests: what a test is known to be before the run (or None), and how to run it ---------------------------------

    def _test(self, node, types):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            known, test = self._test(node.operand, types)
            return (None if known is None else not known), lambda v: not test(v)
        if isinstance(node, ast.BoolOp):
            parts = [self._test(part, types) for part in node.values]
            decides = isinstance(node.op, ast.Or)
            if any(known is decides for known, _ in parts):
                known = decides
            else:
                known = None if any(known is None for known, _ in parts) else not decides
            combine = any if decides else all
            return known, lambda v: combine(test(v) for _, test in parts)
        return self._known(node, types), self.expr(node, types)[1]

    def _known(self, node, types):
        """What a constant, a global number, a test for None or an isinstance is known to be; else None."""
        if isinstance(node, ast.Constant):
            return bool(node.value)
        if isinstance(node, ast.Name) and node.id not in types:
            return bool(self._function.__globals__[node.id])
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot):
            a, b = self.expr(node.left, types)[0], self.expr(node.comparators[0], types)[0]
            return (a == b) == isinstance(node.ops[0], ast.Is) if NOTHING in (a, b) else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            t, wanted = (self.expr(arg, types)[0] for arg in node.args)
            return t in INSTANCES[wanted.value]
        return None

    # -- expressions: the type, and how to get the value ---------------------------------------------------------------

    def expr(self, node, types):
        return getattr(self, type(node).__name__)(node, types)

    def Constant(self, node, types):
        return type_of(node.value), lambda v: node.value

    def Name(self, node, types):
        if node.id in types:
            return types[node.id], lambda v: v[node.id]
        names = self._function.__globals__
        value = names[node.id] if node.id in names else getattr(builtins, node.id)
        return type_of(value), lambda v: value

    def Tuple(self, node, types):
        parts = [self.expr(part, types) for part in node.elts]
        return tuple(t for t, _ in parts), lambda v: tuple(value(v) for _, value in parts)

    List = Tuple

    def UnaryOp(self, node, types):
        if isinstance(node.op, ast.Not):
            return "bool", self._test(node, types)[1]
        t, value = self.expr(node.operand, types)
        if isinstance(node.operand, ast.Constant) and not isinstance(node.op, ast.Invert):
            return t, lambda v: -value(v) if isinstance(node.op, ast.USub) else value(v)
        if isinstance(node.op, ast.UAdd):
            return t, value
        kind, fn = ("neg", lambda x: -x) if isinstance(node.op, ast.USub) else ("invert", lambda x: ~x)
        result = t if t == "uint8" else meet(t, t)
        tally = self._tallier(work(kind, result))
        return result, lambda v: self._apply(tally, fn, MAKE[result](value(v)))

    def _apply(self, tally, fn, *args):
        tally()
        return fn(*args)

    def BinOp(self, node, types):
        return self._binary(node, *self.expr(node.left, types), *self.expr(node.right, types), node.right)

    def _binary(self, node, a, left, b, right, right_node):
        if a is None or b is None:
            return None, None  # a recursive call whose type is not known yet
        if not (isinstance(a, str) and isinstance(b, str)):
            return (*a, *b), lambda v: left(v) + right(v)  # two tuples
        kind, fn = OPERATORS[type(node.op)]
        literal = literal_integer(right_node) if kind == "pow" else None
        t, tallies = arithmetic(kind, a, b, literal)
        tally, make = self._tallier(tallies), MAKE[t]

        def run(v):
            x, y = make(left(v)), right(v)
            tally()
            if literal is not None:
                return make(power(x, literal))
            return make(fn(x, y if kind == "pow" and meet(b, b) == "int64" else make(y)))

        return t, run

    def Compare(self, node, types):
        operands = [self.expr(operand, types) for operand in (node.left, *node.comparators)]
        known = self._known(node, types)
        if known is not None:
            return "bool", lambda v: known
        links = [self._link(op, a, b) for op, (a, _), (b, _) in zip(node.ops, operands, operands[1:], strict=False)]

        def run(v):
            left = operands[0][1](v)
            for (_, value), link in zip(operands[1:], links, strict=True):
                right = value(v)
                if not link(left, right):
                    return False
                left = right
            return True

        return "bool", run

    def _link(self, op, a, b):
        if isinstance(op, ast.Is | ast.IsNot):
            return lambda x, y: (x == y) == isinstance(op, ast.Is)
        t = meet(a, b)
        tally, make, fn = self._tallier(work("compare", t)), MAKE[t], COMPARISONS[type(op)]
        return lambda x, y: bool(self._apply(tally, fn, make(x), make(y)))

    def BoolOp(self, node, types):
        parts = [self.expr(part, types) for part in node.values]
        t, decides = None, isinstance(node.op, ast.Or)
        for part, _ in parts:
            t = unified(t, part)
        self._note_change([part for part, _ in parts], t)

        def run(v):
            for _, value in parts:
                result = value(v)
                if bool(result) is decides:
                    break
            return converted(result, t)

        return t, run

    def IfExp(self, node, types):
        known, test = self._test(node.test, types)
        if known is not None:
            return self.expr(node.body if known else node.orelse, types)
        (a, then), (b, other) = self.expr(node.body, types), self.expr(node.orelse, types)
        t = unified(a, b)
        self._note_change([a, b], t)
        return t, lambda v: converted(then(v) if test(v) else other(v), t)

    def Attribute(self, node, types):
        t, value = self.expr(node.value, types)
        if isinstance(t, Fixed):
            found = getattr(t.value, node.attr)
            return type_of(found), lambda v: found
        if isinstance(t, Array):
            part = {"complex64": "float32", "complex128": "float64"}.get(t.dtype, t.dtype)
            results = {"shape": ("int64",) * t.ndim, "T": t, "dtype": Fixed(np.dtype(t.dtype))}
            results |= {"real": Array(part, t.ndim), "imag": Array(part, t.ndim)}
            return results.get(node.attr, "int64"), lambda v: getattr(value(v), node.attr)
        result = {"complex64": "float32", "complex128": "float64"}.get(t, t)  # z.real, z.imag
        return result, lambda v: MAKE[result](getattr(value(v), node.attr))

    def Slice(self, node, types):
        parts = [
            self.expr(part, types)[1] if part else (lambda v: None) for part in (node.lower, node.upper, node.step)
        ]
        return Fixed(slice), lambda v: slice(*(part(v) for part in parts))

    def Subscript(self, node, types):
        t, container = self.expr(node.value, types)
        index_type, index = self.expr(node.slice, types)
        if not isinstance(t, Array):
            n = literal_integer(node.slice)
            item = t[n] if n is not None else iterated(t).item
            return item, lambda v: converted(container(v)[index(v)], item)
        parts = index_type if type(index_type) is tuple else (index_type,)
        ndim = t.ndim - sum(isinstance(part, str) for part in parts)
        if ndim:
            return Array(t.dtype, ndim), lambda v: container(v)[index(v)]
        tally = self._tallier(element("loads", t.dtype))

        def load(v):
            x, place = container(v), index(v)
            tally()
            return converted(x[place], t.dtype)

        return t.dtype, load

    def Call(self, node, types):
        args = [self.expr(arg, types) for arg in node.args]
        given = tuple(t for t, _ in args)
        values = lambda v: [value(v) for _, value in args]
        if isinstance(node.func, ast.Attribute):
            this, owner = self.expr(node.func.value, types)
            if not (isinstance(this, Fixed) and isinstance(this.value, python_types.ModuleType)):
                return self._method(this, owner, node.func.attr, given, values)
        fn = self.expr(node.func, types)[0].value
        if fn is isinstance:
            known = self._known(node, types)
            return "bool", lambda v: known
        if hasattr(fn, "py_func"):
            callee = self._counter.reading(fn.py_func, given)
            self.changed = self.changed or callee.changes_what_it_returns
            return callee.returns, lambda v: callee.run(values(v))
        if isinstance(fn, type) and issubclass(fn, Exception):
            return NOTHING, lambda v: fn(*values(v))
        t, tallies, compute = call(fn, given)
        tally = self._tallier(tallies)
        return t, lambda v: converted(self._apply(tally, compute, *values(v)), t)

    def _method(self, this, owner, name, given, values):
        t, tallies, for_each, compute = method(this, name, given)
        tally, tally_each = self._tallier(tallies), self._tallier(for_each)

        def run(v):
            target, arguments = owner(v), values(v)
            tally()
            if for_each:
                tally_each(target.size)
            return converted(compute(target, *arguments), t)

        return t, run


def source_outcome(kernel, *args):
    """The outcome of a call, its counts by the source, and whether a variable's type changed at a join."""
    counter = SourceCounter()
    outcome, ops = counter.run(kernel, args)
    return outcome, ops, counter.changed
