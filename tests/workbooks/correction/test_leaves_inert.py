"""What is sent back acts on nobody's computer: whatever a return holds, its copy has only what does nothing."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ooxml import VERSIONS, validate_all
from tests.workbooks.correction.active_parts import FORMULAS, ITEMS, KINDS, TASKS, Parts, edit
from tests.workbooks.correction.marked import ITEMS as ITEM_SHEET
from tests.workbooks.correction.marked import MARKUP, PROBLEMS, opened, parts
from tests.workbooks.correction.marked import TASKS as TASK_SHEET
from tests.workbooks.correction.test_what_stays import busy_book, busy_problems
from tests.workbooks.correction.walker import active
from tests.workbooks.sheets import zipped
from tests.xlsx_lint import lint
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.correction.mark_up import correction_copy

REMOVED = layout("markup").settings["removed"]


@pytest.fixture(scope="module")
def returned(returned: bytes) -> bytes:
    """The return without the rows below those that are filled in, which take a second for each copy."""
    content = parts(returned)
    content[ITEMS] = re.sub(rb'<row r="(?:[5-9]\d|\d{3,})".*?</row>', b"", content[ITEMS])
    return zipped(content)


def acting(returned: bytes, *kinds: str) -> bytes:
    """The return with parts that act."""
    content: Parts = dict(parts(returned))
    for each in kinds:
        KINDS[each](content)
    return zipped(content)


def told(data: bytes) -> str:
    return str(opened(data)[MARKUP.name]["A2"].value)


def test_the_walker_sees_each_kind(returned):
    assert active(correction_copy(returned, PROBLEMS)) == []
    for name in KINDS:
        assert len(active(acting(returned, name))) > len(active(returned)), name


@pytest.mark.parametrize("name", KINDS)
def test_nothing_that_acts_is_sent_back(returned, name):
    data = correction_copy(acting(returned, name), PROBLEMS)
    assert active(data) == []
    assert PROBLEMS[1].found.encode() in b"".join(part for path, part in parts(data).items() if "comments" in path)


def test_all_kinds_at_once_leave_a_sound_workbook(returned, tmp_path):
    data = correction_copy(acting(returned, *KINDS), PROBLEMS)
    assert active(data) == []
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert lint(path) == []
    assert validate_all([path], VERSIONS) == {}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), unique=True, min_size=2))
def test_any_mixture_in_any_order(returned, kinds):
    once = correction_copy(acting(returned, *kinds), PROBLEMS)
    assert active(once) == []
    assert active(correction_copy(once, PROBLEMS[:1])) == []


def test_workbooks_of_other_programs():
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = '=WEBSERVICE("http://evil.example")'
    book.active["A2"].hyperlink = "http://evil.example/"
    book.active.add_data_validation(openpyxl.worksheet.datavalidation.DataValidation("custom", formula1="=NOW()>1"))
    book.defined_names["x"] = openpyxl.workbook.defined_name.DefinedName("x", attr_text='INDIRECT("A1")')
    book.create_chartsheet("图表")
    book.save(stream)
    for data in (stream.getvalue(), busy_book()):
        assert active(correction_copy(data, busy_problems("B2"))) == []


def test_a_formula_of_the_unit_is_its_value(returned):
    page = opened(correction_copy(acting(returned, "formulas_of_its_own", "formulas_for_many_cells"), PROBLEMS))
    cells = [page[ITEM_SHEET][f"S{20_000 + number}"] for number in range(1, len(FORMULAS) + 1)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("7", "s")] * len(FORMULAS)
    assert [page[ITEM_SHEET][cell].value for cell in ("T20101", "U20102", "U20103", "V20104")] == ["7"] * 4


def test_a_name_of_ours_that_is_another_takes_its_formulas_with_it(returned):
    data = correction_copy(acting(returned, "our_name_made_another"), PROBLEMS)
    assert "zwgk_item_check" not in opened(data).defined_names
    page = opened(data)[ITEM_SHEET]
    check = layout("report")["items"].index("check") + 1
    assert page.cell(6, check).data_type != "f"
    assert opened(data)[TASK_SHEET].cell(4, layout("report")["tasks"].index("check") + 1).data_type == "f"


def test_our_formulas_stay_wherever_they_are_and_however_they_are_written(returned):
    content = dict(parts(returned))
    text = content[TASKS].decode()
    # As Excel and LibreOffice write the same, and with a row more than there was.
    moved = text.replace("'信息明细'!", "信息明细!").replace("$A$20003", "$A$20004")
    moved = moved.replace("LEFT(K4,1)", 'LEFT(K4,LEN("√"))')
    assert moved != text
    content[TASKS] = moved.encode()
    before, after = opened(zipped(content))[TASK_SHEET], correction_copy(zipped(content), PROBLEMS)
    page = opened(after)[TASK_SHEET]
    formulas = [cell.value for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == [cell.value for row in before.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) == 12
    assert len(page.conditional_formatting) == len(before.conditional_formatting)
    assert not any(name in told(after) for name in REMOVED.values())


def test_lists_of_other_sheets_stay_as_a_later_excel_keeps_them(returned):
    """Excel moves a validation that refers to another sheet into an extension."""
    content = dict(parts(returned))
    space = (
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
    )
    rule = (
        '<x14:dataValidation type="list" allowBlank="1" showErrorMessage="1" error="请选择"><x14:formula1>'
        "<xm:f>字典!$H$2:$H$4</xm:f></x14:formula1><xm:sqref>H4:H9</xm:sqref></x14:dataValidation>"
    )
    ext = f'<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" {space}><x14:dataValidations count="1">{rule}'
    text = content[TASKS].decode()
    start, end = text.index("<dataValidations"), text.index("</dataValidations>") + len("</dataValidations>")
    content[TASKS] = (text[:start] + text[end:]).encode()
    edit(content, TASKS, "</worksheet>", f"<extLst>{ext}</x14:dataValidations></ext></extLst>")
    after = correction_copy(zipped(content), PROBLEMS)
    (kept,) = opened(after)[TASK_SHEET].data_validations.dataValidation
    assert (kept.type, str(kept.sqref), kept.formula1, kept.error) == ("list", "H4:H9", "字典!$H$2:$H$4", "请选择")
    assert active(after) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("formulas_of_its_own", {"formulas"}),
        ("links", {"links"}),
        ("connections", {"tables"}),
        ("links_to_other_workbooks", {"formulas", "outside"}),
        ("pivots", {"tables"}),
        ("macros", {"macros"}),
        ("objects", {"objects"}),
        ("pictures", {"pictures"}),
        ("rules", {"rules"}),
        ("rules_of_a_later_excel", {"rules"}),
        ("looks", set()),
        ("ribbon_and_panes", set()),
        ("settings_of_a_sheet", set()),
    ],
)
def test_the_first_sheet_says_what_its_unit_would_miss(returned, name, words):
    text = told(correction_copy(acting(returned, name), PROBLEMS))
    assert {key for key, word in REMOVED.items() if word in text} >= words
    if not words:
        assert not any(word in text for word in REMOVED.values())


def test_links_within_the_workbook_and_the_texts_of_others_stay(returned):
    before = acting(returned, "links")
    data = correction_copy(before, PROBLEMS)
    cover = opened(data)[layout("report")["cover"].name]
    assert [cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink] == [
        f"'{TASK_SHEET}'!A1",
        f"'{ITEM_SHEET}'!A1",
    ]
    assert not any(cell.hyperlink for row in opened(data)[ITEM_SHEET].iter_rows(max_row=40) for cell in row)


def test_a_comment_of_the_unit_gets_a_box_that_we_draw(returned):
    data = correction_copy(acting(returned, "buttons"), PROBLEMS)
    assert opened(data)[TASK_SHEET]["B4"].comment.text == "科员的批注"
    drawings = [part.decode() for name, part in parts(data).items() if name.endswith(".vml")]
    assert not any("Macro" in text or "imagedata" in text for text in drawings)
    assert ITEMS in parts(data)
