"""Compiled kernels are kept between processes, and nothing stale is ever run."""

import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import numba
import numpy as np
import pytest

import mechkit as mk
from mechkit.counting.digest import digest, is_recursive

pytestmark = pytest.mark.compiled
ROOT = Path(__file__).parents[2]

PROGRAM = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
import mechkit as mk
import main
with mk.count() as ops:
    result = main.kernel(3.0)
print(sum(main.kernel.stats.cache_hits.values()), result, ops.to_dict())
"""
MAIN = """
import mechkit as mk
from callee import callee, package
import callee as module
RATE = 2.0
@mk.kernel(cache=True)
def kernel(x):
    return RATE * callee(x) + package.part.SHIFT + module.callee(x)
"""
CALLEE = """
import mechkit as mk
import package
import package.part
@mk.kernel(cache=True)
def callee(x):
    return x * x
"""


@pytest.fixture
def project(tmp_path):
    """A small project: a kernel, its callee in another file, a constant in a package, and a mechkit of its own."""
    folder = tmp_path / "project"
    (folder / "package").mkdir(parents=True)
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "part.py").write_text("SHIFT = 1.0\n")
    (folder / "main.py").write_text(MAIN)
    (folder / "callee.py").write_text(CALLEE)
    shutil.copytree(ROOT / "mechkit", folder / "mechkit", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_second_process_loads_what_the_first_compiled(project, python, tmp_path):
    def run(name=None, old=None, new=None):
        if name:
            path = project / name
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))
        environment = {"PYTHONPATH": str(project), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        (line,), errors = python(PROGRAM, str(project), **environment)
        assert not errors
        hits, result, counts = line.split(" ", 2)
        return int(hits), float(result), counts

    counts = "{'float64': {'add': 2, 'mul': 3}}"
    assert run() == (0, 2 * 9 + 1 + 9, counts)
    assert run() == (1, 28, counts)
    assert run("callee.py", "x * x", "x * x * x") == (0, 2 * 27 + 1 + 27, "{'float64': {'add': 2, 'mul': 5}}")
    assert run()[0] == 1
    assert run("main.py", "RATE = 2.0", "RATE = 4.0")[:2] == (0, 4 * 27 + 1 + 27)
    assert run("package/part.py", "1.0", "5.0")[:2] == (0, 4 * 27 + 5 + 27)
    assert run("callee.py", "x * x * x", "x * x")[:2] == (0, 4 * 9 + 5 + 9)
    assert run("package/part.py", "5.0", "1.0")[0] == 0
    assert run("main.py", "RATE = 4.0", "RATE = 2.0") == (1, 28, counts)  # the first one is still there
    # a changed instrument: the kernels are compiled anew, and count by the new rule
    rule = ('operator.mul: "mul"', 'operator.mul: "add"')
    assert run("mechkit/counting/rules.py", *rule) == (0, 28, "{'float64': {'add': 5}}")


CLOSURES = """
import sys
import mechkit as mk

def times(a):
    @mk.kernel(cache=True)
    def product(x):
        return a * x
    return product

def plus_one(g):
    @mk.kernel(cache=True)
    def one_more(x):
        return g(x) + 1.0
    return one_more

kernels = [plus_one(times(float(a))) for a in sys.argv[1:]]
for kernel in kernels:
    print(kernel(1.0), sum(kernel.stats.cache_hits.values()))
if len(kernels) == 2:
    first, second = kernels

    @mk.kernel
    def both(x):
        return first(x), second(x)

    print(both(1.0))
"""


def test_what_a_kernel_closes_over_tells_it_from_others(python, tmp_path):
    run = lambda *values: python(CLOSURES, *values, NUMBA_CACHE_DIR=str(tmp_path / "cache"))[0]
    assert run("2") == ["3.0 0"]
    assert run("3") == ["4.0 0"]  # another value, another process: both have now compiled "their first" kernel
    assert run("2", "3") == ["3.0 1", "4.0 1", "(3.0, 4.0)"]
    assert run("3", "2") == ["4.0 1", "3.0 1", "(4.0, 3.0)"]


REBOUND = """
import mechkit as mk

def make():
    a = 2.0
    @mk.kernel(cache=True)
    def product(x):
        return a * x
    def rebind():
        nonlocal a
        a = 3.0
    return product, rebind

product, rebind = make()
print(product(1.0))
rebind()
print(product(1))
"""


def test_a_value_that_was_bound_anew_is_no_longer_the_old_one(python, tmp_path):
    for _ in range(2):
        assert python(REBOUND, NUMBA_CACHE_DIR=str(tmp_path / "cache"))[0] == ["2.0", "3.0"]


ROLES = """
import sys
import mechkit as mk
from mechkit.counting import by_address
from numba import float64

@mk.kernel(cache=True)
def double(x):
    return x + x

for role in sys.argv[1:]:
    f = by_address(double, float64(float64), role)
    with mk.count() as ops:
        f(1.0)
    print(sum(f.stats.cache_hits.values()), ops.calls["f"], ops.calls["jac"])
"""


def test_a_role_tells_a_function_from_the_same_in_another(python, tmp_path):
    run = lambda *roles: python(ROLES, *roles, NUMBA_CACHE_DIR=str(tmp_path / "cache"))[0]
    assert run("f") == ["0 1 0"]
    assert run("jac") == ["0 0 1"]
    assert run("jac", "f") == ["1 0 1", "1 1 0"]


def test_a_cache_that_cannot_be_written_is_a_warning(project, python, tmp_path):
    (tmp_path / "file").write_text("")
    (line,), errors = python(PROGRAM, str(project), NUMBA_CACHE_DIR=str(tmp_path / "file" / "below"))
    assert line == "0 28.0 {'float64': {'add': 2, 'mul': 3}}"
    (warning,) = errors.splitlines()
    assert f"CacheWarning: compiled kernels cannot be kept in {tmp_path / 'file' / 'below'}" in warning
    assert warning.endswith("anew in each process; set NUMBA_CACHE_DIR to a folder that can be written")


def test_without_a_home_the_kernel_is_compiled_in_memory(project, python, tmp_path):
    environment = {"HOME": "nowhere", "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": ""}
    before = set(Path.cwd().iterdir())
    (line,), errors = python(PROGRAM, str(project), **environment)
    assert line == "0 28.0 {'float64': {'add': 2, 'mul': 3}}"
    (warning,) = errors.splitlines()
    assert "(it is no absolute path, since HOME or XDG_CACHE_HOME is none): they are compiled anew" in warning
    assert set(Path.cwd().iterdir()) == before


def made(text="def kernel(x):\n    return RATE * x\n", options=None, **names):
    namespace = {"RATE": 2.0, "np": np, "__name__": __name__, **names}
    exec(compile(text, "somewhere.py", "exec"), namespace)
    return mk.kernel(**(options or {}))(namespace["kernel"])


def test_the_digest_holds_everything_the_code_depends_on():
    module, submodule = types.ModuleType("module"), types.ModuleType("module.sub")
    module.sub, submodule.module, submodule.A = submodule, module, 1.0
    of_module = lambda: digest(made("def kernel(x):\n    return module.sub.A * x\n", module=module))
    of_callee = lambda text: digest(made("def kernel(x):\n    return callee(x)\n", callee=made(text)))
    of_array = lambda a: digest(made("def kernel(x):\n    return A[1] * x\n", A=a))
    first = of_module()
    submodule.A = 2.0
    digests = [
        *(digest(made()), digest(made(RATE=3.0)), digest(made(options={"fastmath": True})), first, of_module()),
        *(
            digest(made("def kernel(x):\n    return RATE + x\n")),
            digest(made("def kernel(x):\n    return RATE * x * 1.5\n")),
        ),
        *(
            digest(made("def kernel(x, y=1.0):\n    return RATE * x\n")),
            digest(made("def kernel(x, y=2.0):\n    return RATE * x\n")),
        ),
        *(of_callee("def kernel(x):\n    return 2.0 * x\n"), of_callee("def kernel(x):\n    return 3.0 * x\n")),
        *(of_array(np.arange(3.0)), of_array(np.arange(1.0, 4.0)), of_array(np.arange(3))),
        *(digest(made(RATE=(1.0, 2.0))), digest(made(RATE=(1.0, 3.0)))),
        *(digest(made(RATE=np.float32(2))), digest(made(RATE=numba.float32)), digest(made(RATE=numba.float64))),
        *(digest(made(RATE=np.sin)), digest(made(RATE=np.cos))),
    ]
    assert len(set(digests)) == len(digests)
    assert digest(made()) == digests[0]
    assert of_array(np.arange(3.0)) == of_array(np.arange(3.0))


def test_the_digest_of_kernels_that_call_each_other_ends():
    even = made("def kernel(n):\n    return True if n == 0 else odd(n - 1)\n")
    odd = made("def kernel(n):\n    return False if n == 0 else even(n - 1)\n", even=even)
    even.py_func.__globals__["odd"] = odd
    assert digest(even) != digest(odd)


CALLING_THEMSELVES = """
import sys
import mechkit as mk
@mk.kernel(cache=True)
def factorial(n):
    return 1.0 if n < 2 else n * factorial(n - 1)
@mk.kernel(cache=True)
def binomial(n, k):
    return factorial(n) / (factorial(k) * factorial(n - k))
@mk.kernel(cache=True)
def even(n):
    return True if n == 0 else odd(n - 1)
@mk.kernel(cache=True)
def odd(n):
    return False if n == 0 else even(n - 1)
@mk.kernel(cache=True)
def pascal(n):
    return even(n), binomial(n, 2)
for name in sys.argv[1:]:
    with mk.count() as ops:
        value = globals()[name](*(6, 2)[: 1 + (name == "binomial")])
    print(name, value, ops.flops, sum(globals()[name].stats.cache_hits.values()))
"""


def test_kernels_that_call_themselves_are_kept(python, tmp_path):
    """Numba leaves the place of their own address open in what it loads; a call of it ended the process."""

    def run(*names):
        return python(CALLING_THEMSELVES, *names, NUMBA_CACHE_DIR=str(tmp_path / "cache"))[0]

    values = {"factorial": "720.0 5", "binomial": "15.0 11", "even": "True 0", "odd": "False 0"}
    values["pascal"] = "(True, 15.0) 11"
    assert run("binomial", "factorial") == ["binomial 15.0 11 0", "factorial 720.0 5 0"]
    for first, second in itertools.permutations(("binomial", "factorial")):
        assert run(first, second) == [f"{name} {values[name]} 1" for name in (first, second)]
    run("odd")
    for names in (("odd", "even"), ("even", "pascal", "odd"), ("pascal", "factorial"), ("factorial", "pascal", "even")):
        assert [line.rpartition(" ")[0] for line in run(*names)] == [f"{name} {values[name]}" for name in names]
    assert run("pascal", "factorial", "odd") == [f"{name} {values[name]} 1" for name in ("pascal", "factorial", "odd")]


def test_an_attribute_is_no_call_of_a_kernel_of_that_name():
    size = made("def kernel(x):\n    return x.size\n")
    size.py_func.__globals__["size"] = size
    assert not is_recursive(size)
    of_size = made("def kernel(x):\n    return size(x) + x.size\n", size=size)
    assert not is_recursive(of_size)
    assert digest(of_size) != digest(made("def kernel(x):\n    return size(x) + x.size\n", size=made()))


def test_the_folder_depends_on_the_instrument(monkeypatch, tmp_path):
    from mechkit.counting import kernel_cache

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    place = kernel_cache.cache_directory.__wrapped__()
    assert place.parent == tmp_path
    assert place == kernel_cache.cache_directory.__wrapped__()
    with monkeypatch.context() as patch:
        patch.setattr(numba, "__version__", "0.0")
        assert kernel_cache.cache_directory.__wrapped__() != place
    with monkeypatch.context() as patch:
        patch.setattr(sys.implementation, "cache_tag", "cpython-310")
        assert kernel_cache.cache_directory.__wrapped__() != place
    changed = tmp_path / "counting"
    shutil.copytree(Path(kernel_cache.__file__).parent, changed)
    with (changed / "lowering.py").open("a") as source:
        source.write("# counts otherwise\n")
    monkeypatch.setattr(kernel_cache, "__file__", str(changed / "kernel_cache.py"))
    assert kernel_cache.cache_directory.__wrapped__() != place


def test_what_no_other_process_could_find_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("mechkit.counting.kernel_cache.cache_directory", lambda: tmp_path)

    @mk.kernel(cache=True)
    def apply(f, x):
        return f(x)

    @mk.kernel
    def double(x):
        return x + x

    assert apply(double, 2.0) == 4.0
    assert list(tmp_path.iterdir()) == []


def test_a_script_that_is_no_module_runs_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import mechkit as mk\n@mk.kernel(cache=True)\ndef double(x):\n    return x + x\nresult = double(2.0)\n"
    )
    run = f"import runpy; names = runpy.run_path({str(script)!r}); print(names['result'], names['double'](3.0))"
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", run],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "4.0 6.0\n"


RECURSIVE = """
import mechkit as mk, numpy as np

@mk.kernel(cache=True)
def total(x, a, b):
    if b - a < 2:
        return x[a]
    middle = (a + b) // 2
    return total(x, a, middle) + total(x, middle, b)

@mk.kernel(cache=True)
def mean(x):
    return total(x, 0, x.size) / x.size

print(mean(np.arange(5.0)), total(np.arange(5.0), 0, 5))
"""


def test_what_calls_itself_does_not_crash_the_next_process(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(RECURSIVE)
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "2.0 10.0\n"), done.stderr


RACE = """
import sys, numpy as np
import mechkit as mk

@mk.kernel(cache=True)
def k4(x):
    if x > 2:
        return x * x + x * 2 + 5 * x // 2 - 1
    return x

args = [np.float32(2.5), 2, 2.5, np.int32(3), np.complex64(1).real, np.uint8(7), np.int16(4), np.float64(9)]
turn = int(sys.argv[1])
for x in args[turn:] + args[:turn]:
    print(type(x).__name__, float(k4(x)))
"""


def test_processes_that_compile_for_different_types_at_once_leave_right_code(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(RACE)
    for turn in range(2):
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / f"cache{turn}"), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(script)]
        together = [
            subprocess.Popen([*command, str(k)], env=environment, stdout=subprocess.PIPE, text=True) for k in range(3)
        ]
        printed = [process.communicate()[0] for process in together]
        printed.append(subprocess.run([*command, "0"], env=environment, capture_output=True, text=True).stdout)
        answers = {"".join(sorted(text.splitlines(keepends=True))) for text in printed}
        assert len(answers) == 1
        (answer,) = answers
        for line in answer.splitlines():
            name, value = line.split()
            x = {"float32": 2.5, "float64": 9.0, "int": 2, "float": 2.5, "int32": 3, "uint8": 7, "int16": 4}[name]
            assert float(value) in {float(x * x + x * 2 + 5 * x // 2 - 1 if x > 2 else x), 1.0}


@pytest.fixture
def cache_here(tmp_path, monkeypatch):
    """The cache in a folder of the test's own."""
    monkeypatch.setattr("mechkit.counting.kernel_cache.cache_directory", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def hits(kernel):
    return sum(kernel.stats.cache_hits.values())


@pytest.mark.parametrize("damage", ["cut short", "emptied", "one bit", "of another kernel", "of another version"])
def test_a_damaged_entry_is_compiled_anew(cache_here, damage):
    assert made(options={"cache": True})(3.0) == 6.0
    (entry,) = cache_here.iterdir()
    whole = entry.read_bytes()
    if damage == "of another kernel":
        made(options={"cache": True}, RATE=5.0)(3.0)
        (other,) = set(cache_here.iterdir()) - {entry}
        entry.write_bytes(other.read_bytes())
    elif damage == "of another version":
        names_what_is_gone = b"cnumba.core.gone\nGone\n."
        entry.write_bytes(hashlib.sha256(names_what_is_gone).digest() + names_what_is_gone)
    else:
        changed = bytearray(whole)
        changed[len(whole) // 2] ^= 1
        entry.write_bytes({"cut short": whole[:-100], "emptied": b"", "one bit": bytes(changed)}[damage])
    again = made(options={"cache": True})
    assert (again(3.0), hits(again)) == (6.0, 0)
    once_more = made(options={"cache": True})
    assert (once_more(3.0), hits(once_more)) == (6.0, 1)


def test_settings_that_change_the_code_tell_entries_apart(cache_here, monkeypatch):
    source = "def kernel(x):\n    return x[3]\n"
    assert made(source, {"cache": True})(np.arange(4.0)) == 3.0
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", 1)
    with pytest.raises(IndexError):
        made(source, {"cache": True})(np.arange(3.0))


def test_a_large_global_array_is_no_error(cache_here):
    kernel = made("def kernel(x):\n    return A[200_000 - 1] * x\n", {"cache": True}, A=np.arange(200_000.0))
    with pytest.warns(RuntimeWarning, match="kernel kernel is compiled anew in each process, .* more than 1 MB; pass"):
        assert kernel(2.0) == 399998.0
    assert not cache_here.exists() or not list(cache_here.iterdir())


def test_a_line_that_moves_from_try_to_else_is_another_kernel():
    text = "def kernel(x):\n    try:\n        y = 1.0\n{}    except Exception:\n        return -1.0\n{}    return y\n"
    line = "        if x > 0.0:\n            raise ValueError\n"
    inside, outside = text.format(line, ""), text.format("", "    else:\n" + line)
    assert digest(made(inside)) != digest(made(outside))


def test_moved_lines_are_another_kernel():
    assert digest(made("def kernel(x):\n    return x\n")) != digest(made("\ndef kernel(x):\n    return x\n"))
    assert digest(made("def kernel(x):\n    return x\n")) != digest(made("def kernel(x):\n    # more\n    return x\n"))


INLINED = """
import mechkit as mk
from numba.extending import overload

def helper(x):
    pass

@overload(helper, inline="always")
def helper_of(x):
    return lambda x: x + 1.0

@mk.kernel(cache=True)
def kernel(x):
    return helper(x)

print(kernel(1.0))
"""


def test_an_overload_that_was_inlined_and_edited_is_noticed(tmp_path):
    script = tmp_path / "script.py"
    for text, result in ((INLINED, "2.0\n"), (INLINED.replace("+ 1.0", "+ 7.0"), "8.0\n")):
        script.write_text(text)
        done = subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == result


def test_the_digest_of_a_deep_call_graph_ends():
    kernels = [made("def kernel(x):\n    return x\n"), made("def kernel(x):\n    return x + 1\n")]
    for _ in range(60):
        kernels.append(made("def kernel(x):\n    return a(x) + b(x)\n", a=kernels[-1], b=kernels[-2]))
    first = digest(kernels[-1])
    assert not is_recursive(kernels[-1])
    kernels[0].py_func.__globals__["extra"] = 1
    assert digest(kernels[-1]) == first
    assert len({digest(kernel) for kernel in kernels}) == len(kernels)
