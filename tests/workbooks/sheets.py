"""Small workbooks for tests, written inline: rows of values, or the raw XML of a sheet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import xlsxwriter

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import address

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Formula:
    """A formula with the result the file holds; ``""`` is none at all."""

    text: str
    result: Any = ""


Range = tuple[int, int, int, int]
"""First row and column, last row and column, 0 for the first."""


def book(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    hidden: Sequence[str] = (),
    merged: Mapping[str, Sequence[Range]] = MappingProxyType({}),
) -> bytes:
    """A workbook of sheets, each a list of rows from A1 on; None leaves a cell alone. Sheets may have merged cells."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        days: dict[type, Any] = {date: workbook.add_format({"num_format": "yyyy-mm-dd"})}
        days[datetime] = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in sheets.items():
            page = workbook.add_worksheet(name)
            for area in merged.get(name, ()):
                page.merge_range(*area, "")
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    _write(page, number, column, value, days)
            if name in hidden:
                page.very_hidden()
    return stream.getvalue()


def _write(page: Any, row: int, column: int, value: Any, days: Mapping[type, Any]) -> None:
    match value:
        case None:
            return
        case Formula(text, result):
            assert page.write_formula(row, column, text, None, result) == 0
        case bool():
            page.write_boolean(row, column, value)
        case str():
            assert page.write_string(row, column, value) == 0
        case date():
            page.write_datetime(row, column, value, days[type(value)])
        case _:
            page.write_number(row, column, value)


def headed(key: str, rows: Sequence[Mapping[str, Any]], *, extra: Sequence[str] = ()) -> list[list[Any]]:
    """The rows of 任务清单 (``tasks``) or 信息明细 (``items``) as issued: title, hint, headings, then ``rows`` by key.

    ``extra`` are headings of further columns, which are their keys as well.
    """
    sheet = layout("report")[key]
    keys = [column.key for column in sheet] + list(extra)
    head = [column.display for column in sheet] + list(extra)
    title = sheet.title.format(unit="市教育局", cycle_words="2026年11月")
    return [[title], [sheet.hint], head, *([row.get(key) for key in keys] for row in rows)]


IDENTITY = [
    ["product", "zwgk_excel"],
    ["schema", "1"],
    ["unit", "市教育局"],
    ["cycle", "2026-11"],
    ["issued_on", "2026-11-01"],
    ["signature", "ab" * 32],
]


def report(
    items: Sequence[Mapping[str, Any]] = (),
    tasks: Sequence[Mapping[str, Any]] = (),
    *,
    identity: Sequence[Sequence[Any]] | None = IDENTITY,
    **options: Any,
) -> bytes:
    """A report workbook with these rows; ``options`` as for :func:`headed`."""
    names = {key: layout("report")[key].name for key in ("tasks", "items", "identity")}
    sheets = {names["tasks"]: headed("tasks", tasks, **options), names["items"]: headed("items", items, **options)}
    if identity is not None:
        sheets[names["identity"]] = [list(row) for row in identity]
    return book(sheets, hidden=[names["identity"]])


def cell(key: str, column: str, row: int) -> str:
    """The address of a column of the report's sheet ``key`` in a row, 1 for the first."""
    return address(row - 1, layout("report")[key].index(column))


def raw_book(rows: str, **parts: str) -> bytes:
    """A workbook whose only sheet ``S`` has ``rows`` as the XML within its sheetData.

    ``parts`` replace others: ``sheet`` the whole sheet part, ``workbook``, ``strings``.
    """
    sheet = parts.get("sheet", f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>')
    sheets = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    relations = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")]
    strings = f'<sst xmlns="{_MAIN}" count="1" uniqueCount="1"><si><t>hi</t></si></sst>'
    content = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": _relations(relations),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": parts.get("strings", strings),
    }
    if "workbook" in parts:
        content["xl/workbook.xml"] = parts["workbook"]
    return zipped(content)


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = (
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(each)}</Relationships>'


def zipped(content: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return stream.getvalue()


def edited(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A workbook with one part changed; the change must change something."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    before = content[part].decode()
    after = change(before)
    assert after != before
    return zipped(content | {part: after.encode()})
