"""What the unit sees on its cells: fill, frame and comment."""

from __future__ import annotations

from tests.workbooks.correction.marked import (
    AMBER,
    DATE,
    ITEMS,
    LINK,
    NOTE,
    PROBLEMS,
    RED,
    STATEMENT,
    TASKS,
    look,
    opened,
)
from zwgk_excel.layout.words import word


def test_cells_are_marked_by_fill_and_by_frame(returned, marked):
    before, after = opened(returned), opened(marked)
    for each in (DATE, LINK, STATEMENT):
        assert look(after[each.place.sheet][each.place.cell]) == (RED, "medium")
    assert look(after[ITEMS]["L7"]) == (AMBER, "mediumDashed")
    for sheet in (ITEMS, TASKS):
        changed = {
            cell.coordinate
            for row in after[sheet].iter_rows(max_row=20)
            for cell in row
            if look(cell) != look(before[sheet][cell.coordinate])
        }
        assert changed == {p.place.cell for p in PROBLEMS if p.place.sheet == sheet and p is not NOTE}


def test_a_mark_keeps_the_number_format_protection_and_alignment(returned, marked):
    for cell in ("F5", "G5", "L7"):
        before, after = opened(returned)[ITEMS][cell], opened(marked)[ITEMS][cell]
        assert after.number_format == before.number_format
        assert after.protection.locked is before.protection.locked is False
        assert (after.alignment.wrap_text, after.alignment.horizontal) == (
            before.alignment.wrap_text,
            before.alignment.horizontal,
        )
        assert repr(after.font) == repr(before.font)


def test_comments_say_what_is_expected(marked):
    comment = opened(marked)[ITEMS]["F5"].comment
    assert comment.author == "大冶市公开办"
    assert all(text in comment.text for text in (DATE.found, DATE.expected, DATE.action, word("severity", "error")))
    assert comment.width > 100
    commented = [cell.coordinate for row in opened(marked)[ITEMS].iter_rows() for cell in row if cell.comment]
    assert commented == ["F5", "G5", "L7"]
