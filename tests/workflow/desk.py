"""A small office for tests: a workspace with a few duties and units, and officers who fill and send back."""

from __future__ import annotations

import atexit
import io
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import xlsxwriter

from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import added_columns, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.report.fill_in import InputValue, fill
from zwgk_excel.workbooks.report.report_workbook import report_name
from zwgk_excel.workflow.issuing import amend, generate
from zwgk_excel.workflow.office.context import Office, open_office
from zwgk_excel.workflow.office.trust import trust_workspace
from zwgk_excel.workflow.office.workspace import is_workspace
from zwgk_excel.workflow.setup.demo_returns import sample
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

CYCLE = Month(2026, 11)
ISSUED = datetime(2026, 11, 2, 9)

DUTIES = (
    {"id": "D01", "column": "政策文件", "owners": "市政府办", "policy": "是", "companions": "是"},
    {"id": "D02", "column": "政府采购", "owners": "市财政局"},
    {"id": "D04", "column": "稳岗就业", "owners": "市人社局、市财政局", "policy": "是"},
    {"id": "D16", "column": "政府公报", "owners": "市政府办", "cadence": "每季度", "requirement": "每季度报送一次"},
    {"id": "D24", "column": "基层信息公开", "owners": "各部门、各乡镇(街道)", "cadence": "实时更新"},
)
UNITS = (
    {"name": "市政府办", "kind": "部门"},
    {"name": "市财政局", "kind": "部门"},
    {"name": "市人社局", "kind": "部门"},
    {"name": "金湖街道", "kind": "乡镇（街道）"},
)
ITEM: Mapping[str, InputValue] = {
    "type": "通知公告",
    "section": "办公室",
    "officer": "报送员",
    "first_review": "甲",
    "second_review": "乙",
    "final_review": "丙",
    **{column.key: sample(column, date(2026, 11, 3)) for column in added_columns("items") if column.required},
}


def table(name: str, *sheets: Iterable[Mapping[str, str]]) -> bytes:
    """A duty table or roster as the office might keep it: headings in row 1, a row each; its first sheets only."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for sheet, rows in zip(layout(name).sheets.values(), sheets, strict=False):
            page = book.add_worksheet(sheet.name)
            page.write_row(0, 0, [column.heading for column in sheet])
            for number, row in enumerate(rows, 1):
                for key, value in row.items():
                    page.write_string(number, sheet.index(key), value)
    return stream.getvalue()


def duty_rows(duties: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Duties with everything that does not matter filled in."""
    usual = {"content": "内容", "category": "政务信息公开", "cadence": "每月"}
    verbatim = [{"column_text": duty["column"], "owners_text": duty["owners"]} for duty in duties]
    # The requirement follows the cadence, or the check would rightly complain.
    required = [{"requirement": duty.get("cadence", "每月月底前")} for duty in duties]
    return [usual | v | r | dict(duty) for v, r, duty in zip(verbatim, required, duties, strict=True)]


def with_duty(id_: str, **values: str) -> list[dict[str, str]]:
    """The duties with one of them changed."""
    return [{**duty, **values} if duty["id"] == id_ else dict(duty) for duty in DUTIES]


@dataclass
class Desk:
    """A workspace in a folder that its user trusts, and its clock."""

    root: Path
    now: datetime = ISSUED

    def __post_init__(self) -> None:
        """Many are copies, which nobody has consented to yet."""
        if is_workspace(self.root):
            trust_workspace(self.root)

    def open(self) -> AbstractContextManager[Office]:
        """The office at this desk's time."""
        return open_office(self.root, now=lambda: self.now)

    def on(self, moment: datetime) -> AbstractContextManager[Office]:
        """The office at a moment, or at this desk's time where that is later."""
        return open_office(self.root, now=lambda: max(self.now, moment))

    def execute(self, *statements: str) -> None:
        """Change the ledger's database itself, past the program."""
        with closing(sqlite3.connect(self.root / "zwgk.db")) as database, database:
            for statement in statements:
                database.execute(statement)

    def set_duties(self, duties: Sequence[Mapping[str, str]]) -> None:
        """Replace the duty table."""
        (self.root / layout("duty_table").file_name).write_bytes(table("duty_table", duty_rows(duties)))

    def set_units(self, units: Iterable[Mapping[str, str]], officers: Iterable[Mapping[str, str]] = ()) -> None:
        """Replace the roster; with ``officers`` it has a sheet of those for single duties."""
        sheets = (units, named) if (named := tuple(officers)) else (units,)
        (self.root / layout("roster").file_name).write_bytes(table("roster", *sheets))

    def reissue(self, cycle: Month = CYCLE) -> None:
        """Amend an issued month to the tables of now, and write the workbooks that this changes."""
        with self.open() as office:
            amend(office, cycle, on=self.now.date(), who="王主任", reason="调整")
            generate(office, cycle, as_of=self.now.date())

    def sent(self, unit: str, cycle: Month = CYCLE) -> Path:
        """The workbook that went out to a unit."""
        return self.root / "发件箱" / str(cycle) / report_name(unit, cycle)

    def reply(
        self,
        unit: str,
        name: str,
        *,
        answers: Mapping[tuple[str, str], Mapping[str, InputValue]] | None = None,
        items: Sequence[Mapping[str, InputValue]] = (),
        cycle: Month = CYCLE,
    ) -> Path:
        """The unit's workbook filled and saved beside the workspace, as an attachment would be."""
        folder = self.root.parent / "attachments"
        folder.mkdir(exist_ok=True)
        path = folder / name
        own = [_of_month(each, cycle) for each in items]
        path.write_bytes(fill(self.sent(unit, cycle).read_bytes(), answers=answers or {}, items=own))
        return path


def nil(statement: str = "经核实，本期无应公开信息。") -> dict[str, InputValue]:
    """A nil report for one task."""
    return {"status": word("answer", "nil"), "statement": statement}


def _of_month(typed: Mapping[str, InputValue], cycle: Month) -> Mapping[str, InputValue]:
    """The item of :func:`item` as one of another month: what nobody chose otherwise is of that month."""
    if cycle == CYCLE:
        return typed
    usual = {"formed_on": date(2026, 11, 2), "published_on": date(2026, 11, 3)}
    moved: dict[str, InputValue] = {
        key: cycle.day(day.day) for key, day in usual.items() if typed.get(key) == day
    }
    link, title = str(typed.get("url", "")), str(typed.get("title", ""))
    if link.startswith("http://a.cn/D"):
        moved["url"] = link.replace("http://a.cn/", f"http://a.cn/{cycle}/", 1)
    if "信息" in title:
        moved["title"] = f"{cycle} {title}"
    return {**typed, **moved}


def item(task: str, number: int = 1, **values: InputValue) -> dict[str, InputValue]:
    """A sound item for a task."""
    dates: dict[str, InputValue] = {"formed_on": date(2026, 11, 2), "published_on": date(2026, 11, 3)}
    title = f"{'' if task.startswith('D02') else task[:3]}信息{number}"  # of two tasks never the same
    named: dict[str, InputValue] = {"task": task, "title": title, "url": f"http://a.cn/{task[:3]}/{number}"}
    return {**ITEM, **dates, **named, **values}


def new_desk(folder: Path) -> Desk:
    """A workspace with the small tables."""
    root = folder / "工作区"
    init_workspace(root)
    desk = Desk(root)
    desk.set_duties(DUTIES)
    desk.set_units(UNITS)
    return desk


def copied_desk(folder: Path) -> Desk:
    """A workspace with the small tables, copied from one made before: all of a process have the same key."""
    return Desk(Path(shutil.copytree(_made(), folder / "工作区")))


def issue(desk: Desk) -> Desk:
    """Issue November on the 2nd in a desk that is new: what ``generate`` makes there, copied from one made before.

    The copy is another workspace than the desk was before, so nothing of that one may be remembered.
    """
    shutil.rmtree(desk.root)
    shutil.copytree(_issued(), desk.root)
    trust_workspace(desk.root)
    return desk


@cache
def _made() -> Path:
    """A workspace with the small tables; it lies there until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="zwgk-made-"))
    atexit.register(shutil.rmtree, folder)
    return new_desk(folder).root


@cache
def _issued() -> Path:
    """The same after November went out."""
    made = copied_desk(_made().parent / "下发后")
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    return made.root
