"""The sections of 总览: rows of figures by month, kind, unit and column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import Outcome, Timeliness, TrackerRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.figures import (
    DUE,
    FIGURES,
    ON_TIME_RATE,
    RATES,
    URGENCY,
    Figures,
    cycles_of,
    figure_heading,
    figures,
    matrix,
    rows_by_unit,
)
from zwgk_excel.workbooks.tracker.rows.formulas import (
    PLACE,
    Counted,
    KindScope,
    LineScope,
    Scope,
    UnitScope,
    figure_formula,
    quoted,
    ranked_unit,
    within,
)
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats
from zwgk_excel.workbooks.writing.style import cell_text

COUNT, RATE = '0;-0;"–"', "0.0%"
"""Number formats of counts and rates."""
_RANKED = 10


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One row of figures: a label (text, or a formula with its result), its scope, and the counts."""

    label: str
    scope: Counted
    counts: Figures
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of a section: first and last, from 0."""

    first: int
    last: int
    head: int
    """The row of its headings."""
    sheet: str

    def column(self, position: int) -> str:
        """The cells of a column of the block, as an absolute reference."""
        letters = column_letters(position)
        return f"${letters}${self.first + 1}:${letters}${self.last + 1}"


def texts() -> Mapping[str, Any]:
    """The texts of the overview in ``tracker.toml``."""
    found: Mapping[str, Any] = layout("tracker").settings["overview"]
    return found


def current_cycle(view: TrackerView) -> str:
    """The month the office works on.

    Computed by :func:`zwgk_excel.workbooks.tracker.rows.formulas.current_cycle_formula` in the sheet.
    """
    labels = [str(cycle) for cycle in cycles_of(view)] or [texts()["blank"]]
    return max((label for label in labels if label <= str(Month.of(view.as_of))), default=labels[0])


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line of 总览 by month or column: its label, the criterion of its rows, and these."""

    label: str
    scope: Scope
    rows: Sequence[TrackerRow]


def counted_lines(view: TrackerView) -> list[CountedLine]:
    """The lines whose counts stand among the tallies, in the order in which they stand there."""
    return [*_months(view), *_columns(view)]


def _placed(view: TrackerView, lines: Sequence[CountedLine], first: int) -> list[FigureLine]:
    """The lines with their figures; ``first`` is the place of the first among the tallies.

    More rows than a packed number has room for are counted one figure at a time.
    """
    packed = len(view.rows) < PLACE
    return [
        FigureLine(each.label, LineScope(each.scope, place) if packed else each.scope, figures(each.rows))
        for place, each in enumerate(lines, first)
    ]


def cycle_lines(view: TrackerView) -> list[FigureLine]:
    """A line per month, oldest first as in a chart, then the total."""
    return _placed(view, _months(view), 1)


def _months(view: TrackerView) -> list[CountedLine]:
    by_cycle: dict[str, list[TrackerRow]] = defaultdict(list)
    for row in view.rows:
        by_cycle[str(row.status.obligation.cycle)].append(row)
    labels = [str(cycle) for cycle in cycles_of(view)] or [texts()["blank"]]
    lines = [CountedLine(each, within("cycle", quoted(each)), by_cycle[each]) for each in labels]
    return [*lines, CountedLine(texts()["whole"], Scope(), view.rows)]


def kind_lines(view: TrackerView) -> list[FigureLine]:
    kinds = {unit.name: unit.kind for unit in view.units}
    lines = []
    for kind, shown in words("unit_kind").items():
        rows = [row for row in view.rows if kinds.get(row.status.obligation.unit) == kind]
        lines.append(FigureLine(shown, KindScope(quoted(shown)), figures(rows)))
    return lines


def unit_lines(view: TrackerView) -> list[FigureLine]:
    """A line per reminder rank, filled by formula, because the ranking changes with the day."""
    rows = rows_by_unit(view)
    order: dict[str, int] = {str(each["unit"]): int(str(each[URGENCY])) for each in matrix(view)}
    urgent = sorted((name for name in order if order[name]), key=lambda name: -order[name])
    lines = []
    for rank in range(1, min(_RANKED, max(len(rows), 1)) + 1):
        name = urgent[rank - 1] if rank <= len(urgent) else ""
        lines.append(FigureLine(name, Scope(), figures(rows.get(name, ())), ranked_unit(rank)))
    return lines


def column_lines(view: TrackerView) -> list[FigureLine]:
    """A line per dated duty, the worst first as of the view's day."""
    return _placed(view, _columns(view), len(_months(view)) + 1)


def _columns(view: TrackerView) -> list[CountedLine]:
    by_duty: dict[str, list[TrackerRow]] = defaultdict(list)
    for row in view.rows:
        by_duty[row.status.obligation.duty.id].append(row)
    counted = {duty: found for duty, rows in by_duty.items() if (found := figures(rows))[DUE]}

    def badness(duty: str) -> tuple[float, float, str]:
        counts = counted[duty]
        rate = counts[ON_TIME_RATE]
        bad = (counts[Timeliness.OVERDUE] or 0) + (counts[Timeliness.LATE] or 0)
        return -bad, 1.0 if rate is None else rate, duty

    names = _latest_names(view.rows)
    # Charts and names need a line to show.
    blank = [CountedLine(texts()["blank"], within("duty", quoted(texts()["blank"])), ())]
    ids = sorted(counted, key=badness)
    return [CountedLine(f"{each} {names[each]}", within("duty", quoted(each)), by_duty[each]) for each in ids] or blank


def _latest_names(rows: Iterable[TrackerRow]) -> dict[str, str]:
    """Duty id → the name of its column in the newest cycle."""
    ordered = sorted(rows, key=lambda row: row.status.obligation.cycle)
    return {row.status.obligation.duty.id: row.status.obligation.duty.column for row in ordered}


def _label_heading(section: str) -> str:
    """The heading of a section's first column: that of the sheet it is taken from."""
    tracker = layout("tracker")
    sheet, key = {
        "cycles": ("tracking", "cycle"),
        "kinds": ("matrix", "kind"),
        "units": ("tracking", "unit"),
        "columns": ("tracking", "column"),
    }[section]
    return tracker[sheet].heading(key)


class Sections:
    """Writes sections of figures one below the other, all with the same columns."""

    def __init__(self, sheet: Any, formats: Formats, row: int) -> None:
        self._sheet, self._formats = sheet, formats
        self._name = layout("tracker")["overview"].name
        self.row = row
        """Where the next section begins."""

    def write(self, key: str, lines: Sequence[FigureLine]) -> Block:
        """Write one section: heading, header, lines; returns the block of lines."""
        heading = self._formats.get(bold=True, font_size=12, font_color=style.HEAD_FILL)
        self._sheet.set_row(self.row, 22)
        self._sheet.write_string(self.row, 0, texts()["sections"][key], heading)
        self._sheet.set_row(self.row + 1, 20)
        self._sheet.write_string(self.row + 1, 0, _label_heading(key), self._formats.head)
        for position, figure in enumerate(FIGURES, 1):
            self._sheet.write_string(self.row + 1, position, figure_heading(figure), self._formats.head)
        block = Block(self.row + 2, self.row + 1 + len(lines), self.row + 1, self._name)
        for row, line in enumerate(lines, block.first):
            self._write_line(row, line)
        self._colour(block)
        self.row = block.last + 2
        return block

    def _write_line(self, row: int, line: FigureLine) -> None:
        code = {"num_format": "General"} if line.formula else {}
        label = self._formats.named("text", text_wrap=False, bold=True, indent=1, **code)
        scope = line.scope
        if line.formula:
            self._sheet.write_formula(row, 0, line.formula, label, line.label)
            scope = UnitScope(f"$A${row + 1}")
        else:
            self._sheet.write_string(row, 0, cell_text(line.label), label)
        cells = {figure: f"{column_letters(position)}{row + 1}" for position, figure in enumerate(FIGURES, 1)}
        for position, figure in enumerate(FIGURES, 1):
            formula, value = figure_formula(figure, scope, cells), line.counts[figure]
            if line.formula:
                formula = f'=IF($A${row + 1}="","",{formula[1:]})'
                value = value if line.label else None
            form = self._formats.named("centre", num_format=RATE if figure in RATES else COUNT)
            self._sheet.write_formula(row, position, formula, form, "" if value is None else value)

    def _colour(self, block: Block) -> None:
        for figure, colour in HIGHLIGHT_COLOURS.items():
            cells = block.column(FIGURES.index(figure) + 1)
            first = cells.partition(":")[0].replace("$", "")
            criterion = f"=N({first})>0"
            options = {"type": "formula", "criteria": criterion, "format": self._formats.named(colour)}
            self._sheet.conditional_format(cells, options)


HIGHLIGHT_COLOURS: Mapping[str, str] = {
    Outcome.RETURNED: "amber",
    Timeliness.LATE: "red",
    Timeliness.DUE_SOON: "yellow",
    Timeliness.IN_GRACE: "amber",
    Timeliness.OVERDUE: "red",
}
"""Figures that are coloured where they are not nothing."""
