"""The report's layout with further columns, as an edited ``report.toml`` would have them, while a block runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from zwgk_excel.layout import columns
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.ledger import more
from zwgk_excel.workbooks.report import content
from zwgk_excel.workbooks.tracker.rows import row_values

_CACHED = (columns.layout, columns.added_columns, more._kinds, content.list_names, row_values._typed_columns)


@contextmanager
def added(
    *new: Mapping[str, Any], sheet: str = "items", behind: str = "reading"
) -> Iterator[None]:
    """Input columns behind the one with the key ``behind``; width 12 where none is given."""

    def edited(name: str) -> dict[str, Any]:
        raw = read_toml(name)
        if name == "report.toml":
            listed = raw["sheets"][sheet]["columns"]
            place = next(number for number, each in enumerate(listed) if each["key"] == behind)
            listed[place + 1 : place + 1] = [{"width": 12, "input": True, **each} for each in new]
        return raw

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "read_toml", edited)
        _forget()
        try:
            yield
        finally:
            patch.undo()
            _forget()


def _forget() -> None:
    for each in _CACHED:
        each.cache_clear()
