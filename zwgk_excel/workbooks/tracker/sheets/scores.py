"""Writes 考核评分: one row per score line, with formulas where the month is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.domain.score_rules import Grade, ScoreRule, Scoring
from zwgk_excel.layout.columns import Column, ColumnKind, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.formulas import SCORED, quoted, score_name
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.rows.score_rows import score_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.office_cells import input_format, validate_office_columns
from zwgk_excel.workbooks.tracker.sheets.page import (
    FIRST_ROW,
    SheetWriter,
    add_table,
    area,
    excel_value,
    fit_columns,
    fit_row,
    open_page,
    put,
    tell_beside_title,
)
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats

_FROZEN = 3
_LIVE = ("score", "rank", "band")
_SIGNED = "+General;-General;General"
_LOOKS: Mapping[Grade, str] = {Grade.EXCELLENT: "green", Grade.PASS: "yellow", Grade.FAIL: "red"}


def write_scores(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the score sheet to an ``xlsxwriter`` workbook, with names for the columns used on 单位情况."""
    sheet, texts = layout("tracker")["scores"], layout("tracker").settings["scores"]
    page = open_page(book, formats, sheet, view.office, frozen=_FROZEN)
    rows = score_rows(view)
    sample = bool(rows) and not all(each.confirmed for each in view.assessments)
    trial = not all(each.closed for each in view.assessments)
    applying = (("empty", not rows), ("sample", sample), ("trial", trial))
    told = "".join(texts[key] for key, applies in applying if applies)
    if told:
        colour = style.RED_INK if sample else style.MUTED
        tell_beside_title(page, sheet, told, colour)
    for position, column in enumerate(sheet):
        page.sheet.set_column(position, position, column.width, None, {"hidden": column.hidden})
    fit_columns(page, sheet, len(rows))
    heads = [formats.input_head if column.office else formats.head for column in sheet]
    add_table(page, sheet.table, [column.heading for column in sheet], heads, len(rows))
    live = {str(each.period) for each in view.assessments if is_live(view, str(each.period))}
    for row, values in enumerate(rows or [{}], FIRST_ROW):
        fit_row(page, sheet, row, values)
        _write_row(page, row, values, view.scoring if values.get("cycle") in live else None)
    validate_office_columns(page, sheet, len(rows))
    _colour(page, len(rows))
    for key in SCORED:
        cells = area(column_letters(sheet.index(key)), len(rows))
        book.define_name(score_name(key), f"='{sheet.name}'!{cells}")


def is_live(view: TrackerView, period: str) -> bool:
    """Whether the scores of a period are formulas: of an open month with known rules."""
    found = (each for each in view.assessments if str(each.period) == period)
    return view.scoring is not None and all(not each.closed and not each.months for each in found)


def _write_row(page: SheetWriter, row: int, values: RowValues, rules: Scoring | None) -> None:
    sheet = layout("tracker")["scores"]
    cells = {column.key: f"${column_letters(place)}{row + 1}" for place, column in enumerate(sheet)}
    for place, column in enumerate(sheet):
        form, value = _format(page, column, closed=bool(values) and rules is None), values.get(column.key)
        if rules and column.key in _LIVE and values.get("unit") and values.get("score") is not None:
            page.sheet.write_formula(row, place, score_formula(column.key, cells, rules), form, excel_value(value))
        else:
            put(page, row, place, value, form)


def score_formula(key: str, cells: Mapping[str, str], rules: Scoring) -> str:
    """The formula of 得分, 排名 or 等次 in one row; ``cells`` maps column keys to that row's cells.

    Only the first row of each unit (``lead``) counts in the ranking, wherever the rows are sorted to. Units that
    are not ranked have no formula, and no number that counts in the others'.
    """
    name = score_name
    if key == "score":
        mine = f"{name('points')},{name('cycle')},{cells['cycle']},{name('unit')},{cells['unit']}"
        adjustment = word("rule", ScoreRule.ADJUST)
        lines, adjusted = (
            f"SUMIFS({mine},{name('rule')},{quoted(mark + adjustment)})" for mark in ("<>", "")
        )
        by_rules = f"MAX({rules.floor},MIN({rules.cap},{cells['base']}+{lines}))"
        return f"=ROUND(MAX({rules.floor},MIN({rules.cap},{by_rules}+{adjusted})),2)"
    if key == "rank":
        mine = f"{name('cycle')},{cells['cycle']},{name('kind')},{cells['kind']}"
        return f'=1+COUNTIFS({mine},{name("score")},">"&{cells["score"]},{name("lead")},1)'
    found = quoted(word("band", Grade.FAIL))
    for band, least in sorted(rules.bands.items(), key=lambda each: each[1]):
        found = f"IF({cells['score']}>={least},{quoted(word('band', band))},{found})"
    return f"={found}"


def _format(page: SheetWriter, column: Column, *, closed: bool) -> Any:
    over = {"bg_color": style.LOCKED_FILL} if closed else {}
    formats = page.formats
    if column.office:
        return input_format(formats, column)
    if column.kind is ColumnKind.NUMBER:
        return formats.named("centre", num_format=_SIGNED if column.key == "points" else "General", **over)
    if column.kind is ColumnKind.CHOICE:
        # 等次 is a formula: in a cell of the text format it would turn into text once somebody edits it.
        return formats.named("centre", num_format="General", text_wrap=False, **over)
    if column.key == "cycle":
        return formats.named("text", align="center", **over)
    return formats.named("link" if column.kind is ColumnKind.LINK else "text", **over)


def _colour(page: SheetWriter, count: int) -> None:
    sheet = layout("tracker")["scores"]
    letters = {key: column_letters(sheet.index(key)) for key in ("score", "band", "points")}
    for band, colour in _LOOKS.items():
        criterion = f"=${letters['band']}{FIRST_ROW + 1}={quoted(word('band', band))}"
        options = {"type": "formula", "criteria": criterion, "format": page.formats.named(colour)}
        for key in ("score", "band"):
            page.sheet.conditional_format(area(letters[key], count), options)
    for sign, ink in (("<", style.RED_INK), (">", style.GREEN_INK)):
        criterion = f"=N(${letters['points']}{FIRST_ROW + 1}){sign}0"
        options = {"type": "formula", "criteria": criterion, "format": page.formats.condition(font_color=ink)}
        page.sheet.conditional_format(area(letters["points"], count), options)
