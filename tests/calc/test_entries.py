"""目录事项 as a spreadsheet application has it: the list depends on the task of the row, and 自查 asks for it."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tests.calc.test_report_formulas import ITEM_SHEET, compare, filled
from tests.workbooks.report_sample import TASKS, content, item
from zwgk_excel.domain.catalogue.entries import NONE_OF_THEM
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.report.report_workbook import report_workbook

OF_FILES = ("M001 政策·文件", "M002 政策·解读", NONE_OF_THEM)
OF_PROCUREMENT = ("M003 采购·目录", "M004 采购·标准", "M005 采购·结果", NONE_OF_THEM)
SHARED = replace(TASKS[5], entries=OF_PROCUREMENT)
"""The same duty of the month before."""
OFFERED = (replace(TASKS[0], entries=OF_FILES), replace(TASKS[1], entries=OF_PROCUREMENT), *TASKS[2:5], SHARED)
CHOSEN = [
    item(task="D02 政府采购", entry="M004 采购·标准"),
    item(task="D02 政府采购", entry="m004 采购·标准 "),
    item(task="D02", entry="M005 采购·结果", title="甲", url="http://a.cn/2"),
    item(task="D02 政府采购（2026-10）", entry="M003 采购·目录", title="乙", url="http://a.cn/3"),
    item(task="D02 政府采购", entry=NONE_OF_THEM, title="丙", url="http://a.cn/4"),
    item(task="D02 政府采购", entry=None, title="丁", url="http://a.cn/5"),
    item(task="D02 政府采购", entry="M001 政策·文件", title="戊", url="http://a.cn/6"),
    item(task="D02 政府采购", entry="采购", title="己", url="http://a.cn/7"),
    item(task="D24 机构职能", entry="M001 政策·文件", title="庚", url="http://a.cn/8"),
    item(task="D24 机构职能", entry=None, title="辛", url="http://a.cn/9"),
    item(task="别的", entry="M001 政策·文件", title="壬", url="http://a.cn/10"),
]


def test_the_check_of_an_item_asks_for_the_entry(office, tmp_path):
    items = {FIRST_ROW + number: values for number, values in enumerate(CHOSEN)}
    path = filled(tmp_path / "表.xlsx", OFFERED, {}, items)
    with office.open(path) as document:
        document.recalculate()
        compare(document, OFFERED, {}, items)
        check = get_column_letter(ITEM_SHEET.index("check") + 1)
        checks = [row[0] for row in document.values(ITEM_SHEET.name, f"{check}4:{check}{3 + len(CHOSEN)}")]
    asked, foreign = "请选目录事项", "目录事项不属于该任务"
    assert [asked in each for each in checks] == [number == 5 for number in range(len(CHOSEN))]
    assert [foreign in each for each in checks] == [number in {6, 7} for number in range(len(CHOSEN))]
    assert checks[5].startswith("▲"), "a remark: nothing is refused for it"


def test_the_list_of_a_row_is_that_of_its_task(office, tmp_path):
    """The formula of the data validation, put into cells of its own row, gives what the dropdown shows."""
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(content(OFFERED))))
    page = book[ITEM_SHEET.name]
    letter = get_column_letter(ITEM_SHEET.index("entry") + 1)
    (rule,) = (each for each in page.data_validations.dataValidation if f"{letter}{FIRST_ROW}:" in str(each.sqref))
    assert (rule.type, rule.errorStyle) == ("list", None), "what is not on the list is stopped"
    formula = rule.formula1
    assert f"$A{FIRST_ROW}" in formula
    tasks = [each.label for each in OFFERED] + ["别的", None]
    for row, task in enumerate(tasks, FIRST_ROW):
        page.cell(row, 1).value = task
        own = formula.replace(f"$A{FIRST_ROW}", f"$A{row}")
        for number in range(1, 6):
            page.cell(row, 40 + number).value = f'=IF({number}<=ROWS({own}),INDEX({own},{number})&"","")'
    book.save(tmp_path / "表.xlsx")
    with office.open(tmp_path / "表.xlsx") as document:
        document.recalculate()
        shown = document.values(ITEM_SHEET.name, f"AO{FIRST_ROW}:AS{FIRST_ROW + len(tasks) - 1}")
    lists = [tuple(text for text in row if text) for row in shown]
    assert lists == [OF_FILES, OF_PROCUREMENT, (), (), (), OF_PROCUREMENT, (), ()]


@pytest.mark.parametrize(("tasks", "hidden"), [(TASKS, True), (OFFERED, False)])
def test_the_column_is_only_shown_to_those_who_need_it(tasks, hidden):
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(content(tasks))))
    letter = get_column_letter(ITEM_SHEET.index("entry") + 1)
    assert book[ITEM_SHEET.name].column_dimensions[letter].hidden is hidden
    example = [row[0].value for row in book[layout("report")["example"].name].iter_rows()]
    assert ("目录事项" in example) is not hidden


def test_a_duty_has_its_list_once_whatever_the_months():
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(content(OFFERED))))
    lists = book[layout("report")["lists"].name]
    texts = [cell.value for row in lists.iter_rows() for cell in row if str(cell.value).startswith("M00")]
    assert texts == [*OF_FILES, *OF_PROCUREMENT]
