"""A unit's year on one page: its figures, its scores, what it has to mend; as a workbook and as PDF."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from decimal import Decimal

import openpyxl

from tests.domain.make import duty, obligation
from tests.ooxml import validate_all
from tests.tools import require
from tests.xlsx_lint import lint
from zwgk_excel.domain.duties import Cadence, UnitKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine
from zwgk_excel.domain.tracking import ObligationStatus, Outcome, Timeliness, TrackerRow
from zwgk_excel.workbooks.bulletin.pdf import to_pdf
from zwgk_excel.workbooks.bulletin.unit_sheet import UnitYear, unit_sheet
from zwgk_excel.workbooks.ooxml.edit_fingerprint import is_unedited

YEAR, UNIT, DAY = Period.year(2026), "市财政局", date(2026, 12, 31)


def row(month, outcome, timeliness, *, items=0, problems=0, late=0, duty_=None, **dates):
    owed = obligation(duty_, UNIT, Month(2026, month), **dates)
    return TrackerRow(ObligationStatus(owed, outcome, timeliness, days_late=late, items=items, problems=problems))


ON_DEMAND = row(
    3,
    Outcome.REPORTED,
    Timeliness.ON_DEMAND,
    items=4,
    duty_=duty("D24", "基层信息公开", Cadence.ON_DEMAND),
    due=None,
    final=None,
)
ROWS = (
    row(2, Outcome.REPORTED, Timeliness.ON_TIME, items=2),
    ON_DEMAND,
    row(3, Outcome.NIL, Timeliness.LATE, late=2),
    row(11, Outcome.MISSING, Timeliness.OVERDUE, late=31),
    row(12, Outcome.RETURNED, Timeliness.DUE_SOON, items=1, problems=2),
)


def year(*rows, **values):
    given = {"office": "某市政务公开办", "unit": UNIT, "as_of": "2026年12月31日", "closed": False, "problems": ()}
    return UnitYear(period=YEAR, rows=rows, **{**given, **values})


def shown(found):
    """The texts of the sheet and its rows by their first cell, empty cells left out."""
    sheet = openpyxl.load_workbook(io.BytesIO(unit_sheet(found))).active
    rows = [[cell for cell in line if cell is not None] for line in sheet.iter_rows(values_only=True)]
    return {line[0]: line[1:] for line in rows if line}


def test_months_columns_and_what_to_mend():
    marked = problem("item_field_missing", CellRef("a.xlsx", "信息明细", "G4"), heading="发布链接")
    found = shown(year(*ROWS, problems=(marked, marked)))
    assert found["2月"] == [1, 1, 1, 1, 2]  # 应报 已报 按时 按时率 信息条数
    assert found["3月"] == [1, 1, 1, 0, 4]  # 应报 零报告 迟报 按时率 信息条数
    assert found["4月"] == []
    assert found["12月"] == [1, 1, 1, 2]  # 应报 退回 信息条数 问题数
    assert found["合计"] == [4, 1, 1, 1, 1, 1, 1, 1, 1 / 3, 7, 2]
    assert found["D24 基层信息公开（实时更新）"] == [4]
    assert "应报 4 项，报送率 50%，按时率 33.3%；迟报 1 项，逾期未报 1 项；问题 2 项。" in found
    assert "1．D02 政府采购（2026-11）：逾期31天未报" in found
    assert "2．必填要素不全：2 项，请按退回的修改意见改正" in found
    assert not any("得分" in text for text in found if isinstance(text, str) and "．" not in text)


def test_nothing_to_mend():
    assert "没有需要补报或改正的内容，请继续保持。" in shown(year(ROWS[0]))


def test_scores_of_the_months_and_of_the_year():
    lost = ScoreLine("late", Decimal("-1"), "", "")
    november = Score(UNIT, UnitKind.DEPARTMENT, Decimal(100), Decimal("98.5"), 2, "excellent", (lost,))
    month = Assessment(Period.month(Month(2026, 11)), DAY, (november,))
    whole = Score(UNIT, UnitKind.DEPARTMENT, Decimal(100), Decimal("98.5"), 2, "excellent")
    found = shown(year(*ROWS, assessment=Assessment(YEAR, DAY, (whole,), months=(month,))))
    assert found["11月"][-2:] == [98.5, 2]
    assert "得分 98.5，部门第 2 名（1 个单位），等次：优秀（试算，结账时确定）（评分办法为样例，待确认）。" in found
    assert "失分：迟报扣1分。" in found


def test_who_owed_nothing_has_no_score_there():
    unranked = Score(UNIT, UnitKind.DEPARTMENT, Decimal(100), Decimal(100), None, "")
    month = Assessment(Period.month(Month(2026, 11)), DAY, (unranked,))
    found = shown(year(*ROWS, assessment=Assessment(YEAR, DAY, (unranked,), months=(month,))))
    assert found["11月"] == shown(year(*ROWS))["11月"]
    assert "期内没有应报任务，不参与排名。" in found
    assert not any("得分 " in text for text in found)


def test_more_than_fits_is_counted_and_odd_names_are_text():
    many = tuple(
        row(11, Outcome.MISSING, Timeliness.OVERDUE, late=1, duty_=duty(f"D{n:02}", f"=栏目{n}\x07")) for n in range(20)
    )
    found = shown(year(*many, unit='=HYPERLINK("x")&{{ 局 }}'))
    assert '=HYPERLINK("x")&{{ 局 }}' in found
    assert "1．D00 =栏目0（2026-11）：逾期1天未报" in found
    assert "其余 6 项见各月的报送表和修改意见。" in " ".join(map(str, found))


def test_the_workbook_is_sound_sealed_and_the_same_every_time(tmp_path):
    data = unit_sheet(year(*ROWS))
    assert data == unit_sheet(year(*ROWS))
    assert is_unedited(data)
    path = tmp_path / "年度.xlsx"
    path.write_bytes(data)
    assert lint(path) == []
    assert validate_all([path], ["Office2010", "Microsoft365"]) == {}


def test_one_page_of_pdf_with_the_figures_and_another_where_it_could_not_be_read():
    soffice, pdfinfo, pdftotext = require("soffice", "pdfinfo", "pdftotext")
    columns = tuple(
        row(11, Outcome.MISSING, Timeliness.OVERDUE, late=1, duty_=duty(f"D{n:02}", f"栏目{n}")) for n in range(25)
    )
    files = {"一.xlsx": unit_sheet(year(*ROWS, *columns)), "二.xlsx": unit_sheet(year(*ROWS))}
    made = to_pdf(soffice, files)
    assert list(made) == list(files)
    for pdf, pages in zip(made.values(), (2, 1), strict=True):
        told = subprocess.run([pdfinfo, "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        assert f"Pages:           {pages}" in told
        assert "(A4)" in told
    text = subprocess.run([pdftotext, "-", "-"], input=made["二.xlsx"], capture_output=True, check=True).stdout.decode()
    assert "应报 4 项，报送率 50%，按时率 33.3%" in text
