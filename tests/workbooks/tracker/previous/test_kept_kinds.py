"""One workbook of each kind of office content: the list in docs/tracker-keeps.md says what becomes of it."""

# ruff: noqa: E501 -- XML as the programs write it, in one line
from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.ooxml import validate_all
from tests.tools import ROOT, require
from tests.workbooks.tracker.previous import office_parts as parts
from tests.workbooks.tracker.previous.office_parts import MAKERS, SHEET, edit, names_in, text_of, with_sheet
from tests.workbooks.tracker_sample import added_to, realistic, typed_into
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.bulletin.pdf import to_pdf
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.tracker.previous.part_kinds import KINDS, Keeping
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

VIEW = replace(_WHOLE := realistic(date(2026, 9, 20), count=1, items=1), rows=_WHOLE.rows[:12])
KEPT = [kind.name for kind in KINDS if kind.keeping is Keeping.KEPT]
STOPS = [kind.name for kind in KINDS if kind.keeping is Keeping.STOPS]
WORDS = {Keeping.KEPT: "保留", Keeping.REMARK: "保留并说明", Keeping.STOPS: "先停下"}


@pytest.fixture(scope="module")
def plain() -> bytes:
    """A tracker with a sheet of the office's, as openpyxl saves it."""
    return with_sheet(tracker_workbook(VIEW))


@pytest.fixture(scope="module")
def consolidated(plain: bytes) -> Callable[[str], tuple[bytes, bytes]]:
    """Name of a kind → the tracker with it, and after a consolidation."""

    @functools.cache
    def made(name: str) -> tuple[bytes, bytes]:
        data = MAKERS[name].make(plain)
        return data, again(data)

    return made


def again(data: bytes) -> bytes:
    """The tracker after a consolidation."""
    return tracker_workbook(VIEW, added_to(data))


def refused(data: bytes) -> RejectedFileError:
    with pytest.raises(RejectedFileError) as caught:
        again(data)
    return caught.value


def test_the_page_lists_every_kind_with_its_fate():
    page = (ROOT / "docs/tracker-keeps.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([^|]+?) \| (保留|保留并说明|先停下) \|", page, re.MULTILINE)
    assert listed == [(kind.name, WORDS[kind.keeping]) for kind in KINDS]
    assert set(MAKERS) == {kind.name for kind in KINDS}


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_is_in_the_new_tracker_and_stays(
    consolidated: Callable[[str], tuple[bytes, bytes]], name: str
):
    kept = MAKERS[name]
    data, result = consolidated(name)
    for pattern in kept.parts:
        assert any(re.fullmatch(pattern, each) for each in names_in(result)), (pattern, sorted(names_in(result)))
    for pattern in kept.texts:
        assert re.search(pattern, text_of(data)), ("the maker made it", pattern)
        assert re.search(pattern, text_of(result)), pattern
    assert again(result) == result, "a second consolidation changes nothing"
    assert added_to(data).notes == (), "nothing to remark on"


@pytest.mark.parametrize("name", STOPS)
def test_what_cannot_be_kept_stops_before_anything_is_written(plain: bytes, name: str):
    told = refused(MAKERS[name].make(plain)).problem
    assert told.code == "tracker_part_unkept"
    assert name in told.found
    assert told.action.startswith(("请", "改写"))


def said(paths: Iterable[Path]) -> dict[str, set[str]]:
    """What the validator says of files, without the numbers of rows; nothing of sound ones."""
    found = validate_all(sorted(paths), ["Microsoft365"])
    return {name: {re.sub(r"\d+", "#", each) for each in errors} for (name, _), errors in found.items()}


def test_the_results_are_as_sound_as_the_inputs(
    plain: bytes, consolidated: Callable[[str], tuple[bytes, bytes]], tmp_path: Path
):
    for number, name in enumerate(KEPT):
        given, result = consolidated(name)
        (tmp_path / f"{number}-before.xlsx").write_bytes(given)
        (tmp_path / f"{number}-after.xlsx").write_bytes(result)
    (tmp_path / "plain.xlsx").write_bytes(plain)
    found = said([tmp_path / "plain.xlsx", *tmp_path.glob("*-after.xlsx")])
    usual = found.pop("plain.xlsx", set())
    # What has no finding but those that all of them begin with needs no look at what it was before.
    after = {name: errors - usual for name, errors in found.items() if errors - usual}
    before_of = {name: tmp_path / name.replace("after", "before") for name in after}
    before = said(before_of.values())
    worse = {name: errors - before.get(before_of[name].name, set()) for name, errors in after.items()}
    assert {name: errors for name, errors in worse.items() if errors} == {}


def test_the_results_open_in_libreoffice(consolidated: Callable[[str], tuple[bytes, bytes]]):
    (soffice,) = require("soffice")
    made = {f"{number}.xlsx": consolidated(KEPT[number])[1] for number in (0, 2, 4, 6, 7, 10)}
    pages = to_pdf(soffice, made)
    assert {name: data[:4] for name, data in pages.items()} == dict.fromkeys(made, b"%PDF")


# --- what lies on our own sheets ---------------------------------------------------------------


def test_a_picture_and_a_chart_on_our_sheet_stay_and_ours_are_not_doubled(plain: bytes):
    overview = parts.tracker_sheet()
    ours, _ = parts.drawings_on(tracker_workbook(VIEW), overview)
    result = again(parts.drawn(plain, overview))
    assert parts.drawings_on(result, overview) == ([*ours, "科室自己的图"], [parts.png(3)])
    assert again(result) == result


def test_a_picture_on_a_sheet_of_ours_without_any_drawing_stays(plain: bytes):
    receipts = parts.tracker_sheet("receipts")
    assert parts.drawings_on(again(parts.drawn(plain, receipts)), receipts) == (["科室自己的图"], [parts.png(3)])


@pytest.mark.parametrize("key", ["overview", "tracking", "items"])
@pytest.mark.parametrize("make", [parts.control])
def test_what_our_sheets_would_lose_stops_and_says_where(plain: bytes, key: str, make):
    told = refused(make(plain, parts.tracker_sheet(key))).problem
    assert f"工作表“{parts.tracker_sheet(key)}”上的窗体控件" in told.found
    assert "移到自己加的工作表" in told.action


@pytest.mark.parametrize("key", ["tracking", "items"])
def test_the_protection_of_our_sheet_stays_and_is_remarked_on(plain: bytes, key: str):
    book = openpyxl.load_workbook(_file(plain))
    page = book[parts.tracker_sheet(key)]
    page.protection.set_password("x9")
    page.protection.autoFilter = False
    data = _saved(book)
    added = added_to(data)
    assert any(page.title in note and "保护" in note for note in added.notes)
    kept = openpyxl.load_workbook(_file(tracker_workbook(VIEW, added)))[page.title].protection
    assert (kept.sheet, kept.password, kept.autoFilter) == (True, page.protection.password, False)


def test_an_unknown_part_comes_along_and_is_remarked_on(plain: bytes):
    data = parts.unknown(plain)
    assert "<new>2031</new>" in text_of(again(data))
    (note,) = added_to(data).notes
    assert "newThing" in note


# --- the workbook part itself ------------------------------------------------------------------


def test_the_office_s_settings_of_the_workbook_stay(plain: bytes):
    made = edit(plain)
    made.insert(made.book, '<workbookProtection workbookPassword="CC1A" lockStructure="1"/>', before="bookViews")
    made.insert(made.book, '<fileSharing readOnlyRecommended="1" userName="科室"/>', before="workbookPr")
    root = text_of(again(made.write()))
    assert 'lockStructure="1"' in root
    assert 'readOnlyRecommended="1"' in root


def test_custom_views_manual_calculation_and_named_styles_are_remarked_on(plain: bytes):
    made = edit(plain)
    view = (
        '<customWorkbookViews><customWorkbookView name="汇报用" guid="{0E5A1B54-53C5-4E9B-9B6E-2F6B2F0F5C11}" windowWidth="9" '
        'windowHeight="9" activeSheetId="1"/></customWorkbookViews>'
    )
    made.insert(made.book, view, before="pivotCaches|extLst")
    text = made.package.parts[made.book].decode()
    made.package.parts[made.book] = re.sub(
        r"<calcPr[^>]*/>", '<calcPr calcId="1" calcMode="manual" iterate="1"/>', text
    ).encode()
    data = made.write()
    said = " ".join(added_to(data).notes)
    assert "自定义视图" in said
    assert "重算" in said
    result = text_of(again(data))
    assert "汇报用" in result
    assert 'iterate="1"' in result
    assert 'calcMode="manual"' not in result
    book = openpyxl.load_workbook(_file(plain))
    book.add_named_style(openpyxl.styles.NamedStyle("科室重点", font=openpyxl.styles.Font(bold=True)))
    book[SHEET]["A2"].style = "科室重点"
    styled = _saved(book)
    assert any("科室重点" in note for note in added_to(styled).notes)
    assert openpyxl.load_workbook(_file(again(styled)))[SHEET]["A2"].font.b


def test_dates_from_1904_and_live_links_stop(plain: bytes):
    made = edit(plain)
    text = made.package.parts[made.book].decode()
    made.package.parts[made.book] = re.sub(r"<workbookPr", '<workbookPr date1904="1"', text, count=1).encode()
    assert "1904" in refused(made.write()).problem.found
    assert "DDE" in refused(parts.live_link(plain)).problem.found


def test_names_of_the_office_without_any_sheet_of_its_own_stay():
    book = openpyxl.load_workbook(_file(tracker_workbook(VIEW)))
    book.defined_names["起算日"] = openpyxl.workbook.defined_name.DefinedName("起算日", attr_text="总览!$B$2")
    result = openpyxl.load_workbook(_file(again(_saved(book))))
    assert result.defined_names["起算日"].attr_text == "总览!$B$2"


# --- pictures in the office's own columns ------------------------------------------------------

TRACKING = layout("tracker")["tracking"]


def _with_column(plain: bytes, row: int = 4) -> tuple[bytes, str]:
    """A tracker with a column of the office, and its one filled cell."""
    book = openpyxl.load_workbook(_file(plain))
    page = book[TRACKING.name]
    place = len(TRACKING.columns) + 1
    page.cell(3, place, "公示截图")
    cell = page.cell(row, place, "占位")
    return _saved(book), cell.coordinate


def _picture_cell(made, where: str, cell: str) -> bytes:
    part = made.part_of(TRACKING.name)
    text = made.package.parts[part].decode()
    made.package.parts[part] = re.sub(rf'<c r="{where}"[^>]*>.*?</c>', lambda _: cell, text, count=1).encode()
    return made.write()


@pytest.mark.parametrize("gone", [False, True], ids=["row there", "row gone"])
@pytest.mark.parametrize("kind", ["wps", "excel"])
def test_a_picture_in_a_column_of_the_office_stays_a_picture(plain: bytes, kind: str, gone: bool):
    data, where = _with_column(plain)
    made = edit(data)
    if kind == "wps":
        parts.cell_images(made)
        shown = f'DISPIMG("{parts.PICTURE}",1)'
        cell = f'<c r="{where}" t="str"><f>_xlfn.{shown}</f><v>={shown}</v></c>'
    else:
        parts.rich_values(made)
        cell = f'<c r="{where}" t="e" vm="1"><v>#VALUE!</v></c>'
    added = added_to(_picture_cell(made, where, cell))
    result = tracker_workbook(_without_first(VIEW, added) if gone else VIEW, added)
    wanted = (
        rf"<f>_xlfn\.{re.escape(shown)}</f>"
        if kind == "wps"
        else r'<c r="[A-Z]+\d+"[^>]* t="e" vm="1"><v>#VALUE!</v></c>'
    )
    assert len(re.findall(wanted, text_of(result))) == 1
    assert "ZWGK.RICH" not in text_of(result)
    back = tracker_workbook(VIEW, added_to(result))
    assert len(re.findall(wanted, text_of(back))) == 1, "and after the row is back"
    assert again(back) == back


def _without_first(view, added):
    """The view without the obligation whose cell holds the picture."""
    key = next(key for column in added.columns for key in column.cells)
    return replace(view, rows=tuple(row for row in view.rows if row.status.obligation.key != key))


# --- threads on rows of the tracker ------------------------------------------------------------


def test_a_thread_on_a_task_s_row_goes_with_the_row(plain: bytes):
    made = edit(parts.noted(plain, TRACKING.name, "C9", parts.SHADOW))
    parts.thread_on(made, TRACKING.name, "C9")
    added = added_to(made.write())
    (note,) = added.comments
    assert note.plain == "办公室甲 2026-11-19：周五才上网\n办公室甲 2026-11-20：知道了"
    fewer = replace(VIEW, rows=tuple(row for row in VIEW.rows if row.status.obligation.key == note.obligation))
    result = text_of(tracker_workbook(fewer, added))
    assert re.findall(r'<threadedComment ref="(C\d+)"', result) == ["C4", "C4"], "with its reply"
    gone = replace(VIEW, rows=tuple(row for row in VIEW.rows if row.status.obligation.key != note.obligation))
    left = text_of(tracker_workbook(gone, added))
    assert "threadedComment ref" not in left
    assert "办公室甲 2026-11-19：周五才上网" in left
    assert "go.microsoft.com" not in left


def test_the_note_that_a_program_without_threads_left_becomes_a_note_of_its_own(plain: bytes):
    made = edit(parts.noted(plain, TRACKING.name, "C9", parts.SHADOW))
    parts.thread_on(made, TRACKING.name, "C9")
    part = next(name for name in made.package.parts if "threadedComments/" in name)
    page = made.part_of(TRACKING.name)
    made.package.remove(part)
    made.package.set_relations(page, [r for r in made.package.relations(page) if r.type != "threadedComment"])
    (note,) = added_to(made.write()).comments
    assert (note.text, note.author) == ("周五才上网\n答复:\n    知道了", "")


def _file(data: bytes):
    return io.BytesIO(data)


def _saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_picture_in_a_column_that_the_office_fills_decides_nothing_and_stays(plain: bytes):
    """The whole way is in tests/workflow; here: what was typed, and what is written for it."""
    place = TRACKING.index("opinion") + 1
    book = openpyxl.load_workbook(_file(plain))
    where = book[TRACKING.name].cell(4, place, "占位").coordinate
    made = edit(_saved(book))
    shown = f'DISPIMG("{parts.PICTURE}",1)'
    data = _picture_cell(made, where, f'<c r="{where}" t="str"><f>_xlfn.{shown}</f><v>={shown}</v></c>')
    typed = typed_into(data)
    (refused,) = typed.refused
    assert (refused.column, typed.entries[0].opinion) == ("opinion", "")
    result = text_of(tracker_workbook(replace(VIEW, refused=(refused,)), added_to(data)))
    assert re.search(rf"<f>_xlfn\.{re.escape(shown)}</f>", result)


def test_slicers_and_timelines_follow_a_sheet_or_table_that_gets_another_number(plain: bytes):
    """Our tracker may have one sheet and one table more than before."""
    gone = replace(VIEW, rows=VIEW.rows[:1])
    data = parts.slicers(_with_column(plain, 9)[0])
    result = OoxmlPackage(tracker_workbook(gone, added_to(data)))
    sheet = re.search(rf'name="{SHEET}" sheetId="(\d+)"', result.parts[result.workbook_name].decode())
    table = next(part for part in result.parts.values() if b'displayName="t_office"' in part)
    number = re.search(rb' id="(\d+)"', table)
    text = "".join(part.decode("utf-8", "replace") for name, part in result.parts.items() if "Cache" in name)
    assert sheet
    assert number
    assert set(re.findall(r'tabId="(\d+)"', text)) == {sheet[1]}
    assert re.findall(r'tableId="(\d+)"', text) == [number[1].decode()]
    ids = re.findall(rb'<table [^>]*? id="(\d+)"', b"".join(result.parts.values()))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("key", ["tracking", "receipts"])
def test_a_slicer_beside_our_table_stays_with_it(plain: bytes, key: str):
    sheet, table = layout("tracker")[key].name, layout("tracker")[key].table
    result = again(parts.slicer_on(plain, sheet, table))
    package = OoxmlPackage(result)
    page = edit(result).part_of(sheet)
    (slicer,) = [each for each in package.relations(page) if each.type == "slicer"]
    assert re.search(rb'<x14:slicer [^>]*r:id="%b"' % slicer.id.encode(), package.parts[page])
    tables = [package.parts[r.target].decode() for r in package.relations(page) if r.type == "table"]
    number = re.search(r' id="(\d+)"', tables[0])
    assert number
    assert f'tableId="{number[1]}"'.encode() in package.parts["xl/slicerCaches/slicerCache1.xml"]
    assert again(result) == result
