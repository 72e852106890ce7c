"""Typed access to parsed TOML; an invalid value raises ValueError with its key and value."""

from __future__ import annotations

import json
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


def as_toml(raw: Any) -> str:
    """A value as whoever wrote it into ``zwgk.toml`` knows it: ``true``, ``"five"``, ``{ months = 0, day = 45 }``."""
    if isinstance(raw, bool | str):
        return json.dumps(raw, ensure_ascii=False)
    if isinstance(raw, Mapping):
        return f"{{ {', '.join(f'{key} = {as_toml(value)}' for key, value in raw.items())} }}"
    if isinstance(raw, list | tuple):
        return f"[{', '.join(map(as_toml, raw))}]"
    return str(raw)


class WrongValueError(ZwgkError, ValueError):
    """A value that its key cannot have."""

    def __init__(self, where: str, raw: Any, hint: str = "") -> None:
        """``hint`` is what the value should be, or why it cannot be this one."""
        super().__init__(f"{where} = {as_toml(raw)} 不正确{'：' if hint else ''}{hint}")


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
        place = "" if where.endswith("]") else f"，写在 [{where}] 下面"
        raise WrongValueError(where, raw, f"应为一组设置{place}")
    expected = dict.fromkeys(map(str, keys))
    for key in raw:
        if key not in expected:
            raise WrongValueError(f"{where}.{key}", raw[key], f"没有这一项，可以写的有 {'、'.join(expected)}")
    for key in expected:
        if key not in raw:
            raise LackingKeyError(where, key)
    return raw


def choice(kind: type[_E], where: str, raw: Any) -> _E:
    """A member of an enumeration by its value."""
    try:
        return kind(raw)
    except ValueError:
        raise WrongValueError(where, raw, f"可以写的有 {'、'.join(kind)}") from None


def count(where: str, raw: Any, *, least: int = 0) -> int:
    """An integer, not below ``least``."""
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < least:
        raise WrongValueError(where, raw, f"应为不小于 {least} 的整数")
    return raw


def number(where: str, raw: Any) -> Decimal:
    """A finite number that is not negative; also as text, as the ledger stores it."""
    try:
        found = Decimal(str(raw)) if isinstance(raw, int | str | float | Decimal) else None
    except InvalidOperation:
        found = None
    if found is None or isinstance(raw, bool) or not found.is_finite() or found < 0:
        raise WrongValueError(where, raw, "应为不小于 0 的数")
    return found


def yes(where: str, raw: Any) -> bool:
    """True or false."""
    if not isinstance(raw, bool):
        raise WrongValueError(where, raw, "应为 true 或 false，不带引号")
    return raw
