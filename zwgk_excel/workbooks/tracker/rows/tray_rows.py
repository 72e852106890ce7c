"""The rows of 待处理 as plain values, and the choices of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.domain.in_tray import Waiting
from zwgk_excel.domain.problems import CellRef
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
    places = {(each.obligation, each.column): each.problem.place for each in view.refused}
    return [_tray_row(each, places) for each in view.tray[:MOST]]


def tray_choices(view: TrackerView) -> list[list[str]]:
    """The words that may be chosen in each of :func:`tray_rows`."""
    return [[word("tray_choice", each) for each in row.waiting.choices] for row in view.tray[:MOST]]


def tray_name(waiting: Waiting) -> str:
    """What waits, in a sentence: ``待核实的文件：收件 12``."""
    return f"{word('waiting', waiting.kind)}：{waiting.subject}"


def _tray_row(row: TrayRow, places: Mapping[tuple[str, str], CellRef]) -> RowValues:
    waiting = row.waiting
    proposed = {"unit": waiting.unit, "month": str(waiting.month or "")}
    return {
        "kind": word("waiting", waiting.kind),
        "subject": waiting.subject,
        "told": waiting.told,
        "since": waiting.since,
        "file": _link(waiting, places.get((waiting.obligation, waiting.column))),
        "advice": waiting.advice,
        **proposed,
        **row.typed,
        "result": row.result,
    }


def _link(waiting: Waiting, place: CellRef | None) -> FileLink | None:
    """The link to what waits; what was typed and not taken is at its ``place``."""
    if not waiting.file:
        return None
    if place and place.cell:
        return FileLink(f"{place.sheet}!{place.cell}", waiting.file, place.sheet, place.cell)
    name = waiting.sheet or waiting.file.rpartition("/")[2]
    return FileLink(name, waiting.file, waiting.sheet, "A1" if waiting.sheet else "")
