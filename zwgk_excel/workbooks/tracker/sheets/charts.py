"""Writes the charts of 总览 and 单位情况, over figures of the same sheet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.rows.figures import (
    FIGURES,
    ON_TIME_RATE,
    OUTCOMES,
    REPLY_RATE,
    TIMELINESSES,
    Figures,
)
from zwgk_excel.workbooks.tracker.sheets.sections import Block
from zwgk_excel.workbooks.writing import style

_FEW = 6
"""So many months leave room for the numbers of both rates; beside more, those of one would hide the other's."""
MONTHS, COLUMNS = 12, 8
"""The charts show no more months than these (the newest), and no more columns (the worst)."""
_WIDE, _NARROW, _HEIGHT, _GAP, _LEFT = 521, 346, 270, 5, 4
CHARTS_HEIGHT = 2 * _HEIGHT + _GAP
"""Pixels from the top of the first row of charts to the foot of the second."""
_COLOURS: Mapping[str, str] = {
    Outcome.REPORTED: "#5B9E58",
    Outcome.NIL: "#A9D2A5",
    Outcome.RETURNED: "#E8A33D",
    Outcome.MISSING: "#8E96A3",  # not red: of a month that is not due yet it is no fault, and of others 逾期 tells it
    Outcome.WAIVED: "#C9CED6",
    Timeliness.ON_TIME: "#5B9E58",
    Timeliness.GRACE: "#F3C98B",
    Timeliness.LATE: "#C0504D",
    Timeliness.NOT_DUE: "#C9CED6",
    Timeliness.DUE_SOON: "#F2D64B",
    Timeliness.IN_GRACE: "#E8A33D",
    Timeliness.OVERDUE: "#9C0006",
    REPLY_RATE: "#B7C9E2",
    ON_TIME_RATE: style.HEAD_FILL,
}
_DARK = (Timeliness.LATE, Timeliness.OVERDUE)
"""Colours on which only white can be read."""
_BAD = (Timeliness.LATE, Timeliness.IN_GRACE, Timeliness.OVERDUE)
_SMALL = 10
"""Points; at the least scale of print they are eight."""
_SOME = "0;;"
"""Labels that are silent about nothing."""
_READABLE = 0.1
"""A part of a bar that is a smaller share of the longest bar has no room for its number."""


@dataclass(frozen=True, slots=True)
class ChartedSections:
    """The sections that the charts of 总览 show; the last line of the months is the total."""

    cycles: Block
    kinds: Block
    columns: Block
    whole: Figures
    """The total counts, to decide which parts are too small for a label."""

    @property
    def months(self) -> Block:
        """The months shown."""
        last = max(self.cycles.last - 1, self.cycles.first)
        return replace(self.cycles, first=max(self.cycles.first, last - MONTHS + 1), last=last)

    @property
    def worst(self) -> Block:
        """The columns shown."""
        return replace(self.columns, last=min(self.columns.last, self.columns.first + COLUMNS - 1))


def add_charts(book: Any, sheet: Any, row: int, shown: ChartedSections) -> None:
    """Five charts from ``row`` on: two by month, below them three of the current state."""
    due = shown.whole["due"] or 0
    month = due / (shown.months.last - shown.months.first + 1)
    charts = (
        ("chart_rates", _rates_chart(book, shown), _WIDE),
        ("chart_outcome", _parts(book, "column", shown.months, OUTCOMES, _label(month)), _WIDE),
        ("chart_now", _now_chart(book, shown), _NARROW),
        ("chart_kinds", _parts(book, "bar", shown.kinds, TIMELINESSES, _label(due), percent=True), _NARROW),
        ("chart_columns", _parts(book, "bar", shown.worst, _BAD, _SOME), _NARROW),
    )
    left = 0
    for number, (title, chart, width) in enumerate(charts):
        _dress(chart, layout("tracker").settings["overview"][title], (width, _HEIGHT))
        if number == 2:
            left = 0
        down = (_HEIGHT + _GAP) * (number >= 2)
        place = {"x_offset": _LEFT + left, "y_offset": down, "object_position": 3}
        sheet.insert_chart(row, 0, chart, place)
        left += width + _GAP


def add_unit_chart(book: Any, sheet: Any, place: tuple[int, int], months: Block, size: tuple[int, int]) -> None:
    """The chart of 单位情况: timeliness of a unit by month."""
    chart = _parts(book, "column", months, TIMELINESSES, _SOME)
    _dress(chart, layout("tracker").settings["unit_page"]["chart"], size)
    sheet.insert_chart(*place, chart, {"x_offset": 8, "object_position": 3})


def _column(figure: str) -> int:
    return FIGURES.index(figure) + 1


def _label(longest: float) -> str:
    """The number format of the labels of bars up to ``longest``."""
    least = math.ceil(longest * _READABLE)
    return f"[>={least}]0;;" if least > 1 else _SOME


def _series(block: Block, figure: str, **look: Any) -> dict[str, Any]:
    """A figure over the lines of a section, named by its heading, in the colour of its status."""
    column = _column(figure)
    return {
        "name": [block.sheet, block.head, column],
        "categories": [block.sheet, block.first, 0, block.last, 0],
        "values": [block.sheet, block.first, column, block.last, column],
        "fill": {"color": _COLOURS[figure]},
        **look,
    }


def _rates_chart(book: Any, shown: ChartedSections) -> Any:
    # Columns, not lines: a line falls to zero in a month of which nothing is due yet.
    chart = book.add_chart({"type": "column"})
    labels = {"value": True, "num_format": "0%;;", "font": _font(_SMALL)}
    both = {"data_labels": labels} if shown.months.last - shown.months.first < _FEW else {}
    chart.add_series(_series(shown.months, REPLY_RATE, gap=60, overlap=-5, **both))
    chart.add_series(_series(shown.months, ON_TIME_RATE, data_labels=labels))
    chart.set_y_axis(_axis(min=0, max=1, major_unit=0.25, num_format="0%"))
    chart.set_legend({"position": "bottom", "font": _font(_SMALL)})
    return chart


def _parts(
    book: Any, kind: str, block: Block, figures: Sequence[str], labels: str, *, percent: bool = False
) -> Any:
    """A stacked bar or column chart: one bar per line of a block, its parts are ``figures``."""
    chart = book.add_chart({"type": kind, "subtype": "percent_stacked" if percent else "stacked"})
    for figure in figures:
        font = {**_font(_SMALL), "color": "#FFFFFF"} if figure in _DARK else _font(_SMALL)
        look = {"value": True, "num_format": labels, "font": font}
        chart.add_series(_series(block, figure, gap=50, data_labels=look))
    if kind == "bar":
        # A bar chart counts from below: the first line belongs on top.
        chart.set_y_axis(_axis(reverse=True, major_gridlines={"visible": False}))
        chart.set_x_axis(_axis(visible=False, major_gridlines={"visible": False}))
    else:
        chart.set_y_axis(_axis(num_format="0"))
    chart.set_legend({"position": "bottom", "font": _font(_SMALL)})
    return chart


def _now_chart(book: Any, shown: ChartedSections) -> Any:
    chart = book.add_chart({"type": "bar"})
    left, right = _column(TIMELINESSES[0]), _column(TIMELINESSES[-1])
    sheet, head, whole = shown.cycles.sheet, shown.cycles.head, shown.cycles.last
    chart.add_series(
        {
            "categories": [sheet, head, left, head, right],
            "values": [sheet, whole, left, whole, right],
            "points": [{"fill": {"color": _COLOURS[figure]}} for figure in TIMELINESSES],
            "gap": 40,
            "data_labels": {"value": True, "num_format": _SOME, "font": _font(_SMALL)},
        }
    )
    chart.set_y_axis(_axis(reverse=True, major_gridlines={"visible": False}))
    chart.set_x_axis(_axis(visible=False, major_gridlines={"visible": False}))
    chart.set_legend({"none": True})
    return chart


def _dress(chart: Any, title: str, size: tuple[int, int]) -> None:
    chart.set_title({"name": title, "name_font": {**_font(11), "bold": True}, "overlay": False})
    chart.set_size({"width": size[0], "height": size[1]})
    chart.set_chartarea({"border": {"color": style.LINE}})
    if not chart.x_axis.get("num_font"):
        chart.set_x_axis(_axis())


def _axis(**options: Any) -> dict[str, Any]:
    grid = {"visible": True, "line": {"color": "#E5E7EB", "width": 0.75}}
    return {"num_font": _font(_SMALL), "line": {"color": style.LINE}, "major_gridlines": grid, **options}


def _font(size: int) -> dict[str, Any]:
    return {"name": style.FONT, "size": size, "color": style.INK}
