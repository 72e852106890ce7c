"""网站清单 and 目录导入 clicked: what would change is shown first; taken in where the user says so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.clicks import click, desk_at
from tests.addin.grid import GridApp
from tests.workflow.desk import Desk, issue, new_desk
from tests.workflow.published.exports import csv_export, row
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.catalogue.book import read_catalogue
from zwgk_excel.workbooks.catalogue.official_form import official_form, rows_of
from zwgk_excel.workbooks.catalogue.official_tables import read_published
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue


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
        assert office.ledger.acts()[-1].source is ActSource.RIBBON


# --- 目录导入 --------------------------------------------------------------------------------------


def test_no_table_to_take_in_is_told(grid, desk):
    assert "没有新的目录表" in click(grid, "import_catalogue")


def test_the_catalogue_is_taken_in_where_the_user_says_so_and_can_be_undone(grid, desk):
    folder = desk.root / "标准目录"
    folder.mkdir()
    (folder / "目录.xlsx").write_bytes(sample_catalogue())
    path = desk.root / layout("catalogue").file_name
    assert "什么也没有改动" in click(grid, "import_catalogue", "cancel")
    assert not path.exists()
    said = click(grid, "import_catalogue", "yes")
    asked = grid.alerts[-2][0]
    assert "目录.xlsx，读到 3 个表、7 个事项：新增 7 个事项。" in asked
    assert "是：导入，并把建议填进还空着的责任事项、责任单位" in asked
    assert "zwgk" not in asked + said
    assert "新增 7 个事项，采用建议 " in said
    assert "没有新的目录表" in click(grid, "import_catalogue"), "taken in once"
    with desk.open() as office:
        (act,) = (each for each in office.ledger.acts() if each.kind is ActKind.IMPORT_CATALOGUE)
        assert act.source is ActSource.RIBBON
    assert "已撤销" in click(grid, "undo_act", "ok", "ok", "导错了", "ok", "ok")
    assert read_catalogue(path.read_bytes(), path.name).entries == ()
    assert "新增 7 个事项" in click(grid, "import_catalogue", "no")
    assert not any(row["duties"] for row in read_catalogue(path.read_bytes(), path.name).entries)


def test_a_table_that_says_what_the_catalogue_says_changes_nothing(grid, desk):
    folder = desk.root / "标准目录"
    folder.mkdir()
    (folder / "目录.xlsx").write_bytes(sample_catalogue())
    click(grid, "import_catalogue", "no")
    rows = [dict(row.cells) for row in read_published(sample_catalogue(), "目录.xlsx").rows]
    (folder / "再导出.xlsx").write_bytes(official_form(rows_of(rows[:6])))
    assert "没有变化：再导出.xlsx，读到 3 个表、6 个事项" in click(grid, "import_catalogue")
