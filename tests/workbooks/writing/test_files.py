"""Files and folders that are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from zwgk_excel.workbooks.writing.files import atomic_replacement, replacing_folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


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
