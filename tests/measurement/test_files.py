"""Writing a file: what stays of what was there, and what is no ordinary file."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mechkit.files import write_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and devices of POSIX")


@pytest.mark.parametrize("content", ["new n²\n", b"\x89PNG"])
def test_a_link_stays_a_link_and_a_mode_a_mode(tmp_path, content):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old and longer than the new")
    real.chmod(0o600)
    link.symlink_to("real.csv")
    write_file(link, content)
    assert link.is_symlink()
    assert real.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "real.csv"]


def test_a_link_to_nothing_makes_what_it_means(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_file(tmp_path / "link.csv", "new")
    assert (tmp_path / "real.csv").read_text() == "new"
    assert (tmp_path / "link.csv").is_symlink()


def test_a_file_with_two_names_keeps_both(tmp_path):
    (tmp_path / "a").write_text("old")
    os.link(tmp_path / "a", tmp_path / "b")
    write_file(tmp_path / "a", "new")
    assert (tmp_path / "b").read_text() == "new"


def test_a_pipe_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_file(tmp_path / "pipe", "through")
    reader.join()
    assert read == [b"through"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_device_stays_a_device():
    write_file("/dev/null", "nothing")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    if Path("/dev/full").exists():
        with pytest.raises(OSError, match="No space left"):
            write_file("/dev/full", "something")
        assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "{}"])
def test_standard_output_is_written_where_it_stands(tmp_path, name):
    out = tmp_path / "out.txt"
    code = (
        "import sys; from mechkit.files import write_file\n"
        "print('before'); write_file(sys.argv[1], 'table\\n'); print('after')"
    )
    with out.open("wb") as stream:
        subprocess.run([sys.executable, "-c", code, name.format(out)], stdout=stream, check=True)
    assert out.read_text() == "before\ntable\nafter\n"


def test_a_file_in_a_folder_that_takes_no_new_one_is_written(tmp_path, monkeypatch):
    file, write = tmp_path / "a.csv", Path.write_text
    file.write_text("old")

    def refused(self, *args, **kwargs):
        if self != file:
            raise PermissionError(13, "Permission denied")
        return write(self, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", refused)
    write_file(file, "new")
    assert file.read_text() == "new"
    with pytest.raises(PermissionError):
        write_file(tmp_path / "b.csv", "new")


def test_a_long_name_may_be_as_long_as_the_system_allows(tmp_path):
    write_file(tmp_path / ("x" * 250), "new")
    assert (tmp_path / ("x" * 250)).read_text() == "new"
