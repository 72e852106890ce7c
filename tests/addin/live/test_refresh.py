"""The 汇总 button clicked in a live workbook: what came in appears, as the command line would write it."""

from __future__ import annotations

import re
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from tests.addin.taken_back import taken_back
from tests.addin.tracker_desk import (
    FORMULA,
    JOBS,
    LAYOUT,
    MINE,
    POLICY,
    PURCHASES,
    TRACKING,
    click,
    content,
    correct,
    decorate,
    drop,
    open_tracker,
    returns,
    rows_of,
    saved,
    tracker,
    type_live,
)
from tests.calc.engine import CalcApp
from tests.calc.engine.calls import counted_calls
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.correspondence import LetterKind, LetterState, OutgoingMessage
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate

LINK = re.compile(r'=HYPERLINK\("[^"]*","([^"]*)"\)')


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
    assert title == "政务公开"
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
    def letter(number: int) -> OutgoingMessage:
        key, kind = f"reminder/2026-12-03/市财政局/{number}", LetterKind.REMINDER
        address = ("caizheng@example.gov.cn",)
        return OutgoingMessage(
            key, kind, "市财政局", CYCLE, address, (), "", "", LetterState.PREPARED, desk.now, "urge"
        )

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
        office.ledger.decide([Decision(PURCHASES, DecisionKind.OPINION, "00123", "科长", desk.now)], ActSource.COMMAND)
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
    twin = Desk(Path(shutil.copytree(desk.root, tmp_path / "twin")), desk.now)
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
    """Each call is a message to Excel and back: there must be a few for a sheet, not one for a row or a cell."""
    returns(desk)
    open_tracker(live, desk)
    click()
    with counted_calls() as calls:
        click()
    assert "新收 0 份" in live.alerts[-1][0]
    assert calls.total() <= 150, calls  # some six for each of twenty sheets
    assert not calls.keys() & {"insert", "delete", "resize", "add_hyperlink", "clear_contents"}
    for number in range(60):
        drop(desk, f"通知{number}.txt", attached(desk, number))
    click()
    with counted_calls() as more:
        click()
    assert more.total() <= calls.total() + 10, more - calls


def attached(desk: Desk, number: int) -> Path:
    """A file that is no report workbook: quickly read, with a receipt and a problem of its own."""
    path = desk.root.parent / f"通知{number}.txt"
    path.write_text(f"第 {number} 号通知", encoding="utf-8")
    return path


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


def test_an_error_when_all_is_written_takes_everything_back(
    live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    taken_back(live, desk, monkeypatch, "save")
