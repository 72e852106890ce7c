"""A month with the website's list: imported, prefilled, returned, reconciled, told, closed."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk, nil
from tests.workflow.published.exports import LAYOUTS, csv_export, row
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.reconciliation import Agreement, Difference
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workbooks.opening.open_book import CellValue, open_book
from zwgk_excel.workbooks.report.fill_in import InputValue
from zwgk_excel.workflow.assessment import close
from zwgk_excel.workflow.consolidation import consolidate
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.published import import_published, plan_import, reconciliation
from zwgk_excel.workflow.tracking import office_statuses

FINANCE, DECEMBER = "市财政局", Month(2026, 12)
NOVEMBER = ("D02", "2026-11")
FIRST, SECOND, THIRD = (row(number) for number in (1, 2, 3))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The 20th of November; nothing went out yet."""
    return Desk(new_desk(tmp_path).root, datetime(2026, 11, 20, 8))


def load(office: Office, path: Path, **options: object):
    return import_published(office, plan_import(office, [path], **options), who="王芳")  # type: ignore[arg-type]


def generated(office: Office, cycle: Month = CYCLE) -> dict[str, int]:
    return {each.unit: each.prefilled for each in generate(office, cycle, as_of=office.now().date()).workbooks}


def items_of(desk: Desk, unit: str, cycle: Month = CYCLE) -> list[list[CellValue]]:
    grid = open_book(desk.sent(unit, cycle).read_bytes(), "a.xlsx").grid("信息明细")
    assert grid is not None
    return [each for each in grid.rows[3:] if each[0]]


def test_a_workbook_goes_out_with_what_was_published_and_is_confirmed_row_by_row(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        load(office, csv_export(tmp_path / "清单.csv", [FIRST, SECOND, THIRD]))
        assert generated(office) == {"市政府办": 0, FINANCE: 3, "市人社局": 0, "金湖街道": 0}
    filled = items_of(desk, FINANCE)
    assert [(each[0], each[1], each[2], each[5], each[6]) for each in filled] == [
        ("D02 政府采购", title, None, day, link) for title, day, link, _, _ in (FIRST, SECOND, THIRD)
    ]
    # The first is completed, the second deleted, the third left as it was.
    whole = item("D02 政府采购")
    mine = {key: value for key, value in whole.items() if key not in {"task", "title", "published_on", "url"}}
    gone = dict.fromkeys(("task", "title", "published_on", "url", "remark"), "")
    answers: dict[tuple[str, str], dict[str, InputValue]] = {NOVEMBER: {"status": "已报送"}, ("D04", "2026-11"): nil()}
    reply = desk.reply(FINANCE, "回.xlsx", answers=answers, items=[mine, gone, {}])
    with desk.on(datetime(2026, 11, 20, 9)) as office:
        (receipt,) = receive(office, [reply])
        stored = office.ledger.receipts(unit=FINANCE)[0]
        assert (receipt.verdict, receipt.items) == (Verdict.ACCEPTED, 1)
        assert [(each.code, each.place.cell) for each in stored.problems] == [("prefilled_unconfirmed", "A6")]
        assert stored.content is not None
        assert [each.title for each in stored.content.items if each.valid] == [FIRST[0]]
        lines = reconciliation(office, CYCLE)
    assert {(each.agreement, each.published.title) for each in lines if each.published} == {
        (Agreement.SAME, FIRST[0]),
        (Agreement.UNREPORTED, SECOND[0]),
        (Agreement.UNREPORTED, THIRD[0]),
    }


def test_a_workbook_left_as_it_went_out_is_blank_and_no_storm_of_errors(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        load(office, csv_export(tmp_path / "清单.csv", map(row, range(30))))
        generated(office)
    reply = desk.reply(FINANCE, "回.xlsx", items=[])
    with desk.on(datetime(2026, 11, 20, 9)) as office:
        (receipt,) = receive(office, [reply])
    assert receipt.items == 0
    assert {each.code for each in receipt.problems} == {"report_untouched", "prefilled_unconfirmed"}


def test_a_row_that_was_begun_is_the_units_own_and_what_it_lacks_is_told(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        load(office, csv_export(tmp_path / "清单.csv", [FIRST]))
        generated(office)
    reply = desk.reply(FINANCE, "回.xlsx", items=[{"type": "通知公告"}])
    with desk.on(datetime(2026, 11, 20, 9)) as office:
        (receipt,) = receive(office, [reply])
    assert receipt.items == 1
    assert "item_field_missing" in {each.code for each in receipt.problems}


def test_without_an_export_the_workbooks_are_the_same_to_the_byte(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        generated(office)
        before = {unit.name: desk.sent(unit.name).read_bytes() for unit in office.roster}
        load(office, csv_export(tmp_path / "清单.csv", [FIRST]))
        assert generated(office) == dict.fromkeys(before, 0)  # what went out stays, whatever is imported later
        assert {name: desk.sent(name).read_bytes() for name in before} == before
        desk.sent(FINANCE).unlink()
        generated(office)
    assert desk.sent(FINANCE).read_bytes() == before[FINANCE]


def test_what_a_workbook_went_out_with_is_frozen(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        load(office, csv_export(tmp_path / "清单.csv", [FIRST]))
        generated(office)
        sent = desk.sent(FINANCE).read_bytes()
        load(office, csv_export(tmp_path / "更正.csv", [("更正后的公告第1号", *FIRST[1:]), SECOND]))
        desk.sent(FINANCE).unlink()
        assert generated(office)[FINANCE] == 1
    assert desk.sent(FINANCE).read_bytes() == sent


def test_an_amendment_takes_the_rows_of_a_task_away_with_it(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        load(office, csv_export(tmp_path / "清单.csv", [FIRST, row(6, column="稳岗就业")]))
        generated(office)
    before = desk.reply(FINANCE, "原表.xlsx", answers={NOVEMBER: nil()})
    desk.set_duties([each for each in DUTIES if each["id"] != "D04"])
    desk.reissue()
    assert [each[0] for each in items_of(desk, FINANCE)] == ["D02 政府采购"]
    with desk.on(datetime(2026, 11, 20, 9)) as office:  # the workbook of before may still come back
        (receipt,) = receive(office, [before])
        assert receipt.items == 0
        assert generated(office)[FINANCE] == 1


def test_the_next_workbook_has_what_no_return_has_and_nothing_from_before_the_last_report(
    desk: Desk, tmp_path: Path
) -> None:
    old, late = row(8, day=date(2026, 10, 20)), row(9, day=date(2026, 12, 1))
    with desk.open() as office:
        generated(office)
    reply = desk.reply(FINANCE, "回.xlsx", items=[_reported(FIRST)])
    with desk.on(datetime(2026, 12, 1, 9)) as office:
        receive(office, [reply])
        load(office, csv_export(tmp_path / "清单.csv", [FIRST, SECOND, old, late]))
        assert generated(office, DECEMBER)[FINANCE] == 2
    assert [each[1] for each in items_of(desk, FINANCE, DECEMBER)] == [SECOND[0], late[0]]


def test_what_differs_is_told_with_both_sides_and_marked_for_correction(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        generated(office)
    other_day = _reported(FIRST, published_on=date(2026, 11, 12))
    other_title = _reported(SECOND, title="完全不同的一个标题", number=2)
    not_there = item("D02 政府采购", 7, published_on=date(2026, 11, 10))
    faulty = _reported(row(5), final_review="")
    replies = desk.reply(FINANCE, "回.xlsx", items=[other_day, other_title, not_there, faulty])
    with desk.on(datetime(2026, 11, 20, 9)) as office:
        load(office, csv_export(tmp_path / "清单.csv", [FIRST, SECOND, THIRD, row(5), row(6, column="稳岗就业")]))
        taken = receive(office, [replies])
        lines = {(each.agreement, *each.differences) for each in reconciliation(office, CYCLE, [FINANCE])}
        assert lines == {
            (Agreement.DIFFERS, Difference.DATE),
            (Agreement.DIFFERS, Difference.TITLE),
            (Agreement.ABSENT,),
            (Agreement.UNREPORTED,),
            (Agreement.SAME,),
        }
        told = [each for each in office_statuses(office, office.now().date()).problems if each.code.startswith("site_")]
        assert {(each.code, each.place.cell, each.counts) for each in told} == {
            ("site_date_differs", "F4", False),
            ("site_title_differs", "B5", False),
            ("site_item_absent", "B6", False),
            ("site_items_unreported", "H5", False),
            ("site_items_unreported", "H4", False),
        }
    opinions = open_book(taken.markups[taken[0].file].read_bytes(), "a.xlsx")
    first = opinions.grid(opinions.sheet_names[0])
    assert first is not None
    texts = "".join(str(cell) for line in first.rows for cell in line)
    assert "网站清单上没有这一条" in texts
    assert "网站清单上有 1 条没有报送" in texts


def test_the_tracker_lists_what_does_not_agree_and_a_closed_month_keeps_it(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        generated(office)
    replies = [
        desk.reply(FINANCE, "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[_reported(FIRST)]),
        desk.reply("市政府办", "府办.xlsx", items=[item("D01 政策文件", type="其他政策文件")]),
    ]
    with desk.on(datetime(2026, 12, 2, 9)) as office:
        receive(office, replies)
        load(office, csv_export(tmp_path / "清单.csv", [FIRST, SECOND]))
        consolidate(office, as_of=None, who="王芳")
        assert _on_tracker(desk) == [("2026-11", FINANCE, "网站有未报", SECOND[0])]
        close(office, CYCLE, as_of=office.now().date(), who="王芳")
    with desk.on(datetime(2026, 12, 3, 9)) as office:
        load(office, csv_export(tmp_path / "后来.csv", [FIRST, SECOND, THIRD]))
        assert len(reconciliation(office, CYCLE)) == 2
        assert not [p for p in office_statuses(office, office.now().date()).problems if p.code.startswith("site_")]
        consolidate(office, as_of=None, who="王芳")
        assert _on_tracker(desk) == [("2026-11", FINANCE, "网站有未报", SECOND[0])]


def test_a_day_gone_by_knew_nothing_of_later_exports(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        generated(office)
    with desk.on(datetime(2026, 11, 20, 9)) as office:
        load(office, csv_export(tmp_path / "清单.csv", [FIRST]))
        assert len(reconciliation(office, CYCLE)) == 1
        assert reconciliation(office, CYCLE, as_of=date(2026, 11, 19)) == ()
        with pytest.raises(UserError, match="2026-12 还没有生成"):
            reconciliation(office, DECEMBER)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_says_the_same(desk: Desk, tmp_path: Path, layout: str) -> None:
    suffix = "csv" if layout == "csv" else "xlsx"
    rows = [row(number, day=date(2026, 11, 1 + number % 20)) for number in range(40)]
    with desk.open() as office:
        done = load(office, LAYOUTS[layout](tmp_path / f"清单.{suffix}", rows))
        assert (len(done.changes.new), done.problems, done.needs_names) == (40, (), False)
        found = office.ledger.published().items
        assert [(each.title, each.published_on, each.url, each.unit, each.duties) for each in found] == [
            (title, day, link, FINANCE, ("D02",)) for title, day, link, _, _ in rows
        ]
        again = plan_import(office, [tmp_path / f"清单.{suffix}"])
        assert (again.is_known, again.changes.same) == (True, 40)


def _reported(published: tuple[str, date, str, str, str], number: int = 1, **values: object) -> dict:
    title, day, link, _, _ = published
    said = {"title": title, "published_on": day, "url": link, "formed_on": day, **values}
    return item("D02 政府采购", number, **said)  # type: ignore[arg-type]


def _on_tracker(desk: Desk) -> list[tuple[object, ...]]:
    grid = open_book((desk.root / "总台账.xlsx").read_bytes(), "总台账.xlsx").grid("对账")
    assert grid is not None
    return [(each[0], each[1], each[2], each[8]) for each in grid.rows[3:] if each[0]]
