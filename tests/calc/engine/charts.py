"""Charts, as far as Excel's own objects behind ``chart.api`` are used: what cells a series shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base

from tests.calc.engine.errors import CalcError

if TYPE_CHECKING:
    from tests.calc.engine.sheet import Sheet

_SERIES = re.compile(r"=SERIES\(([^,]*),([^,]*),([^,]*),(\d+)\)")


class Charts(base.Charts):
    """The charts of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._charts = sheet.uno.Charts

    def __len__(self) -> int:
        return int(self._charts.Count)

    def __call__(self, key: int | str) -> Chart:
        found = self._charts.getByIndex(key - 1) if isinstance(key, int) else self._charts.getByName(key)
        return Chart(found.EmbeddedObject)

    def __iter__(self) -> Iterator[Chart]:
        return (self(number) for number in range(1, len(self) + 1))


class Chart(base.Chart):
    """One chart; ``api`` is a pair as on Windows, and the second of it the chart."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def api(self) -> tuple[None, ChartApi]:
        return None, ChartApi(self._document)


class ChartApi:
    """The member of Excel's own Chart that code reaches."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def SeriesCollection(self, number: int | None = None) -> Any:
        """The series, or one of them, counted from 1."""
        (system,) = self._document.getFirstDiagram().getCoordinateSystems()
        (kind,) = system.getChartTypes()
        every = [SeriesApi(self._document, system, each, n) for n, each in enumerate(kind.getDataSeries(), 1)]
        return SeriesList(every) if number is None else every[number - 1]


class SeriesList:
    """How many there are."""

    def __init__(self, series: list[SeriesApi]) -> None:
        self.Count = len(series)


class SeriesApi:
    """One series with its formula as Excel writes it: name, categories, values, place."""

    def __init__(self, document: Any, system: Any, series: Any, number: int) -> None:
        self._document, self._system, self._series, self._number = document, system, series, number

    @property
    def Formula(self) -> str:
        (data,) = self._series.getDataSequences()
        name = data.getLabel().getSourceRangeRepresentation() if data.getLabel() else ""
        categories = self._axis().getScaleData().Categories.getValues().getSourceRangeRepresentation()
        values = data.getValues().getSourceRangeRepresentation()
        return f"=SERIES({name},{categories},{values},{self._number})"

    @Formula.setter
    def Formula(self, formula: str) -> None:
        found = _SERIES.fullmatch(formula)
        if not found:
            raise CalcError(f"no series: {formula}")
        (data,) = self._series.getDataSequences()
        data.setValues(self._cells(found[3], data.getValues().Role))
        self._series.setData((data,))
        scale = self._axis().getScaleData()
        scale.Categories.setValues(self._cells(found[2], scale.Categories.getValues().Role))
        self._axis().setScaleData(scale)

    def _axis(self) -> Any:
        return self._system.getAxisByDimension(0, 0)

    def _cells(self, cells: str, role: str) -> Any:
        made = self._document.getDataProvider().createDataSequenceByRangeRepresentation(cells)
        made.Role = role
        return made
