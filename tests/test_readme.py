"""The README's examples give what they say."""

import doctest
import linecache
import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_examples_run():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)
    script, *sessions = blocks
    linecache.cache["README.py"] = (len(script), None, script.splitlines(keepends=True), "README.py")
    names: dict = {}
    exec(compile(script, "README.py", "exec"), names)
    ops = names["ops"]
    assert (ops.mul, ops.add) == (3, 3)
    assert f"# {ops!r}" in script
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for number, session in enumerate(sessions):
        runner.run(parser.get_doctest(session, names, f"README {number}", None, 0), clear_globs=False)
    assert runner.tries >= 3
    assert runner.failures == 0
