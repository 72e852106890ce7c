"""Typed access to parsed TOML; an invalid value raises ValueError with its key and value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from zwgk_excel.domain.errors import ZwgkError

_E = TypeVar("_E", bound=StrEnum)


def merged(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` overlaid by ``overlay``, table by table; lists are replaced whole."""
    found = dict(base)
    for key, value in overlay.items():
        old = found.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        found[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return found


class LackingKeyError(ZwgkError, ValueError):
    """A key that must be written is not there."""

    def __init__(self, where: str, key: str, hint: str = "") -> None:
        super().__init__(f"[{where}] 没有写 {key}{hint}")


class DatesOutOfOrderError(ZwgkError, ValueError):
    """A date of a rule lies before one that it must not precede."""

    def __init__(self, where: str, earlier: str, later: str, day: str) -> None:
        """``later`` is the word for the date that must not lie before the one called ``earlier``, which is ``day``."""
        gap = "" if where.endswith("）") else " "
        super().__init__(f"{where}{gap}的{later}不能早于{earlier} {day}")


def table(where: str, raw: Any, keys: Iterable[str]) -> Mapping[str, Any]:
    """``raw`` as a table with exactly these keys; one that is none of them is told with those that are."""
    if not isinstance(raw, Mapping):
        raise ValueError(_told(where, repr(raw) if isinstance(raw, str) else raw))
    expected = dict.fromkeys(map(str, keys))
    for key in raw:
        if key not in expected:
            raise ValueError(f"{_told(f'{where}.{key}', raw[key])}（没有这一项；可以写的有 {'、'.join(expected)}）")
    for key in expected:
        if key not in raw:
            raise LackingKeyError(where, key)
    return raw


def _told(where: str, raw: Any) -> str:
    """The key with its value; without that of a table, which Python would write in its own way."""
    return where if isinstance(raw, Mapping) else f"{where} = {raw}"


def choice(kind: type[_E], where: str, raw: Any) -> _E:
    """A member of an enumeration by its value."""
    try:
        return kind(raw)
    except ValueError:
        raise ValueError(_told(where, repr(raw) if isinstance(raw, str) else raw)) from None


def count(where: str, raw: Any, *, least: int = 0) -> int:
    """An integer, not below ``least``."""
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < least:
        raise ValueError(_told(where, repr(raw) if isinstance(raw, str) else raw))
    return raw


def number(where: str, raw: Any) -> Decimal:
    """A finite number that is not negative; also as text, as the ledger stores it."""
    try:
        found = Decimal(str(raw)) if isinstance(raw, int | str | float | Decimal) else None
    except InvalidOperation:
        found = None
    if found is None or isinstance(raw, bool) or not found.is_finite() or found < 0:
        raise ValueError(_told(where, raw))
    return found


def yes(where: str, raw: Any) -> bool:
    """True or false."""
    if not isinstance(raw, bool):
        raise ValueError(_told(where, repr(raw) if isinstance(raw, str) else raw))
    return raw
