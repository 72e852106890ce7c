"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from zwgk_excel.workbooks.writing.files import atomic_replacement, replacing_folder, write_atomic


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def fill(folder: Path, name: str) -> None:
    with replacing_folder(folder) as new:
        (new / name).write_text(name, encoding="utf-8")


def test_a_file_takes_the_place_of_another_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "新/数据.txt"
    with atomic_replacement(path) as temporary:
        temporary.write_text("一", encoding="utf-8")
        assert not path.exists()
    with pytest.raises(TypeError), atomic_replacement(path) as temporary:
        temporary.write_text(None)  # type: ignore[arg-type]
    assert path.read_text(encoding="utf-8") == "一"
    assert names(path.parent) == ["数据.txt"]


def test_a_folder_takes_the_place_of_another_when_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "上级" / "数据"
    fill(folder, "一")
    fill(folder, "二")
    with pytest.raises(FileNotFoundError), replacing_folder(folder) as new:
        (new / "没有" / "半").touch()
    assert names(folder.parent) == ["数据", "数据/二"]


def test_what_cannot_be_put_in_place_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "数据"
    fill(folder, "一")
    replace = Path.replace

    def held(path: Path, target: Path) -> Path:
        if "-new-" in path.name:
            raise PermissionError(13, "held open")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError):
        fill(folder, "二")
    assert names(tmp_path) == ["数据", "数据/一"]


def test_a_killed_run_is_put_right_by_the_next_of_its_tag_alone(tmp_path: Path) -> None:
    folder = tmp_path / "数据[1]"
    for name in (".zwgk-数据[1]-old-7", ".zwgk-数据[1]-new-x", ".zwgk-数据1-new-x", ".zwgk-new-x"):
        (tmp_path / name).mkdir()
    (tmp_path / ".zwgk-数据[1]-old-7/一").touch()
    with pytest.raises(ZeroDivisionError), replacing_folder(folder, "-数据[1]"):
        raise ZeroDivisionError
    assert names(tmp_path) == [".zwgk-new-x", ".zwgk-数据1-new-x", "数据[1]", "数据[1]/一"]


posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and folders of POSIX")


@pytest.fixture(params=[0o022, 0o077, 0o007], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_who_may_read_what_is_new_is_for_the_umask_to_say(tmp_path: Path, umask: int) -> None:
    write_atomic(tmp_path / "甲.xlsx", b"1")
    with atomic_replacement(tmp_path / "乙.xlsx") as temporary:
        temporary.write_bytes(b"1")
    fill(tmp_path / "数据", "丙")
    assert {mode(tmp_path / name) for name in ("甲.xlsx", "乙.xlsx", "数据/丙")} == {0o666 & ~umask}
    assert mode(tmp_path / "数据") == 0o777 & ~umask


@posix
@pytest.mark.parametrize("bits", [0o600, 0o664, 0o640], ids=oct)
def test_what_takes_the_place_of_a_file_may_be_read_by_the_same(tmp_path: Path, umask: int, bits: int) -> None:
    path = tmp_path / "总台账.xlsx"
    write_atomic(path, b"1")
    path.chmod(bits)
    write_atomic(path, b"2")
    assert (path.read_bytes(), mode(path)) == (b"2", bits)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was told to reach the disk, in order, and the renaming in between."""
    told: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted(handle: int) -> None:
        told.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def renamed(path: Path, target: Path) -> Path:
        told.append("renamed")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", renamed)
    return told


@posix
def test_a_file_survives_a_power_cut_with_its_name(tmp_path: Path, synced: list[str]) -> None:
    write_atomic(tmp_path / "甲.xlsx", b"1")
    assert synced == ["file", "renamed", "folder"]
    synced.clear()
    write_atomic(tmp_path / "甲.xlsx", b"1")
    assert synced == [], "nothing changed"
    fill(tmp_path / "数据", "丙")
    assert synced == ["renamed", "folder"]


@posix
@pytest.mark.parametrize(("number", "passes"), [(errno.EINVAL, True), (errno.ENOTSUP, True), (errno.EIO, False)])
def test_a_network_folder_that_cannot_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, passes: bool
) -> None:
    fsync = os.fsync

    def refused(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, "refused")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", refused)
    with nullcontext() if passes else pytest.raises(OSError, match="refused"):
        write_atomic(tmp_path / "甲.xlsx", b"1")
    assert (tmp_path / "甲.xlsx").read_bytes() == b"1"


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "甲.xlsx"
    write_atomic(path, b"1")

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, b"2")
    assert path.read_bytes() == b"1"
    assert names(tmp_path) == ["甲.xlsx"]
