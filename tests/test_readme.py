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


def test_the_picture_shows_the_gains_that_were_measured():
    picture = (README.parent / "docs" / "pictures" / "minute.svg").read_text("utf-8")
    claims = (README.parent / "docs" / "claims.md").read_text("utf-8")
    shown = dict(re.findall(r">([a-z -]+) \((\w\d)\)</text>", picture)).values()
    assert len(list(shown)) == 7
    for key in shown:
        section = claims.partition(f"### {key}:")[2].partition("###")[0]
        factor, unit = re.search(r"- Gain: (\S+) times fewer (.*): from", section).groups()
        assert f">{factor} times, {unit}</text>" in picture
