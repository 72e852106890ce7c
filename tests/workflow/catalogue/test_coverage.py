"""目录事项 from the catalogue into the workbooks, back in the returns, and what is told of it."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl import load_workbook

from tests.workflow.desk import CYCLE, UNITS, Desk, item, nil
from zwgk_excel.domain.catalogue.coverage import CoverageState, EntryCoverage
from zwgk_excel.domain.catalogue.entries import NONE_OF_THEM
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word, words
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.catalogue import (
    carry_out_import,
    export_coverage,
    never_filled,
    office_coverage,
    plan_import,
)
from zwgk_excel.workflow.consolidation import consolidate
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.tracking.statuses import office_statuses

JOBS, SUBSIDY, CARE = "M004 就业·岗位信息", "M005 就业·稳岗补贴", "M006 养老服务·扶持政策措施"
CAME = datetime(2026, 11, 20, 9)


@pytest.fixture
def issued(tied: Desk) -> Desk:
    return out(tied)


def out(desk: Desk, cycle: Month = CYCLE) -> Desk:
    with desk.open() as office:
        generate(office, cycle, as_of=desk.now.date())
    return desk


def chosen(entry: str | None, number: int = 1, **values):
    return item("D04 稳岗就业", number, type=word("item_type", "policy"), entry=entry, **values)


def returned(desk: Desk, *items, unit: str = "市人社局", at: datetime = CAME, name: str = "回.xlsx"):
    desk.now = at
    reply = desk.reply(unit, name, items=items)
    with desk.open() as office:
        return receive(office, [reply])


def told(desk: Desk) -> list[tuple[str, str]]:
    with desk.open() as office:
        receipts = office.ledger.receipts()
    return sorted((p.code, p.place.cell) for each in receipts for p in each.problems if "entry" in p.code)


def found(desk: Desk, day: date | None = None) -> dict[tuple[str, str], EntryCoverage]:
    with desk.open() as office:
        rows = office_coverage(office, office_statuses(office, day or desk.now.date()))
    return {(each.unit, each.entry.id): each for each in rows}


def test_the_workbook_offers_what_its_unit_publishes(issued):
    def offered(unit: str) -> list[str]:
        book = load_workbook(io.BytesIO(issued.sent(unit).read_bytes()))
        cells = (cell.value for row in book[layout("report")["lists"].name].iter_rows() for cell in row)
        return [text for text in cells if isinstance(text, str) and text.startswith("M0")]

    assert offered("市人社局") == [JOBS, SUBSIDY, NONE_OF_THEM]
    assert offered("金湖街道") == [CARE, NONE_OF_THEM]
    assert offered("市财政局") == []


def books(desk: Desk) -> dict[str, bytes]:
    """The workbooks of November, made now."""
    with desk.open() as office:
        return {each.unit: each.path.read_bytes() for each in generate(office, CYCLE, as_of=desk.now.date()).workbooks}


def test_a_workbook_without_entries_is_the_same_as_without_a_catalogue(tied):
    units = ("市政府办", "市财政局")
    with_catalogue = books(tied)
    with tied.open() as office:
        office.ledger.cancel_issue(CYCLE, who="王主任", reason="试")
    (tied.root / "标准目录.xlsx").unlink()
    for path in (tied.root / "发件箱" / str(CYCLE)).glob("*.xlsx"):
        path.unlink()
    without = books(tied)
    assert {unit: with_catalogue[unit] for unit in units} == {unit: without[unit] for unit in units}
    assert with_catalogue["市人社局"] != without["市人社局"]


def test_intake_asks_as_the_sheet_does(issued):
    returned(issued, chosen(JOBS), chosen(None, 2), chosen(CARE, 3), chosen(NONE_OF_THEM, 4), chosen("m005 稳岗", 5))
    column = openpyxl.utils.get_column_letter(layout("report")["items"].index("entry") + 1)
    assert told(issued) == [("item_entry_foreign", f"{column}6"), ("item_entry_missing", f"{column}5")]
    with issued.open() as office:
        (receipt,) = office.ledger.receipts()
    assert all(each.valid for each in receipt.content.items), "nothing is refused for it"


def entry_notes(desk: Desk) -> list[tuple[str, str]]:
    """(Cell, 目录事项 as understood) of what is told as a note."""
    column = openpyxl.utils.get_column_letter(layout("report")["items"].index("entry") + 1)
    with desk.open() as office:
        problems = [p for each in office.ledger.receipts() for p in each.problems]
    notes = (p for p in problems if p.code == "normalised" and p.place.cell.startswith(column))
    return sorted((p.place.cell.removeprefix(column), p.found.partition("已按")[2]) for p in notes)


def test_what_is_typed_otherwise_is_understood_by_its_number_and_told(issued):
    typed = ("M004", "m005 就业 · 稳岗补贴", "M000", f"{JOBS}、{SUBSIDY}", "M005稳岗补贴，M004", SUBSIDY.lower())
    returned(issued, *(chosen(text, number) for number, text in enumerate(typed, 1)))
    assert told(issued) == []
    assert entry_notes(issued) == [
        ("4", f"“{JOBS}”理解"),
        ("5", f"“{SUBSIDY}”理解"),
        ("6", f"“{NONE_OF_THEM}”理解"),
        ("7", f"“{JOBS}”和“{SUBSIDY}”理解"),
        ("8", f"“{SUBSIDY}”和“{JOBS}”理解"),
    ]
    assert (found(issued)["市人社局", "M004"].items, found(issued)["市人社局", "M005"].items) == (3, 4)


def test_a_number_in_full_width_is_understood(issued):
    returned(issued, chosen("Ｍ００４"))
    assert (told(issued), [cell for cell, _ in entry_notes(issued)][:1]) == ([], ["4"])
    assert found(issued)["市人社局", "M004"].items == 1


@pytest.mark.parametrize("typed", ["岗位信息", "M4", f"{JOBS}、{NONE_OF_THEM}", "M004、M999", "M0041"])
def test_what_is_not_understood_is_told(issued, typed):
    returned(issued, chosen(typed))
    assert [code for code, _ in told(issued)] == ["item_entry_foreign"]
    assert entry_notes(issued) == []


def test_an_entry_reported_with_another_task_is_on_the_website_all_the_same(issued):
    """Intake tells that they do not go together; the entry is published."""
    returned(issued, item("D24 基层信息公开", entry=CARE, type="通知公告"), unit="金湖街道", name="街道.xlsx")
    assert told(issued) == []
    returned(issued, item("D24 基层信息公开", entry=JOBS, type="通知公告"), at=CAME.replace(hour=10))
    assert found(issued)["市人社局", "M004"].items == 1


def test_nothing_is_asked_where_the_month_went_out_before_the_catalogue(desk, sample):
    out(desk)
    with desk.open() as office:
        carry_out_import(office, plan_import(office, [sample], adopt=True), who="王芳")
    returned(desk, chosen(None))
    assert (told(desk), found(desk)) == ([], {})


def test_an_amendment_leaves_the_entries_as_they_were(issued):
    path = issued.root / "标准目录.xlsx"
    book = openpyxl.load_workbook(path)
    book["标准目录"]["Q7"] = "是"
    book.save(path)
    issued.set_units([{**unit, "kind": "部门"} for unit in UNITS])
    issued.reissue()
    with issued.open() as office:
        assert [each.id for each in office.issues.issue(CYCLE).entries] == ["M004", "M005", "M006"]
        assert "M004" not in [each.id for each in office.issues.by_tables(CYCLE + 1).entries]


def test_what_was_published_when_late_or_never(issued):
    late = {"formed_on": date(2026, 10, 8), "published_on": date(2026, 11, 9)}
    returned(issued, chosen(JOBS), chosen(JOBS, 2), chosen(SUBSIDY, 3, **late))
    jobs, subsidy, care = found(issued).values()
    assert (jobs.state, jobs.items, jobs.late, jobs.last) == (CoverageState.COVERED, 2, 0, date(2026, 11, 3))
    assert jobs.months == {CYCLE: 2}
    assert (subsidy.state, subsidy.late) == (CoverageState.LATE, 1), "21 working days, after 20"
    assert (care.state, care.items, care.last) == (CoverageState.NEVER, 0, None)


def test_the_same_page_in_two_months_is_one_publication(issued):
    page = {"url": "http://b.cn/1", "title": "招聘会"}
    returned(issued, chosen(JOBS, 1, **page))
    issued.now = datetime(2026, 12, 1, 9)
    out(issued, CYCLE + 1)
    issued.now = datetime(2026, 12, 20, 9)
    path = issued.reply("市人社局", "十二月.xlsx", items=[chosen(JOBS, 1, **page)], cycle=CYCLE + 1)
    with issued.open() as office:
        receive(office, [path])
    assert found(issued)["市人社局", "M004"].items == 1


def test_a_closed_month_does_not_move(issued):
    returned(issued, chosen(JOBS))
    issued.now = datetime(2026, 12, 10, 9)
    with issued.open() as office:
        close(office, CYCLE, who="王主任", as_of=issued.now.date())
    before = found(issued)["市人社局", "M004"]
    returned(issued, chosen(SUBSIDY), chosen(JOBS, 2), at=datetime(2026, 12, 15, 9), name="更正.xlsx")
    assert found(issued)["市人社局", "M004"] == before
    assert found(issued)["市人社局", "M005"].state is CoverageState.NEVER


def test_units_are_told_what_they_never_filled_from_the_second_month_on(issued):
    returned(issued, chosen(JOBS))
    with issued.open() as office:
        rows = office_coverage(office, office_statuses(office, issued.now.date()))
    assert never_filled(rows, CYCLE) == {}
    assert never_filled(rows, CYCLE + 1) == {"市人社局": SUBSIDY, "金湖街道": CARE}


def test_the_tracker_lists_them_the_worst_first(issued):
    returned(issued, chosen(JOBS))
    with issued.open() as office:
        consolidate(office, as_of=None, who="测试员")
        data = office.workspace.tracker.read_bytes()
    sheet = layout("tracker")["coverage"]
    page = load_workbook(io.BytesIO(data))[sheet.name]
    keys = [column.key for column in sheet]
    lines = page.iter_rows(min_row=4, max_col=len(keys), values_only=True)
    rows = [dict(zip(keys, line, strict=True)) for line in lines]
    assert [(row["state"], row["unit"], row["entry"]) for row in rows] == [
        ("× 从未公开", "市人社局", "M005"),
        ("× 从未公开", "金湖街道", "M006"),
        ("√ 已公开", "市人社局", "M004"),
    ]
    assert rows[2]["months"] == "2026-11 1 条"


def test_the_tracker_shows_units_by_domains(issued):
    late = {"formed_on": date(2026, 10, 8), "published_on": date(2026, 11, 9)}
    returned(issued, chosen(JOBS), chosen(SUBSIDY, 2, **late))
    with issued.open() as office:
        consolidate(office, as_of=None, who="测试员")
        data = office.workspace.tracker.read_bytes()
    page = load_workbook(io.BytesIO(data))[layout("tracker")["coverage_matrix"].name]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=3)] == [
        ["单位", "就业", "养老服务", "合计"],
        ["市人社局", "2/2 △1", None, "2/2 △1"],
        ["金湖街道", None, "0/1 ×1", "0/1 ×1"],
    ]
    legend = str(page["A1"].value)
    assert all(text in legend for text in words("coverage").values())


def test_the_official_form_with_what_was_published(issued, tmp_path):
    returned(issued, chosen(JOBS))
    with issued.open() as office:
        rows = office_coverage(office, office_statuses(office, issued.now.date()))
        assert export_coverage(office, tmp_path / "覆盖.xlsx", rows) == 7
    page = load_workbook(tmp_path / "覆盖.xlsx")["就业"]
    assert page.cell(2, page.max_column).value == "覆盖情况"
    assert page.cell(4, page.max_column).value == "市人社局 √ 已公开（最近 2026-11-03）"


def test_nil_reports_say_nothing_of_entries(issued):
    issued.now = CAME
    reply = issued.reply("金湖街道", "零.xlsx", answers={("D24", "2026-11"): nil()})
    with issued.open() as office:
        receive(office, [reply])
    assert found(issued)["金湖街道", "M006"].state is CoverageState.NEVER
