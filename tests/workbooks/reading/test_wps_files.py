"""A report that WPS saved says what it says when Excel saved it: nothing that WPS adds is remarked on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workbooks.report_sample import content, item
from tests.workbooks.tracker.previous import office_parts as parts
from zwgk_excel.workbooks.reading.read_return import read_return
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook


@pytest.fixture(scope="module")
def report() -> bytes:
    rows: list[Any] = [item(), item(title="第二条"), item(published_on="3月")]
    return fill(report_workbook(content()), answers={("D01", "2026-11"): {"status": "本期无更新"}}, items=rows)


@pytest.mark.parametrize(
    "make",
    [
        parts.as_wps_saves,
        parts.properties,
        parts.labels,
        parts.own_xml,
        parts.checkboxes,
        parts.python_code,
        parts.ribbon,
    ],
)
def test_what_a_program_adds_changes_nothing_of_what_is_read(report: bytes, make):
    plain, other = (read_return(data, "报.xlsx", by=date(2026, 11, 20)) for data in (report, make(report)))
    assert other.content == plain.content
    assert other.identity == plain.identity
