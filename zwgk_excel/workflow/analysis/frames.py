"""The tables of a range of months as pandas DataFrames with typed columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy
import pandas as pd

from zwgk_excel.domain.month_range import MonthRange
from zwgk_excel.layout.words import words
from zwgk_excel.workflow.analysis.columns import TABLES, Field, Kind
from zwgk_excel.workflow.analysis.gathering import Gathering, gather
from zwgk_excel.workflow.analysis.rows import Row, storable
from zwgk_excel.workflow.arguments import Months
from zwgk_excel.workflow.office.context import Office

_DTYPES = {
    Kind.TEXT: "string",
    Kind.MONTH: "string",
    Kind.COUNT: "int64",
    Kind.NUMBER: "Int64",
    Kind.POINTS: "float64",
    Kind.FLAG: "boolean",
}


@dataclass(frozen=True, slots=True)
class Frames:
    """All tables of a range of months as of a day; ``docs/python-api.md`` has their columns."""

    months: MonthRange
    as_of: date
    obligations: pd.DataFrame
    """Obligations with their statuses."""
    receipts: pd.DataFrame
    """Every file that arrived."""
    items: pd.DataFrame
    """The items of the contents that count."""
    problems: pd.DataFrame
    """Problems that remain, notes included."""
    scores: pd.DataFrame
    """What each unit scored in each month."""
    score_lines: pd.DataFrame
    """The deductions and bonuses behind the scores."""
    acts: pd.DataFrame
    """What people decided, with who and why."""
    column_updates: pd.DataFrame
    """What each unit published last in each of its columns."""
    site_faults: pd.DataFrame
    """Faults on the website that units were asked to put right."""
    coverage: pd.DataFrame
    """What of the catalogue each unit published."""
    published: pd.DataFrame
    """What the website's own list has."""


def frames(office: Office, months: Months, *, as_of: date | str | None = None) -> Frames:
    """All tables of a range of months as of a day (today where None).

    Raises UserError when none of the months was issued, InvalidValueError for an unreadable range or day.
    """
    found = gather(office, months, as_of)
    tables = {name: table_frame(name, found.rows(name)) for name in TABLES}
    return Frames(found.months, found.as_of, **tables)


def obligations(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """Obligations with their statuses, a row each; raises as :func:`frames`, as all of these do."""
    return _one("obligations", office, months, as_of)


def receipts(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """Every received file, a row each."""
    return _one("receipts", office, months, as_of)


def items(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """The items of the effective contents, a row each."""
    return _one("items", office, months, as_of)


def problems(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """The problems that remain, notes included, a row each."""
    return _one("problems", office, months, as_of)


def scores(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """The scores, a row for each unit and month."""
    return _one("scores", office, months, as_of)


def score_lines(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """The deductions and bonuses behind the scores, a row each."""
    return _one("score_lines", office, months, as_of)


def acts(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """The acts of people, a row each, the oldest first."""
    return _one("acts", office, months, as_of)


def column_updates(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """What each unit published last in each of its columns as of the day, a row each, whatever the months."""
    return _one("column_updates", office, months, as_of)


def site_faults(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """The faults on the website that units were asked to put right, a row each, by the month they were found in."""
    return _one("site_faults", office, months, as_of)


def coverage(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """What of the catalogue each unit published as of the day, a row for each unit and entry, whatever the months."""
    return _one("coverage", office, months, as_of)


def published(office: Office, months: Months, *, as_of: date | str | None = None) -> pd.DataFrame:
    """The items of the website's own list that were published in the months, a row each."""
    return _one("published", office, months, as_of)


def _one(name: str, office: Office, months: Months, as_of: date | str | None) -> pd.DataFrame:
    found: Gathering = gather(office, months, as_of)
    return table_frame(name, found.rows(name))


def table_frame(name: str, rows: Iterable[Row]) -> pd.DataFrame:
    """Rows of a table (``columns.TABLES``) as a DataFrame with all its columns, also without rows."""
    columns = TABLES[name]
    values: dict[str, list[Any]] = {column: [] for column in columns}
    for row in rows:
        for column, kept in values.items():
            kept.append(storable(row[column]))
    return pd.DataFrame({column: _typed(values[column], field) for column, field in columns.items()})


def _typed(values: Sequence[Any], field: Field) -> Any:
    """The values of a column as an array of its type."""
    if field.codes:
        return _categorical(values, field.codes)
    if field.kind in {Kind.DAY, Kind.TIME}:
        # Seconds reach any year that a cell may hold; nanoseconds end in 2262.
        return numpy.array(values, dtype="datetime64[s]")
    return pd.array(values, dtype=_DTYPES[field.kind])


def _categorical(values: Sequence[str | None], name: str) -> pd.Categorical:
    """Codes in the order of their list; unknown codes are appended to the categories."""
    given = [value or None for value in values]
    known = list(words(name))
    others = sorted({value for value in given if value is not None} - set(known))
    return pd.Categorical(given, categories=[*known, *others], ordered=True)
