"""The rows of 待处理 as plain values, and the choices of each."""

from __future__ import annotations

from typing import Any

from zwgk_excel.domain.in_tray import Waiting
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.row_values import FileLink, RowValues
from zwgk_excel.workbooks.tracker.rows.view import TrackerView, TrayRow

MOST = 500
"""So many rows are shown: those below wait until these are fewer."""


def tray_rows(view: TrackerView) -> list[RowValues]:
    """One row for everything that waits, the most urgent first; where nothing does, one that says so."""
    if not view.tray:
        texts: dict[str, Any] = layout("tracker").settings["in_tray"]
        return [{"kind": texts["not_typed"], "subject": texts["nothing"]}]
    return [_tray_row(each) for each in view.tray[:MOST]]


def tray_choices(view: TrackerView) -> list[list[str]]:
    """The words that may be chosen in each of :func:`tray_rows`."""
    return [[word("tray_choice", each) for each in row.waiting.choices] for row in view.tray[:MOST]]


def tray_name(waiting: Waiting) -> str:
    """What waits, in a sentence: ``待核实的文件：收件 12``."""
    return f"{word('waiting', waiting.kind)}：{waiting.subject}"


def _tray_row(row: TrayRow) -> RowValues:
    waiting = row.waiting
    proposed = {"unit": waiting.unit, "month": str(waiting.month or "")}
    return {
        "kind": word("waiting", waiting.kind),
        "subject": waiting.subject,
        "told": waiting.told,
        "since": waiting.since,
        "file": _link(waiting),
        "advice": waiting.advice,
        **proposed,
        **row.typed,
        "result": row.result,
    }


def _link(waiting: Waiting) -> FileLink | None:
    if not waiting.file:
        return None
    name = waiting.sheet or waiting.file.rpartition("/")[2]
    return FileLink(name, waiting.file, waiting.sheet, "A1" if waiting.sheet else "")
