"""Reader of NIST's statistical reference datasets (StRD): regressions with certified answers."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mechkit.problems.numbers import NUMBER, number

#: The beginning of a line of the table of parameters, up to the first of its numbers.
_PARAMETER = re.compile(r" *([bB]\d+)(?: *= *| +(?=[-+]?\.?\d))")
#: What a model may call, and what it is called in Python.
FUNCTIONS = {"arctan": "atan", **{name: name for name in ("exp", "log", "sin", "cos", "tan", "sqrt")}}
SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.UAdd: "+",
    ast.USub: "-",
}


@dataclass(frozen=True)
class Regression:
    """Observations, a model, and the certified values of its parameters.

    name, level : the file's, and "Lower", "Average" or "Higher" difficulty; y : (m,) responses; x : (m, k) predictors;
    predictors, parameters : their names in the model, a text such as "y = b1*(1-exp[-b2*x])"; constants : numbers that
    it names; starts : (2, n), or (0, n) where the model is linear; certified, deviations : (n,) values and standard
    deviations of the parameters; sum_of_squares, deviation : of the residuals.
    """

    name: str
    level: str
    y: np.ndarray
    x: np.ndarray
    predictors: tuple[str, ...]
    parameters: tuple[str, ...]
    model: str
    constants: Mapping[str, float]
    starts: np.ndarray
    certified: np.ndarray
    deviations: np.ndarray
    sum_of_squares: float
    deviation: float

    @cached_property
    def residual(self) -> Callable[[Any], Any]:
        """Function b -> (m,): model less response, to be called, or compiled as a kernel.

        Raises ValueError where the model holds anything but arithmetic and elementary functions of what it names.
        """
        left, right = self.model.split("=")
        names: dict[str, str] = {"y": "y[i]"}
        names.update((name, f"x[i, {k}]") for k, name in enumerate(self.predictors))
        names.update((name, f"b[{k}]") for k, name in enumerate(self.parameters))
        names.update((name, repr(value)) for name, value in self.constants.items())
        source = (
            f"def residual(b):\n"
            f"    r = np.empty({self.y.size})\n"
            f"    for i in range({self.y.size}):\n"
            f"        r[i] = ({_python(right, names)}) - ({_python(left, names)})\n"
            f"    return r\n"
        )
        namespace: dict[str, Any] = {"np": np, "math": math, "x": self.x, "y": self.y}
        exec(compile(source, f"<model of {self.name}>", "exec"), namespace)
        return namespace["residual"]  # type: ignore[no-any-return]

    def digits(self, b: Any) -> float:
        """How many digits of the worst parameter are those certified, at most 11, which is all there are.

        References: McCullough, Assessing the reliability of statistical software, American Statistician 52 (1998).
        """
        wrong = np.abs(np.asarray(b, float) - self.certified)
        size = np.where(self.certified == 0.0, 1.0, np.abs(self.certified))
        worst = float(np.max(wrong / size))
        if worst == 0.0:
            return 11.0
        return min(11.0, -math.log10(worst)) if worst < math.inf else 0.0


def _python(formula: str, names: Mapping[str, str]) -> str:
    """A formula as Python, with what it names replaced; only arithmetic and FUNCTIONS pass."""
    text = formula.replace("[", "(").replace("]", ")").strip()
    try:
        return _spelled(ast.parse(text, mode="eval").body, names)
    except SyntaxError:
        raise ValueError(f"the formula {formula.strip()!r} cannot be read") from None


def _spelled(node: ast.expr, names: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return repr(value)
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in SIGNS:
            return f"({SIGNS[type(op)]}{_spelled(operand, names)})"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in SIGNS:
            return f"({_spelled(left, names)} {SIGNS[type(op)]} {_spelled(right, names)})"
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            return f"math.{FUNCTIONS[name]}({_spelled(argument, names)})"
    raise ValueError(
        f"the formula holds {ast.unparse(node)!r}; only + - * / **, {', '.join(FUNCTIONS)} "
        f"and {', '.join(names)} are understood"
    )


def read_nist(path: str | Path) -> Regression:
    """Read a dataset of NIST's StRD, with a linear or a nonlinear model.

    path : a ``.dat`` file as NIST publishes it.

    Returns
    -------
    Regression
        y, x, model, starts, certified values, and the residuals of the model as a function.

    Raises
    ------
    FileNotFoundError
        where there is no file.
    ValueError
        where it is not such a dataset, saying what is missing.

    References: NIST/ITL, Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd/

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "Line.dat")
    >>> _ = path.write_text('''
    ... Dataset Name:  Line (Line.dat)
    ... Data:          2 Observations
    ...                Lower Level of Difficulty
    ... Model:         Linear Class
    ...                y = b1 + b2*x + e
    ...
    ...   b1 =   1    0.5    1.0    0.0
    ...   b2 =   1    0.5    2.0    0.0
    ... Residual Sum of Squares:          0.0
    ... Residual Standard Deviation:      0.0
    ... Data:   y     x
    ...         3.0   1.0
    ...         5.0   2.0
    ... ''')
    >>> line = read_nist(path)
    >>> line.model, line.starts[0], line.residual(line.certified)
    ('y = b1 + b2*x', array([1., 1.]), array([0., 0.]))
    >>> folder.cleanup()
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}; give the path of a .dat file of NIST")
    text = path.read_text(encoding="utf-8", errors="replace")

    def found(pattern: str, what: str) -> str:
        match = re.search(pattern, text, re.MULTILINE)
        if match is None:
            raise ValueError(f"{str(path)!r} is no dataset of NIST's StRD: it has no {what}")
        return match.group(1)

    def certified_number(pattern: str, what: str) -> float:
        word = found(pattern, what)
        try:
            return number(word)
        except ValueError as error:
            raise ValueError(f"{str(path)!r} has a {what} that is no number: {error}") from None

    head, header, table = text.rpartition("\nData:")
    columns, *rows = table.splitlines() if header else [""]
    _, *predictors = columns.split() or [""]
    first = 2 + text.count("\n", 0, len(head) + 1)
    data = [_row(path, "data", k, row) for k, row in enumerate(rows, first) if row.strip()]
    if not predictors or not data or {len(row) for row in data} != {1 + len(predictors)}:
        raise ValueError(f"{str(path)!r} is no dataset of NIST's StRD: it has no table of data, y and its predictors")
    y, *x = np.array(data).T
    table_rows = [
        (match[1], _row(path, "parameters", k, line[match.end() :]))
        for k, line in enumerate(head.splitlines(), 1)
        if (match := _PARAMETER.match(line))
    ]
    parameters = [row for _, row in table_rows]
    if not parameters or {len(row) for row in parameters} not in ({2}, {4}):
        raise ValueError(f"{str(path)!r} is no dataset of NIST's StRD: it has no table of parameters")
    *starts, certified, deviations = np.array(parameters).T
    model, constants = _model(head)
    squares = r"(?:Residual Sum of Squares: *|^Residual +\d+ +)(\S+)"
    return Regression(
        name=found(r"^Dataset Name: *([\w-]+)", "name"),
        level=found(r"(\w+) Level of Difficulty", "level of difficulty"),
        y=np.ascontiguousarray(y),
        x=np.ascontiguousarray(np.transpose(x)),
        predictors=tuple(predictors),
        parameters=tuple(name for name, _ in table_rows),
        model=model,
        constants=constants,
        starts=np.array(starts).reshape(len(starts), len(parameters)),
        certified=certified,
        deviations=deviations,
        sum_of_squares=certified_number(squares, "residual sum of squares"),
        deviation=certified_number(r"Standard Deviation:? +(?!of\b)([-+.\d]\S*)", "residual standard deviation"),
    )


def _row(path: Path, what: str, line: int, text: str) -> list[float]:
    """The numbers of a line of a table."""
    try:
        return [number(word) for word in text.split()]
    except ValueError as error:
        raise ValueError(f"{str(path)!r} has a table of {what} that is not numbers: line {line}: {error}") from None


def _model(head: str) -> tuple[str, dict[str, float]]:
    """The model as one line without its error, and the constants that stand above it."""
    lines = head.partition("\nModel:")[2].splitlines()
    constants = {"pi": math.pi}
    for k, line in enumerate(lines):
        left, equals, right = line.partition("=")
        if equals and re.fullmatch(NUMBER, right.strip()):
            constants[left.strip()] = number(right.strip())
        elif equals:
            formula = line
            for more in lines[k + 1 :]:
                if re.search(r"\+ *e\s*$", formula) or not more.strip():
                    break
                formula += more
            model, found = re.subn(r"\s*\+ *e\s*$", "", formula)
            if not found:
                break
            return " ".join(model.split()), constants
    raise ValueError("there is no model: NIST writes it as 'y = ... + e' under 'Model:'")
