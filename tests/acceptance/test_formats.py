"""The same workbook saved by another program in another format says the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.calc.office import Office
from tests.workbooks.report_sample import TASKS as LISTED
from tests.workbooks.report_sample import content, item
from zwgk_excel.domain.returns import Item, Return, TaskAnswer
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook

BY = date(2026, 11, 20)
ITEMS: list[dict[str, Any]] = [
    item(draft_note="起草说明.docx", reading="第一行\n第二行", remark="=1+1"),
    item(title="第二条（含“引号”, 逗号；分号  双空格）", doc_no="0012", phone="007148700000"),
    item(title="第三条", formed_on=date(2026, 10, 31), remark="+86 @ -1", second_review=None),
]
ANSWERS: dict[tuple[str, str], dict[str, Any]] = {
    (LISTED[1].obligation.duty.id, LISTED[1].obligation.reference): {"status": "已报送", "remark": "备注"},
    (LISTED[2].obligation.duty.id, LISTED[2].obligation.reference): {
        "status": "本期无更新",
        "statement": "经核实，本期无应公开信息。",
    },
}


@pytest.fixture(scope="module")
def filled() -> bytes:
    return fill(report_workbook(content()), answers=ANSWERS, items=ITEMS)


def read(data: bytes, name: str) -> ParsedReturn:
    return read_return(data, name, by=BY)


def said(found: Return) -> tuple[tuple[TaskAnswer, ...], tuple[Item, ...]]:
    return found.answers, found.items


def told(reading: ParsedReturn) -> list[tuple[str, str, str]]:
    return [(each.code, each.place.sheet, each.place.cell) for each in reading.content.problems]


def saved(office: Office, folder: Path, data: bytes, suffix: str, sheet: str | None = None) -> Path:
    source = folder / "报送.xlsx"
    source.write_bytes(data)
    with office.open(source) as document:
        document.recalculate()
        return document.save_as(folder / f"另存.{suffix}", sheet=sheet)


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_workbook_saved_in_another_format_says_the_same(office: Office, tmp_path: Path, filled: bytes, suffix: str):
    before = read(filled, "报送.xlsx")
    path = saved(office, tmp_path, filled, suffix)
    after = read(path.read_bytes(), path.name)
    assert said(after.content) == said(before.content)
    assert (after.identity, after.content.cycle) == (before.identity, before.content.cycle)
    assert told(after) == told(before)


@pytest.mark.parametrize("name", ["另存.csv", "市政府办_2026-11_信息报送表.csv"])
def test_the_items_alone_as_csv_say_the_same(office: Office, tmp_path: Path, filled: bytes, name: str):
    items = layout("report")["items"]
    data = saved(office, tmp_path, filled, "csv", items.name).read_bytes()
    reading = read(data, name)
    assert reading.content.items == read(filled, "报送.xlsx").content.items
    assert reading.identity is None
    codes = {code for code, _, _ in told(reading)}
    # Dates and numbers come as text, which is told; nothing else is amiss.
    expected = {"file_as_text", "sheet_missing", "sheet_found"}
    assert expected <= codes <= expected | {"normalised"}
    assert reading.hints.unit == content().unit
    assert reading.hints.cycle == content().cycle
    assert reading.locator.place("items", "title", 4).sheet == Path(name).stem
