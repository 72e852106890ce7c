"""Marked up once more: the earlier marks go, what people added stays."""

from __future__ import annotations

import io

import xlsxwriter
from lxml import etree

from tests.workbooks.correction.marked import (
    AMBER,
    END,
    FIRST,
    ITEMS,
    MARKUP,
    PROBLEMS,
    REVIEWER,
    START,
    TASKS,
    VANISHED,
    look,
    opened,
    parts,
)
from tests.workbooks.sheets import zipped
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, sheets_of
from zwgk_excel.workbooks.report.fill_in import type_into


def test_a_second_mark_up_takes_the_first_away(returned, marked):
    again = opened(correction_copy(marked, [REVIEWER]))
    assert again.sheetnames == opened(marked).sheetnames
    before = opened(returned)
    for cell in ("F5", "G5"):
        assert again[ITEMS][cell].comment is None
        assert look(again[ITEMS][cell]) == look(before[ITEMS][cell])
        assert again[ITEMS][cell].protection.locked is False
    assert look(again[ITEMS]["L7"]) == (AMBER, "mediumDashed")
    assert again[ITEMS]["L7"].comment.text.count(START) == 1
    (line,) = again.worksheets[0].iter_rows(min_row=FIRST, values_only=True)
    assert line[MARKUP.index("found")] == REVIEWER.found


def formats(data: bytes, sheet: str) -> list[str | None]:
    """The format of every cell of a sheet, by its number."""
    package = OoxmlPackage(data)
    (part,) = (each.part for each in sheets_of(package) if each.name == sheet)
    return [cell.get("s") for cell in etree.fromstring(package.parts[part]).iter("{*}c")]


def test_no_problem_left_leaves_no_mark(returned, marked):
    clean = correction_copy(marked, [])
    styles = etree.fromstring(parts(clean)["xl/styles.xml"])
    old = etree.fromstring(parts(returned)["xl/styles.xml"])
    count = len(old.find("{*}cellXfs"))
    # Cells have the very formats they had, not others that look alike.
    for name in (TASKS, ITEMS):
        used = formats(clean, name)
        assert used == formats(returned, name)
        assert max(int(number) for number in used if number) < count
    assert len(styles.find("{*}cellXfs")) > count
    assert not any(cell.comment for row in opened(clean)[ITEMS].iter_rows(max_row=20) for cell in row)


def test_marking_up_twice_is_marking_up_once(returned, marked):
    again = correction_copy(marked, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办")
    assert correction_copy(returned, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办") == marked
    thrice = correction_copy(again, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办")
    assert parts(thrice)["xl/styles.xml"] == parts(again)["xl/styles.xml"]
    assert {name: len(part) for name, part in parts(thrice).items()} == {
        name: len(part) for name, part in parts(again).items()
    }


def test_what_the_officer_adds_to_our_comment_stays(marked):
    part = "xl/comments2.xml"
    text = parts(marked)[part].decode()
    assert text.count(END) == 3
    edited = zipped({**parts(marked), part: text.replace(END, f"{END}\n已与网站核对", 1)})
    page = opened(correction_copy(edited, []))[ITEMS]
    assert page["F5"].comment.text.strip() == "已与网站核对"


def test_a_sheet_of_the_unit_with_our_name_stays():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet(MARKUP.name).write("A1", "本单位自己的")
    book = opened(correction_copy(stream.getvalue(), [VANISHED]))
    assert book.sheetnames == [f"{MARKUP.name}2", MARKUP.name]
    assert book[MARKUP.name]["A1"].value == "本单位自己的"
    again = opened(correction_copy(correction_copy(stream.getvalue(), [VANISHED]), [VANISHED]))
    assert again.sheetnames == [f"{MARKUP.name}2", MARKUP.name]


def test_cells_typed_into_the_mark_up_are_read(marked):
    corrected = type_into(marked, {ITEMS: {"F5": "2026-11-05"}})
    assert opened(corrected)[ITEMS]["F5"].value == "2026-11-05"
