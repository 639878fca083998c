"""Plain English, as far as a machine can hold it: short sentences, and none of the phrases that learners stumble on.

Read are the docstrings, the comments and the other texts of the package, and its pages.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "mechkit").rglob("*.py"), *(ROOT / "examples").glob("*.py")])
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

LONGEST_SENTENCE = 30

#: What is not written -> what is.
INSTEAD = {
    r"no such (?!file|device)": "a missing ..., or: ... is unknown",
    r"that there is not\b": "a missing ...",
    r"that is not needed": "accepted for SciPy's sake and ignored",
    r"\bare so\b(?! close| small| large| near| far| many| few)": "say what they are",
    r"\bis (?:not )?so\b(?! \w+ that| small| large| near| far| close)": "say what it is",
    r"\b(made|makes|making) (?:\w+ )?least\b": "minimized",
    r"\bdear(er|est)?\b": "expensive",
    r"\bis said\b|\bare said\b": "is reported",
    r"(?-i:\bnone is\b)": "say of what: no row is ..., there is no ...",
    r"\b(behaviour|colour|neighbour|centre|favour|honour|"
    r"minimis|maximis|optimis|normalis|initialis|summaris|recognis|organis|factoris|generalis|discretis|linearis|"
    r"equalis|analys(?:e|ed|es|ing)\b|labell|modell|travell(?!ing sales)|cancell(?!ation)|metre)": "American spelling",
}


def sentences(text: str) -> Iterator[str]:
    """The sentences of a docstring, a message or a page, without its examples, code, formulas and tables."""
    text = re.sub(r"```.*?```|\x08.*?(?=\n\s*\n|\Z)", "\n\n", text, flags=re.S)
    text = re.sub(r"(?ms)^ *>>> .*?(?=^\s*$|\Z)", "\n\n", text)
    text = re.sub(r"(?ms)^ *References[:\n].*?(?=^\s*$|\Z)|<[a-z][^>]*>", "\n\n", text)
    text = re.sub(r"(?m)^ {4,}\S.*::$|^ *\|.*$|^ *(#+|[-=~]{3,}).*$", "\n\n", text)
    # Each entry of a list is a sentence of its own: "name : what it is" on a line or after a semicolon, "- item".
    text = re.sub(r"(?m)^\s*(?=[-*\d]+\.? )|^\s*(?=[\w*]+(, [\w*]+)* : )|;\s(?=[\w*]+(, [\w*]+)* : )", "\n\n", text)
    for paragraph in re.split(r"\n\s*\n", text):
        yield from re.split(r"(?<=[.!?:])\s+(?=[A-Z`\"(])", " ".join(paragraph.split()))


def words(sentence: str) -> int:
    """The number of words; what stands in backquotes is one."""
    return len(re.findall(r"[A-Za-z][A-Za-z'-]*", re.sub(r"`[^`]*`", "name", sentence)))


def texts(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each docstring and each other text of a Python source; {} stands for what is filled in."""
    parts = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts |= set(node.values)
            shown = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(map(str, shown))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in parts
            and not is_code(node.value)
        ):
            yield node.lineno, node.value


def is_code(text: str) -> bool:
    """Whether a text is a program, such as the answers of a ready exercise."""
    if "def " not in text:
        return False
    try:
        return any(isinstance(statement, ast.FunctionDef) for statement in ast.parse(text).body)
    except SyntaxError:
        return False


def comments(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each comment."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def read(path: Path) -> list[tuple[int, str]]:
    source = path.read_text(encoding="utf-8")
    return [*texts(source), *comments(source)] if path.suffix == ".py" else [(1, source)]


def found(path: Path) -> list[str]:
    """What is to be mended in a file, one line each."""
    mend = []
    for line, text in read(path):
        plain = re.sub(r"`[^`\n]*`", "name", text)  # names of code stand in backquotes
        for phrase, instead in INSTEAD.items():
            hits = re.finditer(phrase, plain, flags=re.IGNORECASE)
            mend += [f"line {line}: {hit.group()!r}: write {instead}" for hit in hits]
        if not text.startswith("#"):
            long = [sentence for sentence in sentences(text) if words(sentence) > LONGEST_SENTENCE]
            mend += [f"line {line}: {words(one)} words: {one[:90]} ..." for one in long]
    return mend


@pytest.mark.parametrize("path", [*SOURCES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_the_language_is_plain(path: Path) -> None:
    assert not (mend := found(path)), "\n".join([str(path), *mend])


def test_long_sentences_and_phrases_are_found(tmp_path: Path) -> None:
    source = '"""One.\n\nTwo ' + "word " * 30 + '."""\n# a cost that is dear\nraise ValueError(f"no such row {1}")\n'
    (tmp_path / "a.py").write_text(source)
    assert len(found(tmp_path / "a.py")) == 3
