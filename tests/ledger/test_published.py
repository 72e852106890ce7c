"""The website's own list in the ledger: appended by acts, the last in force counts; what workbooks went out with."""

from dataclasses import replace
from datetime import date, datetime

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.domain.published import PublishedItem, PublishedSpan
from zwgk_excel.ledger import Ledger, WorkbookRecord

NOVEMBER = Month(2026, 11)
ITEM = PublishedItem(
    "标题\x00“引号”",
    date(2026, 11, 3),
    "http://a.cn/一",
    "政务公开>政府采购",
    "财政局",
    "冶财〔2026〕1号",
    date(2026, 11, 1),
    "市财政局",
    ("D02", "D05"),
    "清单.xlsx!Sheet1!A5",
    "财政局|a.cn/一",
)
SPAN = PublishedSpan(date(2026, 11, 1), date(2026, 11, 30), ("市财政局",))
TOLD = Change("清单.xlsx", "", "新增 1 条")
BY = {"who": "李强", "reason": "导错了"}


def test_kept_as_it_was_with_what_it_covers(ledger: Ledger) -> None:
    bare = PublishedItem("只有标题", date(2026, 11, 4), key="|只有标题|2026-11-04")
    partly = replace(SPAN, duties=("D02",), units=(), files=(("清单.xlsx", "ab" * 32), ("二.csv", "cd" * 32)))
    assert ledger.import_published([ITEM, bare], SPAN, TOLD, who="王芳") == 1
    assert ledger.import_published([], partly, TOLD, who="") == 2
    found = ledger.published()
    assert found.items == (ITEM, bare)
    assert [replace(each, at=None) for each in found.spans] == [SPAN, partly]
    assert all(isinstance(each.at, datetime) for each in found.spans)


def test_the_last_import_in_force_counts_and_each_can_be_undone(ledger: Ledger) -> None:
    later = replace(ITEM, title="更正后的标题", source="十二月.xlsx!Sheet1!A2")
    first = ledger.import_published([ITEM], SPAN, TOLD, who="王芳")
    second = ledger.import_published([later], SPAN, TOLD, who="王芳")
    assert ledger.published().items == (later,)
    assert ledger.published(shown=first).items == (ITEM,)
    undoing = ledger.undo(second, **BY)
    assert (ledger.published().items, len(ledger.published().spans)) == ((ITEM,), 1)
    assert ledger.published(shown=second).items == (later,)  # as it was known then
    ledger.undo(first, **BY)
    assert ledger.published().items == ()
    ledger.undo(undoing.number, **BY)
    assert ledger.published().items == (later,)


def test_what_a_workbook_went_out_with(ledger: Ledger) -> None:
    rows = (
        PrefilledRow("D02 政府采购", "采购公告", date(2026, 11, 3), "http://a.cn/1", "文号", date(2026, 11, 1), "预填"),
        PrefilledRow("D05 公告", "只有标题", date(2026, 11, 4)),
    )
    record = WorkbookRecord(NOVEMBER, "市财政局", "ab", date(2026, 11, 2), "发件箱/a.xlsx", "cd", 2, rows)
    plain = replace(record, unit="市教育局", prefilled=())
    ledger.record_workbooks([record, plain])
    assert ledger.workbooks(NOVEMBER) == {"市财政局": record, "市教育局": plain}
