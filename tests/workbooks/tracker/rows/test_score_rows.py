"""考核评分 and 整改台账 as sheets: rows, what is live, and what the office wrote beside them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.ooxml import validate_all
from tests.workbooks.tracker_sample import added_to, assessed, realistic, typed_into
from tests.xlsx_lint import lint
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.previous.user_additions import removed_values
from zwgk_excel.workbooks.tracker.rows.score_rows import (
    rectification_rows,
    score_keys,
    score_rows,
    step_key,
    unplaced_texts,
)
from zwgk_excel.workbooks.tracker.rows.view import RectificationInput, TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW, HEADER_ROW, HINT_ROW
from zwgk_excel.workbooks.tracker.sheets.unit_page import unit_shown
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

pytestmark = pytest.mark.slow

TRACKER = layout("tracker")
SCORES, MENDED = TRACKER["scores"], TRACKER["rectifications"]
VIEW = assessed(realistic())
NAME = TRACKER.file_name


@pytest.fixture(scope="module")
def data() -> bytes:
    return tracker_workbook(VIEW)


def page_of(data: bytes, key: str, *, data_only: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)[TRACKER[key].name]


def table(data: bytes, key: str) -> list[dict[str, Any]]:
    keys = [column.key for column in TRACKER[key]]
    rows = page_of(data, key).iter_rows(min_row=FIRST_ROW + 1, max_col=len(keys), values_only=True)
    return [dict(zip(keys, row, strict=True)) for row in rows]


def typed(data: bytes, *cells: tuple[str, int, str, Any]) -> bytes:
    """The workbook with some cells typed: sheet key, row of its table from 0, column key, value."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for key, number, column, value in cells:
        book[TRACKER[key].name].cell(FIRST_ROW + 1 + number, TRACKER[key].index(column) + 1, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def again(data: bytes, view: TrackerView) -> bytes:
    """The tracker that a consolidation writes over ``data``."""
    office: OfficeInput = typed_into(data)
    return tracker_workbook(replace(view, remarks=office.remarks, mended=office.mended), added_to(data))


def test_every_unit_and_every_line_has_a_row(data: bytes):
    rows = table(data, "scores")
    for assessment in VIEW.assessments:
        for score in assessment.scores:
            mine = [row for row in rows if (row["cycle"], row["unit"]) == (str(assessment.period), score.unit)]
            assert [row["points"] for row in mine] == [float(line.points) for line in score.lines] or [None]
            assert len(mine) == max(len(score.lines), 1)
            shown = (float(score.points), score.rank) if score.is_ranked else (None, word("ranking", score.unranked_as))
            assert {(row["score"], row["rank"]) for row in mine} == {shown}
            assert sum(row["lead"] or 0 for row in mine) == 1
            assert score.points == score.base + sum(line.points for line in score.lines)
    assert VIEW.assessments[0].corrections[0].text in {row["reason"] for row in rows}


def test_open_months_are_formulas_and_closed_ones_are_values(data: bytes):
    page = page_of(data, "scores", data_only=False)
    closed = {str(each.period) for each in VIEW.assessments if each.closed}
    kinds = {True: set[str](), False: set[str]()}
    for number, row in enumerate(score_rows(VIEW), FIRST_ROW + 1):
        for key in ("score", "rank", "band"):
            if row.get("unit") and row["score"] is not None:
                kinds[row["cycle"] in closed].add(page.cell(number, SCORES.index(key) + 1).data_type)
    assert kinds[False] == {"f"}
    assert "f" not in kinds[True]
    assert closed


def test_a_sample_policy_is_named_on_every_printed_page(data: bytes):
    page = page_of(data, "scores")
    sample = TRACKER.settings["scores"]["sample"]
    assert sample in page["A1"].value
    assert page.print_title_rows == "$1:$3"
    confirmed = tuple(replace(each, confirmed=True, closed=True) for each in VIEW.assessments)
    page = page_of(tracker_workbook(replace(VIEW, assessments=confirmed)), "scores")
    assert (page["A1"].value, page.cell(HINT_ROW + 1, 1).value) == (SCORES.title, SCORES.hint)


def test_without_scores_the_sheet_says_why():
    page = page_of(tracker_workbook(realistic()), "scores")
    assert page["A1"].value.endswith(TRACKER.settings["scores"]["empty"])
    assert [cell.value for cell in page[HEADER_ROW + 1]] == [column.heading for column in SCORES]


def test_bands_have_colours_and_words(data: bytes):
    page = page_of(data, "scores", data_only=False)
    spoken = " ".join(rule.formula[0] for area in page.conditional_formatting for rule in area.rules)
    assert all(f'"{word("band", band)}"' in spoken for band in ("excellent", "pass", "fail"))
    assert {row["band"] for row in score_rows(VIEW) if row.get("band")} >= {word("band", "excellent")}


# --- what the office wrote ---------------------------------------------------------------------


def _first_with_lines(count: int) -> Sequence[int]:
    return [number for number, row in enumerate(score_rows(VIEW)) if row.get("points")][:count]


def test_remarks_survive_a_refresh_and_follow_their_line(data: bytes):
    one, two = _first_with_lines(2)
    after = typed(data, ("scores", one, "remark", "-已补报，专人负责"), ("scores", two, "remark", "12月5日前整改"))
    keys = score_keys(score_rows(VIEW))
    assert typed_into(after).remarks == {keys[one]: "-已补报，专人负责", keys[two]: "12月5日前整改"}
    # A month is gone from the scores, so all rows stand elsewhere.
    fewer = replace(VIEW, assessments=VIEW.assessments[1:])
    rows = table(again(after, fewer), "scores")
    kept_keys = score_keys(score_rows(fewer))
    assert {key: row["remark"] for key, row in zip(kept_keys, rows, strict=True) if row["remark"]} == {
        keys[one]: "-已补报，专人负责",
        keys[two]: "12月5日前整改",
    }


def test_a_remark_whose_line_is_gone_is_set_aside_and_comes_back(data: bytes):
    (one,) = _first_with_lines(1)
    after = typed(data, ("scores", one, "remark", "已整改"))
    key = score_keys(score_rows(VIEW))[one]
    gone = replace(VIEW, assessments=())
    without = again(after, gone)
    assert [(row["obligation"], row["value"]) for row in table(without, "removed")] == [(key, "已整改")]
    office = typed_into(without)
    assert unplaced_texts(replace(gone, remarks=office.remarks)) == [(key, SCORES.heading("remark"), "已整改")]
    assert [each.obligation for each in removed_values(replace(gone, remarks=office.remarks), added_to(without))] == [
        key
    ]
    assert table(again(without, gone), "removed") == table(without, "removed")
    back = again(without, VIEW)
    assert table(back, "scores")[one]["remark"] == "已整改"
    assert TRACKER["removed"].name not in openpyxl.load_workbook(io.BytesIO(back)).sheetnames


def test_what_is_typed_on_the_rectification_ledger_is_read_and_kept(data: bytes):
    rows = rectification_rows(VIEW)
    due = next(number for number, row in enumerate(rows) if row["raised_on"] is None)
    raised = next(number for number, row in enumerate(rows) if row["raised_on"] and not row["closed_on"])
    after = typed(
        data,
        ("rectifications", due, "measures", "已约见分管领导"),
        ("rectifications", raised, "closed_on", "下周吧"),
    )
    office = typed_into(after)
    keys = [step_key(row) for row in rows]
    place = CellRef(NAME, MENDED.name, f"J{FIRST_ROW + 1 + due}")
    assert office.mended[keys[due]] == RectificationInput(0, "已约见分管领导", None, place)
    assert office.mended[keys[raised]].number == 2
    assert office.mended[keys[raised]].unread == {"closed_on"}
    (wrong,) = [each for each in office.problems if each.place.sheet == MENDED.name]
    assert (wrong.code, wrong.place.cell) == ("office_cell_form", f"J{FIRST_ROW + 1 + raised}")
    assert table(again(after, VIEW), "rectifications")[due]["measures"] == "已约见分管领导"


def test_the_chosen_unit_stays_chosen_as_long_as_there_is_one():
    data = tracker_workbook(VIEW)
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book[TRACKER["unit_page"].name]
    (cell,) = [c for row in page.iter_rows() for c in row if c.value == unit_shown(VIEW)]
    cell.value = "金湖街道"
    stream = io.BytesIO()
    book.save(stream)
    after = page_of(again(stream.getvalue(), VIEW), "unit_page")
    assert after[cell.coordinate].value == "金湖街道"
    others = tuple(unit for unit in VIEW.units if unit.name != "金湖街道")
    rows = tuple(row for row in VIEW.rows if row.status.obligation.unit != "金湖街道")
    after = page_of(again(stream.getvalue(), replace(VIEW, units=others, rows=rows)), "unit_page")
    assert after[cell.coordinate].value == unit_shown(VIEW)


def test_states_of_matters():
    states = TRACKER.settings["rectifications"]
    shown = [row["state"] for row in rectification_rows(VIEW)]
    assert shown == [states["due"], states["mending"], states["closed"]]
    later = replace(VIEW, as_of=date(2026, 12, 1))
    assert [row["state"] for row in rectification_rows(later)] == [states["due"], states["overdue"], states["closed"]]


def test_workbooks_with_scores_pass_validator_and_lint(tmp_path: Path, data: bytes):
    path = tmp_path / NAME
    path.write_bytes(data)
    assert [str(defect) for defect in lint(path)] == []
    assert validate_all([path]) == {}
