"""Every input column of a report, whatever the layout has: typed in LibreOffice, read, kept, shown and rolled up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.dataset as ds
import pytest

from tests.calc.office import Office
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.layout.columns import Column, ColumnKind, added_columns, layout
from zwgk_excel.layout.words import code_of, words
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.report.content import tasks_of
from zwgk_excel.workbooks.report.self_check import COMPLETE, TaskFlags, item_check, required
from zwgk_excel.workbooks.writing.style import BAD
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.counties.rolling_up import rollup
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate

UNIT, TASK, NIL_TASK = "市财政局", "D02 政府采购", ("D04", "2026-11")
RECEIVED = datetime(2026, 11, 20, 9)
TASKS, ITEMS = layout("report")["tasks"], layout("report")["items"]
SAMPLES: Mapping[ColumnKind, Any] = {
    ColumnKind.DATE: date(2026, 11, 30),
    ColumnKind.INTEGER: 0,
    ColumnKind.URL: "https://www.example.gov.cn/a?b=1&c=2",
    ColumnKind.NAME: "张三",
    ColumnKind.PHONE: "0714-0000000",
    ColumnKind.PARAGRAPH: "第一行\n第二行",
    ColumnKind.TEXT: "007",
}


def sample(column: Column) -> Any:
    """Something that fits a column; a zero is a number like any other."""
    if column.list == "entries":
        return "M001 政府采购·采购目录"
    return list(words(column.list).values())[-1] if column.is_coded else SAMPLES[column.kind]


TYPED = {**{c.key: sample(c) for c in ITEMS.inputs if c.list != "tasks"}, **item(TASK)}
ANSWERED = {**{c.key: sample(c) for c in TASKS.inputs}, **nil()}


def kept(column: Column, typed: Any) -> Any:
    return code_of(column.list, typed) if column.is_coded else typed


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A small office whose workbooks of November have gone out."""
    made = new_desk(tmp_path)
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    made.now = RECEIVED
    return made


def received(desk: Desk, path: Path) -> Receipt:
    with desk.open() as office:
        (receipt,) = office.ledger.with_content(receive(office, [path], received_at=RECEIVED))
    return receipt


def typed_in(running: Office, desk: Desk, to: Path) -> Path:
    """The unit's workbook with every input of an item and of a task typed in LibreOffice."""
    with desk.open() as office:
        listed = [each for each in office.listing(CYCLE, date(2026, 11, 2)) if each.unit == UNIT]
    row = FIRST_ROW + [(each.id, each.reference) for each in tasks_of(listed)].index(NIL_TASK)
    with running.open(desk.sent(UNIT)) as document:
        for sheet, number, values in ((ITEMS, FIRST_ROW, TYPED), (TASKS, row, ANSWERED)):
            for key, value in values.items():
                document.set(sheet.name, address(number - 1, sheet.index(key)), value)
        document.recalculate()
        check = document.value(ITEMS.name, address(FIRST_ROW - 1, ITEMS.index("check")))
        assert check == COMPLETE
        return document.save_as(to)


def test_what_is_typed_in_it_is_read_kept_shown_and_rolled_up(office: Office, desk: Desk, tmp_path: Path) -> None:
    receipt = received(desk, typed_in(office, desk, tmp_path / "回复.xlsx"))
    assert (receipt.verdict, receipt.problems) == (Verdict.ACCEPTED, ())
    assert receipt.content is not None
    (found,) = receipt.content.items
    expected = {column.key: kept(column, TYPED[column.key]) for column in ITEMS.inputs}
    assert {column.key: found.value(column.key) for column in ITEMS.inputs} == expected
    (answer,) = (each for each in receipt.content.answers if each.task == NIL_TASK)
    assert answer.more == {column.key: kept(column, ANSWERED[column.key]) for column in added_columns("tasks")}

    with desk.open() as opened:
        consolidate(opened, as_of=RECEIVED.date(), who="科员")
    shape = layout("tracker")["items"]
    page = openpyxl.load_workbook(desk.root / layout("tracker").file_name)[shape.name]
    headings, row = ([cell.value for cell in line] for line in page.iter_rows(min_row=3, max_row=4))
    shown = dict(zip(headings, row, strict=True))
    days = {key: value.date() for key, value in shown.items() if isinstance(value, datetime)}
    assert {c.key: (shown | days)[c.heading] for c in ITEMS.inputs} == {c.key: TYPED[c.key] for c in ITEMS.inputs}

    result = rollup([desk.root], tmp_path / "汇总", as_of=RECEIVED.date(), now=lambda: RECEIVED)
    (line,) = ds.dataset(result.data_set / "items", partitioning="hive").to_table().to_pylist()
    assert {column.key: line[column.key] for column in ITEMS.inputs} == expected


def test_what_is_required_is_missed_by_the_sheet_and_by_the_office(desk: Desk) -> None:
    columns = required(ITEMS)
    rows = [TYPED | {"url": f"http://a.cn/{number}"} for number in range(len(columns))]
    for row, column in zip(rows, columns, strict=True):
        del row[column.key]
        assert f"缺 {column.heading}" in item_check(row, {TASK: TaskFlags()})
    receipt = received(desk, desk.reply(UNIT, "回复.xlsx", items=rows))
    told = {p.place.cell: p.code for p in receipt.problems if p.code in {"item_field_missing", "task_missing"}}
    cells = [address(FIRST_ROW - 1 + number, ITEMS.index(c.key)) for number, c in enumerate(columns)]
    assert list(told) == cells
    assert receipt.content is not None
    assert not any(each.valid for each in receipt.content.items)


ODD = ("　", " 张 三", "12", 1.5, -3.0, 1e15, date(1999, 12, 31), "http://", "无", "长" * 600)


def test_what_the_sheets_own_check_passes_the_office_passes(office: Office, desk: Desk, tmp_path: Path) -> None:
    columns = [column for column in ITEMS.inputs if column.list != "tasks"]
    rows = [
        TYPED | {"url": f"http://a.cn/{number}/{column.key}"} | {column.key: odd}
        for column in columns
        for number, odd in enumerate(ODD)
    ]
    path = desk.reply(UNIT, "回复.xlsx", items=rows)
    with office.open(path) as document:
        document.recalculate()
        letter = address(0, ITEMS.index("check"))[:-1]
        area = f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW - 1 + len(rows)}"
        checks = [str(row[0]) for row in document.values(ITEMS.name, area)]
        path = document.save_as(tmp_path / "另存.xlsx")
    assert checks == [item_check(row, {TASK: TaskFlags()}) for row in rows]
    receipt = received(desk, path)
    assert receipt.content is not None
    valid = {each.row: each.valid for each in receipt.content.items}
    assert [row for row, check in enumerate(checks, FIRST_ROW) if check[0] != BAD and not valid[row]] == []
