"""The program's own object of a defined name, for every double."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlwings import base_classes as base


class NamesApi:
    """Excel's own Names: how many there are, and each."""

    def __init__(self, names: Sequence[base.Name]) -> None:
        self._names = names

    @property
    def Count(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[NameApi]:
        return map(NameApi, self._names)


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
