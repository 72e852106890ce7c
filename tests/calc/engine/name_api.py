"""The program's own object of a defined name, for every double."""

from __future__ import annotations

from xlwings import base_classes as base


class NameApi:
    """Excel's own Name: what it is called, and what it means."""

    def __init__(self, name: base.Name) -> None:
        self._name = name

    @property
    def Name(self) -> str:
        return str(self._name.name)

    @property
    def RefersTo(self) -> str:
        return str(self._name.refers_to)
