"""What the office types into a row of 待处理, without a workbook around it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.workflow.desk import Desk
from zwgk_excel.domain.in_tray import TrayChoice, Waiting
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.rows.tray_rows import tray_name
from zwgk_excel.workbooks.tracker.rows.view import TrayEntry
from zwgk_excel.workflow.consolidation.consolidating import PreparedTracker, prepare
from zwgk_excel.workflow.office.context import Office

COLUMNS = ("choice", "unit", "month", "day", "reason")


def chosen(waiting: Waiting, choice: TrayChoice, **said: Any) -> TrayEntry:
    """The row with a choice, and the proposal as it stands there unless something else is said."""
    proposed = {"unit": waiting.unit, "month": waiting.month}
    values = {"choice": choice, "unit": "", "month": None, "day": None, "reason": ""} | proposed | said
    typed = {key: str(value) for key, value in values.items() if value} | {"choice": word("tray_choice", choice)}
    places = {key: CellRef("总台账.xlsx", "待处理", f"{letter}9") for key, letter in zip(COLUMNS, "GHIJK", strict=True)}
    told = waiting.told
    return TrayEntry(waiting.key, tray_name(waiting), told, values, frozenset(), typed, places)


def ready(office: Office, *entries: TrayEntry, on: date | None = None, **typed: Any) -> PreparedTracker:
    """汇总 of a tracker in which just these rows were filled, before any workbook is written."""
    with office.ledger.exclusive():
        return prepare(office, OfficeInput(tray=entries, **typed), as_of=on, who="王敏")


def waits(desk: Desk) -> list[Waiting]:
    """What waits at a desk."""
    with desk.open() as office:
        return [each.waiting for each in ready(office).view.tray]


def run(desk: Desk, *entries: TrayEntry, **typed: Any) -> PreparedTracker:
    with desk.open() as office:
        return ready(office, *entries, **typed)
