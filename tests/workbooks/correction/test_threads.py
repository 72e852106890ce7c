"""Threaded comments of a return become notes in the copy that goes back: no program writes over our remark there."""

from __future__ import annotations

import re

import pytest

from tests.ooxml import validate_all
from tests.workbooks.correction.marked import DATE, END, ITEMS, START, opened
from tests.workbooks.tracker.previous.office_parts import SHADOW, edit, noted, thread_on
from zwgk_excel.workbooks.correction.mark_up import NotEditableError, correction_copy

SAID = "办公室甲 2026-11-19：周五才上网\n办公室甲 2026-11-20：知道了"


def threaded(data: bytes, cell: str = "F5", text: str = SHADOW):
    """A return with a thread on a cell, as Excel saves it."""
    made = edit(noted(data, ITEMS, cell, text))
    thread_on(made, ITEMS, cell)
    return made


def part_of(made, word: str) -> str:
    return next(name for name in made.package.parts if word in name)


@pytest.mark.parametrize(
    "text",
    [SHADOW, "[Threaded comment]\n\nYour version … https://go.microsoft.com/fwlink/?linkid=1\n\nComment:\n    a"],
)
def test_a_thread_and_our_remark_stand_in_one_note(returned: bytes, tmp_path, text: str):
    marked = correction_copy(threaded(returned, text=text).write(), [DATE])
    note = opened(marked)[ITEMS]["F5"].comment
    assert note.text.startswith(f"{SAID}\n{START}")
    assert note.text.endswith(END)
    assert note.author == "办公室甲"
    again = opened(correction_copy(marked, []))[ITEMS]["F5"].comment
    assert again.text == SAID, "our remark goes, theirs stays"
    (tmp_path / "marked.xlsx").write_bytes(marked)
    # The sample is saved by openpyxl, whose fonts the validator does not like.
    found = validate_all([tmp_path / "marked.xlsx"], ["Office2010", "Microsoft365"])
    assert [each for errors in found.values() for each in errors if not each.startswith("/xl/styles.xml")] == []


def test_a_thread_that_its_program_left_without_a_note_is_not_lost(returned: bytes):
    made = threaded(returned)
    part = part_of(made, "comment")
    comments = next(name for name in made.package.parts if re.search(r"xl/(?:comments/)?comment[^/]*\.xml$", name))
    made.package.parts[comments] = re.sub(rb"<comment [\s\S]*?</comment>", b"", made.package.parts[comments])
    assert part
    assert opened(correction_copy(made.write(), []))[ITEMS]["F5"].comment.text == SAID


def test_a_note_whose_thread_another_program_dropped_reads_as_what_was_said(returned: bytes):
    made = threaded(returned)
    page = made.part_of(ITEMS)
    made.package.remove(part_of(made, "threadedComments/"))
    made.package.set_relations(page, [r for r in made.package.relations(page) if r.type != "threadedComment"])
    note = opened(correction_copy(made.write(), []))[ITEMS]["F5"].comment
    assert note.text == "周五才上网\n答复:\n    知道了"


@pytest.mark.parametrize("cell", ["ZZZ99999999", "A1:B2", "", "x"])
def test_a_thread_on_no_cell_is_left_out(returned: bytes, cell: str):
    made = threaded(returned)
    part = part_of(made, "threadedComments/")
    comments = next(name for name in made.package.parts if re.search(r"xl/(?:comments/)?comment[^/]*\.xml$", name))
    made.package.parts[comments] = re.sub(rb"<comment [\s\S]*?</comment>", b"", made.package.parts[comments])
    made.package.parts[part] = made.package.parts[part].replace(b'ref="F5"', f'ref="{cell}"'.encode())
    assert opened(correction_copy(made.write(), []))[ITEMS]["F5"].comment is None


def test_a_damaged_thread_makes_a_file_that_is_only_listed(returned: bytes):
    made = threaded(returned)
    made.package.parts[part_of(made, "threadedComments/")] = b"<ThreadedComments"
    with pytest.raises(NotEditableError):
        correction_copy(made.write(), [DATE])


def test_nothing_of_threads_and_persons_goes_back(returned: bytes):
    package = edit(correction_copy(threaded(returned).write(), [DATE])).package
    assert [name for name in package.parts if "thread" in name or "person" in name] == []
