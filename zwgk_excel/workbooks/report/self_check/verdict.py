"""What 自查 says of a row, in Python: exactly the text that the formulas show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from zwgk_excel.domain.returns import AnswerStatus
from zwgk_excel.layout.columns import SheetLayout, common_columns, layout
from zwgk_excel.layout.words import meanings, words
from zwgk_excel.workbooks.contract.aside_rows import is_aside
from zwgk_excel.workbooks.contract.cover_texts import ALL_DONE, AMONG_AHEAD, AMONG_UNLISTED, TO_DO, WITH_REMARKS
from zwgk_excel.workbooks.contract.excel_value import ERROR, ExcelValue
from zwgk_excel.workbooks.excel import serial
from zwgk_excel.workbooks.report.self_check.aside import LEFT_TO_INTAKE
from zwgk_excel.workbooks.report.self_check.cell_rules import is_missing, required
from zwgk_excel.workbooks.report.self_check.date_rules import SLOW_AT_FIRST
from zwgk_excel.workbooks.report.self_check.item_rules import item_rules
from zwgk_excel.workbooks.report.self_check.rule import (
    CONCATENATION_LIMIT,
    CheckedRow,
    CheckRule,
    ItemCounts,
    TaskFlags,
)
from zwgk_excel.workbooks.report.self_check.task_rules import task_rules
from zwgk_excel.workbooks.writing.style import BAD, GOOD, OPTIONAL, WATCH

COMPLETE, DOUBTFUL, UNREADABLE = f"{GOOD} 完整", f"{WATCH} 请核对", f"{BAD} 有无法识别的内容，请清除后重填"
FREE, LATE = "可选", "补报"
"""Of a task without an answer that may have none, and of one of an earlier month."""
_NO_YEARS: Mapping[str, int] = MappingProxyType({})
LACKS = "缺"
"""Before the headings of what a row lacks."""


def vocabulary(sheet: SheetLayout) -> dict[str, Any]:
    """The values for a rule's ``words``: headings by column key, the labels of lists, and the items' sheet."""
    headings = {column.key: column.heading for column in sheet}
    return {
        "answers": words("answer"),
        "types": words("item_type"),
        "items": layout("report")["items"].name,
        **headings,
    }


def item_check(
    values: Mapping[str, object],
    tasks: Mapping[str, TaskFlags],
    above: Sequence[Mapping[str, object]] = (),
    common: Mapping[str, object] | None = None,
    slow: int = SLOW_AT_FIRST,
    latest: Mapping[str, int] = _NO_YEARS,
) -> str:
    """自查 of a row of 信息明细: ``values`` by column key, ``tasks`` the unit's task labels with their flags.

    ``above`` are the rows above it, ``common`` the values filled once on the cover, by column key. ``slow`` are the
    calendar days of the workbook beyond which an item surely came too late (``slow_after``), ``latest`` by column key
    its last days that days without a year may mean, as serial numbers (``latest_days``).
    """
    sheet = layout("report")["items"]
    if any(value is ERROR for value in values.values()):
        return UNREADABLE
    cells = {column.key: ExcelValue(values.get(column.key), latest.get(column.key, 0)) for column in sheet.inputs}
    together = ExcelValue("".join(cell.text for cell in cells.values()))
    if together.length > CONCATENATION_LIMIT:
        return UNREADABLE
    if together.blank:
        return ""
    given = common or {}
    taken = {column.key: given.get(column.key) for column in common_columns() if cells[column.key].blank}
    if any(value is ERROR for value in taken.values()):
        return UNREADABLE
    aside = is_aside(cells)
    cells |= {key: ExcelValue(ExcelValue(value).text) for key, value in taken.items()}
    flags = {label.casefold(): (label, each) for label, each in tasks.items()}
    for label, each in tasks.items():
        flags |= {name.casefold(): (label, each) for name in each.other_names if name and name.casefold() not in flags}
    task = cells["task"].text
    label, own = flags.get(task.casefold(), (task, TaskFlags()))
    row = CheckedRow(cells, own, known=task.casefold() in flags, label=label, above=above, slow_after=slow)
    if aside and not row.known:
        return LEFT_TO_INTAKE
    named = vocabulary(sheet) | {"first_day": str(row.flags.published_from), "slow_after": slow}
    missing = "、".join(column.heading for column in required(sheet) if is_missing(column.key, cells[column.key]))
    return _shown((COMPLETE, DOUBTFUL), [f"{LACKS} {missing}"] if missing else [], row, item_rules(sheet), named)


def task_check(values: Mapping[str, object], flags: TaskFlags, tally: ItemCounts) -> str:
    """自查 of a row of 任务清单, from its input cells by column key and the counts of its items."""
    sheet = layout("report")["tasks"]
    if any(value is ERROR for value in values.values()):
        return UNREADABLE
    cells = {column.key: ExcelValue(values.get(column.key)) for column in sheet.inputs}
    row = CheckedRow(cells, flags, tally=tally)
    named = vocabulary(sheet) | {"total": tally.total, "bad": tally.bad, "unfit": "、".join(flags.unfit)}
    state = _task_state(row)
    return _shown((state, f"{WATCH}{state[1:]}"), [], row, task_rules(sheet), named)


def _task_state(row: CheckedRow) -> str:
    if row.tally.total:
        return f"{GOOD} 已填 {row.tally.total} 条"
    if row.status(AnswerStatus.NIL):
        return f"{GOOD} {words('answer')[AnswerStatus.NIL]}"
    return f"{OPTIONAL} {LATE if row.flags.backlog else FREE}"


def tally(
    label: str, items: Sequence[Mapping[str, object]], checks: Sequence[str], flags: TaskFlags = TaskFlags()
) -> ItemCounts:
    """The counts of the items of the task called ``label``, as the formulas count them; ``checks`` are those of all."""
    rows = zip(items, checks, strict=True)
    names = {name.casefold() for name in (label, *flags.other_names) if name}
    own = [(item, check) for item, check in rows if _is_of(item, names)]
    good = [item for item, check in own if not check.startswith(BAD)]
    useless = {each.casefold() for each in flags.unfit}
    return ItemCounts(len(own), len(own) - len(good), sum(_folded(item.get("type")) not in useless for item in good))


def _is_of(item: Mapping[str, object], names: Collection[str]) -> bool:
    return isinstance(item.get("task"), str) and _folded(item["task"]) in names


def _folded(value: object) -> str:
    return "" if value is ERROR else ExcelValue(value).text.casefold()


def overall_check(texts: Iterable[str], ahead: int = 0, unlisted: int = 0) -> str:
    """The overall state, from every 自查 text of both sheets, and what only the cover tells (:func:`count_ahead`)."""
    marks = Counter(text[:1] for text in texts)
    count = marks[BAD] + ahead + unlisted
    among = AMONG_AHEAD.format(count=ahead) if ahead else AMONG_UNLISTED.format(count=unlisted) if unlisted else ""
    if count:
        return TO_DO.format(count=count) + among
    return WITH_REMARKS.format(count=marks[WATCH]) if marks[WATCH] else ALL_DONE


def count_ahead(
    items: Iterable[Mapping[str, object]],
    checks: Iterable[str],
    today: date,
    latest: Mapping[str, int] = _NO_YEARS,
) -> int:
    """How many items, of those whose own check has no error, were published after a day; ``latest`` as above."""
    passed = [item.get("published_on") for item, check in zip(items, checks, strict=True) if check[:1] in {GOOD, WATCH}]
    return sum(ExcelValue(day, latest.get("published_on", 0)).day > serial(today) for day in passed)


def count_unlisted(rows: Iterable[tuple[object, object]], issued: Collection[str]) -> int:
    """How many rows of 任务清单, as 编号 and 报送状态, answer a task whose 编号 is none of those issued."""
    said = {text.casefold() for code in words("answer") for text in meanings("answer", code)}
    known = {each.casefold() for each in issued}
    filled = [(_folded(id_), _folded(status)) for id_, status in rows]
    return sum(id_ != "" and id_ not in known and status in said for id_, status in filled)


def _shown(
    states: tuple[str, str], errors: list[str], row: CheckedRow, rules: Iterable[CheckRule], named: Mapping[str, Any]
) -> str:
    """The text of a row; ``states`` are its beginning where nothing is wrong, and where only something is doubtful."""
    state, doubtful = states
    found = [rule for rule in rules if rule.holds(row)]
    errors = errors + [rule.words.format_map(named) for rule in found if not rule.warning]
    warnings = [rule.words.format_map(named) for rule in found if rule.warning]
    if errors:
        return "；".join([f"{BAD} {errors[0]}", *errors[1:], *(WATCH + each for each in warnings)])
    if warnings:
        return "；".join([doubtful, warnings[0], *(WATCH + each for each in warnings[1:])])
    return state
