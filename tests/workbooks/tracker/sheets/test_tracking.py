"""Cells of the office's that were not taken: as typed, marked, with the reason, in a file that is sound."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.ooxml import validate_all
from tests.workbooks.tracker_sample import realistic, typed_into
from tests.xlsx_lint import lint
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.tracking import Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.rows.formulas import STATE
from zwgk_excel.workbooks.tracker.rows.row_values import refused_text, tracking_order
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell, with_places
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW
from zwgk_excel.workbooks.tracker.sheets.tracking import cell_finder
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

pytestmark = pytest.mark.slow

SHEET = layout("tracker")["tracking"]
PLAIN = realistic(date(2026, 11, 26), 2)
ROWS = [row for row in tracking_order(PLAIN) if not row.closed]
TYPED = ["下周", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "<&>\"'", 3, 12.1, "x" * 500, date(1999, 1, 1), "“免报“是”"]


def refused(key: str, typed: Any) -> RefusedCell:
    what = refused_text(SHEET.heading("extended_to"), typed)
    wrong = problem("office_cell_form", CellRef("总台账.xlsx"), obligation=key, what=what, expected_value="日期")
    return RefusedCell.of("extended_to", typed, wrong)


KEYS = [row.status.obligation.key for row in ROWS[: len(TYPED)]]
CELLS = tuple(map(refused, KEYS, TYPED))
VIEW = replace(PLAIN, refused=CELLS)


@pytest.fixture(scope="module")
def data() -> bytes:
    return tracker_workbook(with_places(VIEW, cell_finder(VIEW, None)))


@pytest.fixture(scope="module")
def page(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))[SHEET.name]


def cell(page: Any, key: str, column: str) -> Any:
    keys = [row.status.obligation.key for row in tracking_order(VIEW)]
    return page.cell(FIRST_ROW + 1 + keys.index(key), SHEET.index(column) + 1)


def test_the_file_is_sound(data: bytes, tmp_path: Path):
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(data)
    assert [str(defect) for defect in lint(path)] == []
    assert validate_all([path]) == {}


@pytest.mark.parametrize(("key", "typed"), list(zip(KEYS, TYPED, strict=True)), ids=map(str, range(len(TYPED))))
def test_what_was_typed_is_there_with_its_reason_and_reads_the_same(data: bytes, page: Any, key: str, typed: Any):
    found = cell(page, key, "extended_to")
    assert found.value == (datetime.combine(typed, datetime.min.time()) if isinstance(typed, date) else typed)
    assert found.data_type != "f"
    assert SHEET.heading("extended_to") in cell(page, key, "refusal").value
    assert SHEET.heading("waived") + "“" not in cell(page, key, "refusal").value
    again = {each.obligation: each.typed for each in typed_into(data).refused}
    if not isinstance(typed, date):
        assert again[key] == typed


def test_formulas_do_not_believe_it(page: Any):
    assert {cell(page, KEYS[0], column).data_type for column in STATE} <= {"s", "n"}
    other = ROWS[len(TYPED)].status.obligation.key
    assert {cell(page, other, column).data_type for column in STATE} == {"f"}


def test_problems_are_listed_at_the_cells_of_this_file(page: Any):
    placed = with_places(VIEW, cell_finder(VIEW, None)).problems[-len(CELLS) :]
    assert [each.place for each in placed] == [
        CellRef("总台账.xlsx", SHEET.name, cell(page, key, "extended_to").coordinate) for key in KEYS
    ]


def test_what_is_owed_of_the_newest_cycle_is_printed(page: Any):
    rows = tracking_order(VIEW)
    newest = rows[0].status.obligation.cycle
    printed = page.print_area.rpartition("$")[2]
    owed = [row.status for row in rows[: int(printed) - FIRST_ROW]]
    assert all(each.obligation.cycle == newest and each.timeliness is not Timeliness.ON_DEMAND for each in owed)
    after = rows[len(owed)].status
    assert after.obligation.cycle != newest or after.timeliness is Timeliness.ON_DEMAND
    assert owed


def test_the_fingerprint_of_files_is_there_and_hidden(data: bytes):
    sheet = layout("tracker")["receipts"]
    letters = openpyxl.utils.get_column_letter(sheet.index("sha256") + 1)
    assert openpyxl.load_workbook(io.BytesIO(data))[sheet.name].column_dimensions[letters].hidden
