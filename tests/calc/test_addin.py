"""The 汇总 button and the others, clicked in a live workbook."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from openpyxl.comments import Comment
from python_calamine import CalamineWorkbook

import zwgk_excel.addin as addin
from tests.calc.engine import CalcApp
from tests.calc.engine.calls import counted_calls
from tests.calc.year import MONTHS, UNITS, year_desk
from tests.calc.year import answer as answer_year
from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk, nil
from zwgk_excel.addin import outside, places, session
from zwgk_excel.addin.live import read_grid
from zwgk_excel.domain.correspondence import Letter, LetterKind, LetterState
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.domain.ladder import Rectification, Step
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.opening.grid import column_letters
from zwgk_excel.workbooks.tracker.formulas import name_of
from zwgk_excel.workbooks.tracker.office import OfficeInput
from zwgk_excel.workbooks.tracker.tables import FileLink, item_rows, problem_rows, receipt_rows, tracking_rows
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidate import consolidate, prepare
from zwgk_excel.workflow.generate import generate

LAYOUT = layout("tracker")
TRACKING = LAYOUT["tracking"]
PURCHASES, POLICY, JOBS = "D02/市财政局/2026-11", "D01/市政府办/2026-11", "D04/市财政局/2026-11"
AS_OF = date(2026, 12, 3)
MINE, FORMULA = "我的列", "剩余加一"
LINK = re.compile(r'=HYPERLINK\("[^"]*","([^"]*)"\)')


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace whose November workbooks went out, with a tracker, on 3 December."""
    made = new_desk(tmp_path)
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    made.now = datetime(2026, 12, 3, 9)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    with made.open() as office:
        consolidate(office, as_of=None, who="科员")
    return made


def tracker(desk: Desk) -> Path:
    return desk.root / LAYOUT.file_name


def drop(desk: Desk, name: str, path: Path, hour: int = 10) -> None:
    """A returned file lands in 收件箱, two days after the last day for it."""
    shutil.copyfile(path, desk.root / "收件箱" / name)
    arrived = datetime(2026, 12, 2, hour, tzinfo=clock.CHINA).timestamp()
    os.utime(desk.root / "收件箱" / name, (arrived, arrived))


def returns(desk: Desk) -> None:
    """Two departments answer: one well, one with an item whose date nobody understands."""
    good = [item("D02 政府采购", title="00123"), item("D02 政府采购", 2, title="=1+1"), item("D02 政府采购", 3)]
    drop(desk, "财政.xlsx", desk.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=good))
    bad = [item("D04 稳岗就业", published_on="3月份吧", title="坏日期")]
    drop(desk, "人社.xlsx", desk.reply("市人社局", "人社.xlsx", items=bad))


def open_tracker(live: CalcApp, desk: Desk) -> xw.Book:
    book = xw.books.open(tracker(desk))
    book.set_mock_caller()
    return book


def click(name: str = "consolidate") -> None:
    getattr(addin, name)()


def rows_of(page: Any, shape: Any = TRACKING) -> dict[str, tuple[int, dict[str, Any]]]:
    """Key → row number and its values by heading, of a saved sheet."""
    found, headings = {}, None
    for number, row in enumerate(page.iter_rows(values_only=True), 1):
        if headings is None:
            headings = row if shape.heading("unit") in row and shape.heading("duty") in row else None
            continue
        cells = dict(zip(headings, row, strict=True))
        if cells[shape.heading("unit")]:
            found["/".join(str(cells[shape.heading(key)]) for key in ("duty", "unit", "reference"))] = number, cells
    return found


def saved(desk: Desk, *, values: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(tracker(desk), data_only=values)


def decorate(desk: Desk) -> dict[str, int]:
    """What an office does to its tracker: a sheet, columns with values and formulas, a comment, a row's height."""
    book = openpyxl.load_workbook(tracker(desk))
    page = book[TRACKING.name]
    rows = {key: number for key, (number, _) in rows_of(page).items()}
    header = min(rows.values()) - 1
    left = len(TRACKING.columns) + 1
    page.cell(header, left, MINE)
    page.cell(header, left + 1, FORMULA)
    page.cell(rows[PURCHASES], left, "电话问过")
    page.cell(rows[POLICY], left, "00789").number_format = "@"
    for number in rows.values():
        page.cell(number, left + 1, f"=N(N{number})+1")
    page.cell(rows[JOBS], 2).comment = Comment("张科长说缓几天", "办公室")
    page.row_dimensions[rows[PURCHASES]].height = 61
    page.tables[TRACKING.table].ref = f"A{header}:{page.cell(max(rows.values()), left + 1).coordinate}"
    column = page.tables[TRACKING.table].tableColumns[0]
    for number, name in enumerate((MINE, FORMULA), left):
        extra = type(column)(id=number, name=name)
        page.tables[TRACKING.table].tableColumns.append(extra)
    notes = book.create_sheet("我的笔记")
    notes["B2"], notes["C3"] = "别删", "=B2"
    overview, cell = next(iter(book.defined_names[name_of("as_of")].destinations))
    book[overview][cell.replace("$", "")] = AS_OF
    book.save(tracker(desk))
    return rows


def type_live(book: xw.Book, key: str, column: str, value: Any) -> None:
    """Type into one of the office's columns of the open workbook, not saved."""
    sheet = book.sheets[TRACKING.name]
    grid = read_grid(sheet)
    header = next(n for n, row in enumerate(grid.rows) if TRACKING.heading("duty") in row)
    places_ = [grid.rows[header].index(TRACKING.heading(part)) for part in ("duty", "unit", "reference")]
    at = next(n for n, row in enumerate(grid.rows) if "/".join(str(row[p]) for p in places_) == key)
    sheet.range((at + 1, grid.rows[header].index(TRACKING.heading(column)) + 1)).value = value


def content(desk: Desk) -> dict[str, list[list[Any]]]:
    """Everything that stands in the saved workbook."""
    return {page.title: [[c.value for c in row] for row in page.iter_rows()] for page in saved(desk, values=False)}


def test_new_returns_appear_in_the_open_tracker(live: CalcApp, desk: Desk):
    rows = decorate(desk)
    returns(desk)
    book = open_tracker(live, desk)
    book.sheets[TRACKING.name].tables[TRACKING.table].autofilter.apply_values(
        TRACKING.index("unit") + 1, ["市财政局", "市政府办"]
    )
    type_live(book, POLICY, "extended_to", date(2026, 12, 10))
    type_live(book, POLICY, "opinion", "同意，=缓报")
    click()

    (message, title) = live.alerts[-1]
    assert "新收 2 份" in message, message
    assert "1 份待退回修改" in message
    assert title == session.TITLE
    assert live.statuses[-1] is False
    assert any("刷新" in str(text) for text in live.statuses)
    assert (live.screen_updating, live.calculation) == (True, "automatic")

    page = saved(desk)[TRACKING.name]
    after = rows_of(page)
    heading = TRACKING.heading
    assert {key: number for key, (number, _) in after.items()} == rows
    assert after[PURCHASES][1][heading("outcome")] == word("outcome", "reported")
    assert after[PURCHASES][1][heading("items")] == 3
    assert after[PURCHASES][1][heading("timeliness")] == word("timeliness", "late")
    assert after[JOBS][1][heading("outcome")] == word("outcome", "nil")
    assert after[POLICY][1][heading("timeliness")] == word("timeliness", "not_due")
    assert after[POLICY][1][heading("opinion")] == "同意，=缓报"
    # What the office added is where it was.
    assert (after[PURCHASES][1][MINE], after[POLICY][1][MINE]) == ("电话问过", "00789")
    assert after[POLICY][1][FORMULA] == after[POLICY][1][heading("days_left")] + 1
    assert page.row_dimensions[rows[PURCHASES]].height == pytest.approx(61, abs=1)
    assert "缓几天" in page.cell(rows[JOBS], 2).comment.text
    hidden = {number for number, row in page.row_dimensions.items() if row.hidden}
    assert hidden == {n for key, n in rows.items() if key.split("/")[1] not in {"市财政局", "市政府办"}}
    whole = saved(desk, values=False)
    assert (whole["我的笔记"]["B2"].value, whole["我的笔记"]["C3"].value) == ("别删", "=B2")
    with desk.open() as office:
        assert [(d.obligation, d.kind, d.value) for d in office.ledger.decisions()] == [
            (POLICY, DecisionKind.EXTENSION, "2026-12-10"),
            (POLICY, DecisionKind.OPINION, "同意，=缓报"),
        ]
        assert len(office.ledger.receipts()) == 2


def test_mails_sent_since_appear_in_the_open_tracker(live: CalcApp, desk: Desk):
    def letter(number: int) -> Letter:
        key, kind = f"reminder/2026-12-03/市财政局/{number}", LetterKind.REMINDER
        address = ("caizheng@example.gov.cn",)
        return Letter(key, kind, "市财政局", CYCLE, address, (), "", "", LetterState.PREPARED, desk.now, "urge")

    open_tracker(live, desk)
    for number in (1, 2):
        with desk.open() as office:
            office.ledger.prepare_letter(letter(number))
            office.ledger.move_letter(letter(number).key, LetterState.PREPARED, LetterState.SENT, desk.now)
        click()
    shape = LAYOUT["letters"]
    page = saved(desk)[shape.name]
    shown = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    assert [row[shape.index("letter")] for row in shown] == [letter(2).key, letter(1).key]
    assert {(row[shape.index("level")], row[shape.index("state")]) for row in shown} == {("催报", "已发")}
    assert {row[shape.index("at")] for row in shown} == {desk.now}


def test_text_stays_text_and_files_are_linked(live: CalcApp, desk: Desk):
    returns(desk)
    shape = LAYOUT["items"]
    book = open_tracker(live, desk)
    # Somebody took the text format off: what Excel would make a number or a formula of must be text all the same.
    book.sheets[shape.name].range((4, 1), (4, len(shape.columns))).number_format = "General"
    click()
    page = saved(desk, values=False)[shape.name]
    titles = [cell for column in page.iter_cols() for cell in column if cell.value in {"00123", "=1+1"}]
    parts = zipfile.ZipFile(tracker(desk))
    written = "".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/"))
    assert [(cell.value, cell.number_format) for cell in titles] == [("00123", "@"), ("=1+1", "@")]
    assert "<f>1+1" not in written
    assert titles[0].data_type == "s"
    linked = [cell.value for row in page.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert linked == [
        f'=HYPERLINK("收件箱/{name}#\'{shape.name}\'!A{row}","{name}")'
        for name, rows in (("人社.xlsx", [4]), ("财政.xlsx", [4, 5, 6]))
        for row in rows
    ]
    shown = [cell.value for row in saved(desk)[shape.name].iter_rows() for cell in row]
    assert (shown.count("财政.xlsx"), shown.count("人社.xlsx")) == (3, 1)
    assert page.tables[shape.table].ref.endswith(str(3 + 4))


def test_text_stays_text_in_rows_that_were_there(live: CalcApp, desk: Desk):
    with desk.open() as office:
        office.ledger.decide([Decision(PURCHASES, DecisionKind.OPINION, "00123", "科长", desk.now)], source="command")
    book = open_tracker(live, desk)
    sheet = book.sheets[TRACKING.name]
    opinions = sheet.range((4, TRACKING.index("opinion") + 1), (60, TRACKING.index("opinion") + 1))
    opinions.number_format = "General"
    click()
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("opinion")] == "00123"


def test_a_new_month_extends_tables_rules_validations_names_and_sections(live: CalcApp, desk: Desk):
    decorate(desk)
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    open_tracker(live, desk)
    click()
    assert "汇总完成" in live.alerts[-1][0], live.alerts
    whole = saved(desk, values=False)
    page = whole[TRACKING.name]
    after = rows_of(page)
    months = [key.rsplit("/", 1)[1] for key in after]
    assert months.index("2026-12") < months.index("2026-11"), "the new month comes first"
    first, last = min(n for n, _ in after.values()), max(n for n, _ in after.values())
    assert page.tables[TRACKING.table].ref.endswith(str(last))
    for name, key in (("tk_due", "due"), ("tk_timeliness", "timeliness")):
        letters = page.cell(1, TRACKING.index(key) + 1).column_letter
        assert whole.defined_names[name].attr_text.endswith(f"${letters}${first}:${letters}${last}")
    for key in ("timeliness", "days_late", "unit"):
        column = TRACKING.index(key) + 1
        for row in (first, last):
            assert any(page.cell(row, column).coordinate in rule for rule in page.conditional_formatting), (key, row)
    for office_column in (each for each in TRACKING if each.office):
        for row in (first, last):
            place = page.cell(row, TRACKING.index(office_column.key) + 1).coordinate
            assert any(place in rule.sqref for rule in page.data_validations.dataValidation), place
    for key, (number, cells) in after.items():
        assert str(cells[TRACKING.heading("timeliness")]).startswith("=IF"), key
        assert cells[FORMULA] == f"=N(N{number})+1"
    assert page.cell(first, TRACKING.index("unit") + 1).number_format == "@"
    matrix = [cell.value for cell in whole[LAYOUT["matrix"].name][3]]
    assert matrix.index("2026-12") < matrix.index("2026-11")
    overview = [row[0].value for row in whole[LAYOUT["overview"].name].iter_rows(min_row=20)]
    assert "2026-12" in overview
    assert_charts_show(whole[LAYOUT["overview"].name], ["2026-11", "2026-12"])
    shown = saved(desk)
    assert_figures(shown)


def assert_charts_show(page: Any, months: list[str]) -> None:
    """The first two charts are about these months."""
    seen = [series.cat.strRef.f for chart in page._charts[:2] for series in chart.series]
    assert seen
    for cells in seen:
        assert [row[0].value for row in page[cells.rpartition("!")[2].replace("$", "")]] == months


def assert_figures(book: openpyxl.Workbook) -> None:
    """The whole of 总览 is what the rows of the tracking sheet add up to."""
    rows = [cells for _, cells in rows_of(book[TRACKING.name]).values()]
    page = book[LAYOUT["overview"].name]
    texts = LAYOUT.settings["overview"]
    lines = {row[0].value: row[1].value for row in page.iter_rows() if row[0].value is not None}
    dated = [row for row in rows if row[TRACKING.heading("due")] is not None]
    assert lines[texts["whole"]] == len(dated)
    for month in {str(row[TRACKING.heading("cycle")]) for row in rows}:
        assert lines[month] == sum(row[TRACKING.heading("cycle")] == month for row in dated)


def test_the_live_tracker_equals_the_one_the_command_line_writes(live: CalcApp, desk: Desk, tmp_path: Path):
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    returns(desk)
    twin = Desk(tmp_path / "twin", desk.now)
    shutil.copytree(desk.root, twin.root)
    book = open_tracker(live, desk)
    click()
    book.close()
    with twin.open() as office:
        consolidate(office, as_of=None, who="科员")
    book = xw.books.open(tracker(twin))
    book.save()
    mine, theirs = content(desk), content(twin)
    for key in ("tracking", "matrix", "unit_page", "scores", "rectifications", "items", "problems", "receipts"):
        name = LAYOUT[key].name
        assert sorted(map(_comparable, mine[name])) == sorted(map(_comparable, theirs[name])), name


def _comparable(row: list[Any]) -> list[str]:
    """A row with links as they are shown, and no numbers of rows in formulas: both have them in another order."""
    row = [LINK.sub(r"\1", str(cell)) if str(cell).startswith("=HYPERLINK") else cell for cell in row]
    cells = [re.sub(r"\d+", "#", str(c)) if str(c).startswith("=") else str(c) for c in row]
    while cells and cells[-1] == "None":
        cells.pop()
    return cells


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
        matter = Rectification("市财政局", CYCLE, Step.SUPERVISE, date(2026, 12, 1), date(2026, 12, 20))
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
        office.ledger.decide([Decision(JOBS, DecisionKind.WAIVER, "yes", "科长", desk.now)], source="command")
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


def test_a_second_click_changes_nothing(live: CalcApp, desk: Desk):
    decorate(desk)
    returns(desk)
    open_tracker(live, desk)
    click()
    before = content(desk)
    click()
    assert "新收 0 份" in live.alerts[-1][0]
    assert content(desk) == before


def test_a_second_click_asks_little_of_the_application(live: CalcApp, desk: Desk):
    """Each call costs a millisecond in Excel too: there must be a few for a column, not one for a row or a cell."""
    returns(desk)
    open_tracker(live, desk)
    click()
    with counted_calls() as calls:
        click()
    assert "新收 0 份" in live.alerts[-1][0]
    assert calls.total() < 1500, calls  # some hundred for each of the twelve sheets
    assert not calls.keys() & {"insert", "delete", "resize", "add_hyperlink", "clear_contents"}
    for number in range(60):
        drop(desk, f"通知{number}.txt", attached(desk, number))
    click()
    with counted_calls() as more:
        click()
    assert more.total() < calls.total() + 60, more - calls


def attached(desk: Desk, number: int) -> Path:
    """A file that is no report workbook: quickly read, with a receipt and a problem of its own."""
    path = desk.root.parent / f"通知{number}.txt"
    path.write_text(f"第 {number} 号通知", encoding="utf-8")
    return path


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


def test_an_item_sent_again_keeps_its_row_and_opens_the_newer_file(live: CalcApp, desk: Desk):
    returns(desk)
    book = open_tracker(live, desk)
    click()
    shape = LAYOUT["items"]
    sheet = book.sheets[shape.name]
    titles = [row[shape.index("title")] for row in read_grid(sheet).rows]
    sheet.range(f"{titles.index('00123') + 1}:{titles.index('00123') + 1}").row_height = 55
    correct(desk)
    click()
    page = saved(desk, values=False)[shape.name]
    found = {row[shape.index("title")].value: row for row in page.iter_rows(min_row=4)}
    assert page.row_dimensions[found["00123"][0].row].height == pytest.approx(55, abs=1)
    assert found["00123"][shape.index("doc_no")].value == "00456"
    links = [row[shape.index("file")] for title, row in found.items() if title in {"00123", "=1+1", "信息3"}]
    assert {cell.value for cell in links} == {"财政改.xlsx"}
    assert [cell.hyperlink.target for cell in links] == ["收件箱/财政改.xlsx"] * 3


def test_what_the_office_added_to_a_task_that_goes_is_kept_and_comes_back(live: CalcApp, desk: Desk):
    decorate(desk)
    book = open_tracker(live, desk)
    desk.set_duties([each for each in DUTIES if each["id"] != "D02"])
    click()
    removed = LAYOUT["removed"]
    kept = [[c.value for c in row] for row in saved(desk)[removed.name].iter_rows(min_row=4)]
    assert [PURCHASES, MINE, "电话问过"] in [row[:3] for row in kept]
    assert PURCHASES not in rows_of(saved(desk)[TRACKING.name])
    assert removed.name in live.alerts[-1][0]
    desk.set_duties(DUTIES)
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


# --- what goes wrong -------------------------------------------------------------------------------


def everything(book: xw.Book) -> dict[str, Any]:
    return {sheet.name: sheet.used_range.formula for sheet in book.sheets}


def test_a_locked_ledger_leaves_everything_as_it_was(live: CalcApp, desk: Desk):
    returns(desk)
    book = open_tracker(live, desk)
    before, stamp = everything(book), tracker(desk).read_bytes()
    with desk.open() as office, office.ledger.exclusive():
        click()
    assert "另一个 zwgk 正在处理" in live.alerts[-1][0]
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp


def test_a_protected_tracking_sheet_is_refused_before_anything_happens(live: CalcApp, desk: Desk):
    returns(desk)
    book = open_tracker(live, desk)
    book.sheets[TRACKING.name].api.Protect()
    before = everything(book)
    click()
    assert "受保护" in live.alerts[-1][0]
    assert TRACKING.name in live.alerts[-1][0]
    assert everything(book) == before
    with desk.open() as office:
        assert office.ledger.receipts() == ()


def test_a_tracker_that_somebody_else_has_open_is_refused_before_anything_happens(live: CalcApp, desk: Desk):
    returns(desk)
    book = xw.books.open(tracker(desk), read_only=True)
    book.set_mock_caller()
    before, stamp = everything(book), tracker(desk).read_bytes()
    click()
    assert "只读" in live.alerts[-1][0]
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp
    with desk.open() as office:
        assert office.ledger.receipts() == ()


def test_an_unreadable_return_is_told_and_hinders_nothing(live: CalcApp, desk: Desk):
    returns(desk)
    (desk.root / "收件箱" / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    open_tracker(live, desk)
    click()
    assert "2 份待退回修改" in live.alerts[-1][0]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3


@pytest.mark.parametrize("point", ["write", "link", "rules", "overview", "save"])
def test_an_error_in_the_middle_takes_everything_back(
    live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch, point: str
):
    decorate(desk)
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    returns(desk)
    book = open_tracker(live, desk)
    if point == "link":
        # Links of items that come again from another file are written one by one.
        click()
        correct(desk)
    type_live(book, POLICY, "opinion", "同意缓报")
    before, stamp = everything(book), tracker(desk).read_bytes()
    _break(monkeypatch, point)
    click()
    words = live.alerts[-1][0]
    assert "意外的错误（ZeroDivisionError）" in words
    assert "工作簿已恢复原样" in words
    assert f"新收的 {1 if point == 'link' else 2} 份报送件和台账上填写的 1 条意见已登记" in words
    assert "Traceback" not in words
    assert "ZeroDivisionError" in (session.HOME / "addin.log").read_text(encoding="utf-8")
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp
    assert (live.screen_updating, live.calculation, live.status_bar) == (True, "automatic", False)
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: desk.now)
    monkeypatch.setattr(session, "HOME", desk.root.parent / "home")
    click()
    # What had been taken in is neither lost nor taken in again.
    assert "汇总完成。\n本次新收 0 份。" in live.alerts[-1][0]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3
    with desk.open() as office:
        assert [(d.kind, d.value) for d in office.ledger.decisions()] == [(DecisionKind.OPINION, "同意缓报")]


def correct(desk: Desk) -> None:
    """市财政局 sends all its items once more, in another file and with a document number."""
    again = [
        item("D02 政府采购", title="00123", doc_no="00456"),
        item("D02 政府采购", 2, title="=1+1"),
        item("D02 政府采购", 3),
    ]
    path = desk.reply("市财政局", "财政改.xlsx", answers={("D04", "2026-11"): nil()}, items=again)
    drop(desk, path.name, path, hour=15)


def test_what_cannot_be_taken_back_is_told(live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    from zwgk_excel.addin.journal import Journal

    returns(desk)
    open_tracker(live, desk)
    stamp = tracker(desk).read_bytes()
    _break(monkeypatch, "rules")
    monkeypatch.setattr(Journal, "roll_back", lambda self: 1 / 0)
    click()
    assert "未能恢复原样，请不要保存" in live.alerts[-1][0]
    assert "2 份报送件已登记" in live.alerts[-1][0]
    assert tracker(desk).read_bytes() == stamp
    log = (session.HOME / "addin.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log, "the first error is what somebody has to mend"


def _break(monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """Let something fail late: the 6th block, a link, the rules of the third sheet, 总览, saving."""
    from tests.calc.engine.book import Book
    from zwgk_excel.addin import refresh
    from zwgk_excel.addin.journal import Journal

    owner: Any
    owner, name, after = {
        "write": (Journal, "write", 6),
        "link": (Journal, "link", 2),
        "rules": (refresh, "refresh_rules", 3),
        "overview": (refresh, "refresh_overview", 1),
        "save": (Book, "save", 1),
    }[point]
    real, count = getattr(owner, name), [0]

    def failing(*args: Any, **options: Any) -> Any:
        count[0] += 1
        if count[0] >= after:
            raise ZeroDivisionError
        return real(*args, **options)

    monkeypatch.setattr(owner, name, failing)


def test_an_open_book_with_settings_or_code_changes_nothing(live: CalcApp, desk: Desk, tmp_path: Path):
    attack = openpyxl.Workbook()
    for name in ("zwgk.conf", "xlwings.conf", "zwgk_excel.py", "sitecustomize.py"):
        page = attack.create_sheet(name)
        page["A1"], page["B1"] = "PYTHONPATH", str(tmp_path)
        page["A2"] = f"open({str(tmp_path / 'ran')!r}, 'w')"
    folder = desk.root / "附件"
    folder.mkdir()
    attack.save(folder / "攻击.xlsx")
    stamp = (folder / "攻击.xlsx").read_bytes()
    book = xw.books.open(folder / "攻击.xlsx")
    book.set_mock_caller()
    returns(desk)
    before = everything(book)
    click()
    assert "汇总完成" in live.alerts[-1][0]
    assert everything(book) == before
    assert (folder / "攻击.xlsx").read_bytes() == stamp
    assert not (tmp_path / "ran").exists()
    assert PURCHASES in rows_of(saved(desk)[TRACKING.name])


# --- a whole year ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_year_of_sixty_units(live: CalcApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The returns of a month come into a tracker of sixty units and a year; everything in the file is right."""
    desk = year_desk(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: desk.now)
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    answer_year(desk, MONTHS[:-1])
    with desk.open() as office:
        consolidate(office, as_of=None, who="科员")
    book = open_tracker(live, desk)
    book.names[name_of("as_of")].refers_to_range.value = desk.now
    answer_year(desk)
    click()
    assert f"共 {UNITS * len(MONTHS)} 份已收" in live.alerts[-1][0]
    with desk.open() as office:
        view = prepare(office, OfficeInput(), as_of=None, who="科员").view
    after = grids(desk)
    assert_rows(after, "tracking", tracking_rows(view), 1_500)
    assert_rows(after, "items", item_rows(view), 14_000)
    assert_rows(after, "problems", problem_rows(view), 50)
    assert_rows(after, "receipts", receipt_rows(view), 720)
    shape = LAYOUT["items"]
    assert book.sheets[shape.name].range(cells_of(shape, "doc_no", view.item_count)).number_format == "@"
    states = book.sheets[TRACKING.name].range(cells_of(TRACKING, "timeliness", len(view.rows))).formula
    assert {row[0][:4] for row in states} == {"=IF("}
    click()
    assert "新收 0 份" in live.alerts[-1][0]
    assert grids(desk) == after


def cells_of(shape: Any, key: str, count: int) -> str:
    """The address of a column's cells in a table of ``count`` rows."""
    letters = column_letters(shape.index(key))
    return f"{letters}4:{letters}{3 + count}"


def grids(desk: Desk) -> dict[str, list[list[Any]]]:
    """The values of the saved file, by calamine: openpyxl would take half a minute."""
    found = CalamineWorkbook.from_path(tracker(desk))
    return {name: found.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in found.sheet_names}


def assert_rows(found: dict[str, list[list[Any]]], key: str, rows: Iterable[Any], least: int) -> None:
    """A sheet shows just these rows, in any order; states are what Calc computed."""
    shape, expected = LAYOUT[key], list(rows)
    assert len(expected) >= least
    keys = [column.key for column in shape]
    wanted = Counter(tuple(_plain(row.get(key)) for key in keys) for row in expected)
    assert Counter(tuple(map(_plain, row[: len(keys)])) for row in found[shape.name][3:]) == wanted


def _plain(value: Any) -> str:
    """A value as text, however it was written: days with and without a time, whole numbers as either kind."""
    if isinstance(value, FileLink):
        return value.text
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return "" if value is None else str(int(value)) if isinstance(value, float) else str(value)


# --- which workspace -------------------------------------------------------------------------------


def test_another_book_in_front_opens_the_workspaces_own(live: CalcApp, desk: Desk):
    book = xw.books.open(desk.root / layout("roster").file_name)
    book.set_mock_caller()
    returns(desk)
    click()
    assert LAYOUT.file_name in [each.name for each in xw.books]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3


def test_no_tracker_yet_makes_one(live: CalcApp, desk: Desk):
    tracker(desk).unlink()
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    returns(desk)
    click()
    assert "新收 2 份" in live.alerts[-1][0]
    assert LAYOUT.file_name in [each.name for each in xw.books]


def test_the_first_run_makes_a_workspace_and_remembers_it(
    live: CalcApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    monkeypatch.setattr(places, "choose_folder", lambda app: tmp_path / "新工作区")
    xw.books.add().set_mock_caller()
    click("check")
    assert (tmp_path / "新工作区" / "zwgk.toml").is_file()
    assert places.remembered() == (tmp_path / "新工作区").resolve()
    assert "提醒" in live.alerts[-1][0]
    click("self_test")
    assert str(tmp_path / "新工作区") in live.alerts[-1][0]
    assert "×" not in live.alerts[-1][0]


def test_giving_up_at_the_first_run_changes_nothing(live: CalcApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    xw.books.add().set_mock_caller()
    live.answer = "cancel"
    click("generate")
    assert "什么也没有改动" in live.alerts[-1][0]
    assert places.remembered() is None


def test_generate_asks_which_month(live: CalcApp, desk: Desk):
    open_tracker(live, desk)
    live.answer = "yes"
    click("generate")
    assert desk.sent("市财政局", CYCLE + 1).is_file()
    assert "新生成" in live.alerts[-1][0]


def test_the_inbox_and_the_help_open(live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    opened: list[Path] = []
    monkeypatch.setattr(outside, "open_path", opened.append)
    open_tracker(live, desk)
    click("open_inbox")
    assert [path.name for path in opened] == ["收件箱"]
    click("help")
    assert "汇总" in live.alerts[-1][0]


def test_without_an_application_the_command_line_does_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, live: CalcApp
):
    said: list[str] = []
    opened: list[Path] = []
    monkeypatch.setattr(outside, "show", said.append)
    monkeypatch.setattr(outside, "open_path", opened.append)
    places.remember(desk.root)
    returns(desk)
    click()
    assert "命令行" in said[0]
    assert "新收 2 份" in said[0]
    assert opened == [tracker(desk)]
    assert rows_of(saved(desk, values=False)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3
    click("generate")
    assert "zwgk generate 2026-12" in said[1]
    click("send")
    assert "zwgk send 2026-12（先预览，加 --yes 才发出）" in said[2]
