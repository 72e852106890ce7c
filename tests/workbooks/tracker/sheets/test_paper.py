"""The tracker on paper: every table on a sheet on which it can be read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.excel import A3, A4
from zwgk_excel.workbooks.tracker.sheets.page import SheetWriter, fit_to_paper
from zwgk_excel.workbooks.tracker.sheets.tracking import LAST_PRINTED
from zwgk_excel.workbooks.writing.formats import text_width

TABLES = [sheet for key, sheet in layout("tracker").sheets.items() if sheet.columns and key != "matrix"]


def printed(sheet: SheetLayout) -> list[float]:
    """The widths of the columns that are printed."""
    last = sheet.index(LAST_PRINTED) if sheet.key == "tracking" else len(sheet.columns)
    return [column.width for column in sheet.columns[: last + 1] if not column.hidden]


@pytest.mark.parametrize("sheet", TABLES, ids=lambda sheet: sheet.key)
def test_no_hint_is_wider_than_its_table(sheet: SheetLayout):
    assert text_width(sheet.hint) <= sum(printed(sheet)), "what runs past the table makes all of it smaller"


@pytest.mark.parametrize(
    ("widths", "paper", "pages"),
    [([10.0] * 12, A4, None), ([10.0] * 14, A3, None), ([10.0] * 24, A3, None), ([10.0] * 34, A3, 2)],
)
def test_texts_have_eight_points_at_least(widths: list[float], paper: int, pages: int | None):
    said: dict[str, Any] = {}
    names = ("set_paper", "fit_to_pages", "repeat_columns", "print_across")
    sheet = SimpleNamespace(**{name: lambda *args, name=name: said.update({name: args}) for name in names})
    fit_to_paper(SheetWriter(sheet, None, ""), widths, repeated=2)  # type: ignore[arg-type]
    assert (said["set_paper"], said.get("fit_to_pages")) == ((paper,), (pages, 0) if pages else None)
