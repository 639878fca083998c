"""The folder of a report: made, checked, and never left with half a file."""

from __future__ import annotations

import os

import pytest

from mechkit.report.folder import prepare_folder, write_atomically


def test_missing_parents_are_made(tmp_path):
    prepare_folder(tmp_path / "a" / "b")
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["figures"]
    prepare_folder(tmp_path / "a" / "b")


@pytest.mark.parametrize("below", ["", "report", "deep/report"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    with pytest.raises(OSError, match=r"^the report cannot be written to .*notes\.txt.*: a file is in the way; name a"):
        prepare_folder(file / below)
    assert file.read_text() == "mine"


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    (tmp_path / "report.md").mkdir()
    with pytest.raises(OSError, match=r"report\.md: it is a folder; remove it$"):
        prepare_folder(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OSError, match="Permission denied; name a folder that can be written"):
        prepare_folder(tmp_path / "report")
    tmp_path.chmod(0o700)


def test_a_file_is_replaced_as_a_whole(tmp_path):
    file = tmp_path / "report.json"
    file.write_text("old and longer than the new")
    write_atomically(file, "new: n² ≤ 1\n")
    assert file.read_bytes() == "new: n² ≤ 1\n".encode()
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("step", ["replace", "write"])
def test_a_write_that_fails_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch, step):
    file = tmp_path / "report.json"
    file.write_text("old")

    def full(self, *args, **kwargs):
        if step == "write":
            os.close(os.open(self, os.O_CREAT | os.O_WRONLY))  # half a file
        raise OSError(28, "No space left on device")

    if step == "replace":
        monkeypatch.setattr(os, "replace", full)
    else:
        monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(OSError, match=r"report\.json: No space left on device; name a folder that can be written$"):
        write_atomically(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_written_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "atomic", "")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode
