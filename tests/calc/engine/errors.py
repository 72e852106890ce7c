"""What goes wrong in the engine, and LibreOffice's exceptions turned into it."""

from __future__ import annotations

from typing import Any

import xlwings as xw


class CalcError(xw.XlwingsError):
    """What pywintypes.com_error is on Windows: the program refused."""


class plain_errors:
    """Turn UNO exceptions into :class:`CalcError`: they cannot take a traceback, so no generator may see one."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        from com.sun.star.uno import Exception as UnoException

        if kind is not None and issubclass(kind, UnoException):
            raise CalcError(f"{self._where}: {kind.__name__} {getattr(error, 'Message', '')}") from None


def properties(**values: Any) -> tuple[Any, ...]:
    """Keyword arguments as UNO's property values."""
    from com.sun.star.beans import PropertyValue

    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())
