"""The tracker's live formulas, computed by a real spreadsheet program, against what Python says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.calc.office import Document, Office, Value
from tests.domain.make import track
from tests.workbooks.tracker_sample import item_count
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, Duty, Unit, UnitKind
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.returns import AnswerStatus, Item, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.domain.tracking import ObligationStatus, Outcome, Timeliness, TrackerRow, TrackingResult
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.figures import FIGURES, RATES, TIMELINESSES, figures, matrix
from zwgk_excel.workbooks.tracker.rows.formulas import STATE
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW, HEADER_ROW
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

TRACKER = layout("tracker")
SOON = 5
VIEW_DAY = date(2026, 12, 20)
DAYS = [date(2026, 11, day) for day in (2, 19, 20, 24, 25, 26, 30)] + [date(2026, 12, day) for day in (1, 4, 5, 9, 20)]

DATES = {
    "monthly": (date(2026, 11, 25), date(2026, 11, 30)),
    "due is final": (date(2026, 11, 30), date(2026, 11, 30)),
    "on demand": (None, None),
}
ARRIVALS: Mapping[str, tuple[AnswerStatus, bool, datetime] | None] = {
    "nothing": None,
    "last minute of the due day": (AnswerStatus.REPORTED, True, datetime(2026, 11, 25, 23, 59, 59, 999_999)),
    "first minute after it": (AnswerStatus.REPORTED, True, datetime(2026, 11, 26)),
    "last minute of the final day": (AnswerStatus.NIL, True, datetime(2026, 11, 30, 23, 59)),
    "the day after": (AnswerStatus.REPORTED, True, datetime(2026, 12, 1, 0, 1)),
    "very late": (AnswerStatus.NIL, True, datetime(2026, 12, 9, 12)),
    "early": (AnswerStatus.REPORTED, True, datetime(2026, 11, 3, 9, 30)),
    "sent back": (AnswerStatus.REPORTED, False, datetime(2026, 11, 24, 9, 30)),
}
EXTENSIONS = (None, date(2026, 11, 20), date(2026, 11, 28), date(2026, 12, 5))
WAIVERS = (False, True)


@dataclass(frozen=True)
class Case:
    """Obligations with what arrived for them and what was decided."""

    obligations: tuple[Obligation, ...]
    receipts: tuple[Receipt, ...]
    decisions: Mapping[str, ActiveDecisions]
    units: tuple[Unit, ...]

    def on(self, day: date, **changed: ActiveDecisions) -> TrackingResult:
        """What Python says on a day."""
        return track(self.obligations, self.receipts, {**self.decisions, **changed}, as_of=day, due_soon_days=SOON)


def _case() -> Case:
    obligations, receipts, standings, units = [], [], {}, []
    combinations = product(DATES.items(), ARRIVALS.values(), EXTENSIONS, WAIVERS, (True, False))
    for number, ((kind, (due, final)), arrival, until, waived, mandatory) in enumerate(combinations):
        if not mandatory and kind != "on demand":
            continue
        unit = Unit(f"单位{number:03}", UnitKind.DEPARTMENT if number % 3 else UnitKind.TOWNSHIP)
        cadence = Cadence.ON_DEMAND if due is None else Cadence.MONTHLY
        group = number // 4 % 4
        duty = Duty(f"D{group + 1:02}", f"栏目{group}", "政务信息公开", "", "", cadence)
        month = Month(2026, 11)
        owed = Obligation(duty, unit.name, Period.month(month), month.first, due, final, mandatory)
        units.append(unit)
        obligations.append(owed)
        standings[owed.key] = ActiveDecisions(until, waived)
        if arrival:
            receipts.append(_receipt(owed, number, *arrival))
    return Case(tuple(obligations), tuple(receipts), standings, tuple(units))


def _receipt(owed: Obligation, number: int, status: AnswerStatus, valid: bool, at: datetime) -> Receipt:
    answer = TaskAnswer(owed.key, status=status, statement="经核实，本期无应公开信息")
    items = (Item(owed.key, title="标题", type="policy", valid=valid),) if status is AnswerStatus.REPORTED else ()
    content = Return(owed.unit, owed.cycle, (answer,), items)
    name = f"收件箱/{owed.unit}.xlsx"
    return Receipt(name, f"{number:064x}", at, Verdict.ACCEPTED, False, owed.unit, owed.cycle, len(items), (), content)


CASE = _case()


def _view(found: TrackingResult, *, live: bool = False) -> TrackerView:
    rows = tuple(TrackerRow(status) for status in found.statuses)
    given = (rows, CASE.units, found.contents, (), CASE.receipts)
    return TrackerView("办公室", VIEW_DAY, live, SOON, *given, item_count=item_count(found.contents))


class Tracker:
    """An open tracker: cells by heading and obligation."""

    def __init__(self, document: Document, path: Path) -> None:
        self.document = document
        self.sheet = TRACKER["tracking"].name
        self._inputs = _names(path)

    def name_cell(self, key: str) -> tuple[str, str]:
        """The sheet and cell that one of our names means."""
        return self._inputs[TRACKER.settings["names"][key]]

    def set_day(self, day: date) -> None:
        self.document.set(*self.name_cell("as_of"), day)
        self.document.recalculate()

    def rows(self) -> dict[str, dict[str, Value]]:
        """Obligation key → column key → what the cell holds."""
        every = self.document.values(self.sheet)
        found = {}
        for number, values in enumerate(every[FIRST_ROW:], FIRST_ROW + 1):
            row: dict[str, Value] = {c.key: values[i] for i, c in enumerate(TRACKER["tracking"])}
            found[f"{row['duty']}/{row['unit']}/{row['reference']}"] = {**row, "row": float(number)}
        return found

    def type(self, key: str, column: str, value: Any) -> None:
        row = self.rows()[key]["row"]
        assert isinstance(row, float)
        letters = column_letters(TRACKER["tracking"].index(column))
        self.document.set(self.sheet, f"{letters}{int(row)}", value)


def _names(path: Path) -> dict[str, tuple[str, str]]:
    book = openpyxl.load_workbook(path)
    found = {}
    for name, defined in book.defined_names.items():
        sheet, cell = next(iter(defined.destinations))
        found[name] = (sheet, cell)
    return found


@pytest.fixture
def tracker(office: Office, tmp_path: Path) -> Iterator[Tracker]:
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(tracker_workbook(_view(CASE.on(VIEW_DAY))))
    with office.open(path) as document:
        yield Tracker(document, path)


def _expected(status: ObligationStatus) -> tuple[Value, Value, Value]:
    days_left = None if status.days_left is None else float(status.days_left)
    return word("timeliness", status.timeliness or "") or None, float(status.days_late), days_left


def _shown(row: Mapping[str, Value]) -> tuple[Value, Value, Value]:
    return row["timeliness"], row["days_late"], row["days_left"]


def _differences(found: TrackingResult, rows: Mapping[str, Mapping[str, Value]]) -> list[str]:
    return [
        f"{s.obligation.key}: {_shown(rows[s.obligation.key])} != {_expected(s)}"
        for s in found.statuses
        if _shown(rows[s.obligation.key]) != _expected(s)
    ]


def test_the_sample_has_every_outcome_and_every_timeliness():
    statuses = [status for day in DAYS for status in CASE.on(day).statuses]
    assert {status.outcome for status in statuses} == set(Outcome)
    assert {status.timeliness for status in statuses} == {*Timeliness, None}


def test_state_columns_equal_python_on_every_day(tracker: Tracker):
    for day in DAYS:
        tracker.set_day(day)
        assert _differences(CASE.on(day), tracker.rows()) == [], day


def test_days_of_due_soon_can_be_typed_over(tracker: Tracker):
    tracker.set_day(date(2026, 11, 19))
    tracker.document.set(*tracker.name_cell("due_soon"), 6)
    tracker.document.recalculate()
    expected = track(CASE.obligations, CASE.receipts, CASE.decisions, as_of=date(2026, 11, 19), due_soon_days=6)
    assert expected.statuses != CASE.on(date(2026, 11, 19)).statuses
    assert _differences(expected, tracker.rows()) == []


def test_typing_an_extension_or_a_waiver_takes_effect_at_once(tracker: Tracker):
    day = date(2026, 12, 2)
    tracker.set_day(day)
    open_ = [s for s in CASE.on(day).statuses if s.timeliness is Timeliness.OVERDUE and not s.decisions.extended_to]
    longer, waived, both = (each.obligation.key for each in open_[:3])
    tracker.type(longer, "extended_to", date(2026, 12, 4))
    tracker.type(waived, "waived", word("yes_no", "yes"))
    tracker.type(both, "extended_to", date(2026, 12, 30))
    tracker.type(both, "waived", word("yes_no", "no"))
    changed = {
        longer: ActiveDecisions(date(2026, 12, 4)),
        waived: ActiveDecisions(waived=True),
        both: ActiveDecisions(date(2026, 12, 30)),
    }
    after = CASE.on(day, **changed)
    by_key = {status.obligation.key: status.timeliness for status in after.statuses}
    assert [by_key[key] for key in (longer, waived, both)] == [Timeliness.DUE_SOON, None, Timeliness.NOT_DUE]
    assert _differences(after, tracker.rows()) == []


def test_an_undone_waiver_is_owed_again(tracker: Tracker):
    tracker.set_day(VIEW_DAY)
    statuses = CASE.on(VIEW_DAY).statuses
    key = next(s.obligation.key for s in statuses if s.outcome is Outcome.WAIVED and s.obligation.due)
    tracker.type(key, "waived", None)
    changed = CASE.on(VIEW_DAY, **{key: replace(CASE.decisions[key], waived=False)})
    assert _differences(changed, tracker.rows()) == []


def test_text_in_the_extension_column_moves_nothing(tracker: Tracker):
    tracker.set_day(date(2026, 12, 2))
    key = next(key for key, row in tracker.rows().items() if row["timeliness"] == word("timeliness", "overdue"))
    before = _shown(tracker.rows()[key])
    tracker.type(key, "extended_to", "下周再说")
    assert _shown(tracker.rows()[key]) == before


def _overview(tracker: Tracker) -> dict[str, list[Value]]:
    """Label → the figures beside it; labels of the sections on 总览 are all different here."""
    rows = tracker.document.values(TRACKER["overview"].name)
    return {str(row[0]): row[1 : len(FIGURES) + 1] for row in rows if row[0] is not None and row[1] is not None}


def _counted(found: TrackingResult, *units: str) -> list[Any]:
    rows = [TrackerRow(s) for s in found.statuses if not units or s.obligation.unit in units]
    counts = figures(rows)
    return [None if counts[key] is None else pytest.approx(counts[key]) for key in FIGURES]


@pytest.mark.parametrize("day", [VIEW_DAY, date(2026, 12, 31)])
def test_figures_equal_python(tracker: Tracker, day: date):
    tracker.set_day(day)
    found, shown = CASE.on(day), _overview(tracker)
    texts = TRACKER.settings["overview"]
    assert shown[texts["whole"]] == _counted(found)
    assert shown["2026-11"] == _counted(found)
    for kind in UnitKind:
        units = [unit.name for unit in CASE.units if unit.kind is kind]
        assert shown[word("unit_kind", kind)] == _counted(found, *units)
    for number in range(4):
        rows = [TrackerRow(s) for s in found.statuses if s.obligation.duty.id == f"D{number + 1:02}"]
        counts = figures(rows)
        assert shown[f"D{number + 1:02} 栏目{number}"] == [pytest.approx(counts[key]) for key in FIGURES]


def test_figures_of_an_earlier_day_leave_out_what_came_later(tracker: Tracker):
    day = date(2026, 11, 27)
    tracker.set_day(day)
    counts = figures(TrackerRow(s) for s in CASE.on(day).statuses)
    shown = dict(zip(FIGURES, _overview(tracker)[TRACKER.settings["overview"]["whole"]], strict=True))
    for key in ("due", "reported", "nil", "waived", *TIMELINESSES, *RATES):
        assert shown[key] == pytest.approx(counts[key]), key
    # What is sent back is known for the day of consolidation only.
    assert shown["missing"] + shown["returned"] == counts["missing"] + counts["returned"]  # type: ignore[operator]


def test_the_units_most_in_need_of_a_reminder_come_first(tracker: Tracker):
    day = date(2026, 12, 1)
    tracker.set_day(day)
    found = CASE.on(day)
    expected = [s.obligation.unit for s in found.statuses if s.timeliness is Timeliness.OVERDUE][:10]
    assert len(expected) == 10
    known = {unit.name for unit in CASE.units}
    assert [label for label in _overview(tracker) if label in known] == expected


def test_matrix_cells_equal_python(tracker: Tracker):
    for day in (VIEW_DAY, date(2026, 11, 28), date(2026, 11, 2)):
        tracker.set_day(day)
        rows = tracker.document.values(TRACKER["matrix"].name)
        place = rows[HEADER_ROW].index("2026-11")
        shown = {row[0]: row[place] or "" for row in rows[FIRST_ROW:]}
        assert shown == {each["unit"]: each["2026-11"] for each in matrix(_view(CASE.on(day)))}, day


def test_the_counts_hold_when_the_office_has_sorted_the_rows(office: Office, tmp_path: Path):
    """Two rows of different months change places: the sums of a month look no more at its rows alone."""
    rows = [
        TrackerRow(replace(s, obligation=replace(s.obligation, moved_from=Month(2026, 10 + number % 2))))
        for number, s in enumerate(CASE.on(VIEW_DAY).statuses[:12])
    ]
    view = replace(_view(CASE.on(VIEW_DAY)), rows=tuple(rows))
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(tracker_workbook(view))
    inputs = [place for place, column in enumerate(TRACKER["tracking"]) if column.key not in STATE]
    with office.open(path) as document:
        name, read = TRACKER["tracking"].name, [TRACKER[key].name for key in ("matrix", "overview")]
        before = [document.values(sheet) for sheet in read]
        first, last = FIRST_ROW + 1, FIRST_ROW + len(rows)
        for place in inputs:
            cells = [f"{column_letters(place)}{row}" for row in (first, last)]
            for cell, value in zip(cells, [document.value(name, cell) for cell in reversed(cells)], strict=True):
                document.set(name, cell, value)
        assert document.value(name, f"{column_letters(TRACKER['tracking'].index('cycle'))}{first}") == "2026-10"
        assert [document.values(sheet) for sheet in read] == before


def test_the_counts_hold_when_the_office_has_typed_lines_between_the_rows(office: Office, tmp_path: Path):
    """The tallies look at rows by their places: what stands below such a line moves down, and counts all the same."""
    dated = [TrackerRow(each) for each in CASE.on(VIEW_DAY).statuses if each.obligation.dated]
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(tracker_workbook(replace(_view(CASE.on(VIEW_DAY)), rows=tuple(dated))))
    with office.open(path) as document:
        name, read = TRACKER["tracking"].name, [TRACKER[key].name for key in ("matrix", "overview")]
        before = [document.values(sheet) for sheet in read]
        typed = column_letters(TRACKER["tracking"].index("column"))
        for row in (FIRST_ROW + 3, FIRST_ROW + 9):
            document.insert_row(name, row)
            document.set(name, f"{typed}{row}", "以下为重点任务", force=True)
        assert [document.values(sheet) for sheet in read] == before


def test_a_live_tracker_takes_its_day_from_the_clock(office: Office, tmp_path: Path):
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(tracker_workbook(_view(CASE.on(VIEW_DAY), live=True)))
    with office.open(path) as document:
        live = Tracker(document, path)
        assert document.formula(*live.name_cell("as_of")) == "=TODAY()"
        assert _differences(CASE.on(date.today()), live.rows()) == []


def test_closed_rows_do_not_move_with_the_day(office: Office, tmp_path: Path):
    path = tmp_path / "总台账.xlsx"
    found = CASE.on(VIEW_DAY)
    rows = tuple(TrackerRow(status, closed=True) for status in found.statuses)
    path.write_bytes(tracker_workbook(replace(_view(found), rows=rows)))
    with office.open(path) as document:
        closed = Tracker(document, path)
        closed.set_day(date(2026, 11, 2))
        assert _differences(found, closed.rows()) == []
