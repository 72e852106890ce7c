"""What every object of Excel's has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.windows.click.face.application import Application


class ExcelError(Exception):
    """Excel refuses; COM tells it as error 1004."""


class Face:
    """One object; ``of`` is what it shows."""

    kind = ""
    """What Excel calls its class, where that is not the name here."""

    @classmethod
    def of_class(cls) -> str:
        """Its class in the object model."""
        return cls.kind or cls.__name__

    def __init__(self, application: Application, of: Any) -> None:
        self._application, self.of = application, of

    @property
    def Application(self) -> Application:
        """The program."""
        return self._application


class Collection(Face):
    """Objects by number from 1, or by name."""

    def all(self) -> list[Any]:
        """Its objects in their order."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        return iter(self.all())

    @property
    def Count(self) -> int:
        return len(self.all())

    def Item(self, Index: int | str) -> Any:
        found = self.all()
        if isinstance(Index, str):
            named = [each for each in found if each.Name.casefold() == Index.casefold()]
        else:
            named = found[int(Index) - 1 : int(Index)] if Index >= 1 else []
        if not named:
            raise ExcelError(f"{type(self).__name__}({Index!r}): there is none")
        return named[0]
