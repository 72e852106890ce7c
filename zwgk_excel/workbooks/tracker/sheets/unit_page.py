"""Writes 单位情况: one unit's year on one page, by formulas over the tables; the user chooses unit and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.figures import (
    FIGURES,
    RATES,
    URGENCY,
    counts_of,
    cycles_of,
    figure_heading,
    figures,
    matrix,
)
from zwgk_excel.workbooks.tracker.rows.formulas import (
    MATRIX_NAMES,
    Counted,
    Scope,
    UnitMonthScope,
    column_name,
    figure_formula,
    name_of,
    quoted,
    rectification_name,
    score_name,
    unit_pair,
    unit_place,
)
from zwgk_excel.workbooks.tracker.rows.row_values import OPEN, RowValues, tracking_order
from zwgk_excel.workbooks.tracker.rows.score_rows import rectification_rows, score_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.charts import add_unit_chart
from zwgk_excel.workbooks.tracker.sheets.listing import UnitList, merged, open_weight, urgency_of, write_list
from zwgk_excel.workbooks.tracker.sheets.page import set_page
from zwgk_excel.workbooks.tracker.sheets.sections import COUNT, HIGHLIGHT_COLOURS, RATE, Block, current_cycle, texts
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats
from zwgk_excel.workbooks.writing.paper import fit_to_paper
from zwgk_excel.workbooks.writing.style import cell_text

LINES, STEPS = 10, 4
"""Numbers of open obligations and of rectifications that fit on the page."""
_TITLE, _HINT, _INPUT, _HEAD, _FIRST = 0, 1, 3, 5, 6
_MONTHS = 12
_TOTAL = _FIRST + _MONTHS
_OPEN = _TOTAL + 2
_STEPS = _OPEN + LINES + 3
_LAST_ROW = _STEPS + STEPS + 1
_SUMMED, _SCORED = ("items", "problems"), ("score", "rank")
_KEYS = (*FIGURES, *_SUMMED, *_SCORED)
_LAST = len(_KEYS)
_HELPER = _LAST + 2
"""The hidden column with the positions of what the lists show."""
_UNIT, _YEAR, _KIND = (1, 4), (7, 8), (11, 13)
"""The columns of the two inputs and of the unit's kind; their labels stand before them."""
_LABEL_WIDTH, _FIGURE_WIDTH = 11.5, 6.9
_CHART_COLUMN, _CHART_SIZE = 13, (360, 380)


def write_unit_page(book: Any, formats: Formats, view: TrackerView, chosen: str = "") -> None:
    """Add the page to an ``xlsxwriter`` workbook, with the names of its two input cells.

    It shows the unit ``chosen`` before, if that unit still exists.
    """
    sheet = book.add_worksheet(layout("tracker")["unit_page"].name)
    known = {str(row["unit"]) for row in matrix(view)}
    _UnitPageWriter(book, sheet, formats, view, chosen if chosen in known else unit_shown(view)).write()


def unit_shown(view: TrackerView) -> str:
    """The unit shown at first: the one with the highest reminder priority; the first where none has any."""
    rows = matrix(view)
    worst = max(rows, key=lambda row: int(str(row[URGENCY])), default=None)
    return str(worst["unit"]) if worst else str(texts()["blank"])


def _texts() -> Mapping[str, str]:
    found: Mapping[str, str] = layout("tracker").settings["unit_page"]
    return found


class _UnitPageWriter:
    """Writes the page from top to bottom."""

    def __init__(self, book: Any, sheet: Any, formats: Formats, view: TrackerView, chosen: str) -> None:
        self._book, self._sheet, self._formats, self._view = book, sheet, formats, view
        self._name = layout("tracker")["unit_page"].name
        self._chosen, self._year = chosen, current_cycle(view)[:4]
        self._unit = f"${column_letters(_UNIT[0])}${_INPUT + 1}"
        self._rows = [row for row in view.rows if row.status.obligation.unit == self._chosen]
        scores = reversed([row for row in score_rows(view) if row.get("unit") == self._chosen])
        self._scores = {str(row["cycle"]): row for row in scores}

    def write(self) -> None:
        self._set_up()
        self._write_inputs()
        self._write_months()
        self._write_total()
        self._write_lists()
        months = Block(_FIRST, _TOTAL - 1, _HEAD, self._name)
        add_unit_chart(self._book, self._sheet, (_OPEN, _CHART_COLUMN), months, _CHART_SIZE)

    def _set_up(self) -> None:
        sheet, formats = self._sheet, self._formats
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, _LABEL_WIDTH)
        sheet.set_column(1, _LAST, _FIGURE_WIDTH)
        sheet.set_column(_HELPER, _HELPER, 9, None, {"hidden": True})
        set_page(sheet, self._view.office)
        fit_to_paper(sheet, [_LABEL_WIDTH] + [_FIGURE_WIDTH] * _LAST)
        sheet.fit_to_pages(1, 1)
        sheet.print_area(0, 0, _LAST_ROW, _LAST)
        for row, height in ((_TITLE, 28), (_HINT, 18), (2, 6), (_INPUT, 22), (4, 6), (_HEAD, 34)):
            sheet.set_row(row, height)
        sheet.write_string(_TITLE, 0, _texts()["title"], formats.title)
        sheet.write_string(_HINT, 0, _texts()["hint"], formats.named("hint", text_wrap=False))

    # --- what is chosen ------------------------------------------------------------------------

    def _write_inputs(self) -> None:
        sheet, formats = self._sheet, self._formats
        bold = formats.named("input_text", align="center", bold=True)
        label = formats.get(bold=True, align="right", indent=1)
        merged(sheet, _INPUT, (0, 0), name_of("chosen_unit"), label)
        merged(sheet, _INPUT, _UNIT, cell_text(self._chosen), bold)
        merged(sheet, _INPUT, (_YEAR[0] - 2, _YEAR[0] - 1), name_of("chosen_year"), label)
        merged(sheet, _INPUT, _YEAR, "", bold)
        sheet.write_formula(_INPUT, _YEAR[0], f"=LEFT({name_of('current')},4)", bold, self._year)
        years = sorted({str(cycle.year) for cycle in cycles_of(self._view)} | {self._year})
        self._ask("chosen_unit", _UNIT[0], f"={MATRIX_NAMES['unit']}")
        self._ask("chosen_year", _YEAR[0], years)
        merged(sheet, _INPUT, (_KIND[0] - 2, _KIND[0] - 1), layout("tracker")["matrix"].heading("kind"), label)
        plain = formats.get(align="left", indent=1)
        merged(sheet, _INPUT, _KIND, "", plain)
        place = unit_place(self._unit)
        kind = f'IF({place}=0,"",INDEX({MATRIX_NAMES["kind"]},{place}))'
        shown = next((str(row["kind"]) for row in matrix(self._view) if row["unit"] == self._chosen), "")
        sheet.write_formula(_INPUT, _KIND[0], f'=IFERROR({kind}&"","")', plain, shown)

    def _ask(self, key: str, column: int, source: Any) -> None:
        prompt = {"input_title": name_of(key), "input_message": _texts()[f"{key}_prompt"]}
        # A warning only: the year may be one that came after the list was made.
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        self._sheet.data_validation(_INPUT, column, _INPUT, column, {**rule, **prompt})
        self._book.define_name(name_of(key), f"='{self._name}'!${column_letters(column)}${_INPUT + 1}")

    # --- the year ------------------------------------------------------------------------------

    def _write_months(self) -> None:
        sheet, formats = self._sheet, self._formats
        sheet.write_string(_HEAD, 0, layout("tracker")["tracking"].heading("cycle"), formats.head)
        for position, key in enumerate(_KEYS, 1):
            sheet.write_string(_HEAD, position, _heading(key), formats.head)
        year = f"${column_letters(_YEAR[0])}${_INPUT + 1}"
        label = formats.named("centre", bold=True, num_format="General")
        for number in range(_MONTHS):
            month, row = f"{self._year}-{number + 1:02}", _FIRST + number
            sheet.write_formula(row, 0, f'={year}&"-{number + 1:02}"', label, month)
            self._write_month(row, month)
        for figure, colour in HIGHLIGHT_COLOURS.items():
            cells = Block(_FIRST, _TOTAL, _HEAD, self._name).column(1 + FIGURES.index(figure))
            first = cells.partition(":")[0].replace("$", "")
            rule = {"type": "formula", "criteria": f"=N({first})>0", "format": formats.named(colour)}
            sheet.conditional_format(cells, rule)
        self._pale_months()

    def _pale_months(self) -> None:
        """Let months without an obligation stand back: a year may have eleven of them before the first."""
        owed = column_letters(1 + _KEYS.index("due"))
        area = f"$A${_FIRST + 1}:${column_letters(_LAST)}${_TOTAL}"
        pale = self._formats.condition(font_color=style.LINE)
        rule = {"type": "formula", "criteria": f"=N(${owed}{_FIRST + 1})=0", "format": pale}
        self._sheet.conditional_format(area.replace("$", ""), rule)

    def _write_month(self, row: int, month: str) -> None:
        rows = [each for each in self._rows if str(each.status.obligation.cycle) == month]
        label = f"$A{row + 1}"
        pairs = f"{unit_pair(self._unit)},{column_name('cycle')},{label}"
        scored = f"{score_name('unit')},{self._unit},{score_name('cycle')},{label},{score_name('lead')},1"
        formulas = {key: f"=SUMIFS({column_name(key)},{pairs})" for key in _SUMMED}
        # Summed over the one row that speaks for the unit: a look-up by two columns that every program has.
        # Who is not ranked in a month has a row there, but no score.
        ranked = f'COUNTIFS({scored},{score_name("score")},">=0")'
        formulas |= {key: f'=IF({ranked}=0,"",SUMIFS({score_name(key)},{scored}))' for key in _SCORED}
        score = self._scores.get(month, {})
        values = {**figures(rows), **_sums(rows), **{key: score.get(key) for key in _SCORED}}
        if values["score"] is None:
            values["rank"] = None
        self._write_figures(row, UnitMonthScope(self._unit, label), formulas, values)

    def _write_total(self) -> None:
        """Sums of the months; the rates are computed from the sums."""
        whole = texts()["whole"]
        self._sheet.write_string(_TOTAL, 0, whole, self._formats.named("centre", bold=True))
        months = Block(_FIRST, _TOTAL - 1, _HEAD, self._name)
        formulas = {
            key: f"=SUM({months.column(position)})"
            for position, key in enumerate(_KEYS, 1)
            if key not in {*RATES, *_SCORED}
        }
        rows = [each for each in self._rows if str(each.status.obligation.cycle)[:4] == self._year]
        self._write_figures(_TOTAL, Scope(), formulas, {**figures(rows), **_sums(rows)})

    def _write_figures(self, row: int, scope: Counted, formulas: Mapping[str, str], values: Mapping[str, Any]) -> None:
        cells = {key: f"{column_letters(position)}{row + 1}" for position, key in enumerate(FIGURES, 1)}
        for position, key in enumerate(_KEYS, 1):
            code = RATE if key in RATES else "General" if key in _SCORED else COUNT
            form = self._formats.named("centre", num_format=code)
            if key not in values:
                self._sheet.write_blank(row, position, None, form)
                continue
            formula = formulas.get(key) or figure_formula(key, scope, cells)
            value = values[key]
            self._sheet.write_formula(row, position, formula, form, "" if value is None else value)

    # --- what is open, and what was done about it ----------------------------------------------

    def _write_lists(self) -> None:
        lines = self._open_lines()
        self._section(_OPEN, "open")
        self._write_more(len(lines))
        tracking, steps = layout("tracker")["tracking"], layout("tracker")["rectifications"]
        places = {
            "duty": (0, 0),
            "column": (1, 4),
            "reference": (5, 6),
            "due": (7, 8),
            "final": (9, 10),
            "timeliness": (11, 12),
        }
        columns = [(key, tracking.heading(key), column_name(key), place) for key, place in places.items()]
        opened = UnitList(column_name("unit"), columns, open_weight())
        write_list(self._sheet, self._formats, opened, (_OPEN + 1, _HELPER), self._unit, lines, LINES)
        self._section(_STEPS, "steps")
        places = {
            "cycle": (0, 0),
            "step": (1, 3),
            "raised_on": (4, 5),
            "mend_by": (6, 7),
            "closed_on": (8, 9),
            "state": (10, 12),
        }
        columns = [(key, steps.heading(key), rectification_name(key), place) for key, place in places.items()]
        rows = enumerate(rectification_rows(self._view), 1)
        lines = [(number, row) for number, row in rows if row["unit"] == self._chosen]
        raised = UnitList(rectification_name("unit"), columns)
        write_list(self._sheet, self._formats, raised, (_STEPS + 1, _HELPER), self._unit, lines, STEPS)

    def _section(self, row: int, key: str) -> None:
        title = self._formats.get(bold=True, font_size=12, font_color=style.HEAD_FILL)
        self._sheet.set_row(row, 22)
        self._sheet.write_string(row, 0, _texts()[key], title)

    def _write_more(self, count: int) -> None:
        """The number of open obligations that do not fit on the page."""
        scope = Scope((unit_pair(self._unit),))
        more = "+".join(scope.count(f"{column_name('timeliness')},{quoted(word('timeliness', each))}") for each in OPEN)
        before, after = _texts()["more"].split("{count}")
        formula = f'=IF({more}>{LINES},{quoted(before)}&({more}-{LINES})&{quoted(after)},"")'
        form = self._formats.get(font_color=style.MUTED, align="right")
        merged(self._sheet, _OPEN, (7, 12), "", form)
        shown = f"{before}{count - LINES}{after}" if count > LINES else ""
        self._sheet.write_formula(_OPEN, 7, formula, form, shown)

    def _open_lines(self) -> list[tuple[int, RowValues]]:
        found = []
        for position, row in enumerate(tracking_order(self._view), 1):
            status, owed = row.status, row.status.obligation
            if owed.unit == self._chosen and (urgency := urgency_of(status.timeliness)):
                values: RowValues = {
                    "duty": owed.duty.id,
                    "column": owed.duty.column,
                    "reference": owed.reference,
                    "due": owed.due,
                    "final": owed.final,
                    "timeliness": word("timeliness", status.timeliness or ""),
                }
                found.append((-urgency, owed.final or date.min, position, values))
        return [(position, values) for *_, position, values in sorted(found, key=lambda each: each[:3])]


def _heading(key: str) -> str:
    if key in _SUMMED:
        return layout("tracker")["tracking"].heading(key)
    return layout("tracker")["scores"].heading(key) if key in _SCORED else figure_heading(key)


def _sums(rows: Sequence[TrackerRow]) -> dict[str, float | None]:
    counts = counts_of(rows)
    return {"items": counts.items, "problems": counts.problems}
