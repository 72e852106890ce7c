"""The list that is printed and signed: sound for every Excel, on A4, with every fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from tests.ooxml import validate_all
from tests.xlsx_lint import lint
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.escalation import EscalationCandidate, EscalationLevel, Rectification
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import Assessment, Score
from zwgk_excel.workbooks.bulletin.escalation_list import EscalationContent, escalation_workbook, rectification_state

NOVEMBER, DAY = Month(2026, 11), date(2026, 12, 3)
SCORE = Score("甲局", UnitKind.DEPARTMENT, Decimal(100), Decimal("57.50"), 1, "fail")
RAISED = Rectification(
    "甲局", NOVEMBER, EscalationLevel.INTERVIEW, date(2026, 12, 1), date(2026, 12, 2), number=4, reason="领导批示"
)
CONTENT = EscalationContent(
    "市政务公开领导小组办公室",
    NOVEMBER,
    DAY,
    (
        EscalationCandidate("甲局", NOVEMBER, EscalationLevel.SUPERVISE, "a", ("=1+1", "D03 迟报")),
        EscalationCandidate("甲局", NOVEMBER, EscalationLevel.SUPERVISE, "b", ("D03 迟报", "得 57.5 分")),
        EscalationCandidate("乙镇", NOVEMBER, EscalationLevel.URGE, "c", tuple(f"D{n:02} 未报" for n in range(1, 41))),
    ),
    {"a": "连续 2 个月有迟报", "b": "当月得分低于 60 分", "c": "当月有逾期未报"},
    (RAISED,),
    Assessment(Period.month(NOVEMBER), DAY, (SCORE,)),
    confirmed=False,
)


def opened(content: EscalationContent = CONTENT):
    return load_workbook(BytesIO(escalation_workbook(content)))


def cells(page) -> list[list[object]]:
    return [[cell.value for cell in row if cell.value not in (None, "")] for row in page.iter_rows()]


def test_a_row_for_each_unit_with_every_rule_and_each_fact_once():
    rows = cells(opened()["建议名单"])
    assert rows[0] == ["2026 年 11 月政务公开信息报送督促措施建议名单"]
    assert rows[3][:7] == [
        1,
        "甲局",
        "部门",
        "督办",
        "连续 2 个月有迟报\n当月得分低于 60 分",
        "1. =1+1\n2. D03 迟报\n3. 得 57.5 分",
        "57.5",
    ]
    assert rows[4][1] == "乙镇"
    assert str(rows[4][-1]).endswith("10. D10 未报\n……共 40 项")


def test_the_sample_is_told_until_it_is_confirmed():
    def told(content):
        return any("样例，待确认" in str(value) for row in cells(opened(content)["建议名单"]) for value in row)

    assert told(CONTENT)
    assert not told(replace(CONTENT, confirmed=True))


def test_a_month_in_which_nobody_is_due():
    book = opened(replace(CONTENT, due=(), rectifications=()))
    assert book.sheetnames == ["建议名单"]
    assert cells(book["建议名单"])[3] == ["本月没有应采取督促措施而尚未立项的单位。"]


def test_the_rectification_ledger_beside_it():
    rows = cells(opened()["整改台账"])
    assert rows[3] == [4, "甲局", "2026-11", "约谈", *rows[3][4:6], "领导批示", "逾期未整改"]
    assert rectification_state(replace(RAISED, closed_on=DAY), DAY) == "closed"
    assert rectification_state(replace(RAISED, withdrawn=True), DAY) == "withdrawn"
    assert rectification_state(RAISED, date(2026, 12, 2)) == "open"


def test_it_prints_on_a4_with_its_heading_on_every_sheet_of_paper():
    page = opened()["建议名单"]
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert page.print_title_rows == "$3:$3"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0, "one page wide (the default), as many long as it takes"


def test_it_is_sound_and_always_the_same(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(escalation_workbook(CONTENT))
    assert path.read_bytes() == escalation_workbook(CONTENT)
    assert [str(defect) for defect in lint(path)] == []
    assert validate_all([path], ("Office2010", "Microsoft365")) == {}
