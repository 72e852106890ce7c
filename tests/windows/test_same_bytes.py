"""What the same wheel writes on Windows is what it writes elsewhere, byte by byte."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

import zwgk_excel
from tests.tools import on_windows, under_wine
from tests.windows import demo
from tests.windows.workbooks import ELSEWHERE, WHOLE, sums, workbooks

pytestmark = on_windows


def _made_by(place: Path) -> Path:
    """What the other system made, without which the test ends here."""
    if not place.exists():
        pytest.skip("nothing to compare: make test-windows")
    return place


@pytest.mark.skipif(not under_wine(), reason="elsewhere the tests run the checkout, installed as editable")
def test_what_is_tested_is_the_wheel():
    assert "site-packages" in Path(zwgk_excel.__file__).parts


def test_each_workbook_has_the_same_bytes():
    made, elsewhere = workbooks(), json.loads(_made_by(ELSEWHERE).read_text(encoding="utf-8"))
    for name, parts in made.items():
        assert list(parts) == list(elsewhere[name]), name
        assert parts == elsewhere[name], name  # names the part that differs, where one does
        assert parts[WHOLE] == elsewhere[name][WHOLE], name


def test_a_whole_month_leaves_the_same_files(tmp_path: Path):
    """``zwgk demo``: reports, returns, marked copies, a 整改链接表 with its mail, the office's tables, the tracker."""
    assert demo.play(tmp_path / "演示 一月") == 0
    made, elsewhere = demo.files(tmp_path / "演示 一月"), demo.files(_made_by(demo.ELSEWHERE))
    assert list(made) == list(elsewhere)
    different = [name for name, data in made.items() if data != elsewhere[name]]
    books = [name for name in different if PurePosixPath(name).suffix in {".xlsx", ".docx"}]
    parts = {name: _different_parts(made[name], elsewhere[name]) for name in books}
    assert (different, parts) == ([], {})


def _different_parts(one: bytes, other: bytes) -> list[str]:
    here, there = sums(one), sums(other)
    return [name for name in {**here, **there} if here.get(name) != there.get(name)]
