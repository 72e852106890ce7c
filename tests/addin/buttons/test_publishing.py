"""网站清单 clicked: what would change is shown first; taken in where the user says so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.clicks import click, desk_at
from tests.addin.grid import GridApp
from tests.workflow.desk import Desk, issue, new_desk
from tests.workflow.published.exports import csv_export, row
from zwgk_excel.layout.columns import layout


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return issue(new_desk(tmp_path_factory.mktemp("publishing"))).root


@pytest.fixture
def desk(grid: GridApp, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made: Desk = desk_at(datetime(2026, 11, 26, 9), prepared, tmp_path, monkeypatch)
    xw.books.open(made.root / layout("roster").file_name).set_mock_caller()
    return made


def test_nothing_to_take_in_is_told(grid, desk):
    assert "没有新的清单" in click(grid, "import_published")


def test_a_file_that_is_no_list_is_told_and_the_others_are_taken_in(grid, desk):
    folder = desk.root / "网站清单"
    folder.mkdir()
    (folder / "通知.csv").write_text("请各单位按时报送。", "utf-8")
    assert "不是网站清单" in click(grid, "import_published")
    csv_export(folder / "清单.csv", [row(1)])
    assert "已导入：新增 1 条" in click(grid, "import_published", "ok")
    assert "不判断网站上已没有的" in grid.alerts[-2][0]
    assert "不是网站清单" in grid.alerts[-2][0]


def test_taken_in_where_the_user_says_so(grid, desk):
    folder = desk.root / "网站清单"
    folder.mkdir()
    csv_export(folder / "清单.csv", [row(1), row(2, column="采购公示")])
    assert "什么也没有改动" in click(grid, "import_published", "cancel")
    with desk.open() as office:
        assert office.ledger.published().items == ()
    said = click(grid, "import_published", "ok")
    assert "清单.csv：2 条，新增 2 条" in grid.alerts[-2][0]
    assert "没有认出的单位、栏目：采购公示" in grid.alerts[-2][0]
    assert "网站清单对照.xlsx" in said
    with desk.open() as office:
        assert len(office.ledger.published().items) == 2
