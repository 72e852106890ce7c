"""Filters as Excel tells of them: criteria with their signs before the values."""

from __future__ import annotations

from typing import Any

from tests.addin.grid import filters as grid
from tests.addin.grid.model import Table
from tests.windows.click.face.base import Collection, Face
from tests.windows.click.object_model import constants

_SIGNS = {
    "greater_than_or_equal": ">=",
    "less_than_or_equal": "<=",
    "not_equal_to": "<>",
    "greater_than": ">",
    "less_than": "<",
    "equal_to": "=",
}


def filtered(table: Table, Field: int, Criteria1: Any, Operator: int | None) -> None:
    """What ``Range.AutoFilter`` does to one column of a filter; without a criterion it shows all rows again."""
    own = grid.AutoFilter(table)
    if Criteria1 is None:
        own.clear(Field)
    elif Operator == constants()["xlFilterValues"]:
        own.apply_values(Field, [str(each) for each in Criteria1])
    else:
        kind, sign = next((kind, sign) for kind, sign in _SIGNS.items() if str(Criteria1).startswith(sign))
        own.apply_comparison(Field, kind, str(Criteria1).removeprefix(sign), None)


class AutoFilter(Face):
    """A filter; ``of`` is its sheet and what the grid has of it."""

    @property
    def Range(self) -> Any:
        from tests.windows.click.face.range import Range

        sheet, table = self.of
        top, left, bottom, right = table.area
        return Range(self._application, sheet.range((top, left, bottom - top + 1, right - left + 1)))

    @property
    def FilterMode(self) -> bool:
        return bool(self.of[1].criteria)

    @property
    def Filters(self) -> Filters:
        return Filters(self._application, self.of[1])


class Filters(Collection):
    """Its columns."""

    def all(self) -> list[Filter]:
        return [Filter(self._application, each) for each in grid.AutoFilter(self.of).criteria]


class Filter(Face):
    """One column's; without criterion it is off."""

    @property
    def On(self) -> bool:
        return bool(self.of["type"] != "none")

    @property
    def Operator(self) -> int:
        return constants()["xlFilterValues"] if self.of["type"] == "values" else 0

    @property
    def Criteria1(self) -> Any:
        if self.of["type"] == "values":
            return tuple(f"={each}" for each in self.of["values"])
        return f"{_SIGNS[self.of['operator']]}{self.of['value1']}"
