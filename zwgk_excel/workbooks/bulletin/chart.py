"""Writes figures into the native chart of the bulletin's template; the chart's formatting is kept."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.bulletin.content import Bulletin, by_month
from zwgk_excel.workbooks.bulletin.words import limit, text
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.ooxml.package import RELATION, OoxmlPackage, parse, serialise
from zwgk_excel.workbooks.tracker.rows.figures import ON_TIME_RATE, REPLY_RATE, figure_heading, figures
from zwgk_excel.workbooks.writing.formats import new_book

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_PLACED = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PERCENT = "0%"


@dataclass(frozen=True, slots=True)
class ChartData:
    """Categories, and for each series its name and a rate (0 to 1, None for none) per category."""

    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]


def rates_by_month(bulletin: Bulletin) -> ChartData:
    """报送率 and 按时率 of the newest months up to the bulletin's month."""
    months = list(by_month(bulletin.recent).items())[-limit("months") :]
    counted = [figures(rows) for _, rows in months]
    keys = (REPLY_RATE, ON_TIME_RATE)
    return ChartData(
        tuple(_month(month) for month, _ in months),
        tuple((figure_heading(key), tuple(each[key] for each in counted)) for key in keys),
    )


def _month(month: Month) -> str:
    return text("month", year=month.year, month=month.month)


def fill_chart(package: OoxmlPackage, description: str, data: ChartData, made_on: date) -> bool:
    """Put ``data`` into every chart of a Word package with this alternative text, and into its embedded workbook.

    Data for more series than the chart has are dropped; False where there is no such chart.
    """
    charts = _charts(package, description)
    for part in charts:
        root = parse(package.parts[part])
        rows = len(data.categories)
        for position, node in enumerate(list(root.iter(f"{{{_CHART}}}ser"))[: len(data.series)]):
            _fill_series(node, layout("tracker")["overview"].name, position, data, rows)
        package.parts[part] = serialise(root)
        for relation in package.relations(part):
            if relation.type == "package" and relation.target in package.parts:
                package.parts[relation.target] = _sheet(data, made_on)
    return bool(charts)


def _charts(package: OoxmlPackage, description: str) -> list[str]:
    document = package.workbook_name
    targets = {each.id: each.target for each in package.relations(document) if each.type == "chart"}
    found = []
    for properties in parse(package.parts[document]).iter(f"{{{_PLACED}}}docPr"):
        if properties.get("descr") == description:
            charts = properties.getparent().iter(f"{{{_CHART}}}chart")
            found += [targets.get(chart.get(f"{{{RELATION}}}id", ""), "") for chart in charts]
    return [part for part in found if part in package.parts]


def _fill_series(node: Any, sheet: str, position: int, data: ChartData, rows: int) -> None:
    name, values = data.series[position]
    letters = column_letters(position + 1)
    _replace(node, "tx", _reference("strRef", f"'{sheet}'!${letters}$1", [name]))
    _replace(node, "cat", _reference("strRef", f"'{sheet}'!$A$2:$A${rows + 1}", data.categories))
    _replace(node, "val", _reference("numRef", f"'{sheet}'!${letters}$2:${letters}${rows + 1}", values))


def _replace(node: Any, name: str, reference: Any) -> None:
    """Replace a reference in a child of a series; does nothing where the series lacks the child."""
    child = node.find(f"{{{_CHART}}}{name}")
    if child is not None:
        child[:] = [reference]


def _reference(kind: str, formula: str, values: Sequence[object]) -> Any:
    root = etree.Element(f"{{{_CHART}}}{kind}")
    _add(root, "f").text = formula
    cache = _add(root, "strCache" if kind == "strRef" else "numCache")
    if kind == "numRef":
        _add(cache, "formatCode").text = _PERCENT
    _add(cache, "ptCount").set("val", str(len(values)))
    for number, value in enumerate(values):
        if value is not None:
            point = _add(cache, "pt")
            point.set("idx", str(number))
            _add(point, "v").text = str(value)
    return root


def _add(parent: Any, name: str) -> Any:
    return etree.SubElement(parent, f"{{{_CHART}}}{name}")


def _sheet(data: ChartData, made_on: date) -> bytes:
    """The embedded workbook of the chart, which Word opens to edit its data."""
    stream = io.BytesIO()
    with new_book(stream, title="", author="", created=made_on) as book:
        page, percent = book.add_worksheet(layout("tracker")["overview"].name), book.add_format({"num_format": "0%"})
        page.write_column(1, 0, data.categories)
        for column, (name, values) in enumerate(data.series, 1):
            page.write_string(0, column, name)
            for row, value in enumerate(values, 1):
                if value is not None:
                    page.write_number(row, column, value, percent)
    return stream.getvalue()
