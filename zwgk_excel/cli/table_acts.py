"""What ``unit`` and ``duty`` share: a planned change of the tables is shown, agreed to, carried out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.effects import ActFlow, run_act

if TYPE_CHECKING:
    from zwgk_excel.domain.acts import Act
    from zwgk_excel.workflow.office.context import Office
    from zwgk_excel.workflow.responsibilities import TablePlan

From = Annotated[str, typer.Option("--from", metavar="月份", help="从哪个月起，如 2027-01；须是还没有下发的月份。")]
Reason = Annotated[str, typer.Option("--reason", metavar="理由", help="依据，如文号；记入办理记录。")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="不再询问，直接办理。")]


def run(workspace: Path, plan: Callable[[Office], TablePlan], *, name: str, reason: str, yes: bool, json: bool) -> int:
    """Show what is planned, and carry it out where that is agreed to; exit code 1 while it waits for consent."""
    from zwgk_excel.workflow.office.context import open_office
    from zwgk_excel.workflow.responsibilities import carry_out

    flow = ActFlow(
        plan=lambda office, by: plan(office),
        show=_print,
        carry_out=lambda office, planned, by: carry_out(office, planned, who=by, reason=reason),
        tell=_tell,
        fields=_fields,
    )
    return run_act(flow, open_office(workspace), name=name, yes=yes, json=json)


def _tell(plan: TablePlan, act: Act) -> None:
    from zwgk_excel.cli import show

    show.print_line(f"已办理，记为第 {act.number} 号；{plan.places[0].file} 已改好。", "green")
    show.print_line(f"撤销用 zwgk undo {act.number} --reason 理由（{plan.month} 下发以前）。")


def _print(plan: TablePlan) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    rows = [
        (place, each.row, _heading(each.table, each.column), each.before, each.after)
        for place, each in zip(plan.places, plan.edits, strict=True)
    ]
    headings = [layout("tracker")["problems"].heading("cell"), "行", "列", "现在", "改为"]
    show.table(f"{word('act', plan.kind)}（从 {plan.month} 起）", headings, rows, wraps=[*headings[:1], *headings[3:]])
    if plan.differences:
        show.print_line(f"{plan.shown_in} 的报送任务随之变化：")
    for unit, counts in _counts(plan).items():
        told = "，".join(f"{word('issue_change', change)} {count} 项" for change, count in counts.items())
        show.print_line(f"  {unit}：{told}")
    if plan.open_tasks:
        left = "，".join(f"{unit} {count} 项" for unit, count in plan.open_tasks.items())
        show.print_line(f"已下发的还没报完：{left}；到 {plan.month} 仍没报的，由“{plan.units[-1]}”补报。")
    show.problems(plan.problems)


def _counts(plan: TablePlan) -> dict[str, dict[str, int]]:
    """Unit → change → how many tasks."""
    units: dict[str, dict[str, int]] = {}
    for each in plan.differences:
        counts = units.setdefault(each.unit, {})
        counts[each.change] = counts.get(each.change, 0) + 1
    return units


def _heading(table: str, column: str) -> str:
    from zwgk_excel.domain.table_edits import EditedTable
    from zwgk_excel.layout.table_sheets import sheet_of

    return sheet_of(EditedTable(table)).heading(column)


def _fields(plan: TablePlan, act: Act | None) -> dict[str, Any]:
    return {
        "act": plan.kind,
        "number": act.number if act else None,
        "from": str(plan.month),
        "units": list(plan.units),
        "cells": [
            {"cell": str(place), "row": each.row, "column": each.column, "before": each.before, "after": each.after}
            for place, each in zip(plan.places, plan.edits, strict=True)
        ],
        "shown_in": str(plan.shown_in),
        "tasks": _counts(plan),
        "open_tasks": dict(plan.open_tasks),
        "problems": [each.as_dict() for each in plan.problems],
    }
