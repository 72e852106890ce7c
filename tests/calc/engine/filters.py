"""Filters of tables and of sheets."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes as base

_OPERATORS = {
    "equal_to": 2,
    "not_equal_to": 3,
    "greater_than": 4,
    "greater_than_or_equal": 5,
    "less_than": 6,
    "less_than_or_equal": 7,
}
"""xlwings' words → com.sun.star.sheet.FilterOperator2."""
_STRING = 1  # com.sun.star.sheet.FilterFieldType


class AutoFilter(base.AutoFilter):
    """A filter: values chosen from a list, and simple comparisons. ``database`` is Calc's range, None for no filter."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def _fields(self) -> list[Any]:
        return list(self._database.getFilterDescriptor().getFilterFields3()) if self._database else []

    @property
    def criteria(self) -> list[dict[str, Any]]:
        found = {field.Field: field for field in self._fields()}
        area = self._database.DataArea if self._database else None
        width = area.EndColumn - area.StartColumn + 1 if area else 0
        return [self._criterion(number + 1, found.get(number)) for number in range(width)]

    def _criterion(self, number: int, field: Any) -> dict[str, Any]:
        if field is None:
            return base.empty_autofilter_criteria(number)
        texts = [str(each.NumericValue) if each.IsNumeric else each.StringValue for each in field.Values]
        operator = next((name for name, number in _OPERATORS.items() if number == field.Operator), None)
        if operator == "equal_to":
            return {**base.empty_autofilter_criteria(number, "values"), "values": texts}
        kind = "comparison" if operator else "unknown"
        return {**base.empty_autofilter_criteria(number, kind), "operator": operator, "value1": texts[0]}

    def apply_values(self, field: int, values: list[str]) -> None:
        self._apply(field, _OPERATORS["equal_to"], values)

    def apply_comparison(self, field: int, operator: str, value1: Any, value2: Any) -> None:
        if operator not in _OPERATORS or not isinstance(value1, str):
            raise NotImplementedError(f"{operator} {value1!r}")
        self._apply(field, _OPERATORS[operator], [value1])

    def _apply(self, field: int, operator: int, texts: list[str]) -> None:
        import uno
        from com.sun.star.sheet import FilterFieldValue, TableFilterField3

        values = tuple(FilterFieldValue(FilterType=_STRING, StringValue=text, IsNumeric=False) for text in texts)
        made = TableFilterField3()
        made.Connection = uno.Enum("com.sun.star.sheet.FilterConnection", "AND")
        made.Field, made.Values = field - 1, values
        made.Operator = operator
        kept = [each for each in self._fields() if each.Field != field - 1]
        self._set([*kept, made])

    def clear(self, field: int | None) -> None:
        self._set([] if field is None else [each for each in self._fields() if each.Field != field - 1])

    def _set(self, fields: list[Any]) -> None:
        self._database.getFilterDescriptor().setFilterFields3(tuple(fields))
        # A refresh without any criterion shows nothing again.
        self._database.ReferredCells.Rows.IsVisible = True
        self._database.refresh()
