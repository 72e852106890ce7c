"""A backup is the copied folder: the workspace is lost, restored elsewhere, and the next months go on from it."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, Desk, item
from tests.workflow.month import LATER
from tests.workflow.two_months import JOB, OCTOBER, two_months
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.extend_and_waive import waive
from zwgk_excel.workflow.errors import UntrustedWorkspaceError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.tracking.statuses import office_statuses

pytestmark = pytest.mark.slow
LOST = datetime(2026, 12, 5, 9)
IN_JANUARY = datetime(2027, 1, 4, 9)
TRACKING = layout("tracker")["tracking"]
MINE = "我的列"
UNPROVED = {"identity_missing", "identity_forged", "identity_foreign"}
"""Problems of a workbook whose signature does not fit the ledger's key."""


def everything(desk: Desk, as_of: date = LATER.date()) -> dict[str, Any]:
    """What the records say as of a day: acts, receipts with their files, statuses, scores, what October closed with."""
    with desk.open() as office:
        found = office_statuses(office, as_of)
        return {
            "acts": office.ledger.acts(),
            "receipts": found.receipts,
            "contents": {each.file: (desk.root / each.file).read_bytes() for each in found.receipts},
            "statuses": found.rows,
            "scores": assess(office, Period.month(CYCLE), as_of, found).scores,
            "closed": office.ledger.snapshot(OCTOBER),
        }


def codes(receipt: Receipt) -> set[str]:
    """The codes of its problems."""
    return {each.code for each in receipt.problems}


def write_into_tracker(desk: Desk) -> None:
    """A column of the office's own."""
    book = openpyxl.load_workbook(desk.root / layout("tracker").file_name)
    page = book[TRACKING.name]
    header = next(row[0].row for row in page.iter_rows() if TRACKING.heading("duty") in [cell.value for cell in row])
    column = len(TRACKING.columns) + 1
    page.cell(header, column, MINE)
    page.cell(header + 1, column, "电话问过")
    table = page.tables[TRACKING.table]
    table.tableColumns.append(type(table.tableColumns[0])(id=column, name=MINE))
    table.ref = f"A{header}:{page.cell(page.max_row, column).coordinate}"
    book.save(desk.root / layout("tracker").file_name)


def written(desk: Desk) -> list[Any]:
    """What stands in the column of the office's own, without empty cells."""
    page = openpyxl.load_workbook(desk.root / layout("tracker").file_name)[TRACKING.name]
    column = len(TRACKING.columns) + 1
    return [cell.value for (cell,) in page.iter_rows(min_col=column, max_col=column) if cell.value]


def test_a_workspace_that_was_lost_goes_on_from_its_backup(tmp_path: Path):
    desk = two_months(tmp_path / "旧电脑")
    with desk.open() as office:
        consolidate(office, as_of=None, who="科员")
    write_into_tracker(desk)
    before = everything(desk)
    backup = shutil.copytree(desk.root, tmp_path / "移动硬盘/备份 12-03")

    # Since then a return has come and something was decided; both are lost with the disk, as is the old folder.
    unsent = desk.reply("金湖街道", "金湖.xlsx", items=[item("D24 基层信息公开")])
    desk.now = LOST
    with desk.open() as office:
        receive(office, [unsent], received_at=datetime(2026, 12, 4, 9))
        waive(office, CYCLE, "市人社局", ["D04"], cancel=False, **JOB)
    shutil.rmtree(tmp_path / "旧电脑/工作区")

    # Elsewhere, under another name, it is trusted only when somebody says so; then all is as it was.
    root = tmp_path / "新电脑/政务公开 恢复"
    shutil.copytree(backup, root)
    with pytest.raises(UntrustedWorkspaceError), open_office(root):
        pass
    restored = Desk(root, LOST)  # which trusts it
    assert everything(restored) == before
    assert before["closed"]
    assert written(restored) == [MINE, "电话问过"]

    # The mail is still there: the return comes again. Its workbook was signed with the key that the backup holds.
    with restored.open() as office:
        (again,) = receive(office, [unsent], received_at=datetime(2026, 12, 4, 9))
    assert (again.unit, str(again.verdict), not codes(again) & UNPROVED) == ("金湖街道", "accepted", True)

    # The next month: issued, answered, consolidated; November is closed. What October was closed with stays.
    with restored.open() as office:
        generate(office, CYCLE + 1, as_of=LOST.date())
    december = restored.reply("市财政局", "十二月.xlsx", items=[item("D02 政府采购")], cycle=CYCLE + 1)
    restored.now = IN_JANUARY
    with restored.open() as office:
        (next_one,) = receive(office, [december], received_at=datetime(2026, 12, 20, 9))
        close(office, CYCLE, as_of=IN_JANUARY.date(), who="科长")
        consolidate(office, as_of=None, who="科员")
    assert not codes(next_one) & UNPROVED
    now = everything(restored, IN_JANUARY.date())
    assert now["closed"] == before["closed"]
    assert [act for act in now["acts"] if act in before["acts"]] == [*before["acts"]]
    assert now["contents"].items() >= before["contents"].items()
    assert "电话问过" in written(restored)
