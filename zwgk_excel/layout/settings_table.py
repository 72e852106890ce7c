"""The settings that an office changes by question and answer (``settings.toml``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from zwgk_excel.layout.resources import read_toml


class SettingKind(StrEnum):
    """What is typed for a setting."""

    TEXT = "text"
    ADDRESS = "address"
    """Of a mailbox, or empty."""
    INTEGER = "integer"
    DAY = "day"
    """The day of the month of a date rule ``{ months, day }``."""


@dataclass(frozen=True, slots=True)
class EditableSetting:
    """One setting that is asked for."""

    key: str
    """Dotted, as in zwgk.toml."""
    label: str
    hint: str
    kind: SettingKind
    required: bool = False
    """Whether it may not be empty."""


@cache
def editable_settings() -> tuple[EditableSetting, ...]:
    """All of them, in the order in which they are asked."""
    raw = read_toml("settings.toml")["settings"]
    return tuple(EditableSetting(**{**each, "kind": SettingKind(each["kind"])}) for each in raw)
