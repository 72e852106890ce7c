"""The yearly sheet of a unit (单位年度情况) on A4, one page unless it has many columns: months, columns, problems."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zwgk_excel.domain.counts import BEHIND
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.obligations import label
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.scoring import Assessment, Score, format_points, signed_points
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.bulletin.content import late_state
from zwgk_excel.workbooks.bulletin.ranking import adjustment_lines, faults
from zwgk_excel.workbooks.bulletin.words import format_period, format_rate, problem_kind
from zwgk_excel.workbooks.excel import A4
from zwgk_excel.workbooks.ooxml.edit_fingerprint import with_edit_fingerprint
from zwgk_excel.workbooks.tracker.rows.figures import RATES, counts_of, figures_of
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats, new_book, row_height
from zwgk_excel.workbooks.writing.paper import MARGINS
from zwgk_excel.workbooks.writing.style import cell_text

_PERCENT = "0.0%"
_LABEL, _SCORES = "label", ("points", "rank")


@dataclass(frozen=True, slots=True)
class UnitYear:
    """The input of one unit's sheet."""

    office: str
    unit: str
    period: Period
    as_of: str
    closed: bool
    rows: tuple[TrackerRow, ...]
    """The unit's rows of the period."""
    problems: tuple[Problem, ...]
    """Errors and warnings in the unit's returns of the period."""
    assessment: Assessment | None = None
    """Of all units in the period, with its months; None where nothing is scored."""
    incomplete: str = ""
    """Which months are not over or have no workbooks, in words; empty for none."""

    @property
    def score(self) -> Score | None:
        """The unit's score."""
        return self.assessment.score(self.unit) if self.assessment else None


RowValues = dict[str, str | float | None]
"""Column key → value of one row."""


def unit_sheet(year: UnitYear) -> bytes:
    """The sheet as an .xlsx file with an edit fingerprint; equal bytes for equal figures."""
    stream = io.BytesIO()
    with new_book(stream, title=_title(year), author=cell_text(year.office), created=year.period.last.last) as book:
        _write(book, year)
    return with_edit_fingerprint(stream.getvalue())


def _text(key: str, **values: object) -> str:
    return cell_text(str(layout("unit_sheet").settings["texts"][key]).format_map(values))


def _title(year: UnitYear) -> str:
    return _text("title", period=format_period(year.period))


class _Page:
    """Writes the sheet from the top down."""

    def __init__(self, book: Any, year: UnitYear) -> None:
        self.columns = layout("unit_sheet")["months"].columns
        self.formats = Formats(book)
        self.sheet = book.add_worksheet(layout("unit_sheet")["months"].name)
        self.row = 0
        for position, column in enumerate(self.columns):
            self.sheet.set_column(position, position, column.width)
        self.sheet.hide_gridlines(2)
        self.sheet.set_portrait()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_margins(**MARGINS)

    def line(self, text: str, form: Any, *, size: float = 10, least: float = 18) -> None:
        """Write one text across the whole width."""
        width = sum(column.width for column in self.columns)
        self.sheet.merge_range(self.row, 0, self.row, len(self.columns) - 1, "", form)
        self.sheet.write_string(self.row, 0, cell_text(text), form)
        self.sheet.set_row(self.row, row_height([(text, width)], size, least))
        self.row += 1

    def heading(self, text: str) -> None:
        """Write the heading of a section."""
        form = self.formats.get(bold=True, font_size=12, font_color=style.HEAD_FILL, valign="bottom")
        self.line(text, form, size=12, least=28)

    def table(self, first: str, rows: Iterable[tuple[RowValues, bool]], without: Sequence[str] = ()) -> None:
        """Write a table; ``first`` heads its first column, columns in ``without`` are left out.

        ``rows`` are (values, whether it is a total row).
        """
        shown = [(n, each) for n, each in enumerate(self.columns) if each.key not in without]
        for position, column in shown:
            heading = first if column.key == _LABEL else column.heading
            self.sheet.write_string(self.row, position, heading, self.formats.head)
        self.sheet.set_row(self.row, 30)
        self.row += 1
        for values, bold in rows:
            for position, column in shown:
                self._cell(position, column.key, values.get(column.key), bold)
            self.sheet.set_row(self.row, row_height([(str(values[_LABEL]), self.columns[0].width)]))
            self.row += 1

    def _cell(self, position: int, key: str, value: str | float | None, bold: bool) -> None:
        if key == _LABEL:
            self.sheet.write_string(self.row, position, str(value), self.formats.named("text", bold=bold))
        elif not isinstance(value, int | float) or (value == 0 and key not in RATES):
            self.sheet.write_blank(self.row, position, None, self.formats.named("centre", bold=bold))
        else:
            kind = _PERCENT if key in RATES else "General"
            colour = {"font_color": style.RED_INK} if key in BEHIND else {}
            form = self.formats.named("centre", num_format=kind, bold=bold or key in BEHIND, **colour)
            self.sheet.write_number(self.row, position, value, form)


def _write(book: Any, year: UnitYear) -> None:
    page = _Page(book, year)
    formats, texts = page.formats, layout("unit_sheet").settings["texts"]
    centred = {"align": "center", "text_wrap": True}
    page.line(_title(year), formats.named("title", font_size=18, **centred), size=18, least=32)
    page.line(year.unit, formats.get(font_size=14, bold=True, **centred), size=14, least=26)
    state = _text("state_closed" if year.closed else "state_open", day=year.as_of)
    state = "；".join(filter(None, (state, year.incomplete)))
    page.line(f"{year.office}　{state}", formats.named("hint", **centred))
    for text in _summary(year):
        page.line(text, formats.get(text_wrap=True, font_size=11), size=11, least=20)
    page.heading(texts["months"])
    page.table(page.columns[0].heading, _months(year))
    page.heading(texts["columns"])
    page.table(layout("tracker")["tracking"].heading("column"), _columns(year), without=_SCORES)
    page.heading(texts["mend"])
    for text in _open_problems(year):
        page.line(text, formats.get(text_wrap=True))
    page.line(_text("note", office=year.office), formats.hint, least=24)
    page.sheet.print_area(0, 0, page.row - 1, len(page.columns) - 1)


def _summary(year: UnitYear) -> Iterator[str]:
    counts = counts_of(year.rows)
    rates = {"reply_rate": format_rate(counts.reply_rate), "on_time_rate": format_rate(counts.on_time_rate)}
    yield _text("summary", **asdict(counts), **rates)
    if year.assessment and (score := year.score):
        if not score.is_ranked:
            yield _text(score.unranked_as)
            return
        yield _text(
            "score",
            points=format_points(score.points),
            kind=word("unit_kind", score.kind),
            rank=score.rank,
            count=sum(each.kind is score.kind for each in year.assessment.ranked),
            band=word("band", score.band),
            unconfirmed="" if year.assessment.confirmed else _text("unconfirmed"),
            trial="" if year.assessment.closed else _text("trial"),
        )
        if lost := faults(year.assessment, year.unit):
            yield _text("faults", faults=lost)
        if given := adjustment_lines(year.assessment, year.unit):
            told = (f"{month} {signed_points(line.points)}" for month, lines in given for line in lines)
            yield _text("adjusted", adjusted="、".join(told))


def _values(name: str, rows: Sequence[TrackerRow]) -> RowValues:
    counts = counts_of(rows)
    return {_LABEL: name, **figures_of(counts), "items": counts.items, "problems": counts.problems}


def _months(year: UnitYear) -> Iterator[tuple[RowValues, bool]]:
    scores = {part.period.first: part.score(year.unit) for part in (year.assessment.months if year.assessment else ())}
    month = year.period.first
    while month <= year.period.last:
        mine = [row for row in year.rows if row.status.obligation.cycle == month]
        yield _values(_text("month", month=month.month), mine) | _points(scores.get(month)), False
        month += 1
    yield _values(_text("total"), year.rows) | _points(year.score), True


def _points(score: Score | None) -> RowValues:
    return {"points": float(score.points), "rank": score.rank} if score and score.is_ranked else {}


def _columns(year: UnitYear) -> Iterator[tuple[RowValues, bool]]:
    """One row for each duty: dated ones first, in the order of the duty table."""
    def order(row: TrackerRow) -> tuple[bool, str]:
        duty = row.status.obligation.duty
        return duty.cadence is Cadence.ON_DEMAND, duty.id

    groups: dict[str, list[TrackerRow]] = {}
    for row in sorted(year.rows, key=order):
        groups.setdefault(row.status.obligation.duty.id, []).append(row)
    for rows in groups.values():
        yield _values(_column_name(rows[-1]), rows), False


def _column_name(row: TrackerRow) -> str:
    obligation = row.status.obligation
    named = f"{obligation.duty.id} {obligation.duty.column}"
    if obligation.duty.cadence is Cadence.ON_DEMAND:
        return _text("marked", column=named, mark=word("cadence", Cadence.ON_DEMAND))
    return cell_text(named) if obligation.mandatory else _text("marked", column=named, mark=word("mandatory", "no"))


def _open_problems(year: UnitYear) -> list[str]:
    owed = [row for row in year.rows if row.status.is_open and row.status.timeliness in BEHIND]
    lines = [_text("task", task=label(row.status.obligation, plain=False), state=late_state(row)) for row in owed]
    kinds = Counter(problem_kind(each.code) for each in year.problems)
    lines += [_text("problem", problem=kind, count=count) for kind, count in kinds.most_common()]
    most = int(layout("unit_sheet").settings["counts"]["mend"])
    if len(lines) > most:
        lines = [*lines[:most], _text("more", count=len(lines) - most)]
    return [f"{number}．{line}" for number, line in enumerate(lines, 1)] or [_text("nothing_to_mend")]
