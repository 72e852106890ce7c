"""What the office writes on 考核评分 and 整改台账: taken into the ledger or kept, once, whatever happens in between."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind, Rectification, RectificationNote
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult, consolidate
from zwgk_excel.workflow.escalation.office_notes import IN_TRACKER, new_text

pytestmark = pytest.mark.slow

TRACKER = layout("tracker")
TODAY, RAISED = date(2026, 12, 3), date(2026, 12, 1)


@pytest.fixture
def desk(sent: Desk) -> Desk:
    """December: November is over, and the finance bureau was summoned about it."""
    sent.now = datetime(2026, 12, 3, 9)
    with sent.open() as office:
        office.ledger.raise_rectifications(
            [
                Rectification(
                    "市财政局", CYCLE, EscalationLevel.SUPERVISE, RAISED, date(2026, 12, 20), evidence=("两项未报",)
                )
            ]
        )
    run(sent)
    return sent


def run(desk: Desk) -> ConsolidationResult:
    with desk.open() as office:
        return consolidate(office, as_of=None, who="科员")


def rows(desk: Desk, key: str) -> list[dict[str, Any]]:
    page = openpyxl.load_workbook(desk.root / TRACKER.file_name, data_only=True)[TRACKER[key].name]
    keys = [column.key for column in TRACKER[key]]
    every = page.iter_rows(min_row=FIRST_ROW + 1, max_col=len(keys), values_only=True)
    return [dict(zip(keys, row, strict=True)) for row in every]


def place(desk: Desk, key: str, **values: Any) -> int:
    return next(n for n, row in enumerate(rows(desk, key)) if all(row[k] == v for k, v in values.items()))


def type_in(desk: Desk, key: str, number: int, **typed: Any) -> None:
    path = desk.root / TRACKER.file_name
    book = openpyxl.load_workbook(path)
    for column, value in typed.items():
        book[TRACKER[key].name].cell(FIRST_ROW + 1 + number, TRACKER[key].index(column) + 1).value = value
    book.save(path)


def record(desk: Desk) -> Rectification:
    with desk.open() as office:
        (only,) = office.ledger.rectifications()
        return only


def test_measures_are_noted_for_the_day_and_only_once(desk: Desk):
    number = place(desk, "rectifications", number=1)
    assert rows(desk, "rectifications")[number]["evidence"] == "两项未报"
    type_in(desk, "rectifications", number, measures="已补报两项")
    before = (desk.root / TRACKER.file_name).read_bytes()
    run(desk)
    assert record(desk).measures == f"{TODAY} 已补报两项"
    assert rows(desk, "rectifications")[number]["measures"] == f"{TODAY} 已补报两项"
    # As after a run that was killed before it wrote the tracker.
    (desk.root / TRACKER.file_name).write_bytes(before)
    run(desk)
    assert record(desk).measures == f"{TODAY} 已补报两项"


def test_what_is_written_behind_the_old_words_is_the_new_note(desk: Desk):
    number = place(desk, "rectifications", number=1)
    type_in(desk, "rectifications", number, measures="已补报两项")
    run(desk)
    desk.now = datetime(2026, 12, 8, 9)
    shown = rows(desk, "rectifications")[number]["measures"]
    type_in(desk, "rectifications", number, measures=f"{shown}\n明确了专人")
    run(desk)
    assert record(desk).measures == f"{TODAY} 已补报两项\n2026-12-08 明确了专人"


def test_an_old_tracker_undoes_nothing(desk: Desk):
    with desk.open() as office:
        office.ledger.note(1, RectificationNote(NoteKind.MENDED, TODAY, "科长", "电话核实"))
        office.ledger.note(1, RectificationNote(NoteKind.CLOSED, TODAY, "科长", "整改到位"))
    run(desk)
    found = record(desk)
    assert (found.measures, found.closed_on, found.conclusion) == (f"{TODAY} 电话核实", TODAY, "整改到位")
    row = rows(desk, "rectifications")[place(desk, "rectifications", number=1)]
    assert (row["closed_on"].date(), row["state"]) == (TODAY, TRACKER.settings["rectifications"]["closed"])


def test_a_day_closes_the_matter(desk: Desk):
    type_in(desk, "rectifications", place(desk, "rectifications", number=1), closed_on=datetime(2026, 12, 2))
    assert run(desk).problems == ()
    found = record(desk)
    assert (found.closed_on, found.closed_by, found.conclusion) == (date(2026, 12, 2), "科员", IN_TRACKER)


def test_no_matter_is_closed_before_it_was_raised(desk: Desk):
    number = place(desk, "rectifications", number=1)
    type_in(desk, "rectifications", number, closed_on=datetime(2026, 11, 30))
    (found,) = run(desk).problems
    letters = openpyxl.utils.get_column_letter(TRACKER["rectifications"].index("closed_on") + 1)
    assert (found.code, found.place.cell) == ("rectification_day", f"{letters}{FIRST_ROW + 1 + number}")
    assert record(desk).is_open


def test_what_is_not_raised_cannot_be_closed_and_keeps_its_words(desk: Desk):
    number = place(desk, "rectifications", number=None)
    type_in(desk, "rectifications", number, measures="先约谈提醒", closed_on=datetime(2026, 12, 2))
    assert [each.code for each in run(desk).problems] == ["rectification_not_raised"]
    row = rows(desk, "rectifications")[number]
    assert (row["measures"], row["closed_on"]) == ("先约谈提醒", None)


def test_scores_of_the_month_with_remarks_survive_consolidation_and_closing(desk: Desk):
    number = place(desk, "scores", unit="市财政局", rule=word("rule", "missing"))
    type_in(desk, "scores", number, remark="已约谈")
    run(desk)
    before = rows(desk, "scores")[number]
    assert (before["remark"], before["points"]) == ("已约谈", -5)
    with desk.open() as office:
        close(office, CYCLE, as_of=TODAY, who="科长")
    run(desk)
    assert rows(desk, "scores")[number] == before
    page = openpyxl.load_workbook(desk.root / TRACKER.file_name)[TRACKER["scores"].name]
    assert page.cell(FIRST_ROW + 1 + number, TRACKER["scores"].index("score") + 1).data_type == "n"


@pytest.mark.parametrize(
    ("typed", "known", "new"),
    [
        ("已整改", "", "已整改"),
        ("", "2026-12-03 已整改", ""),
        ("已整改", "2026-12-03 已整改", ""),
        ("2026-12-03 甲\n乙", "2026-12-03 甲", "乙"),
        ("2026-12-03 甲", "2026-12-03 甲\n2026-12-08 乙", ""),
        ("另写一句", "2026-12-03 甲", "另写一句"),
    ],
)
def test_new_words(typed: str, known: str, new: str):
    assert new_text(typed, known) == new


def test_what_was_undone_since_is_not_noted_again(desk: Desk):
    number = place(desk, "rectifications", number=1)
    type_in(desk, "rectifications", number, measures="已补报两项", closed_on=datetime(2026, 12, 2))
    run(desk)
    with desk.open() as office:
        noted, closing = (each.number for each in office.ledger.acts()[-2:])
        for act in (closing, noted):
            undo(office, act, who="科长", reason="填错了行")
    run(desk)
    assert (record(desk).is_open, record(desk).measures) == (True, "")
    row = rows(desk, "rectifications")[number]
    assert (row["measures"], row["closed_on"]) == (None, None)
    # Typed again where it is gone, it is meant.
    type_in(desk, "rectifications", number, closed_on=datetime(2026, 12, 2))
    run(desk)
    assert record(desk).closed_on == date(2026, 12, 2)


def test_what_is_written_behind_undone_words_is_taken_alone(desk: Desk):
    number = place(desk, "rectifications", number=1)
    type_in(desk, "rectifications", number, measures="已补报两项")
    run(desk)
    shown = rows(desk, "rectifications")[number]["measures"]
    with desk.open() as office:
        undo(office, office.ledger.acts()[-1].number, who="科长", reason="填错了行")
    type_in(desk, "rectifications", number, measures=f"{shown}\n明确了专人")
    run(desk)
    assert record(desk).measures == f"{TODAY} 明确了专人"
