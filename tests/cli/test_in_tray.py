"""待处理 in the closed tracker: filled in Excel or WPS, carried out by ``zwgk consolidate``."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, Desk, item, nil
from tests.workflow.in_tray.sheet import HEADER, SHEET, fill, offered, table, tracker
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = pytest.mark.slow
FIRST, SECOND = "收件 1", "收件 2"


@pytest.fixture
def waiting(desk: Desk, december: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two returns of 市财政局 without their hidden sheet wait, and the tracker says so."""
    monkeypatch.setenv("ZWGK_WHO", "王敏")
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    for number, name in enumerate(("市财政局.xlsx", "不知是谁.xlsx"), 1):
        path = desk.reply("市财政局", name, answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购", number)])
        book = openpyxl.load_workbook(path)
        del book["_zwgk"]
        book.save(desk.root / "收件箱" / name)
    desk.now = datetime(2026, 11, 28, 9)
    with desk.open() as office:
        consolidate(office, as_of=desk.now.date(), who="王敏")
    return desk


def overview(desk: Desk) -> list[object]:
    """What stands on the first sheet, formulas as what they came to when it was written."""
    page = openpyxl.load_workbook(tracker(desk), data_only=True).worksheets[0]
    return [cell.value for row in page.iter_rows(max_row=5) for cell in row]


def test_a_month_of_files_is_settled_in_the_sheet(waiting: Desk, zwgk):
    shown = table(waiting)
    assert set(shown) == {FIRST, SECOND}
    assert all((row["unit"], row["month"], row["choice"]) == ("市财政局", "2026-11", None) for row in shown.values())
    assert offered(waiting, FIRST) == ["认定", "认定（不论标记）", "作废"]
    assert "待处理 2 项 →" in overview(waiting)
    fill(waiting, FIRST, choice="认定")
    fill(waiting, SECOND, choice="作废", unit="市才政局")
    _, out = zwgk("consolidate", "--as-of", "2026-11-28")
    assert "已办理  待核实的文件：收件 1：认定为 市财政局 2026-11" in out
    assert "已办理  待核实的文件：收件 2：作废" in out
    assert "待处理" not in out.replace("待处理的", "")
    assert list(table(waiting)) == ["没有待处理的事项"]
    assert "没有待处理" in overview(waiting)
    with waiting.open() as office:
        acts = office.ledger.acts()[-2:]
    # Which of two files came first, their times say, and they may be those of one second.
    assert {(each.kind, each.source, each.who) for each in acts} == {
        (ActKind.ASSIGN, ActSource.TRACKER, "王敏"),
        (ActKind.SET_ASIDE, ActSource.TRACKER, "王敏"),
    }


def test_what_fails_stays_with_its_reason_and_is_told_on_every_run(waiting: Desk, zwgk):
    fill(waiting, FIRST, choice="认定", unit="市才政局")
    fill(waiting, SECOND, choice="结账", month="2026年11月", reason="看错行了")
    for _ in range(2):
        code, out = zwgk("consolidate", "--as-of", "2026-11-28")
        assert code == 1
        assert "是不是“市财政局”" in out
        assert f"{SHEET.name}!G" in out
        rows = table(waiting)
        assert (rows[FIRST]["choice"], rows[FIRST]["unit"]) == ("认定", "市才政局")
        assert "没有办成“认定”" in rows[FIRST]["result"]
        assert (rows[SECOND]["choice"], rows[SECOND]["month"]) == ("结账", "2026年11月")
        assert rows[SECOND]["reason"] == "看错行了"
        assert "应为认定、认定（不论标记）、作废" in rows[SECOND]["result"]
    fill(waiting, FIRST, unit="财政局市", choice=None)  # taken back
    _, told = zwgk("consolidate", "--as-of", "2026-11-28", "--json")
    assert (told["handled"], told["waiting"]) == ([], 2)
    rows = table(waiting)
    assert (rows[FIRST]["result"], rows[FIRST]["unit"]) == (None, "财政局市")


def test_rows_may_be_sorted_copied_and_deleted(waiting: Desk, zwgk):
    book = openpyxl.load_workbook(tracker(waiting))
    page = book[SHEET.name]
    first, second = ([cell.value for cell in page[HEADER + number]] for number in (1, 2))
    page.insert_rows(HEADER + 1)
    first[SHEET.index("choice")] = "作废"
    turned = (second, first, first)
    for number, values in enumerate(turned, HEADER + 1):
        for column, value in enumerate(values, 1):
            page.cell(number, column).value = value
    book.save(tracker(waiting))
    _, out = zwgk("consolidate", "--as-of", "2026-11-28")
    assert out.count("已办理") == 1
    assert list(table(waiting)) == [second[SHEET.index("subject")]]
    book = openpyxl.load_workbook(tracker(waiting))
    book[SHEET.name].delete_rows(HEADER + 1)
    book.save(tracker(waiting))
    zwgk("consolidate", "--as-of", "2026-11-28")
    assert list(table(waiting)) == [second[SHEET.index("subject")]]


def test_a_tracker_without_the_sheet_gets_it(waiting: Desk, zwgk):
    book = openpyxl.load_workbook(tracker(waiting))
    del book[SHEET.name]
    book.save(tracker(waiting))
    zwgk("consolidate", "--as-of", "2026-11-28")
    assert set(table(waiting)) == {FIRST, SECOND}


def test_what_was_done_before_the_run_was_killed_is_not_done_again(waiting: Desk, zwgk):
    fill(waiting, FIRST, choice="认定")
    filled = tracker(waiting).read_bytes()
    zwgk("consolidate", "--as-of", "2026-11-28")
    with waiting.open() as office:
        done = len(office.ledger.acts())
    tracker(waiting).write_bytes(filled)  # as a run leaves it that dies before the tracker is written
    _, out = zwgk("consolidate", "--as-of", "2026-11-28")
    assert "已不在待处理之列，所填“认定”没有再办" in out
    with waiting.open() as office:
        assert len(office.ledger.acts()) == done
    assert list(table(waiting)) == [SECOND]
