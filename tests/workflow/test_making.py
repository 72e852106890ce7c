"""Report workbooks made by several processes are those that one makes."""

import os
from dataclasses import replace

from tests.workbooks.report_sample import content
from zwgk_excel.workbooks.report.workbook import report_workbook
from zwgk_excel.workflow import making
from zwgk_excel.workflow.making import made

CONTENTS = [replace(content(), unit=f"第{number}局") for number in range(30)]


def test_workers_make_the_same_bytes_in_the_same_order():
    assert list(made(CONTENTS, workers=2)) == [report_workbook(each) for each in CONTENTS]


def test_a_few_are_made_without_workers(monkeypatch):
    monkeypatch.setattr(making, "ProcessPoolExecutor", None)
    assert list(made(CONTENTS[:2], workers=2)) == [report_workbook(each) for each in CONTENTS[:2]]


def die(contents):
    os._exit(1)


def test_what_dead_workers_leave_is_made_here(monkeypatch):
    monkeypatch.setattr(making, "_make", die)
    assert list(made(CONTENTS, workers=2)) == [report_workbook(each) for each in CONTENTS]
