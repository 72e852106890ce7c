"""The mark-up in a real spreadsheet application: it opens, the checks still work, and a save there loses nothing."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.calc.office import Office
from tests.workbooks.correction.marked import END, FIRST, MARKUP, START, look
from tests.workbooks.report_sample import content, item
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook

REPORT = layout("report")
COVER, TASKS, ITEMS = (REPORT[key].name for key in ("cover", "tasks", "items"))
CHECK = f"{openpyxl.utils.get_column_letter(REPORT['items'].index('check') + 1)}5"
PROBLEMS = [
    problem("date_form", CellRef("a.xlsx", ITEMS, "F5"), heading="发布日期", value="3月"),
    problem("text_outside", CellRef("a.xlsx", ITEMS, "S9"), value="合计"),
    problem("nil_without_statement", CellRef("a.xlsx", TASKS, "I4"), value="D01 政策文件", said=""),
]


@pytest.fixture(scope="module")
def returned() -> bytes:
    answers = {("D01", "2026-11"): {"status": "本期无更新"}}
    items: list[Any] = [item(), item(published_on="3月")]
    return fill(report_workbook(content()), answers=answers, items=items)


@pytest.fixture
def marked(tmp_path: Path, returned: bytes) -> Path:
    path = tmp_path / "修改意见.xlsx"
    path.write_bytes(correction_copy(returned, PROBLEMS, title="市政府办2026年11月信息报送表"))
    return path


def comments(document, sheet: str) -> dict[str, str]:
    """Cell → text of its comment."""
    every = document._sheet(sheet).Annotations
    return {each.Parent.AbsoluteName.rpartition(".")[2].replace("$", ""): each.String for each in every}


def test_the_sheets_the_comments_and_the_list(office: Office, marked: Path) -> None:
    with office.open(marked) as document:
        names = [REPORT[key].name for key in ("cover", "tasks", "items", "example", "lists", "identity")]
        assert document.sheet_names() == [MARKUP.name, *names]
        assert document.visible_sheet_names() == [MARKUP.name, COVER, TASKS, ITEMS, REPORT["example"].name]
        column = openpyxl.utils.get_column_letter(MARKUP.index("found") + 1)
        listed = document.values(MARKUP.name, f"{column}{FIRST}:{column}{FIRST + 2}")
        assert [row[0] for row in listed] == [PROBLEMS[0].found, PROBLEMS[2].found, PROBLEMS[1].found]
        assert comments(document, ITEMS).keys() == {"F5", "S9"}
        assert PROBLEMS[0].expected in comments(document, ITEMS)["F5"]
        assert document.is_locked(MARKUP.name, f"{column}{FIRST}")
        assert not document.is_locked(ITEMS, "F5")
        assert document.is_locked(ITEMS, CHECK)


def test_the_self_check_follows_the_correction(office: Office, marked: Path) -> None:
    with office.open(marked) as document:
        document.recalculate()
        assert str(document.value(ITEMS, CHECK)).startswith("× 发布日期")
        document.set(ITEMS, "F5", "11月5日")
        document.recalculate()
        assert document.value(ITEMS, CHECK) == "√ 完整"  # of the year of the workbook's month
        document.set(ITEMS, "F5", "11月31日")
        document.recalculate()
        assert str(document.value(ITEMS, CHECK)).startswith("× 发布日期")
        document.set(ITEMS, "F5", dt.date(2026, 11, 5))
        document.recalculate()
        assert document.value(ITEMS, CHECK) == "√ 完整"


def test_dropdowns_still_offer_their_lists(office: Office, marked: Path) -> None:
    with office.open(marked) as document:
        cell = document._range(ITEMS, "A6")
        rule = cell.Validation
        assert rule.Type.value == "LIST"
        assert REPORT["lists"].name in rule.getFormula1()
        assert rule.ShowErrorMessage


def test_a_save_there_and_a_second_mark_up(office: Office, marked: Path, returned: bytes, tmp_path: Path) -> None:
    with office.open(marked) as document:
        saved = document.save_as(tmp_path / "saved.xlsx")
    again = correction_copy(saved.read_bytes(), PROBLEMS[:1])
    book, before = (openpyxl.load_workbook(io.BytesIO(data)) for data in (again, returned))
    assert book.sheetnames[:2] == [MARKUP.name, COVER]
    assert book.sheetnames.count(MARKUP.name) == 1
    assert look(book[ITEMS]["F5"])[1] == "medium"
    assert book[ITEMS]["F5"].comment.text.count(START) == book[ITEMS]["F5"].comment.text.count(END) == 1
    for sheet, cell in ((ITEMS, "S9"), (TASKS, "I4")):
        assert book[sheet][cell].comment is None
        old = before[sheet][cell].fill
        assert look(book[sheet][cell])[1] == before[sheet][cell].border.left.style
        assert book[sheet][cell].fill.fgColor.rgb == old.fgColor.rgb or old.patternType is None
    path = tmp_path / "again.xlsx"
    path.write_bytes(again)
    with office.open(path) as document:
        document.recalculate()
        assert str(document.value(ITEMS, CHECK)).startswith("× 发布日期")
        assert comments(document, ITEMS).keys() == {"F5"}
