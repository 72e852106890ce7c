"""What the office typed, added and set in its tracker is still there after a click on 汇总."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.addin.tracker_desk import (
    JOBS,
    LAYOUT,
    MINE,
    PURCHASES,
    TRACKING,
    click,
    content,
    decorate,
    drop,
    open_tracker,
    returns,
    rows_of,
    saved,
)
from tests.calc.engine import CalcApp
from tests.workflow.desk import CYCLE, DUTIES, Desk, item
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.domain.escalation import EscalationLevel, Rectification
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workflow.catalogue import carry_out_import, plan_import
from zwgk_excel.workflow.issuing.generation import generate


def cell_of(book: Any, key: str, column: str, **values: Any) -> Any:
    """A cell of one of the tracker's tables in the open workbook, by what stands in its row."""
    shape = LAYOUT[key]
    grid = read_grid(book.sheets[shape.name])
    wanted = {shape.index(name): value for name, value in values.items()}
    row = next(n for n, cells in enumerate(grid.rows) if all(cells[at] == v for at, v in wanted.items()))
    return book.sheets[shape.name].range((row + 1, shape.index(column) + 1))


def test_remarks_matters_and_the_chosen_unit_stay_through_a_refresh(live: CalcApp, desk: Desk):
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
        matter = Rectification("市财政局", CYCLE, EscalationLevel.SUPERVISE, date(2026, 12, 1), date(2026, 12, 20))
        office.ledger.raise_rectifications([matter])
    book = open_tracker(live, desk)
    line = {"unit": "市财政局", "obligation": PURCHASES, "cycle": str(CYCLE)}
    cell_of(book, "scores", "remark", **line).value = "已约谈"
    gone = {"unit": "市财政局", "obligation": JOBS, "cycle": str(CYCLE)}
    cell_of(book, "scores", "remark", **gone).value = "已催"
    overview = book.sheets[LAYOUT["unit_page"].name]
    chosen = book.names[name_of("chosen_unit")].refers_to_range
    chosen.value = "金湖街道"
    with desk.open() as office:
        office.ledger.decide([Decision(JOBS, DecisionKind.WAIVER, "yes", "科长", desk.now)], ActSource.COMMAND)
    click()
    assert "汇总完成" in live.alerts[-1][0], live.alerts[-1]
    assert cell_of(book, "scores", "remark", **line).value == "已约谈"
    assert JOBS not in [row[LAYOUT["scores"].index("obligation")] for row in read_grid(book.sheets["考核评分"]).rows]
    removed = [row[-1] for row in read_grid(book.sheets[LAYOUT["removed"].name]).rows]
    assert "已催" in removed
    assert book.names[name_of("chosen_unit")].refers_to_range.value == "金湖街道"
    assert "2026-12" in [row[0] for row in read_grid(book.sheets[LAYOUT["scores"].name]).rows]

    cell_of(book, "rectifications", "closed_on", number=1).value = date(2026, 12, 3)
    click()
    state = LAYOUT.settings["rectifications"]["closed"]
    assert cell_of(book, "rectifications", "state", number=1).value == state
    with desk.open() as office:
        (found,) = office.ledger.rectifications()
    assert found.closed_on == date(2026, 12, 3)
    book.save()
    before = content(desk)
    click()
    assert content(desk) == before
    assert overview.range((7, 1)).value == "2026-01"


def test_the_filter_of_the_matrix_stays_on_its_column(live: CalcApp, desk: Desk):
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    book = open_tracker(live, desk)
    sheet = book.sheets[LAYOUT["matrix"].name]
    grid = read_grid(sheet)
    cells = sheet.range((3, 1), (len(grid.rows), len(grid.rows[2])))
    chosen = str(grid.rows[4][0])
    cells.autofilter.apply_values(1, [chosen])
    click()
    assert "汇总完成" in live.alerts[-1][0]
    page = saved(desk)[sheet.name]
    shown = {page.cell(n, 1).value for n in range(4, len(grid.rows) + 1) if not page.row_dimensions[n].hidden}
    assert shown == {chosen}
    assert "2026-12" in [cell.value for cell in page[3]]


def test_the_domains_of_the_catalogue_come_into_their_matrix(live: CalcApp, desk: Desk):
    book = open_tracker(live, desk)
    name = LAYOUT["coverage_matrix"].name
    assert read_grid(book.sheets[name]).rows[2] == ["单位", "合计"]
    tables = desk.root / "样表.xlsx"
    tables.write_bytes(sample_catalogue())
    with desk.open() as office:
        carry_out_import(office, plan_import(office, [tables], adopt=True), who="王芳")
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    click()
    assert "汇总完成" in live.alerts[-1][0]
    page = saved(desk)[name]
    assert [cell.value for cell in page[3]] == ["单位", "就业", "合计"]
    assert [cell.value for cell in page[4]] == ["市人社局", "0/2 ×2", "0/2 ×2"]
    reached = [str(each.sqref) for each in page.conditional_formatting]
    assert reached == ["A4:C4"]


def test_sheet_selection_and_zoom_stay(live: CalcApp, desk: Desk):
    rows = decorate(desk)
    book = open_tracker(live, desk)
    sheet = book.sheets[TRACKING.name]
    sheet.activate()
    sheet.range((rows[PURCHASES], 2), (rows[PURCHASES], 4)).select()
    view = book.impl.doc.CurrentController
    view.ZoomType, view.ZoomValue = 3, 80
    # Rows of a new month come above, rules are laid anew: the same cells are selected, lower down.
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    letters = column_letters(TRACKING.index("timeliness"))
    sheet.range(f"{letters}4:{letters}60").conditional_formats.clear()
    click()
    assert book.sheets.active.name == TRACKING.name
    row = rows_of(saved(desk)[TRACKING.name])[PURCHASES][0]
    assert row > rows[PURCHASES]
    assert [book.selection and book.selection.address] == [f"$B${row}:$D${row}"]
    assert view.ZoomValue == 80


def test_colours_that_somebody_cleared_come_back(live: CalcApp, desk: Desk):
    book = open_tracker(live, desk)
    sheet = book.sheets[TRACKING.name]
    letters = column_letters(TRACKING.index("timeliness"))
    sheet.range(f"{letters}4:{letters}60").conditional_formats.clear()
    book.save()
    page = saved(desk, values=False)[TRACKING.name]
    assert not any(f"{letters}4" in rule for rule in page.conditional_formatting)
    click()
    page = saved(desk, values=False)[TRACKING.name]
    found = [rule for rules in page.conditional_formatting if f"{letters}4" in rules for rule in rules.rules]
    assert len(found) == 8, "one rule for each state"


def test_what_the_office_added_to_a_task_that_goes_is_kept_and_comes_back(live: CalcApp, desk: Desk):
    decorate(desk)
    book = open_tracker(live, desk)
    desk.set_duties([each for each in DUTIES if each["id"] != "D02"])
    desk.reissue()
    click()
    removed = LAYOUT["removed"]
    kept = [[c.value for c in row] for row in saved(desk)[removed.name].iter_rows(min_row=4)]
    assert [PURCHASES, MINE, "电话问过"] in [row[:3] for row in kept]
    assert PURCHASES not in rows_of(saved(desk)[TRACKING.name])
    assert removed.name in live.alerts[-1][0]
    desk.set_duties(DUTIES)
    desk.reissue()
    click()
    after = rows_of(saved(desk)[TRACKING.name])
    assert after[PURCHASES][1][MINE] == "电话问过"
    assert PURCHASES not in [row[0].value for row in saved(desk)[removed.name].iter_rows(min_row=4)]
    assert book.name == LAYOUT.file_name


def test_what_the_office_typed_beside_items_problems_and_receipts_stays_or_is_kept(live: CalcApp, desk: Desk):
    returns(desk)
    book = open_tracker(live, desk)
    click()
    for key in ("items", "problems", "receipts"):
        shape = LAYOUT[key]
        sheet = book.sheets[shape.name]
        rows = read_grid(sheet).rows
        marks = [[MINE], *[[f"记：{'|'.join(map(str, row))}"] for row in rows[3:]]]
        left = len(shape.columns) + 1
        sheet.range((3, left), (len(rows), left)).value = marks
    # The item whose date nobody understood is mended, so its problem goes; the item itself stays.
    path = desk.reply("市人社局", "人社改.xlsx", items=[item("D04 稳岗就业", title="坏日期")])
    drop(desk, path.name, path, hour=15)
    click()
    whole = saved(desk)
    removed = LAYOUT["removed"]
    lines = [[c.value for c in row][:3] for row in whole[removed.name].iter_rows(min_row=4)]
    assert [(line[0].split("/")[:2], line[1]) for line in lines] == [(["问题清单", "人社.xlsx"], MINE)]
    assert "3月份吧" in lines[0][2]
    assert "1 处自加内容所在的行已不在台账中" in live.alerts[-1][0]
    beside = {
        key: [row[len(LAYOUT[key].columns)].value for row in whole[LAYOUT[key].name].iter_rows(min_row=4)]
        for key in ("items", "receipts")
    }
    assert sum("坏日期" in str(mark) for mark in beside["items"]) == 1
    assert None not in beside["items"]
    assert beside["receipts"].count(None) == 1, "the new receipt"
