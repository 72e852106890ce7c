"""The tracker as a file: sheets, tables, colours, dropdowns, links, hostile texts, and that it is always the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.ooxml import validate_all
from tests.workbooks.tracker_sample import item_count, realistic, roster
from tests.xlsx_lint import lint
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import Item, Receipt, Return, Verdict
from zwgk_excel.domain.tracking import Outcome, Timeliness, TrackerRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word, words
from zwgk_excel.workbooks.excel import A3, column_letters
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.tracker.rows.figures import FIGURES, figure_heading, figures, matrix
from zwgk_excel.workbooks.tracker.rows.row_values import (
    FileLink,
    item_rows,
    problem_rows,
    receipt_rows,
    tracking_order,
    tracking_rows,
)
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets import page as tracker_sheet
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW, HEADER_ROW, HINT_ROW, file_url
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

pytestmark = pytest.mark.slow

TRACKER = layout("tracker")
VIEW = realistic()
HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "a\x00b\x0b\ud800c", "x" * 40_000, "<&>\"'", "{=A1}", "  "]
LISTS = ("tracking", "items", "problems", "receipts", "link_checks", "site_faults", "coverage", "letters", "acts")


def load(data: bytes, *, data_only: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)


@pytest.fixture(scope="module")
def data() -> bytes:
    return tracker_workbook(VIEW)


@pytest.fixture(scope="module")
def book(data: bytes) -> Any:
    return load(data)


def table(data: bytes, key: str) -> list[dict[str, Any]]:
    """The rows of one of our tables as a viewer shows them, by column key."""
    sheet = TRACKER[key]
    page = load(data, data_only=True)[sheet.name]
    keys = [column.key for column in sheet]
    rows = page.iter_rows(min_row=FIRST_ROW + 1, max_col=len(keys), values_only=True)
    return [dict(zip(keys, row, strict=True)) for row in rows]


def small(*rows: TrackerRow, **values: Any) -> TrackerView:
    """A view of a few rows and nothing else unless ``values`` say so."""
    empty: dict[str, Any] = {"contents": (), "problems": (), "receipts": (), "units": (), "rows": rows, "letters": ()}
    empty |= {"acts": (), "link_checks": {}, "site_faults": (), "reconciled": (), "coverage": ()}
    given = {**empty, **values}
    return replace(VIEW, **given, item_count=item_count(given["contents"]))


# --- sheets and tables -------------------------------------------------------------------------


def test_sheets_are_those_of_the_layout_in_its_order(book: Any):
    shown = [sheet.name for key, sheet in TRACKER.sheets.items() if key not in {"removed", "identity"}]
    assert [page.title for page in book.worksheets if page.sheet_state == "visible"] == shown
    assert book[TRACKER["identity"].name].sheet_state == "veryHidden"
    assert book.active.title == TRACKER["overview"].name


@pytest.mark.parametrize("key", LISTS)
def test_tables_have_the_columns_of_the_layout(book: Any, key: str):
    sheet = TRACKER[key]
    found = book[sheet.name].tables[sheet.table]
    assert [column.name for column in found.tableColumns] == [column.heading for column in sheet]
    assert found.autoFilter is not None


def test_every_workbook_passes_validator_and_lint(tmp_path: Path, data: bytes):
    files = {"full": data, "empty": tracker_workbook(small()), "hostile": tracker_workbook(hostile_view())}
    paths = [tmp_path / f"{name}.xlsx" for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
        assert [str(defect) for defect in lint(path)] == [], path.name
    assert validate_all(paths) == {}


def test_the_same_view_gives_the_same_bytes(data: bytes):
    assert tracker_workbook(VIEW) == data
    assert tracker_workbook(replace(VIEW, office="另一个办公室")) != data


def test_nothing_yet_is_a_sound_tracker():
    book = load(tracker_workbook(small()))
    for key in LISTS:
        sheet = TRACKER[key]
        first, last = book[sheet.name].tables[sheet.table].ref.split(":")
        assert int(re.sub(r"\D", "", last)) == int(re.sub(r"\D", "", first)) + 1
        assert {cell.value for cell in book[sheet.name][FIRST_ROW + 1]} == {None}


def test_revision_is_kept_in_the_file(book: Any):
    rows = dict(book[TRACKER["identity"].name].iter_rows(max_row=3, max_col=2, values_only=True))
    assert (rows["revision"], rows["acts"]) == ("7", str(VIEW.acts[-1].number))


# --- links ---------------------------------------------------------------------------------------


def test_links_with_faults_stand_first_with_both_titles_and_days(data: bytes):
    rows = table(data, "link_checks")
    assert [row["verdict"] for row in rows[:6]].count("无法判断") == 1
    assert {row["verdict"] for row in rows[:4]} == {"标题不符", "日期不符", "页面不存在", "打不开"}
    late = next(row for row in rows if row["verdict"] == "日期不符")
    assert late["late_by"] > 20
    assert (late["shown_on"] - late["published_on"]).days > 50
    assert "超期" in late["told"]
    assert [row["at"] for row in rows if row["verdict"] == "没有核验"] == [None]
    assert len(rows) == 24


def test_what_a_page_calls_itself_is_text_and_an_address_no_link(book: Any):
    sheet = TRACKER["link_checks"]
    page = book[sheet.name]
    titles = [cell for cell in page[column_letters(sheet.index("shown_title"))] if cell.value]
    (hostile,) = [cell for cell in titles if str(cell.value).startswith("=HYPERLINK")]
    assert hostile.data_type == "s"
    assert not [cell for cell in page[column_letters(sheet.index("url"))] if cell.hyperlink]


def test_faults_that_wait_for_the_office_stand_first(data: bytes):
    rows = table(data, "site_faults")
    assert [row["outcome"] for row in rows] == ["说明待核", "逾期未整改", "未整改", "待再次核验"]
    assert (rows[0]["status"], rows[0]["explanation"]) == ("情况有误", "=1+1")
    assert rows[0]["file"] == "整改.xlsx"


def test_the_overview_says_how_many_links_are_faulty(data: bytes):
    def told(view: TrackerView) -> set[Any]:
        page = load(tracker_workbook(view), data_only=True)[TRACKER["overview"].name]
        return {cell.value for row in page.iter_rows(max_row=4) for cell in row}

    assert "链接有问题 4 条 →" in told(VIEW)
    checked = {month: found[-1:] for month, found in VIEW.link_checks.items()}
    assert "链接没有发现问题" in told(replace(VIEW, link_checks=checked))
    assert "没有核验链接" in told(replace(VIEW, link_checks={}))


# --- the tracking sheet ------------------------------------------------------------------------


def test_rows_stand_newest_cycle_first_and_most_urgent_on_top():
    rows = tracking_order(VIEW)
    cycles = [row.status.obligation.cycle for row in rows]
    assert cycles == sorted(cycles, reverse=True)
    for cycle in set(cycles):
        states = [row.status.timeliness for row in rows if row.status.obligation.cycle == cycle]
        overdue = [place for place, state in enumerate(states) if state is Timeliness.OVERDUE]
        assert overdue == list(range(len(overdue)))
    assert tracking_order(replace(VIEW, rows=tuple(reversed(VIEW.rows)))) == rows


def test_viewers_that_compute_nothing_show_what_python_says(data: bytes):
    shown = table(data, "tracking")
    assert len(shown) == len(VIEW.rows)
    for row, expected in zip(shown, tracking_rows(VIEW), strict=True):
        for key, value in expected.items():
            got = row[key].date() if isinstance(row[key], datetime) and key != "received_at" else row[key]
            assert (got or None) == (value or None), (key, row)


def test_open_cycles_are_live_and_closed_ones_are_not(book: Any):
    page = book[TRACKER["tracking"].name]
    live = {key: TRACKER["tracking"].index(key) + 1 for key in ("timeliness", "days_late", "days_left")}
    for number, row in enumerate(tracking_order(VIEW), FIRST_ROW + 1):
        kinds = {page.cell(number, column).data_type for column in live.values()}
        assert ("f" in kinds) is not row.closed
    assert {row.closed for row in VIEW.rows} == {True, False}


def test_only_the_offices_columns_ask_and_check(book: Any):
    page = book[TRACKER["tracking"].name]
    sheet = TRACKER["tracking"]
    last = FIRST_ROW + len(VIEW.rows)
    found = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    for column in (each for each in sheet if each.office):
        letters = openpyxl.utils.get_column_letter(sheet.index(column.key) + 1)
        rule = found.pop(f"{letters}{FIRST_ROW + 1}:{letters}{last}")
        assert rule.error
        assert (rule.prompt or "") == column.prompt
    assert not found
    assert {cell.fill.fgColor.rgb for cell in page[HEADER_ROW + 1]} == {"FF1F4E79", "FFC55A11"}
    assert page.protection.sheet is False


@pytest.mark.parametrize(
    ("sheet", "key", "of"),
    [
        ("tracking", "timeliness", "timeliness"),
        ("link_checks", "verdict", "link_verdict"),
        ("site_faults", "outcome", "fault_outcome"),
    ],
)
def test_every_state_has_a_colour_and_a_mark(data: bytes, sheet: str, key: str, of: str):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    book = load(data)
    page = book[TRACKER[sheet].name]
    column = openpyxl.utils.get_column_letter(TRACKER[sheet].index(key) + 1)
    rules = [rule for area in page.conditional_formatting if str(area.sqref).startswith(column) for rule in area.rules]
    spoken = {shown for shown in words(of).values() if any(f'"{shown}"' in rule.formula[0] for rule in rules)}
    assert spoken == set(words(of).values())
    assert all(rule.dxf.numFmt is not None and rule.dxf.fill is not None for rule in rules)
    assert {mark for mark in "×▲√○" if f"&quot;{mark} &quot;@" in styles} == set("×▲√○")


def test_panes_and_print_titles(book: Any):
    page = book[TRACKER["tracking"].name]
    assert page.freeze_panes == "C4"
    assert page.print_title_rows == "$3:$3"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", A3)
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_advisory_and_on_demand_rows_are_marked_and_counted_nowhere(data: bytes):
    rows = [row for row in table(data, "tracking") if row["mandatory"] == word("mandatory", "no")]
    assert rows
    assert {row["timeliness"] for row in rows} == {word("timeliness", "on_demand")}
    counts = figures(VIEW.rows)
    dated = [row for row in VIEW.rows if row.status.obligation.due]
    assert counts["due"] == len(dated) == sum(counts[each] or 0 for each in Outcome)


# --- overview and matrix -----------------------------------------------------------------------


def test_overview_has_the_figures_of_every_month_and_charts(data: bytes):
    page = load(data, data_only=True)[TRACKER["overview"].name]
    rows = {row[0]: row[1 : len(FIGURES) + 1] for row in page.iter_rows(values_only=True) if row[0]}
    cycles = sorted({str(row.status.obligation.cycle) for row in VIEW.rows})
    assert rows[TRACKER["tracking"].heading("cycle")] == tuple(figure_heading(key) for key in FIGURES)
    for cycle in cycles:
        counts = figures(row for row in VIEW.rows if str(row.status.obligation.cycle) == cycle)
        assert rows[cycle] == tuple(counts[key] for key in FIGURES)
    assert len(load(data)[TRACKER["overview"].name]._charts) == 5


def test_matrix_reads_without_colour(data: bytes):
    page = load(data, data_only=True)[TRACKER["matrix"].name]
    head = [cell.value for cell in page[HEADER_ROW + 1]]
    assert head[-1] == "2026-07"
    rows = matrix(VIEW)
    assert [unit.name for unit in roster().units] == [row["unit"] for row in rows]
    for number, expected in enumerate(rows, FIRST_ROW + 1):
        for column, heading in enumerate(head, 1):
            if heading and re.fullmatch(r"\d{4}-\d\d", heading):
                assert (page.cell(number, column).value or "") == expected[heading]
    texts = {str(row["2026-09"]) for row in rows}
    assert any(re.fullmatch(r"\d/\d .*缺\d.*", text) for text in texts)


def test_a_unit_that_only_history_knows_is_in_the_matrix():
    gone = tuple(unit for unit in VIEW.units if unit.name != "市财政局")
    rows = matrix(replace(VIEW, units=gone))
    assert rows[-1]["unit"] == "市财政局"
    assert rows[-1]["kind"] == ""


# --- items, problems, receipts -----------------------------------------------------------------


def test_letters_are_all_there_in_words_the_newest_first(data: bytes):
    letters = table(data, "letters")
    assert [row["letter"] for row in letters] == [each.key for each in reversed(VIEW.letters)]
    assert {row["kind"] for row in letters} == {"下发", "催报"}
    assert [row["level"] for row in letters if row["kind"] == "催报"] == ["督办提醒", "催报"]
    assert (letters[0]["state"], letters[0]["detail"]) == ("被拒收", "550 没有这个用户")


def test_acts_are_all_there_in_words_the_newest_first(data: bytes):
    acts = table(data, "acts")
    assert [row["number"] for row in acts] == [4, 3, 2, 1]
    assert [row["act"] for row in acts] == ["撤销", "填写意见", "免报", "延期"]
    assert [row["undone_by"] for row in acts] == [None, None, 4, None]
    assert (acts[0]["subject"], acts[0]["change"], acts[0]["who"]) == ("撤销第 2 号（免报）：D02", "不再免报", "李强")


def test_items_problems_and_receipts_are_all_there(data: bytes):
    items = [item for receipt in VIEW.contents if receipt.content for item in receipt.content.items]
    assert Counter(row["title"] for row in table(data, "items")) == Counter(item.title for item in items)
    assert len(table(data, "problems")) == len(VIEW.problems)
    assert [row["sha256"] for row in table(data, "receipts")] == [each.sha256 for each in reversed(VIEW.receipts)]


def test_files_open_from_the_tracker_at_the_cell(data: bytes):
    page = load(data)[TRACKER["problems"].name]
    cell = page.cell(FIRST_ROW + 1, TRACKER["problems"].index("file") + 1)
    first = next(problem_rows(VIEW))
    link = first["file"]
    assert isinstance(link, FileLink)
    assert cell.value == link.text
    assert cell.hyperlink.target == link.path == f"收件箱/{link.text}"
    assert cell.hyperlink.location == f"'{first['sheet']}'!{first['cell']}"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("收件箱/a b#1.xlsx", "收件箱/a%20b%231.xlsx"),
        ("收件箱/100%25.xlsx", "收件箱/100%2525.xlsx"),
        ("收件箱/“引号”'.xlsx", "收件箱/“引号”'.xlsx"),
        ('收件箱/"<>|?.xlsx', "收件箱/%22%3C%3E%7C%3F.xlsx"),
        ("收件箱/" + "长" * 246 + ".xlsx", "收件箱/" + "长" * 246 + ".xlsx"),
    ],
)
def test_file_names_are_escaped(path: str, target: str):
    url = file_url(FileLink("名", path))
    assert url is not None
    assert url._target() == target


OUTSIDE = ["", "../a.xlsx", "收件箱/../../etc/passwd", "/etc/passwd", "javascript:alert(1)", "C:/a.xlsx"]


@pytest.mark.parametrize("path", [*OUTSIDE, "\\\\host\\a.pdf", "//host/a.pdf", "收件箱/" + "长" * 247 + ".xlsx"])
def test_no_link_leaves_the_folder_or_is_too_long(path: str):
    assert file_url(FileLink("名", path)) is None


@pytest.mark.parametrize("end", ["hta", "lnk", "exe", "js", "url", "scr", "xlsm", "html", "zip", "", "xlsx.隔离"])
def test_no_link_opens_what_may_run(end: str):
    assert file_url(FileLink("名", f"收件箱/通知.{end}")) is None


def test_a_name_that_turns_itself_round_is_shown_as_it_is_and_not_linked(tmp_path: Path):
    shown = receipts_with(["收件箱/通知\u202exslx.exe", "收件箱/通知\u202excod.xlsx", "收件箱/通知.xlsx"])
    page = load(shown)[TRACKER["receipts"].name]
    cells = [row[TRACKER["receipts"].index("file")] for row in page.iter_rows(min_row=FIRST_ROW + 1)]
    assert [(cell.value, cell.hyperlink is not None) for cell in reversed(cells)] == [
        ("通知xslx.exe", False),
        ("通知xcod.xlsx", False),
        ("通知.xlsx", True),
    ]


def receipts_with(files: list[str]) -> bytes:
    """A tracker with these files alone."""
    some = VIEW.receipts[: len(files)]
    return tracker_workbook(replace(VIEW, receipts=tuple(map(lambda r, f: replace(r, file=f), some, files))))


def test_links_beyond_the_limit_are_plain_text(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracker_sheet, "LINK_LIMIT", 10)
    data = tracker_workbook(VIEW)
    page = load(data)[TRACKER["receipts"].name]
    cells = [row[TRACKER["receipts"].index("file")] for row in page.iter_rows(min_row=FIRST_ROW + 1)]
    assert sum(cell.hyperlink is not None for cell in cells) == 10
    assert [cell.value for cell in cells] == [each.name for each in reversed(VIEW.receipts)]


def hostile_view() -> TrackerView:
    """Every text of a view hostile."""
    rows, receipts = [], []
    problems: list[Problem] = []
    for number, text in enumerate(HOSTILE):
        status = VIEW.rows[number].status
        duty = replace(status.obligation.duty, column=text)
        owed = replace(status.obligation, duty=duty, unit=f"{text[:50]}{number}")
        standing = replace(status.decisions, opinion=text)
        rows.append(TrackerRow(replace(status, obligation=owed, decisions=standing), correction=text))
        item = Item(owed.key, text, text, "other", text, url=text, remark=text, row=number)
        name = text[:40].replace("/", "_")
        found = (problem("date_form", CellRef(name, text, text), obligation=owed.key, heading=text, value=text),)
        content = Return(owed.unit, Month(2026, 11), (), (item,), found)
        at = datetime(2026, 11, 20, 8, number)
        receipts.append(
            Receipt(f"收件箱/{name}", f"{number:064}", at, Verdict.RETURNED, True, text, None, 1, found, content)
        )
        problems += found
    given = {"units": roster().units[:3], "receipts": tuple(receipts), "contents": tuple(receipts)}
    return small(*rows, problems=tuple(problems), office=HOSTILE[0] + "&" * 300, **given)


def test_hostile_texts_are_texts():
    data = tracker_workbook(hostile_view())
    book = load(data)
    formulas = Counter(cell.data_type for page in book for row in page.iter_rows() for cell in row)
    ours = load(tracker_workbook(small(*VIEW.rows[: len(HOSTILE)], units=roster().units[:3])))
    expected = Counter(cell.data_type for page in ours for row in page.iter_rows() for cell in row)
    # The figures on the overview depend on how many units and columns there are, the tables have no formula of theirs.
    assert formulas["f"] >= expected["f"]
    for key in ("items", "problems", "receipts"):
        kinds = {cell.data_type for row in book[TRACKER[key].name].iter_rows() for cell in row}
        assert "f" not in kinds
    titles = [row["title"] for row in table(data, "items")]
    assert sorted(map(len, titles))[-1] == 32_767
    assert "=1+1" in titles


def test_rows_are_plain_values_for_a_live_workbook():
    for rows in map(list, (tracking_rows(VIEW), item_rows(VIEW), problem_rows(VIEW), receipt_rows(VIEW))):
        assert rows
        kinds = {type(value) for row in rows for value in row.values()}
        assert kinds <= {str, int, float, date, datetime, FileLink, type(None)}
    columns: Mapping[str, Any] = {c.key: c for c in TRACKER["tracking"]}
    assert next(tracking_rows(VIEW)).keys() == columns.keys()
    assert next(item_rows(VIEW)).keys() == {c.key for c in TRACKER["items"]}


def test_a_large_tracker_has_every_row():
    view = realistic(date(2026, 11, 26), 12, 14)
    assert len(view.rows) > 1_500
    assert view.item_count > 13_000
    written = open_book(tracker_workbook(view), "总台账.xlsx")
    items = layout("tracker")["items"]
    grid = written.grid(items.name)
    assert grid
    header = next(number for number, row in enumerate(grid.rows) if items.heading("unit") in row)
    assert len(grid.rows) - header - 1 == view.item_count


def test_more_rows_than_a_sheet_has_room_for_are_told(monkeypatch):
    monkeypatch.setattr("zwgk_excel.workbooks.tracker.tracker_workbook.ROWS", 7)
    book = openpyxl.load_workbook(io.BytesIO(tracker_workbook(realistic())))
    page = book[layout("tracker")["items"].name]
    assert page.max_row == FIRST_ROW + 7
    assert "列出前 7 行" in page.cell(HINT_ROW + 1, 1).value
