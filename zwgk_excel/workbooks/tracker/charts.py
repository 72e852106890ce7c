"""The charts of 总览, over its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks import style
from zwgk_excel.workbooks.tracker.figures import FIGURES, ON_TIME_RATE, OUTCOMES, TIMELINESSES

MONTHS = 12
"""The charts show no more months than these, the newest."""
_WIDTH, _HEIGHT, _GAP = 346, 290, 5
_COLOURS: Mapping[str, str] = {
    Outcome.REPORTED: "#5B9E58",
    Outcome.NIL: "#A9D2A5",
    Outcome.RETURNED: "#E8A33D",
    Outcome.MISSING: "#D9534F",
    Outcome.WAIVED: "#C9CED6",
    Timeliness.ON_TIME: "#5B9E58",
    Timeliness.GRACE: "#F3C98B",
    Timeliness.LATE: "#C0504D",
    Timeliness.NOT_DUE: "#C9CED6",
    Timeliness.DUE_SOON: "#F2D64B",
    Timeliness.IN_GRACE: "#E8A33D",
    Timeliness.OVERDUE: "#9C0006",
}
_SOME = "0;;"
"""Labels that are silent about nothing."""


def add_charts(book: Any, sheet: Any, row: int, first: int, whole: int) -> None:
    """Three charts side by side from ``row`` on.

    The months' figures stand in the rows from ``first`` to ``whole - 1`` (the newest last), the whole in ``whole``,
    their headings in the row before ``first``.
    """
    months = (max(first, whole - MONTHS), whole - 1)
    charts = (
        _on_time_chart(book, first - 1, months),
        _outcome_chart(book, first - 1, months),
        _now_chart(book, first - 1, whole),
    )
    for position, chart in enumerate(charts):
        _dress(chart, ("chart_on_time", "chart_outcome", "chart_now")[position])
        sheet.insert_chart(row, 0, chart, {"x_offset": 4 + position * (_WIDTH + _GAP), "object_position": 3})


def _cells(first: int, left: int, last: int, right: int) -> list[Any]:
    return [layout("tracker")["overview"].name, first, left, last, right]


def _column(figure: str) -> int:
    return FIGURES.index(figure) + 1


def _on_time_chart(book: Any, head: int, months: tuple[int, int]) -> Any:
    chart = book.add_chart({"type": "line"})
    column = _column(ON_TIME_RATE)
    chart.add_series(
        {
            "name": _cells(head, column, head, column)[:3],
            "categories": _cells(months[0], 0, months[1], 0),
            "values": _cells(months[0], column, months[1], column),
            "line": {"color": style.HEAD_FILL, "width": 2.25},
            "marker": {"type": "circle", "size": 6, "fill": {"color": style.HEAD_FILL}},
            "data_labels": {"value": True, "position": "above", "num_format": "0%", "font": _font(8)},
        }
    )
    chart.set_y_axis(_axis(min=0, max=1, num_format="0%"))
    chart.set_legend({"none": True})
    return chart


def _outcome_chart(book: Any, head: int, months: tuple[int, int]) -> Any:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for figure in OUTCOMES:
        column = _column(figure)
        chart.add_series(
            {
                "name": _cells(head, column, head, column)[:3],
                "categories": _cells(months[0], 0, months[1], 0),
                "values": _cells(months[0], column, months[1], column),
                "fill": {"color": _COLOURS[figure]},
                "gap": 60,
                "data_labels": {"value": True, "num_format": _SOME, "font": _font(8)},
            }
        )
    chart.set_y_axis(_axis(num_format="0"))
    chart.set_legend({"position": "bottom", "font": _font(8)})
    return chart


def _now_chart(book: Any, head: int, whole: int) -> Any:
    chart = book.add_chart({"type": "bar"})
    left, right = _column(TIMELINESSES[0]), _column(TIMELINESSES[-1])
    chart.add_series(
        {
            "categories": _cells(head, left, head, right),
            "values": _cells(whole, left, whole, right),
            "points": [{"fill": {"color": _COLOURS[figure]}} for figure in TIMELINESSES],
            "gap": 40,
            "data_labels": {"value": True, "num_format": _SOME, "font": _font(8)},
        }
    )
    # A bar chart counts from below: the first word belongs on top.
    chart.set_y_axis(_axis(reverse=True))
    chart.set_x_axis(_axis(visible=False, major_gridlines={"visible": False}))
    chart.set_legend({"none": True})
    return chart


def _dress(chart: Any, title: str) -> None:
    text = layout("tracker").settings["overview"][title]
    chart.set_title({"name": text, "name_font": {**_font(11), "bold": True}, "overlay": False})
    chart.set_size({"width": _WIDTH, "height": _HEIGHT})
    chart.set_chartarea({"border": {"color": style.LINE}})
    if not chart.x_axis.get("num_font"):
        chart.set_x_axis(_axis())


def _axis(**options: Any) -> dict[str, Any]:
    grid = {"visible": True, "line": {"color": "#E5E7EB", "width": 0.75}}
    return {"num_font": _font(8), "line": {"color": style.LINE}, "major_gridlines": grid, **options}


def _font(size: int) -> dict[str, Any]:
    return {"name": style.FONT, "size": size, "color": style.INK}
