"""A tracker that still shows what was undone does not do it again; what is typed there afterwards counts."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest

from tests.workflow.consolidation.test_consolidating import cell, rows_of, run, type_in
from tests.workflow.desk import Desk
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.previous.office_input import LAST_ACT_KEY
from zwgk_excel.workflow.acts.undoing import undo

KEY = "D02/市财政局/2026-11"


@pytest.fixture
def desk(sent: Desk) -> Desk:
    """The office typed an extension and an opinion into the tracker of December."""
    sent.now = datetime(2026, 12, 3, 9)
    run(sent)
    type_in(sent, KEY, extended_to=datetime(2026, 12, 20), opinion="请核实")
    return sent


def kinds(desk: Desk) -> list[tuple[ActKind, ActSource]]:
    with desk.open() as office:
        return [(each.kind, each.source) for each in office.ledger.acts()][1:]


def undo_last(desk: Desk, back: int = 0) -> None:
    with desk.open() as office:
        undo(office, office.ledger.acts()[-1 - back].number, who="李强", reason="填错了行")


EXTENSION, OPINION = (ActKind.EXTEND, ActSource.TRACKER), (ActKind.OPINION, ActSource.TRACKER)
UNDONE = ActKind.UNDO, ActSource.COMMAND


def test_each_cell_is_undone_alone_and_stays_so(desk: Desk) -> None:
    run(desk)
    assert kinds(desk) == [EXTENSION, OPINION]
    undo_last(desk, back=1)
    run(desk)
    assert kinds(desk) == [EXTENSION, OPINION, UNDONE]
    assert (cell(desk, KEY, "extended_to"), cell(desk, KEY, "opinion")) == (None, "请核实")


def test_typed_again_afterwards_it_is_a_new_act(desk: Desk) -> None:
    run(desk)
    undo_last(desk, back=1)
    run(desk)
    type_in(desk, KEY, extended_to=datetime(2026, 12, 20))
    run(desk)
    assert kinds(desk) == [EXTENSION, OPINION, UNDONE, EXTENSION]
    assert cell(desk, KEY, "extended_to") == datetime(2026, 12, 20)


def test_undone_before_the_tracker_was_written_at_all(desk: Desk) -> None:
    """The run that took the cells in was killed before it wrote the tracker; then somebody undid one."""
    typed = (desk.root / "总台账.xlsx").read_bytes()
    run(desk)
    (desk.root / "总台账.xlsx").write_bytes(typed)
    undo_last(desk, back=1)
    run(desk)
    assert kinds(desk) == [EXTENSION, OPINION, UNDONE]
    assert cell(desk, KEY, "extended_to") is None


def test_the_sheet_lists_every_act_the_newest_first(desk: Desk) -> None:
    run(desk)
    undo_last(desk)
    run(desk)
    shape = layout("tracker")["acts"]
    page = openpyxl.load_workbook(desk.root / "总台账.xlsx", data_only=True)[shape.name]
    rows = [row for row in page.iter_rows(values_only=True) if isinstance(row[0], int)]
    keys = ("number", "act", "cycle", "unit", "subject", "change", "who", "reason", "source", "undone_by")
    found = [tuple(row[shape.index(key)] for key in keys) for row in rows]
    month, unit = "2026-11", "市财政局"
    undone = "撤销第 3 号（填写意见）：D02"
    assert found == [
        (4, "撤销", month, unit, undone, "清除（原为“请核实”）", "李强", "填错了行", "命令", None),
        (3, "填写意见", month, unit, "D02", "请核实", "科员", None, "总台账", 4),
        (2, "延期", month, unit, "D02", "延期至 2026-12-20", "科员", "请核实", "总台账", None),
        (1, "下发", month, None, None, None, "未署名", None, "命令", None),
    ]


def test_a_tracker_of_an_earlier_version_is_taken_as_it_is(desk: Desk) -> None:
    path = desk.root / "总台账.xlsx"
    book = openpyxl.load_workbook(path)
    identity = book[layout("tracker")["identity"].name]
    (number,) = (row[0].row for row in identity.iter_rows() if row[0].value == LAST_ACT_KEY)
    identity.delete_rows(number)
    del book[layout("tracker")["acts"].name]
    book.save(path)
    run(desk)
    assert kinds(desk) == [EXTENSION, OPINION]
    assert rows_of(desk)[KEY]
