"""The 整改链接表 as a file: what is locked, what acts (nothing), and its 自查 in a real spreadsheet application."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.calc.office import Office
from tests.ooxml import validate_all
from tests.workbooks.fault_table.samples import HOSTILE, KEY, table
from tests.workflow.fault_tables import FIRST, SHEET, answered, rows_of
from tests.xlsx_lint import lint
from zwgk_excel.domain.identity import is_valid_fault_table, sign_fault_table
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.fault_table.fault_workbook import fault_table_name, fault_workbook, self_check
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.reading.fault_table import read_fault_table


@pytest.fixture(scope="module")
def data() -> bytes:
    return fault_workbook(table())


def cell(key: str, row: int) -> str:
    return f"{column_letters(SHEET.index(key))}{row}"


def test_it_is_sound_and_always_the_same(data, tmp_path):
    path = tmp_path / "整改链接表.xlsx"
    path.write_bytes(data)
    assert [str(defect) for defect in lint(path)] == []
    assert data == fault_workbook(table())


def test_excel_finds_nothing_wrong(data, tmp_path):
    path = tmp_path / "整改链接表.xlsx"
    path.write_bytes(data)
    assert validate_all([path]) == {}


def test_only_the_units_columns_can_be_typed_into(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book[SHEET.name]
    assert page.protection.sheet
    assert book.security.lockStructure
    unlocked = {column.key for column in SHEET if not page[cell(column.key, FIRST)].protection.locked}
    assert unlocked == {"status", "new_url", "explanation"}
    assert page[cell("status", FIRST + 2)].protection.locked is False
    hidden = next(each for each in book.worksheets if each.title != SHEET.name)
    assert hidden.sheet_state == "veryHidden"


def test_what_a_page_calls_itself_is_text(data):
    rows = rows_of(data)
    assert rows[22]["title"] == HOSTILE
    page = openpyxl.load_workbook(io.BytesIO(data))[SHEET.name]
    acting = [each.coordinate for row in page.iter_rows() for each in row if each.data_type == "f"]
    assert {each.rstrip("0123456789") for each in acting} == {column_letters(SHEET.index("check"))}
    assert not [each for row in page.iter_rows() for each in row if each.hyperlink]


def test_it_reads_back_as_signed_and_the_unit_s_words_change_nothing_of_that(data):
    said = {
        21: {"status": "mended", "new_url": "https://a.cn/neu"},
        22: {"status": "disputed", "explanation": "标题对"},
    }
    book = open_book(answered(data, said), "a.xlsx")
    found = read_fault_table(book, "a.xlsx", table().issued_on)
    assert found is not None
    assert found.identity == table().identity
    assert is_valid_fault_table(found.signature, KEY, found.identity)
    assert [(each.number, str(each.status), each.url, each.explanation) for each in found.answers] == [
        (21, "mended", "https://a.cn/neu", ""),
        (22, "disputed", "", "标题对"),
    ]
    assert found.problems == ()


def test_the_signature_is_of_a_kind_of_its_own():
    identity = table().identity
    assert sign_fault_table(KEY, identity) != sign_fault_table(KEY, replace(identity, table=18))
    assert sign_fault_table(KEY, identity) != sign_fault_table(KEY, replace(identity, faults=identity.faults[:2]))


def test_a_later_table_of_the_same_month_has_a_name_of_its_own():
    first, later = (fault_table_name("市财政局", table().cycle, 17, first=each) for each in (True, False))
    assert (first, later) == ("市财政局_2026-11_整改链接表.xlsx", "市财政局_2026-11_整改链接表_17.xlsx")


CASES = [
    ("", "", ""),
    ("", "http://a.cn/x", ""),
    ("", "", "说明"),
    ("mended", "", ""),
    ("impossible", "", ""),
    ("impossible", "", "上级网站的"),
    ("disputed", "", "  "),
    ("mended", "www.a.cn/1", ""),
    ("mended", "ｈｔｔｐ：／／a.cn/1", ""),
    ("impossible", "见首页", "上级网站的"),
    ("", "见首页", ""),
]


def test_its_self_check_is_ours(office: Office, data: bytes, tmp_path: Path):
    path = tmp_path / "整改链接表.xlsx"
    path.write_bytes(data)
    with office.open(path) as document:
        for row, url in ((FIRST, "http://a.cn/1"), (FIRST + 2, "")):
            for status, new_url, explanation in CASES:
                chosen = word("fault_answer", status) if status else ""
                for key, value in (("status", chosen), ("new_url", new_url), ("explanation", explanation)):
                    document.set(SHEET.name, cell(key, row), value)
                document.recalculate()
                wanted = self_check(chosen, new_url, explanation, url=url)
                assert document.value(SHEET.name, cell("check", row)) == wanted, (status, new_url, explanation, url)
