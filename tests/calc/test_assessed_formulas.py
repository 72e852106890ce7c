"""The live formulas of 考核评分, 整改台账 and 单位情况, computed by a real spreadsheet program, against Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.calc.office import Document, Office, Value
from tests.workbooks.tracker_sample import assessed, realistic
from zwgk_excel.domain.adjustments import Adjustment, adjusted
from zwgk_excel.domain.scoring import Score, ScoreLine, ranked
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.figures import FIGURES, figures
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workbooks.tracker.rows.row_values import tracking_order
from zwgk_excel.workbooks.tracker.rows.score_rows import rectification_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.listing import urgency_of
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW
from zwgk_excel.workbooks.tracker.sheets.unit_page import LINES, unit_shown
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

TRACKER = layout("tracker")
SCORES, MENDED = TRACKER["scores"], TRACKER["rectifications"]
MONTH = "2026-10"


def _with_an_adjustment(view: TrackerView) -> TrackerView:
    """The view with one unit of the open month given more points than fit under the cap."""
    month = next(each for each in view.assessments if str(each.period) == MONTH)
    unit = [each.unit for each in month.scores if each.lines and (each.rank or 0) > 1][-1]
    given = Adjustment(month.period.last, unit, Decimal(50), datetime(2026, 11, 8), "王芳", "申诉属实", 12)
    assert view.scoring is not None
    order = [each.unit for each in month.scores]
    changed = adjusted(month, [given], view.scoring, order)
    return replace(view, assessments=tuple(changed if each is month else each for each in view.assessments))


VIEW = _with_an_adjustment(replace(assessed(realistic()), live=False))
LAST_MONTH = 19
"""Rows down to the whole of the year on 单位情况."""


class Open:
    """An open tracker, read by column key."""

    def __init__(self, document: Document, path: Path) -> None:
        self.document = document
        names = openpyxl.load_workbook(path).defined_names
        self._cells = {name: next(iter(each.destinations)) for name, each in names.items()}

    def rows(self, key: str) -> list[dict[str, Value]]:
        shape = TRACKER[key]
        every = self.document.values(shape.name)[FIRST_ROW:]
        return [{column.key: row[place] for place, column in enumerate(shape)} for row in every]

    def type(self, key: str, number: int, column: str, value: Any) -> None:
        cell = f"{column_letters(TRACKER[key].index(column))}{FIRST_ROW + 1 + number}"
        self.document.set(TRACKER[key].name, cell, value)
        self.document.recalculate()

    def choose(self, name: str, value: Any) -> None:
        sheet, cell = self._cells[name_of(name)]
        self.document.set(sheet, cell, value)
        self.document.recalculate()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("assessed") / "总台账.xlsx"
    made.write_bytes(tracker_workbook(VIEW))
    return made


@pytest.fixture
def tracker(office: Office, path: Path) -> Iterator[Open]:
    with office.open(path) as document:
        yield Open(document, path)


def _scores(rows: list[dict[str, Value]], month: str) -> dict[Value, tuple[Value, Value, Value]]:
    found: dict[Value, tuple[Value, Value, Value]] = {}
    for row in rows:
        if row["cycle"] == month and row["unit"]:
            shown = row["score"], row["rank"], row["band"]
            assert found.setdefault(row["unit"], shown) == shown, "all rows of a unit say the same"
    return found


def _expected(scores: tuple[Score, ...]) -> dict[Value, tuple[Value, Value, Value]]:
    return {
        each.unit: (float(each.points), float(each.rank), word("band", each.band))
        if each.rank
        else (None, word("ranking", each.unranked_as), None)
        for each in scores
    }


def test_scores_ranks_and_bands_equal_python(tracker: Open):
    rows = tracker.rows("scores")
    for assessment in VIEW.assessments:
        assert _scores(rows, str(assessment.period)) == _expected(assessment.scores)


def test_a_changed_deduction_moves_score_rank_and_band_of_an_open_month_only(tracker: Open):
    scores = next(each.scores for each in VIEW.assessments if str(each.period) == MONTH)
    loser = next(each for each in scores if each.lines and (each.rank or 0) > 1)
    rows = tracker.rows("scores")
    number = next(n for n, row in enumerate(rows) if (row["cycle"], row["unit"]) == (MONTH, loser.unit))
    tracker.type("scores", number, "points", -50)
    first, *others = loser.lines
    lines = (ScoreLine(first.rule, Decimal(-50), first.obligation, first.reason), *others)
    points = max(Decimal(0), loser.base + sum((line.points for line in lines), Decimal(0)))
    assert VIEW.scoring is not None
    changed = replace(loser, points=points, band=VIEW.scoring.band(points), lines=lines)
    expected = ranked(changed if each is loser else each for each in scores)
    assert _scores(tracker.rows("scores"), MONTH) == _expected(expected)

    closed = next(each for each in VIEW.assessments if each.closed)
    number = next(n for n, row in enumerate(rows) if row["cycle"] == str(closed.period) and row["points"])
    tracker.type("scores", number, "points", -50)
    assert _scores(tracker.rows("scores"), str(closed.period)) == _expected(closed.scores)


def test_no_score_falls_below_the_floor(tracker: Open):
    rows = tracker.rows("scores")
    given = {row["unit"] for row in rows if row["rule"] == word("rule", "adjust")}
    mine = (n for n, row in enumerate(rows) if row["cycle"] == MONTH and row["points"] and row["unit"] not in given)
    number = next(mine)
    tracker.type("scores", number, "points", -500)
    after = tracker.rows("scores")[number]
    assert (after["score"], after["band"]) == (0.0, word("band", "fail"))


def test_the_state_of_a_matter_follows_the_day_and_the_offices_cell(tracker: Open):
    states = TRACKER.settings["rectifications"]
    assert [row["state"] for row in tracker.rows("rectifications")] == [
        states["due"],
        states["mending"],
        states["closed"],
    ]
    tracker.choose("as_of", date(2026, 12, 1))
    assert tracker.rows("rectifications")[1]["state"] == states["overdue"]
    tracker.type("rectifications", 1, "closed_on", date(2026, 12, 1))
    assert tracker.rows("rectifications")[1]["state"] == states["closed"]


def _page(tracker: Open) -> list[list[Value]]:
    return tracker.document.values(TRACKER["unit_page"].name)


def _units() -> list[str]:
    """The one that is shown at first, one with steps of the ladder, one without a single open task."""
    open_ = {row.status.obligation.unit for row in VIEW.rows if urgency_of(row.status.timeliness)}
    quiet = next(unit.name for unit in VIEW.units if unit.name not in open_)
    return [unit_shown(VIEW), VIEW.rectifications[0].unit, quiet]


@pytest.mark.parametrize("unit", _units())
def test_the_year_of_a_chosen_unit_equals_python(tracker: Open, unit: str):
    tracker.choose("chosen_unit", unit)
    shown = {str(row[0]): row[1:] for row in _page(tracker)[:LAST_MONTH] if row[0] is not None}
    for month in (f"2026-{number:02}" for number in range(1, 13)):
        rows = [r for r in VIEW.rows if (r.status.obligation.unit, str(r.status.obligation.cycle)) == (unit, month)]
        counts = figures(rows)
        assert shown[month][: len(FIGURES)] == [
            None if counts[key] is None else pytest.approx(counts[key]) for key in FIGURES
        ]
        sums = [float(sum(r.status.items for r in rows)), float(sum(r.status.problems for r in rows))]
        score = next((a.score(unit) for a in VIEW.assessments if str(a.period) == month), None)
        assert shown[month][len(FIGURES) : len(FIGURES) + 4] == [
            *sums,
            float(score.points) if score and score.rank else None,
            float(score.rank) if score and score.rank else None,
        ]
    whole = [row for row in VIEW.rows if row.status.obligation.unit == unit]
    counts = figures(whole)
    assert shown[TRACKER.settings["overview"]["whole"]][: len(FIGURES)] == [
        None if counts[key] is None else pytest.approx(counts[key]) for key in FIGURES
    ]


@pytest.mark.parametrize("unit", _units())
def test_the_lists_of_a_chosen_unit_equal_python(tracker: Open, unit: str):
    tracker.choose("chosen_unit", unit)
    page = _page(tracker)
    texts = TRACKER.settings["unit_page"]
    start = next(n for n, row in enumerate(page) if row[0] == texts["open"]) + 2
    shown = [(row[0], row[5]) for row in page[start : start + LINES] if row[0] is not None]
    rows = [row.status for row in tracking_order(VIEW) if row.status.obligation.unit == unit]
    open_ = [status for status in rows if urgency_of(status.timeliness)]
    open_.sort(key=lambda status: (-urgency_of(status.timeliness), status.obligation.final or date.min))
    assert shown == [(s.obligation.duty.id, s.obligation.reference) for s in open_[:LINES]]
    more = f"{len(open_) - LINES}" if len(open_) > LINES else None
    assert more is None or any(more in str(cell) for cell in page[start - 2])

    start = next(n for n, row in enumerate(page) if row[0] == texts["steps"]) + 2
    shown = [(row[0], row[1]) for row in page[start:] if row[0] is not None]
    assert shown == [(row["cycle"], row["step"]) for row in rectification_rows(VIEW) if row["unit"] == unit]


def test_another_year_shows_nothing_of_this_one(tracker: Open):
    tracker.choose("chosen_year", "2025")
    shown = {str(row[0]): row[1:] for row in _page(tracker)[:LAST_MONTH] if row[0] is not None}
    assert "2026-10" not in shown
    assert shown["2025-10"][0] == 0.0
