"""The validator's wrapper: silent on a sound workbook, loud on a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from tests.ooxml import VERSIONS, validate, validate_all
from tests.xlsx_edit import edit_part


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("数据").write("A1", "市教育局")
    return path


def test_sound_workbook_has_no_findings(workbook: Path) -> None:
    assert validate_all([workbook]) == {}


def test_broken_schema_is_found(workbook: Path) -> None:
    edit_part(workbook, "xl/worksheets/sheet1.xml", "<sheetData>", '<sheetData rows="1">')
    assert any("rows" in line for line in validate(workbook, VERSIONS[0]))
    assert set(validate_all([workbook], ["Office2010", "Microsoft365"])) == {
        ("表.xlsx", "Office2010"),
        ("表.xlsx", "Microsoft365"),
    }


def test_unreadable_file_and_unknown_version_raise(workbook: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Office97"):
        validate(workbook, "Office97")
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"no zip")
    with pytest.raises(RuntimeError, match="could not read"):
        validate(damaged)
