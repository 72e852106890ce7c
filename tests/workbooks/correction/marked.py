"""Problems of every kind to mark, and how a marked workbook is looked at."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl

from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.writing import style

MARKUP, ITEMS, TASKS = layout("markup")["opinions"], layout("report")["items"].name, layout("report")["tasks"].name
HEADER, FIRST = 3, 4
START, END = (layout("markup").settings["comment"][key] for key in ("start", "end"))
RED, AMBER = (f"FF{colour.lstrip('#')}" for colour in (style.RED_FILL, style.AMBER_FILL))


def at(sheet: str, cell: str = "") -> CellRef:
    return CellRef("回复.xlsx", sheet, cell)


DATE = problem("date_form", at(ITEMS, "F5"), heading="发布日期", value="3月")
LINK = problem("link_form", at(ITEMS, "G5"), heading="发布链接", value="=1+1")
REVIEWER = replace(
    problem("item_reviewer_repeated", at(ITEMS, "L7"), first="初审人", second="复审人", value="李四"),
    severity=Severity.WARNING,  # as an office may have it
)
STATEMENT = problem("nil_without_statement", at(TASKS, "I4"), value="D01 政策文件", said="")
VANISHED = problem("items_vanished", at(""), title="旧信息", task="D02 政府采购")
NOTE = problem("normalised", at(ITEMS, "E4"), heading="形成日期", value="2026.3.1", result="2026-03-01")
PROBLEMS = [REVIEWER, DATE, NOTE, LINK, VANISHED, STATEMENT]


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=False)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def look(cell) -> tuple[str, str]:
    return cell.fill.fgColor.rgb, cell.border.left.style
