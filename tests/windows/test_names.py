"""Names that Windows reserves or cuts, and paths that it finds too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import on_windows
from tests.workflow.desk import CYCLE, new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.domain.file_names import safe_name, safe_part

pytestmark = on_windows

NAMES = ("CON", "nul", "AUX.一", "COM1", "LPT9 .乙", "CONIN$", "conout$", "甲局.", "乙局 ", "a:b", "丙?局", "CLOCK$")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_such_a_name_is_an_ordinary_file(tmp_path: Path, name: str):
    for made in (safe_name(f"{name}.xlsx"), safe_name(name), f"{safe_part(name, 120)}_2026-11.xlsx"):
        (tmp_path / made).write_bytes(b"1")
        assert [path.name for path in tmp_path.iterdir()] == [made]
        assert (tmp_path / made).read_bytes() == b"1"
        (tmp_path / made).unlink()


def test_units_with_such_names_get_their_workbooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    desk = new_desk(tmp_path)
    units = ("CON", "NUL", "甲局.", "市政府办")
    desk.set_duties([{"id": "D02", "column": "政府采购", "owners": "、".join(units)}])
    desk.set_units([{"name": name, "kind": "部门"} for name in units])
    assert run(["generate", str(CYCLE), "-w", str(desk.root)]) == 0, capsys.readouterr()
    made = list((desk.root / "发件箱" / str(CYCLE)).glob("*.xlsx"))
    assert len(made) == len(units)
    assert all(path.read_bytes().startswith(b"PK") for path in made)


def deep(folder: Path, length: int) -> Path:
    """A folder whose path has so many characters."""
    while (room := length - len(str(folder)) - 1) > 0:
        folder /= "深" * min(room, 60)
    return folder


def test_a_workspace_in_a_deep_folder_works_or_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Where long paths are switched on, it works; where not, the sentence names the length."""
    root = deep(tmp_path, 250)
    code = run(["init", str(root)])
    if code == 0:
        assert (root / "zwgk.toml").is_file()
        code = run(["plan", str(CYCLE), "-w", str(root)])
    told = capsys.readouterr()
    assert code in (0, 1) or "路径太长" in told.err, told
