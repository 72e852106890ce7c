"""What Excel makes of what is written into its cells, and formulas in the notations of both programs."""

from __future__ import annotations

import datetime as dt
import math
import numbers
import re
from typing import Any

ERRORS = {
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
"""LibreOffice's error number → Excel's text."""
COM_ERRORS = {
    "#DIV/0!": -2146826281,
    "#N/A": -2146826246,
    "#NAME?": -2146826259,
    "#NULL!": -2146826288,
    "#NUM!": -2146826252,
    "#REF!": -2146826265,
    "#VALUE!": -2146826273,
}
"""Excel's text → the number that COM delivers as the value of such a cell."""
_TEXTS = {number: text for text, number in COM_ERRORS.items()}

_NUMBER = re.compile(r"\s*[+-]?(\d+(,\d{3})*(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*%?\s*")
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_STRING = re.compile(r'("(?:[^"]|"")*")')
_NAME = r"(?:'(?:[^']|'')+'|[\w\u4e00-\u9fff]+)"
_CALC_SHEET = re.compile(rf"\$?({_NAME})\.(?=\$?[A-Z]{{1,3}}\$?\d)")
_EXCEL_SHEET = re.compile(rf"({_NAME})!(?=\$?[A-Z]{{1,3}}\$?\d)")


def serial(day: dt.datetime, epoch: dt.datetime) -> float:
    """A moment as the number that a cell holds."""
    since = day.replace(tzinfo=None) - epoch
    return since.days + (since.seconds + since.microseconds / 1e6) / 86400


def as_typed(text: str) -> str | float | bool | dt.datetime:
    """What Excel makes of a text written into a General cell; the unambiguous cases only."""
    if _NUMBER.fullmatch(text):
        plain = text.strip().replace(",", "")
        return float(plain[:-1]) / 100 if plain.endswith("%") else float(plain)
    if found := _DAY.fullmatch(text.strip()):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            return dt.datetime(year, month, day, hour, minute, second)
        except ValueError:
            return text
    return text.upper() == "TRUE" if text.upper() in {"TRUE", "FALSE"} else text


def to_calc(formula: str) -> str:
    """A formula in Excel's notation as LibreOffice's own; array constants are not understood."""
    parts = _STRING.split(formula)
    if any("{" in part for part in parts[::2]):
        raise ValueError(f"no array constants here: {formula}")
    parts[::2] = [_EXCEL_SHEET.sub(r"$\1.", part).replace(",", ";") for part in parts[::2]]
    return "".join(parts)


def to_excel(formula: str) -> str:
    """A formula in LibreOffice's own notation as Excel's."""
    parts = _STRING.split(formula)
    parts[::2] = [_CALC_SHEET.sub(r"\1!", part).replace(";", ",") for part in parts[::2]]
    return "".join(parts)


def prepare(value: Any) -> Any:
    """A Python value as the engine takes it; what xlwings' engines do before a write."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool | dt.datetime | str):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    if isinstance(value, dt.time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else ""
    return value


def clean(value: Any, make_day: Any, empty: Any, make_number: Any, error_texts: bool) -> Any:
    """A cell's value as xlwings hands it to its caller."""
    if value is None or value == "":
        return empty
    if isinstance(value, dt.datetime):
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return make_day(**{part: getattr(value, part) for part in parts}, tzinfo=None)
    if isinstance(value, float):
        return make_number(value) if make_number else value
    if isinstance(value, int) and not isinstance(value, bool) and value in _TEXTS:
        return _TEXTS[value] if error_texts else None
    return value
