"""``zwgk check`` of 标准目录.xlsx: every finding has its cell, and none of them keeps a month from going out."""

from __future__ import annotations

import openpyxl
import pytest

from tests.workflow.desk import CYCLE
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing import generate, table_problems
from zwgk_excel.workflow.office.context import open_office


def found(desk) -> set[tuple[str, str, bool]]:
    with desk.open() as office:
        problems = table_problems(office)
    return {(p.code, p.place.cell, p.is_error) for p in problems if p.place.file == "标准目录.xlsx"}


def edited(desk, **cells: str | None) -> None:
    path = desk.root / "标准目录.xlsx"
    book = openpyxl.load_workbook(path)
    for cell, text in cells.items():
        book["标准目录"][cell] = text
    book.save(path)


def test_what_is_not_tied_and_limits_that_are_not_understood(tied):
    assert found(tied) == {("catalogue_untied", "O4:O6、O10", False), ("catalogue_limit_unknown", "G10", False)}


def test_names_that_the_tables_do_not_have(tied):
    edited(tied, O7="D99 没有的", P8="市没有局", A9="M004", Q10="也许")
    codes = {(code, cell) for code, cell, _ in found(tied)}
    assert {
        ("catalogue_duty_unknown", "O7"),
        ("owner_unknown", "P8"),
        ("catalogue_id", "A9"),
        ("duty_flag_unknown", "Q10"),
    } <= codes
    assert not any(is_error for _, _, is_error in found(tied))
    with tied.open() as office:
        assert generate(office, CYCLE, as_of=tied.now.date()).workbooks, "the month goes out all the same"
        assert office.issues.issue(CYCLE).entries == ()


def test_a_row_without_a_number_is_told_with_the_next_free_one(tied):
    edited(tied, D11="自己加的", A10=None)
    with tied.open() as office:
        told = {p.place.cell: f"{p}" for p in table_problems(office) if p.code == "catalogue_id_missing"}
    assert told.keys() == {"A10:A11"}
    assert "没有目录编号" in told["A10:A11"]
    assert "请从 M008 起接着编" in told["A10:A11"], "M007 was given by the import"


def test_a_formula_without_a_value_keeps_no_month_from_going_out(tied):
    edited(tied, E7="=A1", D8="=A1")
    assert {("cell_formula", "E7", False), ("cell_formula", "D8", False)} <= found(tied)
    with tied.open() as office:
        assert generate(office, CYCLE, as_of=tied.now.date()).workbooks
        listed = [entry.id for entry in office.issues.issue(CYCLE).entries]
    assert listed == ["M004", "M006"], "M005 has no name that could be read"


def test_a_unit_that_owes_none_of_the_duties(tied):
    edited(tied, P7="市政府办、市人社局")
    assert ("catalogue_owner_foreign", "P7", False) in found(tied)


def test_a_catalogue_that_cannot_be_read_stops_the_month(tied):
    (tied.root / "标准目录.xlsx").write_bytes(b"no workbook")
    with pytest.raises(UserError, match="标准目录"), open_office(tied.root, now=lambda: tied.now):
        pass


def test_a_catalogue_without_entries_is_as_good_as_none(tied):
    path = tied.root / "标准目录.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["标准目录"].iter_rows(min_row=4):
        for cell in row:
            cell.value = None
    book.save(path)
    assert found(tied) == set()
    with tied.open() as office:
        generate(office, CYCLE, as_of=tied.now.date())
