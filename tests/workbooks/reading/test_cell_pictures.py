"""A picture in a cell is no text, whoever wrote it: WPS's function, its result pasted, Excel's rich value, =IMAGE()."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.workbooks.report_sample import content, item
from tests.workbooks.tracker.previous.office_parts import PICTURE, cell_images, edit, rich_values
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.reading.read_return import read_return
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook

ITEMS, TASKS = layout("report")["items"], layout("report")["tasks"]
SHOWN = f'DISPIMG("{PICTURE}",1)'
WPS = f"<f>_xlfn.{SHOWN}</f><v>={SHOWN}</v>"
CELLS = {
    "wps": ('t="str"', WPS),
    "wps, an array formula": ('t="str"', WPS.replace("<f>", '<f t="array" ref="{where}">')),
    "wps, in another spelling": (
        't="str"',
        f"<f>dispimg(&quot;{PICTURE}&quot;,1)</f><v>=dispimg(&quot;{PICTURE}&quot;,1)</v>",
    ),
    "wps, pasted as text": ('t="inlineStr"', f"<is><t>={SHOWN}</t></is>"),
    "excel": ('t="e" vm="1"', "<v>#VALUE!</v>"),
    "excel, attributes in another order": ('vm="1" t="e"', "<v>#VALUE!</v>"),
    "excel, =IMAGE": ('t="e" vm="1"', '<f>_xlfn.IMAGE("https://a.gov.cn/1.png")</f><v>#VALUE!</v>'),
}


def _rows(**values: Any) -> list[Any]:
    return [item(**values), item(title="第二条")]


@cache
def report() -> bytes:
    statement = {("D01", "2026-11"): {"status": "本期无更新", "statement": "占位"}}
    return fill(report_workbook(content()), answers=statement, items=_rows(draft_note="占位"))


def where(sheet: Any, key: str) -> str:
    """The cell of a column in the first row of a sheet."""
    return f"{column_letters(sheet.index(key))}4"


def with_picture(sheet, cell: str, kind: str) -> bytes:
    made = edit(report())
    cell_images(made)
    rich_values(made)
    part = made.part_of(sheet.name)
    attributes, inner = CELLS[kind]
    new = f'<c r="{cell}" {attributes}>{inner.replace("{where}", cell)}</c>'
    text, count = re.subn(
        rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', lambda _: new, made.package.parts[part].decode(), count=1
    )
    assert count == 1
    made.package.parts[part] = text.encode()
    return made.write()


def told(data: bytes) -> dict[str, str]:
    reading = read_return(data, "报.xlsx", by=date(2026, 11, 20))
    return {each.place.cell: each.code for each in reading.content.problems if each.code.startswith("cell_")}


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize(
    ("sheet", "key"), [(ITEMS, "title"), (ITEMS, "draft_note"), (ITEMS, "url"), (ITEMS, "type"), (TASKS, "statement")]
)
def test_a_picture_is_named_and_is_no_text(sheet, key: str, kind: str):
    cell = where(sheet, key)
    assert told(with_picture(sheet, cell, kind)) == {cell: "cell_picture"}


@pytest.mark.parametrize("text", ["DISPIMG 是什么", "关于 =DISPIMG 的说明", "图片见附件", "=", "D", "_"])
def test_a_text_about_pictures_is_a_text(text: str):
    data = fill(report_workbook(content()), answers={}, items=_rows(title=text))
    assert told(data) == {}


def test_an_error_beside_a_picture_is_an_error():
    cell = where(ITEMS, "title")
    data = edit(with_picture(ITEMS, cell, "excel"))
    part = data.part_of(ITEMS.name)
    data.package.parts[part] = data.package.parts[part].replace(b' vm="1"', b"")
    assert told(data.write()) == {cell: "cell_error"}
