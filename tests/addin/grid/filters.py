"""Filters of tables and of sheets."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes as base

from tests.addin.grid.model import Table


class AutoFilter(base.AutoFilter):
    """The filter of a table, or of a block of a sheet; ``table`` is None where the block has none."""

    def __init__(self, table: Table | None) -> None:
        self._table = table

    @property
    def criteria(self) -> list[dict[str, Any]]:
        if self._table is None:
            return []
        width = self._table.area[3] - self._table.area[1] + 1
        fields = range(1, width + 1)
        return [self._table.criteria.get(each) or base.empty_autofilter_criteria(each) for each in fields]

    def apply_values(self, field: int, values: list[str]) -> None:
        self._set(field, {**base.empty_autofilter_criteria(field, "values"), "values": values})

    def apply_comparison(self, field: int, operator: str, value1: Any, value2: Any) -> None:
        made = base.empty_autofilter_criteria(field, "comparison")
        self._set(field, {**made, "operator": operator, "value1": value1, "value2": value2})

    def _set(self, field: int, criterion: dict[str, Any]) -> None:
        assert self._table is not None
        self._table.criteria[field] = criterion

    def clear(self, field: int | None) -> None:
        if self._table is None:
            return
        if field is None:
            self._table.criteria.clear()
        else:
            self._table.criteria.pop(field, None)
