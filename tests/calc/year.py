"""A year of sixty units, put into the ledger as facts: no workbook is filled or read for it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

from tests.workbooks.tracker_sample import roster
from tests.workflow.desk import Desk
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.issuing.issued_months import issue
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

MONTHS = tuple(Month(2026, 1) + number for number in range(12))
NOW = datetime(2027, 1, 4, 9)
UNITS, ITEMS = 60, 20
"""How many units there are, and how many items each sends in a month."""
LATE_EVERY = 7
"""Every seventh return comes two days after the month; the others on the 20th."""


def year_desk(folder: Path, units: int = UNITS) -> Desk:
    """A workspace with the shipped duty table, so many units and twelve months issued; nothing came back."""
    root = folder / "工作区"
    init_workspace(root)
    desk = Desk(root, NOW)
    desk.set_units({"name": unit, "kind": word("unit_kind", kind)} for unit, kind in _units(units))
    with desk.open() as office:
        for cycle in MONTHS:
            issue(office, cycle, on=cycle.day(2), who="王主任")
    return desk


def _units(count: int) -> Iterator[tuple[str, str]]:
    shipped = [(unit.name, str(unit.kind)) for unit in roster().units]
    yield from shipped
    for number in range(1, count - len(shipped) + 1):
        yield f"市直单位{number:02}", "department"


def answer(desk: Desk, months: Sequence[Month] = MONTHS, *, but: int = 0) -> None:
    """Let every unit answer each of ``months`` that it has not answered yet; the last ``but`` of them all do not."""
    with desk.open() as office:
        groups: dict[tuple[str, Month], list[Obligation]] = defaultdict(list)
        for each in office.obligations():
            if each.cycle in months:
                groups[each.unit, each.cycle].append(each)
        receipts = [_receipt(*place, owed, number) for number, (place, owed) in enumerate(groups.items())]
        office.ledger.add_receipts(receipts[: len(receipts) - but], "inbox")


def _receipt(unit: str, cycle: Month, owed: Sequence[Obligation], number: int) -> Receipt:
    """A return with items for all tasks in turn; every tenth one has an item whose date nobody understands."""
    name = f"{unit}_{cycle}.xlsx"
    items = tuple(_item(owed[place % len(owed)], place, valid=bool(place or number % 10)) for place in range(ITEMS))
    sheet = layout("report")["items"]
    problems = tuple(
        problem(
            "date_form",
            CellRef(name, sheet.name, f"F{each.row}"),
            obligation=each.obligation,
            heading=sheet.heading("published_on"),
            value="3月份吧",
        )
        for each in items
        if not each.valid
    )
    answers = tuple(TaskAnswer(each.key, status=AnswerStatus.REPORTED) for each in owed)
    day = cycle.last + timedelta(days=2) if number % LATE_EVERY == 0 else cycle.day(20)
    verdict = Verdict.ACCEPTED_WITH_PROBLEMS if problems else Verdict.ACCEPTED
    return Receipt(
        file=f"收件箱/{name}",
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        received_at=datetime.combine(day, time(10, number % 60)),
        verdict=verdict,
        unit=unit,
        cycle=cycle,
        items=len(items),
        problems=problems,
        content=Return(unit, cycle, answers, items, problems),
    )


def _item(owed: Obligation, number: int, *, valid: bool) -> Item:
    day = owed.period.last.day(5)
    return Item(
        obligation=owed.key,
        task=f"{owed.duty.id} {owed.duty.column}",
        title="=1+1" if number == 1 else f"{owed.unit}关于{owed.duty.column}的公开信息（第 {number + 1} 条）",
        type="policy",
        doc_no=f"{number:05}",
        formed_on=day,
        published_on=day + timedelta(days=3) if valid else None,
        url=f"https://www.example.gov.cn/{owed.duty.id}/{owed.reference}/{number}.html",
        section="办公室",
        officer="张某",
        phone="13800000000",
        first_review="甲",
        second_review="乙",
        final_review="丙",
        row=number + 4,
        valid=valid,
    )
