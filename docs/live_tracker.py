"""The demonstration's tracker, opened in LibreOffice, written in as an office writes in it, and 汇总 pressed.

    python docs/live_tracker.py build/pictures --before build/before.xlsx

Works on a workspace that ``zwgk demo`` made, and saves its tracker: a picture of it shows what a refresh leaves alone.
Needs LibreOffice with its Python bridge; ``tests/setup.sh tools`` installs them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import xlwings as xw

import zwgk_excel.addin as addin
from tests.calc.engine import CalcApp, register
from tests.calc.office import Office
from zwgk_excel.addin.host import session
from zwgk_excel.addin.host.workspace_choice import remember
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.domain.periods import CHINA
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_name
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.setup.demo import DEMO_AS_OF
from zwgk_excel.workflow.setup.demo_returns import CYCLE

SILENT, ASKED = "市应急局", "茗山乡"
"""Two units that have not answered: one gets more time, the other's return arrives."""
SHOWN = (SILENT, ASKED, "市教育局", "市财政局", "市卫生健康局", "市民政局", "市发改委", "市生态环境局")
SHAPE = layout("tracker")["tracking"]


def main() -> int:
    """Run the command; 0 done, 1 the refresh did not come to its end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("workspace", type=Path, help="made by zwgk demo")
    parser.add_argument("--before", type=Path, help="where the tracker is copied to before 汇总 is pressed")
    arguments = parser.parse_args()
    root = arguments.workspace.resolve()
    clock.now = lambda: datetime.combine(DEMO_AS_OF, time(15))
    session.HOME = root / ".zwgk"
    remember(root)
    answer(root)
    with Office(shutil.which("soffice") or "soffice") as office:
        words = refresh(root, register(office), arguments.before)
    print(words)
    return 0 if words.startswith("汇总完成") else 1


def answer(root: Path) -> None:
    """The return of the unit that was asked again lies in 收件箱: nothing to report."""
    name = report_name(ASKED, CYCLE)
    with open_office(root) as office:
        tasks = [each.obligation for each in office.listing(CYCLE, CYCLE.first) if each.unit == ASKED]
    nil = {"status": word("answer", "nil"), "statement": "经核实，本期无应公开信息。"}
    blank = (root / "发件箱" / str(CYCLE) / name).read_bytes()
    answers = {(each.duty.id, each.reference): nil for each in tasks}
    path = root / "收件箱" / name
    path.write_bytes(fill(blank, answers=answers, items=[]))
    arrived = datetime.combine(DEMO_AS_OF, time(10), tzinfo=CHINA).timestamp()
    os.utime(path, (arrived, arrived))


def refresh(root: Path, app: CalcApp, before: Path | None) -> str:
    """Type, filter, copy the file to ``before``, press the button; returns the closing words."""
    book = xw.books.open(root / layout("tracker").file_name)
    book.set_mock_caller()
    sheet = book.sheets[SHAPE.name]
    type_in(sheet)
    sheet.tables[SHAPE.table].autofilter.apply_values(SHAPE.index("unit") + 1, list(SHOWN))
    if before:
        book.save()
        shutil.copy(root / layout("tracker").file_name, before)
    addin.consolidate()
    words = app.alerts[-1][0]
    book.close()
    return words


def type_in(sheet: Any) -> None:
    """An extension, and a column of the office's own, its heading in the table."""
    rows = read_grid(sheet).rows
    header = next(number for number, row in enumerate(rows, 1) if SHAPE.heading("duty") in row)
    unit, due, added = SHAPE.index("unit"), SHAPE.index("due"), len(SHAPE.columns) + 1
    owed = next(number for number, row in enumerate(rows, 1) if row[unit] == SILENT and isinstance(row[due], date))
    sheet.range((owed, SHAPE.index("extended_to") + 1)).value = date(2026, 12, 10)
    sheet.range((header, added)).value = "电话记录"
    sheet.range((owed, added)).value = "12月2日已电话提醒"
    sheet.range((header, added)).font.bold = True
    sheet.range((header, added)).column_width = 22
    table = sheet.tables[SHAPE.table]
    table.resize(sheet.range((header, 1), (table.range.last_cell.row, added)))


if __name__ == "__main__":
    sys.exit(main())
