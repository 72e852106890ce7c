"""What the tables for analysis say of the website: 栏目更新, 网站整改, 目录覆盖 and 网站清单."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.workflow.catalogue.test_coverage import JOBS, chosen, returned
from tests.workflow.desk import CYCLE, Desk, new_desk, with_duty
from tests.workflow.published.exports import csv_export, row
from zwgk_excel import frames
from zwgk_excel.domain.site_faults import FaultKind, SiteFault
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workflow.analysis.columns import TABLES
from zwgk_excel.workflow.analysis.export import export
from zwgk_excel.workflow.analysis.frames import Frames
from zwgk_excel.workflow.catalogue import carry_out_import, plan_import
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.published import import_published
from zwgk_excel.workflow.published import plan_import as plan_list

LATER = date(2026, 12, 20)
NAMES = ("column_updates", "site_faults", "coverage", "published")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A catalogue, a return, a list of the website and a fault that a unit was told; the tests only read."""
    folder = tmp_path_factory.mktemp("website")
    made = new_desk(folder)
    made.set_duties(with_duty("D24", content="基层政务公开标准目录信息报送"))
    (folder / "目录.xlsx").write_bytes(sample_catalogue())
    listed = csv_export(folder / "清单.csv", [row(1), row(2, day=date(2026, 10, 30)), row(3, department="某处")])
    with made.open() as office:
        carry_out_import(office, plan_import(office, [folder / "目录.xlsx"], adopt=True), who="王芳")
        generate(office, CYCLE, as_of=made.now.date())
    returned(made, chosen(JOBS))
    made.now = datetime(2026, 12, 3, 9)
    with made.open() as office:
        import_published(office, plan_list(office, [listed]), who="王芳")
        about = ("市人社局", "D04/市人社局/2026-11", "D04 稳岗就业", "招聘公告", "http://a.cn/1")
        told = SiteFault(FaultKind.LINK, *about, "打不开", "打得开")
        office.ledger.raise_faults([told], CYCLE, date(2026, 12, 8), who="王芳")
    return made


@pytest.fixture(scope="module")
def found(desk: Desk) -> Frames:
    with desk.open() as office:
        return frames.frames(office, "2026-11", as_of=LATER)


def records(table: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(table[list(columns)].astype(object).where(table.notna(), None).itertuples(index=False, name=None))


def test_what_each_unit_published_last_in_each_of_its_columns(found: Frames) -> None:
    known = {(unit, duty): rest for unit, duty, *rest in records(found.column_updates, *TABLES["column_updates"])}
    day = pd.Timestamp("2026-11-03")
    assert known["市人社局", "D04"] == ["稳岗就业", "regular", "D04信息1", day, 47, 92, 14, 45, "fresh"]
    assert known["市财政局", "D02"] == ["政府采购", "regular", "", None, None, 92, 14, None, "never"]


def test_faults_and_what_came_of_them(found: Frames) -> None:
    columns = ("number", "cycle", "unit", "kind", "found", "raised_on", "mend_by", "status", "outcome", "late")
    raised, by = pd.Timestamp("2026-12-03"), pd.Timestamp("2026-12-08")
    assert records(found.site_faults, *columns) == [
        (1, "2026-11", "市人社局", "link", "打不开", raised, by, None, "overdue", True)
    ]


def test_what_of_the_catalogue_was_published(found: Frames) -> None:
    states = records(found.coverage, "unit", "entry", "since", "items", "understood", "state")
    assert ("市人社局", "M004", "2026-11", 1, True, "covered") in states
    assert {state for *_, state in states} == {"covered", "never"}


def test_what_the_list_has_of_the_months(desk: Desk, found: Frames) -> None:
    columns = ("unit", "department", "title", "published_on", "duties", "listed")
    day = pd.Timestamp("2026-11-10")
    assert records(found.published, *columns) == [
        ("市财政局", "市财政局", "政府采购公告第1号", day, "D02", True),
        ("", "某处", "政府采购公告第3号", day, "D02", True),
    ]
    with desk.open() as office:
        assert len(frames.published(office, "2026-10..2026-11", as_of=LATER)) == 3
        assert len(frames.published(office, "2026-11", as_of="2026-11-30")) == 0, "imported later"


@pytest.mark.parametrize("name", NAMES)
def test_one_table_alone_is_the_same_and_the_workbook_says_it_in_words(
    desk: Desk, found: Frames, tmp_path: Path, name: str
) -> None:
    with desk.open() as office:
        alone = getattr(frames, name)(office, "2026-11", as_of=LATER)
        export(office, "2026-11", tmp_path / "数据.xlsx", as_of=LATER)
    table = getattr(found, name)
    pd.testing.assert_frame_equal(alone, table)
    sheet = layout("export")[name]
    _, _, headings, *rows = openpyxl.load_workbook(tmp_path / "数据.xlsx")[sheet.name].iter_rows(values_only=True)
    assert (list(headings), len(rows)) == ([each.heading for each in sheet], len(table))
    for column, shown in zip(sheet, zip(*rows, strict=True), strict=True):
        field = TABLES[name][column.key]
        values = [value for (value,) in records(table, column.key)]
        if field.codes:
            values = [word(field.codes, f"{value or ''}") for value in values]
        elif field.kind == "flag":
            values = [word(column.list, "yes" if value else "no") for value in values]
        assert [each or None for each in shown] == [each or None for each in values], column.key
