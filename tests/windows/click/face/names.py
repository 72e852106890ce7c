"""Defined names."""

from __future__ import annotations

from typing import Any

from tests.windows.click.face.base import Collection, ExcelError, Face
from tests.windows.click.face.range import Range


class Names(Collection):
    """Those of a workbook."""

    def all(self) -> list[Name]:
        return [Name(self._application, self.of.names(name)) for name in self.of.model.names]

    def Add(self, Name: str, RefersTo: str) -> Any:
        return _name(self._application, self.of.names.add(Name, RefersTo))


class Name(Face):
    """One of them."""

    Visible = True

    @property
    def Name(self) -> str:
        return str(self.of.name)

    @property
    def RefersTo(self) -> str:
        return str(self.of.refers_to)

    @RefersTo.setter
    def RefersTo(self, formula: str) -> None:
        self.of.refers_to = formula

    @property
    def RefersToRange(self) -> Range:
        try:
            return Range(self._application, self.of.refers_to_range)
        except Exception as error:  # whatever the grid says of a name that is no range
            raise ExcelError(str(error)) from error

    def Delete(self) -> None:
        self.of.delete()


def _name(application: Any, of: Any) -> Name:
    return Name(application, of)
