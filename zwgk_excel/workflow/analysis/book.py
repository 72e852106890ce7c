"""Writes tables and pivots as sheets of a workbook: codes as Chinese labels, units in roster order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from zwgk_excel.domain.duties import Unit
from zwgk_excel.layout.columns import Column, ColumnKind, layout
from zwgk_excel.layout.words import word, words
from zwgk_excel.workbooks.rollup.export_workbook import About, ExportBook, export_book, sealed_export
from zwgk_excel.workbooks.tracker.rows.figures import figure_heading
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workflow.analysis.columns import TABLES, Field, Kind
from zwgk_excel.workflow.analysis.gathering import Gathering
from zwgk_excel.workflow.analysis.pivots import (
    ON_TIME_RATE,
    TOTAL,
    on_time_rates,
    overdue_counts,
    timeliness_by_column,
)

Steps = Callable[[Iterable[str]], Iterator[str]]
"""Iterates over the names of tables and reports progress for each."""
_MONTH_WIDTH, _FIGURE_WIDTH = 10, 11


def write_book(path: Path, found: Gathering, tables: Mapping[str, pd.DataFrame], steps: Steps = iter) -> None:
    """Write the workbook to ``path``: the pivots of the obligations, then each table."""
    owed, units = tables["obligations"], found.office.units()
    about = About(found.office.workspace.settings.office.name, found.months.words, found.as_of)
    with export_book(path, about) as book:
        _add_by_month(book, "on_time_rate", on_time_rates(owed), units, ColumnKind.RATE)
        _add_by_month(book, "overdue", overdue_counts(owed), units, ColumnKind.INTEGER)
        _add_by_timeliness(book, timeliness_by_column(owed))
        for name in steps(tables):
            book.add(name, _in_words(name, tables[name]))
    path.write_bytes(sealed_export(path.read_bytes()))


def _add_by_month(book: ExportBook, key: str, pivot: pd.DataFrame, units: Sequence[Unit], kind: ColumnKind) -> None:
    kinds = {unit.name: word("unit_kind", unit.kind) for unit in units}
    known = [name for name in kinds if name in pivot.index]
    pivot = pivot.reindex([*known, *(name for name in pivot.index if name not in kinds)])
    rows = (
        {"unit": _total() if name == TOTAL else name, "kind": kinds.get(str(name), ""), **cells}
        for name, cells in zip(pivot.index, plain_rows(pivot), strict=True)
    )
    headings = {column: _total() if column == TOTAL else column for column in pivot.columns}
    book.add(key, rows, [Column(name, heading, kind, _MONTH_WIDTH) for name, heading in headings.items()])


def _add_by_timeliness(book: ExportBook, pivot: pd.DataFrame) -> None:
    rows = (
        {"duty": _total() if duty == TOTAL else duty, "column": column, **cells}
        for (duty, column), cells in zip(pivot.index, plain_rows(pivot), strict=True)
    )
    headings = {**words("timeliness"), TOTAL: _total(), ON_TIME_RATE: figure_heading(ON_TIME_RATE)}
    kinds = {ON_TIME_RATE: ColumnKind.RATE}
    more = [Column(name, headings[name], kinds.get(name, ColumnKind.INTEGER), _FIGURE_WIDTH) for name in pivot.columns]
    book.add("column_timeliness", rows, more)


def _total() -> str:
    text: str = layout("export").settings["texts"][TOTAL]
    return text


def plain_rows(table: pd.DataFrame) -> Iterator[RowValues]:
    """The rows of any frame as plain values by column; missing values are None."""
    columns = {str(name): _plain(table[name]) for name in table.columns}
    return (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))


def _plain(values: pd.Series) -> list[Any]:
    kept: list[Any] = values.astype(object).where(values.notna(), None).tolist()
    return kept


def _in_words(name: str, table: pd.DataFrame) -> Iterable[RowValues]:
    """The rows of a table with codes replaced by labels."""
    sheet = layout("export")[name]
    shown = {column: _words_of(field, sheet[column]) for column, field in TABLES[name].items()}
    spoken = {column: say for column, say in shown.items() if say}
    return ({**row, **{column: say(row[column]) for column, say in spoken.items()}} for row in plain_rows(table))


def _words_of(field: Field, column: Column) -> Callable[[Any], str] | None:
    """The function that converts a column's values to labels; None where they are shown unchanged."""
    if field.kind is Kind.FLAG:
        return lambda flag: word(column.list, "yes" if flag else "no")
    if field.codes:
        known = words(field.codes)
        return lambda code: known.get(code, code) if code else ""
    return None
