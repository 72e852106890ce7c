"""The series of charts over a section of 总览 show the lines that they should; others are left alone."""

from __future__ import annotations

import platform

import pytest

from tests.addin.grid import GridApp
from tests.addin.sheets import journal_on, sheet_of
from zwgk_excel.addin.refresh.chart_refresh import ChartedLines, refresh_charts

MONTHS, COLUMNS = ChartedLines(first=6, last=9, start=7, end=9), ChartedLines(first=20, last=30, start=20, end=24)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("总览!$A$6:$A$8,总览!$D$6:$D$8", "总览!$A$7:$A$9,总览!$D$7:$D$9"),
        ("总览!$A$6,总览!$D$6", "总览!$A$7:$A$9,总览!$D$7:$D$9"),
        ("总览!$A$20:$A$30,总览!$C$20:$C$30", "总览!$A$20:$A$24,总览!$C$20:$C$24"),
        ("总览!$A$7:$A$9,总览!$D$7:$D$9", "总览!$A$7:$A$9,总览!$D$7:$D$9"),
        ("总览!$A$5:$A$8,我的!$D$40:$D$80", "总览!$A$5:$A$8,我的!$D$40:$D$80"),
    ],
)
def test_series_follow_their_section(grid: GridApp, before: str, after: str):
    sheet = sheet_of([["总览"]], name="总览")
    journal = journal_on(sheet)
    sheet.impl.page.charts.append([f"=SERIES(,{before},1)"])
    refresh_charts(sheet, [MONTHS, COLUMNS], journal)
    assert sheet.impl.page.charts == [[f"=SERIES(,{after},1)"]]
    journal.roll_back()
    assert sheet.impl.page.charts == [[f"=SERIES(,{before},1)"]]


def test_on_a_mac_charts_are_left_alone(grid: GridApp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    sheet = sheet_of([["总览"]], name="总览")
    sheet.impl.page.charts.append(["=SERIES(,总览!$A$6,总览!$D$6,1)"])
    refresh_charts(sheet, [MONTHS], journal_on(sheet))
    assert sheet.impl.page.charts == [["=SERIES(,总览!$A$6,总览!$D$6,1)"]]
