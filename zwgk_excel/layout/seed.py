"""The duty table and the roster as shipped (``duties.toml``, ``units.toml``), and the labels to parse them with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.lint.tables import LintLabels
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.words import word, words

_SEPARATOR = "、"


@cache
def duty_rows() -> tuple[Mapping[str, str], ...]:
    """The duties, column key → text as the sheet shows it (labels, not codes)."""
    return _rows(layout("duty_table")["duties"], read_toml("duties.toml")["duties"])


@cache
def unit_rows() -> tuple[Mapping[str, str], ...]:
    """The units, column key → text as the sheet shows it."""
    return _rows(layout("roster")["units"], read_toml("units.toml")["units"])


@cache
def kind_groups() -> Mapping[str, UnitKind]:
    """Owner phrase → the kind of units of which it means every one."""
    return {phrase: UnitKind(kind) for phrase, kind in read_toml("units.toml")["kind_groups"].items()}


@cache
def office_groups() -> tuple[str, ...]:
    """The owner phrases whose members only the office knows."""
    return tuple(read_toml("units.toml")["office_groups"]["names"])


@cache
def vocabulary() -> LintLabels:
    """The labels of the two tables' dropdowns, and their headings."""
    return LintLabels(
        cadences=words("cadence"),
        categories=words("category"),
        kinds=words("unit_kind"),
        yes_no=words("yes_no"),
        companions=words("companion"),
        duty_headings=_headings(layout("duty_table")["duties"]),
        roster_headings=_headings(layout("roster")["units"]),
        task_headings=_headings(layout("task_table")["tasks"]),
        officer_headings=_headings(layout("roster")["officers"]),
        entry_headings=_headings(layout("catalogue")["entries"]),
        shipped_companions={
            row["id"]: (row["column_text"], row["companions"]) for row in duty_rows() if row["companions"]
        },
    )


def task_sheet_name() -> str:
    """The name of the sheet of one-off tasks."""
    return layout("task_table")["tasks"].name


def _headings(sheet: SheetLayout) -> dict[str, str]:
    return {column.key: column.heading for column in sheet}


def _rows(sheet: SheetLayout, raw: list[dict[str, Any]]) -> tuple[Mapping[str, str], ...]:
    keys = {column.key for column in sheet}
    for each in raw:
        if unknown := set(each) - keys:
            raise KeyError(f"{sheet.name}: no column {', '.join(sorted(unknown))}")
    return tuple({column.key: _text(column, each.get(column.key, "")) for column in sheet} for each in raw)


def _text(column: Column, value: str | bool | list[str]) -> str:
    if isinstance(value, bool):
        return word(column.list, "yes" if value else "no")
    if isinstance(value, list):
        named = words("companion") if column.key == "companions" else {}
        return _SEPARATOR.join(named.get(each, each) for each in value)
    return word(column.list, value) if column.kind is ColumnKind.CHOICE else value
