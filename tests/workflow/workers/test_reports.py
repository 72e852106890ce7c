"""Report workbooks made by several processes are those that one makes."""

import os
from dataclasses import fields, replace

import pytest

from tests.workbooks.report_sample import content
from zwgk_excel.workbooks.report.report_workbook import ReportContent, report_workbook
from zwgk_excel.workflow.workers import reports
from zwgk_excel.workflow.workers.reports import build_reports

pytestmark = pytest.mark.slow

CONTENTS = [replace(content(), unit=f"第{number}局") for number in range(30)]


def test_workers_make_the_same_bytes_in_the_same_order():
    assert list(build_reports(CONTENTS, workers=2)) == [report_workbook(each) for each in CONTENTS]


def test_a_few_are_made_without_workers(monkeypatch):
    monkeypatch.setattr(reports, "ProcessPoolExecutor", None)
    assert list(build_reports(CONTENTS[:2], workers=2)) == [report_workbook(each) for each in CONTENTS[:2]]


class Deadly(ReportContent):
    """A content like others, which ends every process that it is sent to."""

    def __reduce__(self):
        return os._exit, (1,)


def test_what_dead_workers_leave_is_made_here():
    plain = CONTENTS[17]
    deadly = Deadly(**{each.name: getattr(plain, each.name) for each in fields(plain)})
    wanted = [*CONTENTS[:17], deadly, *CONTENTS[18:]]
    assert list(build_reports(wanted, workers=2)) == [report_workbook(each) for each in CONTENTS]
